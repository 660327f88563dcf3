"""Caption text to cues: SRT, WebVTT and YouTube's json3, told apart by content.

SRT and WebVTT are read here and not by a library. Tried on hostile files, pysubs2 takes a
WebVTT line with two inline word times for a time line, reads NOTE blocks and cue names as
speech, turns hour 100 into hour 0 and needs quadratic time for a run of empty lines;
webvtt-py refuses SRT without numbers. Neither tells which line it left out.
"""

import codecs
import html
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import msgspec

from cs25search.errors import CaptionError
from cs25search.records import Cue, Word

MAX_SKIPPED = 100  # further problems are not listed, so that a hostile file cannot fill memory
MAX_HOURS = 9999

# YouTube's rolling captions keep the last line on screen, alone, for 10 ms before they add one.
FLASH_MS = 50
# Cues of one roll follow each other directly; after a longer gap the screen was empty.
ROLL_GAP_MS = 100
MAX_ROLL_LINES = 4
# Without flashes or word times, a file is rolling if it has this many repeats and this share of
# captions repeat. Speakers who say a line twice stay far below.
MIN_ROLL_REPEATS = 3
MIN_ROLL_SHARE = 0.1

# What stands in brackets for a sound or an unheard word. "__" is YouTube's mask for a swear word.
_SOUND = re.compile(
    r"(?:upbeat |soft )?music(?: playing)?|(?:audience |cheer(?:s|ing) and )?applau(?:se|ding)"
    r"|clapping|cheering|(?:audience )?(?:laughter|laugh(?:s|ing)?)|chuckles|cough(?:s|ing)?|sighs"
    r"|clears throat|silence|pause|noise|inaudible|unintelligible|crosstalk|foreign|__"
    r"|音楽|拍手|笑|笑い|笑い声",
    re.I,
)

_INVISIBLE = re.compile("[\x00\u200b-\u200f\u202a-\u202e\u2060\ufeff]")
_TIME = r"(?:([0-9]{1,4}):)?([0-9]{1,3}):([0-9]{1,2})(?:[.,]([0-9]{1,9}))?"
# What follows the second time are WebVTT cue settings or SRT coordinates.
_TIME_LINE = re.compile(rf"\s*{_TIME}\s*-->\s*{_TIME}(?![0-9:.,])")
_BROKEN_TIME_LINE = re.compile(r"\s*-?[0-9]+:[0-9:.,\s]*-{1,2}>")
_NOT_A_CUE = re.compile(r"NOTE(?:\s|$)|(?:STYLE|REGION)\s*$")
# Only tags that caption formats know: a lecture may well show "<unk>" or "List<int>".
_TAG = re.compile(
    rf"<{_TIME}>|</?(?:c|v|i|b|u|s|lang|ruby|rt|font)(?:[.\s][^<>]*)?>|\{{\\[^{{}}]*\}}", re.I
)
# The lengths are bounded because int() refuses thousands of digits.
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#x[0-9a-f]{1,6}|[a-z][a-z0-9]{1,31});", re.I)
_NOTES = str.maketrans("", "", "♩♪♫♬")
_OPENING = ("[", "(", "【", "（")
_CLOSING = ("]", ")", "】", "）")

_Timed = tuple[int | None, str]  # text, and the millisecond it is said at if the file tells


@dataclass(frozen=True, slots=True)
class Track:
    """The captions of one video.

    Attributes:
        cues: Sorted by start; each spoken word is in one of them.
        skipped: What could not be read and was left out, at most MAX_SKIPPED problems.
    """

    cues: tuple[Cue, ...]
    skipped: tuple[CaptionError, ...] = ()


@dataclass(slots=True)
class _Shown:
    """A caption as the file shows it, repeats included. Times in milliseconds."""

    start: int
    end: int | None  # None: until the next caption
    lines: list[list[_Timed]]


class _Seg(msgspec.Struct):
    text: str = msgspec.field(name="utf8", default="")
    offset: float | None = msgspec.field(name="tOffsetMs", default=None)


class _Event(msgspec.Struct):
    start: float | None = msgspec.field(name="tStartMs", default=None)
    duration: float | None = msgspec.field(name="dDurationMs", default=None)
    segs: list[_Seg] = []


class _Problems:
    """The problems of one file, as errors that name it."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.found: list[CaptionError] = []

    def add(self, line: int, reason: str) -> None:
        if len(self.found) < MAX_SKIPPED:
            self.found.append(CaptionError(self.source, line, reason))


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
    problems = _Problems(source)
    if text.lstrip().startswith("{"):
        shown = _in_order(_read_json3(text, problems))
    else:
        shown = _without_repeats(_in_order(_read_blocks(text, problems)))
    timed = any(time is not None for one in shown for line in one.lines for time, _ in line)
    cues = tuple(cue for one in shown if (cue := _cue(one, timed)))
    if not cues:
        raise _no_cue(source, shown, problems.found)
    return Track(cues, tuple(problems.found))


def write_json3(cues: Iterable[Cue]) -> bytes:
    """Return cues as json3 that `parse_captions` reads back, word times included.

    Times are kept to the millisecond.

    >>> cue = Cue(1.0, 2.0, "hello there", (Word(1.0, "hello"), Word(1.4, "there")))
    >>> parse_captions(write_json3([cue])).cues == (cue,)
    True
    """
    return msgspec.json.encode({"events": [_event(cue) for cue in cues]})


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


def _no_cue(source: str, shown: Sequence[_Shown], found: Sequence[CaptionError]) -> CaptionError:
    """Return the error for a file that gives no cue."""
    if found:
        return CaptionError(source, found[0].line, f"no caption can be read; {found[0].reason}")
    if shown:
        return CaptionError(source, 0, "no caption has a spoken word")
    return CaptionError(source, 0, "there is no caption in SRT, WebVTT or json3 form")


def _in_order(shown: list[_Shown]) -> list[_Shown]:
    """Return captions sorted by start; a missing end becomes the next start."""
    shown.sort(key=lambda one: one.start)
    for one, following in pairwise(shown):
        if one.end is None:
            one.end = following.start
    return shown


# SRT and WebVTT


def _read_blocks(text: str, problems: _Problems) -> list[_Shown]:
    """Return the captions of an SRT or WebVTT text.

    Only time lines are relied upon: numbers may be missing, and so may the empty lines between
    captions. Text after an empty line still belongs to the caption above it.
    """
    is_webvtt = text.lstrip().startswith("WEBVTT")
    blocks: list[tuple[int, int, list[str]]] = []
    current: list[str] = []
    in_note = False
    depth = 0  # lines since the last empty one; the number or name of a caption is at depth 0
    for number, line in enumerate(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), 1):
        if times := _times(line):
            _drop_name(current)
            current, in_note = [], False
            blocks.append((*times, current))
            depth = 1
        elif _is_broken_time_line(line, depth):
            problems.add(number, f"{line.strip()[:60]!r} is not a pair of times")
            _drop_name(current)
            current = []  # not in `blocks`: the text below has no time
        elif in_note or (is_webvtt and depth == 0 and _NOT_A_CUE.match(line)):
            in_note = line != ""
        else:
            current.append(line)
        # A line of one space is not empty: rolling WebVTT has it above its first line.
        depth = depth + 1 if line else 0
    return [_Shown(start, max(start, end), _lines(lines)) for start, end, lines in blocks]


def _times(line: str) -> tuple[int, int] | None:
    """Return start and end of a time line in milliseconds, None for any other line."""
    match = _TIME_LINE.match(line)
    if not match:
        return None
    start, end = _milliseconds(*match.groups()[:4]), _milliseconds(*match.groups()[4:])
    return None if start is None or end is None else (start, end)


def _milliseconds(
    hours: str | None, minutes: str, seconds: str, fraction: str | None
) -> int | None:
    """Return the time that the groups of _TIME stand for; None for a 61st second or minute.

    >>> _milliseconds("1", "02", "03", "5"), _milliseconds(None, "75", "00", None)
    (3723500, 4500000)
    """
    # "75:00" is how people write minutes without hours; "1:75:00" is a slip.
    if int(seconds) > 59 or (hours and int(minutes) > 59):
        return None
    whole = int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds)
    return whole * 1000 + round(int((fraction or "0").ljust(9, "0")) / 1_000_000)


def _is_broken_time_line(line: str, depth: int) -> bool:
    """Whether a line stands in place of a time line. "A --> B" amid text does not."""
    return bool(_BROKEN_TIME_LINE.match(line)) or (depth < 2 and "-->" in line)


def _drop_name(lines: list[str]) -> None:
    """Remove from the end of a caption's lines the number or name of the next caption."""
    next_to_times = bool(lines and lines[-1].strip())
    while lines and not lines[-1].strip():
        lines.pop()
    if not lines:
        return
    after_gap = len(lines) > 1 and lines[-2] == ""
    is_number = lines[-1].strip().isdecimal()
    # Two signs of three: a number that ends a text and has an empty line below was spoken.
    if next_to_times + after_gap + is_number >= 2:
        lines.pop()


def _lines(lines: Iterable[str]) -> list[list[_Timed]]:
    """Return the words of each line that has any."""
    return [tokens for line in lines if (tokens := _tokens(_pieces(line)))]


def _pieces(line: str) -> list[_Timed]:
    """Return the text between tags, each with the inline time before it.

    >>> _pieces("hey<00:00:01.359><c> everyone</c>")
    [(None, 'hey'), (1359, ''), (1359, ' everyone'), (1359, '')]
    """
    pieces: list[_Timed] = []
    time, done = None, 0
    for tag in _TAG.finditer(line):
        pieces.append((time, line[done : tag.start()]))
        done = tag.end()
        if tag[2]:
            time = _milliseconds(*tag.groups())
    return [*pieces, (time, line[done:])]


def _tokens(pieces: Iterable[_Timed]) -> list[_Timed]:
    """Return the words in timed text; a word that runs over pieces has the time of its first.

    >>> _tokens([(0, "trans"), (400, "formers &amp; "), (900, "♪ more")])
    [(0, 'transformers'), (400, '&'), (900, 'more')]
    """
    words: list[tuple[int | None, list[str]]] = []
    unfinished = False
    for time, text in pieces:
        if not text:
            continue
        parts = text.split()
        if parts and unfinished and not text[0].isspace():
            words[-1][1].append(parts.pop(0))
        words.extend((time, [part]) for part in parts)
        unfinished = not text[-1].isspace()
    return [(time, word) for time, parts in words for word in _clean("".join(parts))]


def _clean(word: str) -> list[str]:
    """Return a word as spoken: decoded, without control characters, notes and speaker marks.

    It is a list because "&nbsp;" may part words and a mark alone is no word.

    >>> _clean("don&amp;#39;t"), _clean("&gt;&gt;Hi"), _clean("♪")
    (["don't"], ['Hi'], [])
    """
    parts = []
    for part in _unescape(word).split():
        printable = "".join(filter(str.isprintable, part)).translate(_NOTES)
        if printable.startswith(">>"):
            printable = printable.lstrip(">")
        if printable:
            parts.append(printable)
    return parts


def _unescape(text: str) -> str:
    """Return text with HTML entities decoded twice, as YouTube's are often encoded twice."""
    if "&" not in text:
        return text
    for _ in range(2):
        text = _ENTITY.sub(lambda entity: html.unescape(entity[0]), text)
    return text


# Repeats


def _without_repeats(shown: Sequence[_Shown]) -> list[_Shown]:
    """Return captions without the lines that rolling captions show a second and third time.

    Rolling captions are known by their pattern: a caption starts with the line the last one
    ended with, and a flash shows that line alone in between.
    """
    rolling = _is_rolling(shown)
    kept = list(shown[:1])
    after_flash = False
    for before, one in pairwise(shown):
        repeats = _repeats(before, one)
        new = one.lines[repeats:]
        flash = repeats > 0 and not new and _is_flash(one)
        new_is_timed = any(time is not None for line in new for time, _ in line)
        is_roll = flash or rolling or after_flash or new_is_timed
        kept.append(_Shown(one.start, one.end, new if is_roll else one.lines))
        after_flash = flash
    return kept


def _is_rolling(shown: Sequence[_Shown]) -> bool:
    """Whether many captions add a line to the one before, or flash it."""
    rolls = 0
    for before, one in pairwise(shown):
        repeats = _repeats(before, one)
        rolls += repeats > 0 and (repeats < len(one.lines) or _is_flash(one))
    return rolls >= max(MIN_ROLL_REPEATS, MIN_ROLL_SHARE * len(shown))


def _is_flash(one: _Shown) -> bool:
    return one.end is not None and one.end - one.start <= FLASH_MS


def _repeats(before: _Shown, one: _Shown) -> int:
    """Return how many first lines of a caption are the last lines of the one before."""
    if before.end is not None and one.start > before.end + ROLL_GAP_MS:
        return 0
    # A caption of several lines that stays on screen was shown for its last line.
    stays = len(one.lines) > 1 and not _is_flash(one)
    most = min(len(before.lines), len(one.lines) - stays, MAX_ROLL_LINES)
    for count in range(most, 0, -1):
        if _said(before.lines[-count:]) == _said(one.lines[:count]):
            return count
    return 0


def _said(lines: Iterable[Iterable[_Timed]]) -> list[list[str]]:
    return [[word for _, word in line] for line in lines]


# json3


def _read_json3(text: str, problems: _Problems) -> list[_Shown]:
    """Return the captions of YouTube's json3."""
    try:
        # float(), unlike int(), takes any number of digits; real times are checked below.
        document = json.loads(text, strict=False, parse_int=float)
    except json.JSONDecodeError as error:
        raise CaptionError(
            problems.source, error.lineno, f"not JSON: {error.msg}, column {error.colno}"
        ) from None
    except RecursionError:
        raise CaptionError(problems.source, 0, "not json3: nested too deeply") from None
    events = document.get("events")
    if not isinstance(events, list):
        raise CaptionError(problems.source, 0, 'not json3: no list named "events"')
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


def _shown_event(event: object) -> _Shown:
    """Return one json3 event; those without text only place a window or break a line."""
    fields = msgspec.convert(event, _Event)
    if not fields.segs:
        return _Shown(0, 0, [])
    start = _checked(fields.start)
    if start is None:
        raise msgspec.ValidationError(f"tStartMs is {fields.start}")
    duration = _checked(fields.duration)
    pieces: list[_Timed] = []
    for seg in fields.segs:
        offset = _checked(seg.offset)
        pieces.append((None if offset is None else start + offset, seg.text))
    tokens = _tokens(pieces)
    return _Shown(start, None if duration is None else start + duration, [tokens] if tokens else [])


def _checked(milliseconds: float | None) -> int | None:
    """Return a time as a whole number, None if it is missing or out of range."""
    if milliseconds is None or not 0 <= milliseconds <= MAX_HOURS * 3_600_000:
        return None
    return round(milliseconds)


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
    """Return what `_unescape` turns into the word."""
    return word if _unescape(word) == word else word.replace("&", "&amp;amp;")


# Cues


def _cue(one: _Shown, track_is_timed: bool) -> Cue | None:
    """Return the cue for a caption, None when nothing is spoken in it.

    A file that times words leaves out the time of a word that stands alone: it is the cue's.
    """
    tokens = _without_sounds(token for line in one.lines for token in line)
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


def _without_sounds(tokens: Iterable[_Timed]) -> list[_Timed]:
    """Return words without bracketed sound marks; other brackets stay.

    >>> words = "[Upbeat music] so [see slide] (Laughter)".split()
    >>> _without_sounds((None, word) for word in words)
    [(None, 'so'), (None, '[see'), (None, 'slide]')]
    """
    kept: list[_Timed] = []
    for token in tokens:
        kept.append(token)
        if not token[1].rstrip(".,!?").endswith(_CLOSING):
            continue
        # The longest marks have three words, or their brackets stand apart: "[ __ ]".
        for size in range(1, min(5, len(kept)) + 1):
            if kept[-size][1].startswith(_OPENING):
                mark = " ".join(word for _, word in kept[-size:])
                if _SOUND.fullmatch(mark.strip("[]()【】（）.,!? ")):
                    del kept[-size:]
                break
    return kept
