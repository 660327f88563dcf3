"""Formats read with pysubs2: ASS, SSA and SAMI."""

import re
import warnings

import pysubs2

from cs25search.errors import CaptionError

from .track import MAX_HOURS, Problems, Shown
from .words import read_lines

_ASS = re.compile(r"\[script info\]|\[events\]|\[v4\+? styles\]", re.I)
_ASS_TIME = re.compile(r"[0-9]{1,4}:[0-9]{1,2}:[0-9]{1,2}(?:[.:][0-9]{1,3})?")
_FIELDS = "Layer Start End Style Name MarginL MarginR MarginV Effect Text".split()
_SAMI = re.compile(r"<sami\b", re.I)


def styled_kind(text: str) -> str:
    """Return "ass" or "sami", or "" for any other text."""
    head = text.lstrip()[:500]
    if _ASS.match(head):
        return "ass"
    return "sami" if _SAMI.match(head) else ""


def read_styled(text: str, kind: str, problems: Problems) -> list[Shown]:
    """Return the captions; the name of an ASS event is its speaker.

    Raises:
        CaptionError: pysubs2 cannot read it.
    """
    try:
        read = _read(text if kind == "sami" else _events(text, problems), kind)
    except Exception as error:  # pysubs2 has no documented base class for its errors
        reason = f"pysubs2 cannot read it as {kind}: {error}"
        raise CaptionError(problems.source, 0, reason[:200]) from None
    return [
        Shown(
            max(0, event.start),
            min(max(0, event.start, event.end), MAX_HOURS * 3_600_000),
            read_lines(event.plaintext.split("\n")),
            " ".join(event.name.split()),
        )
        for event in read
        if event.type == "Dialogue" and not event.is_drawing
        and 0 <= event.start <= MAX_HOURS * 3_600_000
    ]  # fmt: skip


def _read(text: str, kind: str) -> pysubs2.SSAFile:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about fields of a style, which are not used
        return pysubs2.SSAFile.from_string(text, format_=kind)


def _events(text: str, problems: Problems) -> str:
    """Return the spoken events of ASS alone, with the fields that pysubs2 expects.

    A file names its fields in a line of its own and need not have all of them. pysubs2 would refuse
    the whole file for one broken event, or for a broken style, which is not used.
    """
    fields = _FIELDS
    lines = ["[Events]", f"Format: {', '.join(_FIELDS)}"]
    in_events = False
    for number, line in enumerate(map(str.lstrip, text.split("\n")), 1):
        kind, _, said = line.partition(":")
        if line.startswith("["):
            in_events = line.strip().lower() == "[events]"
        elif in_events and kind == "Format":
            named = [field.strip() for field in said.split(",")]
            fields = named if {"Start", "End", "Text"} <= set(named) else _FIELDS
        elif in_events and kind == "Dialogue":
            values = said.split(",", len(fields) - 1)
            given = dict(zip(fields, values, strict=False))
            times = [given.get(field, "").strip() for field in ("Start", "End")]
            if len(values) < len(fields) or not all(map(_ASS_TIME.fullmatch, times)):
                problems.add(number, f"{line[:60]!r} is not a whole event")
                continue
            name = given.get("Name", given.get("Actor", ""))
            lines.append(f"Dialogue: 0,{','.join(times)},,{name},0,0,0,,{given['Text']}")
    return "\n".join(lines)
