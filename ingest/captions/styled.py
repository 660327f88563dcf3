"""Formats read with pysubs2: ASS, SSA and SAMI."""

import re
import warnings

import pysubs2

from cs25search.errors import CaptionError

from .track import MAX_HOURS, Problems, Shown
from .words import read_lines

_ASS = re.compile(r"\[script info\]|\[events\]|\[v4\+? styles\]", re.I)
_ASS_TIME = r"\s*[0-9]{1,4}:[0-9]{1,2}:[0-9]{1,2}(?:[.:][0-9]{1,3})?\s*"
_EVENT = re.compile(rf"Dialogue:[^,]*,{_ASS_TIME},{_ASS_TIME}(?:,[^,]*){{7}}")
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
        read = _read(text if kind == "sami" else _whole_events(text, problems), kind)
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


def _whole_events(text: str, problems: Problems) -> str:
    """Return ASS without broken events: pysubs2 would refuse the whole file for one."""
    lines = []
    for number, line in enumerate(text.split("\n"), 1):
        if line.startswith("Dialogue:") and not _EVENT.match(line):
            problems.add(number, f"{line[:60]!r} is not a whole event")
        else:
            lines.append(line)
    return "\n".join(lines)
