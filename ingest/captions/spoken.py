"""Copied transcripts: times at the beginning or end of a line, with or without names.

These include YouTube's transcript panel, Whisper's console output, saved captions and transcripts
of Zoom, Teams, Otter and Panopto, and hand-written ones. A time may be alone on its line, before
the words, or after the name of the speaker.
"""

import re
from collections import Counter
from itertools import pairwise

import msgspec

from .clocks import BROKEN_OFF, TIME, milliseconds
from .names import LANGUAGES
from .sounds import is_sound
from .speakers import is_name, plain_name
from .track import NoSpeech, Problems, Shown
from .words import read_lines

_OPEN, _CLOSE = r"[\[(（【]?\s{0,3}", r"\s{0,3}[\])）】]?"
RANGE = re.compile(
    rf"\s*{_OPEN}{TIME}\s*(?:-->|->|--|[-–—~〜]|to|bis)\s*{TIME}{_CLOSE}\s*:?\s*(.*)"
)
# As faster-whisper's users print segments: "[0.60s -> 4.00s] words".
_SECONDS = r"([0-9]{1,6}(?:\.[0-9]{1,9})?)\s?s?"
SECONDS = re.compile(
    rf"\s*\[\s{{0,3}}{_SECONDS}\s{{0,3}}-{{1,2}}>\s{{0,3}}{_SECONDS}\s{{0,3}}\]\s*:?\s*(.*)"
)
STAMP = re.compile(
    rf"\s*(?:\*\*)?{_OPEN}{TIME}(?:\s{{0,3}}[\])）】]|(?![0-9:.,]))(?:\*\*)?(?![0-9.,])"
    r"\s*[-–—|:：]?\s*(.*)"
)
# "Jane 0:12", "Jane (00:12):", "Jane - 0:12", "[Speaker 1] (0:00 - 0:06)"; and, with words on the
# same line, "Jane [00:00:12] words" and "Jane: [0:12] words".
_UNTIL = rf"(?:\s{{0,3}}[-–—]\s{{0,3}}{TIME})?"
NAMED = re.compile(
    rf"\s*(?:\*\*)?(\S.{{0,60}}?)(?:\*\*)?(?:\s{{1,9}}[-–—])?[\s,:]{{1,9}}"
    rf"(?:{_OPEN}{TIME}{_UNTIL}{_CLOSE}\s*:?\s*|\[{TIME}{_UNTIL}\]\s*:?\s+(\S.*))"
)
_BRACKETED = re.compile(r"\[([^\[\]]{1,60})\]\s*:?")
# Screen-reader text that is copied with a time: "1 minute, 5 seconds".
_SPOKEN_TIME = re.compile(
    r"(?:(?:[0-9]{1,3} (?:hours?|minutes?|seconds?|Stunden?|Minuten?|Sekunden?|heures?|secondes?|"
    r"horas?|minutos?|segundos?)"
    r"|[0-9]{1,3} ?(?:時間|分|秒|小时|分钟|小時|分鐘|시간|분|초)),? ?){1,3}"
)
# The panel in Japanese may write times as "1分20秒".
_JAPANESE_TIME = re.compile(
    r"\s*(?:([0-9]{1,3}) ?時間 ?)?(?:([0-9]{1,3}) ?分 ?)?([0-9]{1,2}) ?秒\s*"
)
_AUTOMATIC = re.compile(
    r"\s*[^\W\d_][^()（）]{1,40}[(（][^()（）]{0,40}"
    r"(?:auto|otomat|авто|自動|自动|자동|tự động)[^()（）]{0,40}[)）]\s*",
    re.I,
)
# Saved captions of a meeting use the time of day. Without names, times from the first hours may
# be those of a part of a long recording.
_WALL_CLOCK_FROM, _WALL_CLOCK_FROM_WITHOUT_NAMES = 3_600_000, 6 * 3_600_000
# Zoom: "15:03:03 From Jane Doe to Everyone:", or time, name and words between tabs.
_CHAT = re.compile(rf"\s*{TIME}(?:\s+From\s.{{1,80}}:|\t[^\t]{{1,60}}:\t)")
_PRINTED = re.compile(rf"\s*\[{TIME} --> {TIME}\]\s*\S")  # by Whisper and whisper.cpp
_PRINTED_BEGUN = re.compile(r"\s*\[[0-9:.,]*s?\s{0,3}(?:-{1,2}>?\s{0,3}[0-9:.,]*s?\s{0,3})?")
_PROMPT = re.compile(r"\s*(?:\S{1,40}@\S{1,80})?[$%#](?:\s|$)")  # of a shell
_NUMBERED = re.compile(r"\s*Chapter [0-9]{1,3}: (\S.*)")
_OF_PANEL = frozenset({"transcript", "search in video", "search transcript", "文字起こし"})
LONGEST_HEADING = 100  # letters
_MOST_HEADINGS = 0.34  # share of captions; more headings mean two-line captions


class _Part(msgspec.Struct):
    """A time and its lines."""

    start: int
    end: int | None
    alone: bool  # the time is alone on its line
    speaker: str = ""
    lines: list[str] = msgspec.field(default_factory=list)


def count_times(text: str) -> int:
    """Return how many lines look like lines of a transcript with times."""
    return sum(_read_line(line) is not None for line in text.split("\n"))


def read_transcript(
    text: str, problems: Problems
) -> tuple[list[Shown], str, tuple[tuple[float, str], ...]]:
    """Return the captions of a transcript, its format, and its chapter headings."""
    before: list[str] = []
    parts: list[_Part] = []
    chat = printed = 0
    for line in text.split("\n"):
        part = _read_line(line)
        if part and parts and _JAPANESE_TIME.fullmatch(line):
            if part.start == parts[-1].start and not parts[-1].lines:
                continue  # the same time again, for screen readers
            if part.start < parts[-1].start or not parts[-1].lines:
                part = None
        if part:
            parts.append(part)
            chat += _CHAT.match(line) is not None
            printed += bool(_PRINTED.match(line) or SECONDS.match(line))
        elif line.strip():
            (parts[-1].lines if parts else before).append(line)
    if not parts:
        return [], "", ()
    _take_spoken_times(before, parts)
    if chat * 2 > len(parts):
        raise NoSpeech(problems.source, "this is the chat of a meeting, not speech", is_usual=True)
    if printed * 2 > len(parts):  # other lines are those of the program and of the shell
        above, _, last = text.rstrip().rpartition("\n")
        if _PRINTED_BEGUN.fullmatch(last):
            problems.add(above.count("\n") + 2, f"{last[:60]!r}: {BROKEN_OFF}")
            if _read_line(last):
                parts.pop()
        for part in parts:
            del part.lines[1:]
    while parts[-1].lines and _PROMPT.match(parts[-1].lines[-1]):
        parts[-1].lines.pop()
    if len(parts[-1].lines) > 1 and _is_language(parts[-1].lines[-1]):  # of the panel's menu
        parts[-1].lines.pop()
    alone = sum(part.alone for part in parts) * 2 > len(parts)
    chapters = _take_numbered(before, parts)
    if alone and not _take_names(before, parts):
        chapters = chapters or _take_headings(before, parts)
    _carry_on(parts)
    _from_zero(parts)
    for part, line in ((part, part.lines[0]) for part in parts if part.lines):
        if match := _SPOKEN_TIME.match(line):
            part.lines[0] = line[match.end() :]
    kind = "times between brackets" if any(part.end for part in parts) else "transcript with times"
    shown = [Shown(part.start, part.end, read_lines(part.lines), part.speaker) for part in parts]
    return [one for one in shown if one.lines], kind, chapters


def _read_line(line: str) -> _Part | None:
    """Return the part that a line with a time begins, None for any other line."""
    if not any(sign.isdecimal() for sign in line[:120]):
        return None
    if match := RANGE.fullmatch(line):
        groups = match.groups()
        start, end = milliseconds(*groups[:4]), milliseconds(*groups[4:8])
        if start is not None and end is not None:
            return _part(start, max(start, end), groups[8])
    if match := SECONDS.fullmatch(line):
        start, end = (round(float(one) * 1000) for one in match.groups()[:2])
        return _part(start, max(start, end), match[3])
    if match := STAMP.fullmatch(line):
        start = milliseconds(*match.groups()[:4])
        if start is not None:
            return _part(start, None, match.groups()[4])
    if match := _JAPANESE_TIME.fullmatch(line):
        start = milliseconds(match[1], match[2] or "0", match[3], None)
        return None if start is None else _Part(start, None, True)
    return _read_named(line)


def _read_named(line: str) -> _Part | None:
    """Return the part that a line with a name and a time begins, None for any other line."""
    match = NAMED.fullmatch(line)
    if not match:
        return None
    alone, beside, words = match.groups()[1:9], match.groups()[9:17], match[18]
    times = beside if words else alone
    start = milliseconds(*times[:4])
    end = milliseconds(*times[4:]) if times[5] else None
    name = plain_name(match[1])
    # Brackets show that it is a name, even "[itaru]".
    is_bracketed = _BRACKETED.fullmatch(match[1]) is not None and not words
    if start is None or not name or is_sound(name) or not (is_bracketed or is_name(name)):
        return None
    end = None if end is None else max(start, end)
    return _Part(start, end, False, name, [words] if words else [])


def _is_language(line: str) -> bool:
    """Return whether a line names the language of captions.

    >>> _is_language("English (auto-generated)"), _is_language("日本語"), _is_language("in English")
    (True, True, False)
    """
    name = line.partition("(")[0].strip().lower()
    return name in LANGUAGES or _AUTOMATIC.fullmatch(line) is not None


def _part(start: int, end: int | None, rest: str) -> _Part:
    rest = rest.strip()
    if (match := _BRACKETED.match(rest)) and is_name(plain_name(match[1])):
        beside = rest[match.end() :].strip()
        return _Part(start, end, False, plain_name(match[1]), [beside] if beside else [])
    return _Part(start, end, not rest, "", [rest] if rest else [])


def _take_spoken_times(before: list[str], parts: list[_Part]) -> None:
    """Remove "Jane Doe 1 minute 5 seconds", which Teams writes for screen readers, from lines.

    It is above or below the time; the name is that of the speaker.
    """
    for lines, part in zip((before, *(part.lines for part in parts[:-1])), parts, strict=True):
        if lines and (name := _name_before_spoken_time(lines[-1])) is not None:
            lines.pop()
            part.speaker = part.speaker or name
    for part in parts:
        while part.lines and (name := _name_before_spoken_time(part.lines[0])):
            del part.lines[0]
            part.speaker = part.speaker or name


def _name_before_spoken_time(line: str) -> str | None:
    """Return the name before a time in words, "" if it is alone, None for any other line.

    >>> _name_before_spoken_time("Jane Doe 1 minute 5 seconds"), _name_before_spoken_time("5 men")
    ('Jane Doe', None)
    """
    for match in _SPOKEN_TIME.finditer(line):
        name = plain_name(line[: match.start()])
        if match.end() == len(line.rstrip()) and (not name or is_name(name)):
            return name
    return None


def _take_names(before: list[str], parts: list[_Part]) -> bool:
    """Take the speaker names on separate lines above each time."""
    above = [before, *(part.lines for part in parts[:-1])]
    names = [plain_name(lines[-1]) if lines else "" for lines in above]
    distinct = {name for name in names if name}
    repeated = len(parts) > 1 and len(distinct) * 2 <= len(parts)
    if not all(map(is_name, distinct)) or not repeated or "" in names:
        return False
    for part, lines, name in zip(parts, above, names, strict=True):
        lines.pop()
        part.speaker = name
    return True


def _take_numbered(before: list[str], parts: list[_Part]) -> tuple[tuple[float, str], ...]:
    """Take lines such as "Chapter 2: Giraffes" above a time; the next line may repeat the title."""
    headings = []
    for lines, part in zip((before, *(part.lines for part in parts[:-1])), parts, strict=True):
        above = _NUMBERED.match(lines[-2]) if len(lines) > 1 else None
        if above and above[1].strip() == lines[-1].strip():
            lines.pop()
        if lines and (match := _NUMBERED.match(lines[-1])):
            lines.pop()
            headings.append((part.start / 1000, match[1].strip()))
    return tuple(headings)


def _take_headings(before: list[str], parts: list[_Part]) -> tuple[tuple[float, str], ...]:
    """Take the chapter headings that YouTube's panel shows above some times.

    The panel shows each caption on one line, so a second line is a heading.
    """
    usual = Counter(len(part.lines) for part in parts[:-1]).most_common(1)
    longer = [i for i, part in enumerate(parts[:-1]) if len(part.lines) == 2]
    if not longer or usual[0][0] != 1 or len(longer) > _MOST_HEADINGS * len(parts):
        return ()
    if any(len(parts[number].lines[-1]) > LONGEST_HEADING for number in longer):
        return ()
    headings = []
    if before and before[-1].strip().lower() not in _OF_PANEL:
        headings.append((parts[0].start / 1000, before[-1].strip()))
    for number in longer:
        heading = parts[number].lines.pop().strip()
        headings.append((parts[number + 1].start / 1000, heading))
    return tuple(headings)


def _carry_on(parts: list[_Part]) -> None:
    """Give times without a name, as Rev writes between paragraphs, the speaker before them."""
    if sum(bool(part.speaker) for part in parts) * 2 <= len(parts):
        return
    for before, part in pairwise(parts):
        part.speaker = part.speaker or before.speaker


def _from_zero(parts: list[_Part]) -> None:
    """Shift a transcript with times of day to begin at 0."""
    first = parts[0].start
    are_named = all(part.speaker for part in parts)
    if first < (_WALL_CLOCK_FROM if are_named else _WALL_CLOCK_FROM_WITHOUT_NAMES):
        return
    for part in parts:
        part.start = max(0, part.start - first)
        part.end = None if part.end is None else max(part.start, part.end - first)
