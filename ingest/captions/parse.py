"""Caption text to cues: SRT, WebVTT and YouTube's json3, told apart by content."""

import codecs
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise

from cs25search.errors import CaptionError
from cs25search.records import Cue, Word

from .json3 import read_json3
from .rolling import without_repeats
from .sounds import without_sounds
from .subtitles import read_blocks
from .track import Problems, Shown, Track

_INVISIBLE = re.compile("[\x00\u200b-\u200f\u202a-\u202e\u2060\ufeff]")


def parse_captions(data: bytes | str, source: str = "<captions>") -> Track:
    """Return the captions of an SRT, WebVTT or json3 text, repeats and sound marks removed.

    A caption that cannot be read is left out and listed in `Track.skipped`.

    Args:
        data: The whole file; bytes are UTF-8, or UTF-16 with a byte order mark.
        source: The name that errors give.

    Raises:
        CaptionError: The bytes are not text, or there is no caption with a spoken word.

    >>> track = parse_captions("1\\n00:01:02,500 --> 00:01:04,000\\nAttention is all you need.\\n")
    >>> track.cues
    (Cue(start=62.5, end=64.0, text='Attention is all you need.', words=()),)
    """
    text = _decode(data, source)
    problems = Problems(source)
    if text.lstrip().startswith("{"):
        shown = _in_order(read_json3(text, problems))
    else:
        shown = without_repeats(_in_order(read_blocks(text, problems)))
    timed = any(time is not None for one in shown for line in one.lines for time, _ in line)
    cues = tuple(cue for one in shown if (cue := _cue(one, timed)))
    if not cues:
        raise _no_cue(source, shown, problems.found)
    return Track(cues, tuple(problems.found))


def clip(cues: Iterable[Cue], duration: float) -> list[Cue]:
    """Return the cues with everything after `duration` seconds cut off.

    >>> clip([Cue(9.0, 12.0, "across"), Cue(10.0, 13.0, "out")], duration=10.0)
    [Cue(start=9.0, end=10.0, text='across', words=())]
    """
    kept = []
    for cue in cues:
        if cue.start >= duration:
            continue
        words = tuple(word for word in cue.words if word.start < duration)
        if cue.words and not words:
            continue
        text = cue.text if len(words) == len(cue.words) else " ".join(w.text for w in words)
        kept.append(replace(cue, end=min(cue.end, duration), text=text, words=words))
    return kept


def _decode(data: bytes | str, source: str) -> str:
    """Return the text without byte order mark and invisible characters."""
    if isinstance(data, str):
        return _INVISIBLE.sub("", data)
    wide = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    encoding = "UTF-16" if wide else "UTF-8"
    try:
        return _INVISIBLE.sub("", data.decode(encoding))
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        reason = f"byte 0x{data[error.start]:02x} does not belong in {encoding} text"
        raise CaptionError(source, line, reason) from None


def _no_cue(source: str, shown: Sequence[Shown], found: Sequence[CaptionError]) -> CaptionError:
    """Return the error for a file that gives no cue."""
    if found:
        return CaptionError(source, found[0].line, f"no caption can be read; {found[0].reason}")
    if shown:
        return CaptionError(source, 0, "no caption has a spoken word")
    return CaptionError(source, 0, "there is no caption in SRT, WebVTT or json3 form")


def _in_order(shown: list[Shown]) -> list[Shown]:
    """Return captions sorted by start; a missing end becomes the next start."""
    shown.sort(key=lambda one: one.start)
    for one, following in pairwise(shown):
        if one.end is None:
            one.end = following.start
    return shown


def _cue(one: Shown, track_is_timed: bool) -> Cue | None:
    """Return the cue for a caption, None when nothing is spoken in it.

    A file that times words leaves out the time of a word that stands alone: it is the cue's.
    """
    tokens = without_sounds(token for line in one.lines for token in line)
    if not tokens:
        return None
    latest = one.start
    words = []
    for time, text in tokens:
        latest = max(latest, time or 0)  # a hostile file may count backwards
        words.append(Word(latest / 1000, text))
    end = max(latest, one.end or 0)
    timed = any(time is not None for time, _ in tokens) or (track_is_timed and len(tokens) == 1)
    text = " ".join(text for _, text in tokens)
    return Cue(one.start / 1000, end / 1000, text, tuple(words) if timed else ())
