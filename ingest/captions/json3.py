"""Reader and writer for YouTube's json3."""

from collections.abc import Iterable
from typing import Any

import msgspec

from cs25search.records import Cue

from .track import MAX_HOURS, Problems, Shown, Timed
from .words import tokens_of, unescape


class _Seg(msgspec.Struct):
    text: str = msgspec.field(name="utf8", default="")
    offset: float | None = msgspec.field(name="tOffsetMs", default=None)


class _Event(msgspec.Struct):
    start: float | None = msgspec.field(name="tStartMs", default=None)
    duration: float | None = msgspec.field(name="dDurationMs", default=None)
    segs: list[_Seg] = []


def read_events(events: list[Any], problems: Problems) -> list[Shown]:
    """Return the captions in the "events" list of YouTube's json3."""
    shown = []
    for number, event in enumerate(events, 1):
        try:
            one = _shown_event(event)
        except msgspec.ValidationError as error:
            problems.add(0, f"event {number} of the list cannot be read: {error}")
        else:
            if one.lines:
                shown.append(one)
    return shown


def _shown_event(event: object) -> Shown:
    """Return one json3 event; events without text only place a window or break a line."""
    fields = msgspec.convert(event, _Event)
    if not fields.segs:
        return Shown(0, 0, [])
    start = _checked(fields.start)
    if start is None:
        raise msgspec.ValidationError(f"tStartMs is {fields.start}")
    duration = _checked(fields.duration)
    pieces: list[Timed] = []
    for seg in fields.segs:
        offset = _checked(seg.offset)
        pieces.append((None if offset is None else start + offset, seg.text))
    tokens = tokens_of(pieces)
    return Shown(start, None if duration is None else start + duration, [tokens] if tokens else [])


def _checked(milliseconds: float | None) -> int | None:
    """Return a time as an integer, None if it is missing or out of range."""
    if milliseconds is None or not 0 <= milliseconds <= MAX_HOURS * 3_600_000:
        return None
    return round(milliseconds)


def write_json3(cues: Iterable[Cue]) -> bytes:
    """Return cues as json3 that `parse_captions` reads back, including word times.

    Times are kept to the millisecond.

    >>> write_json3([Cue(1.0, 2.0, "hello there")])
    b'{"events":[{"tStartMs":1000,"dDurationMs":1000,"segs":[{"utf8":"hello there"}]}]}'
    """
    return msgspec.json.encode({"events": [_event(cue) for cue in cues]})


def _event(cue: Cue) -> dict[str, Any]:
    """Return a cue as json3 event."""
    start = round(cue.start * 1000)
    segs: list[dict[str, Any]] = []
    for word in cue.words:
        text = " " * bool(segs) + _escape(word.text)
        segs.append({"utf8": text, "tOffsetMs": round(word.start * 1000) - start})
    if not segs:
        segs.append({"utf8": " ".join(map(_escape, cue.text.split()))})
    return {"tStartMs": start, "dDurationMs": round(cue.end * 1000) - start, "segs": segs}


def _escape(word: str) -> str:
    """Return the text that `unescape` turns into the word."""
    return word if unescape(word) == word else word.replace("&", "&amp;amp;")
