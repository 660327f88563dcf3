"""SRT and WebVTT.

They are parsed here and not by a library. In tests with hostile files, pysubs2 took a WebVTT line
with two inline word times for a time line, read NOTE blocks and cue names as speech, turned hour
100 into hour 0 and needed quadratic time for runs of empty lines; webvtt-py rejected SRT without
numbers. Neither reports which lines it skips.
"""

import json
import re
from collections.abc import Sequence
from itertools import pairwise

from .clocks import BROKEN_OFF, TIME, is_begun, milliseconds
from .speakers import plain_name
from .track import NoSpeech, Problems, Shown
from .words import read_lines, read_voices

# WebVTT cue settings or SRT coordinates may follow the second time.
_TIME_LINE = re.compile(rf"\s*{TIME}\s*-->\s*{TIME}(?![0-9:.,])")
_BROKEN_TIME_LINE = re.compile(r"\s*-?[0-9]+:[0-9:.,\s]*-{1,2}>")
CHAPTER_SECONDS, CHAPTER_WORDS = 45, 12  # this long with so few words is a heading
_PICTURE = re.compile(r"\.(?:jpe?g|png|webp|gif)(?:\?\S*)?(?:#xywh=[0-9,]+)?$|#xywh=[0-9]", re.I)
_NOT_A_CUE = re.compile(r"NOTE(?:\s|$)|(?:STYLE|REGION)\s*$")


def read_blocks(text: str, problems: Problems) -> list[Shown]:
    """Return the captions of an SRT or WebVTT text.

    Only time lines are required: numbers and the empty lines between captions may be missing. Text
    after an empty line still belongs to the caption above it.
    """
    is_webvtt = text.lstrip().startswith("WEBVTT")
    blocks: list[tuple[int, int, list[str]]] = []
    current: list[str] = []
    in_note = False
    depth = 0  # lines since the last empty one; the number or name of a caption is at depth 0
    lines = text.split("\n")
    last = len(text.rstrip().split("\n"))
    for number, line in enumerate(lines, 1):
        if number == last and _breaks_off(lines, number, depth):
            problems.add(number, f"{line.strip()[:60]!r}: {BROKEN_OFF}")
            _drop_name(current)
            current = []
        elif times := _times(line):
            _drop_name(current)
            current, in_note = [], False
            blocks.append((*times, current))
            depth = 1
        elif _is_broken_time_line(line, depth):
            problems.add(number, f"{line.strip()[:60]!r} is not a pair of times")
            _drop_name(current)
            current = []  # not in `blocks`, because the text below has no time
        elif in_note or (is_webvtt and depth == 0 and _NOT_A_CUE.match(line)):
            in_note = line != ""
        else:
            current.append(line)
        # A line of one space is not empty: rolling WebVTT has one above its first line.
        depth = depth + 1 if line else 0
    return [one for block in blocks for one in _shown(*block)]


def _shown(start: int, end: int, lines: list[str]) -> list[Shown]:
    """Return a caption, or one per voice if WebVTT names voices."""
    end = max(start, end)
    if any("<v" in line for line in lines):
        return [Shown(start, end, said, plain_name(voice)) for voice, said in read_voices(lines)]
    return [Shown(start, end, read_lines(lines))]


def _times(line: str) -> tuple[int, int] | None:
    """Return start and end of a time line in milliseconds, None for any other line."""
    match = _TIME_LINE.match(line)
    if not match:
        return None
    start, end = milliseconds(*match.groups()[:4]), milliseconds(*match.groups()[4:])
    return None if start is None or end is None else (start, end)


def _is_broken_time_line(line: str, depth: int) -> bool:
    """Return whether a line is a broken time line. "A --> B" within text is not."""
    return bool(_BROKEN_TIME_LINE.match(line)) or (depth < 2 and "-->" in line)


def _breaks_off(lines: Sequence[str], number: int, depth: int) -> bool:
    """Return whether the file breaks off in its last line, in the number or times of a caption."""
    line, above = lines[number - 1], lines[number - 2] if number > 1 else ""
    if match := _TIME_LINE.match(line):
        first, second = (re.sub("[0-9]", "0", one.strip()) for one in match[0].split("-->"))
        return number == len(lines) or first != second
    is_below_number = above.strip().isdecimal()
    if line.strip().isdecimal():
        return number > 1 and (depth == 0 or (depth == 1 and is_below_number))
    return (depth < 2 or is_below_number) and is_begun(line)


def _drop_name(lines: list[str]) -> None:
    """Remove from the end of a caption's lines the number or name of the next caption."""
    next_to_times = bool(lines and lines[-1].strip())
    while lines and not lines[-1].strip():
        lines.pop()
    if not lines:
        return
    after_gap = len(lines) > 1 and lines[-2] == ""
    is_number = lines[-1].strip().isdecimal()
    # Two of three signs are needed: a number at the end of a text before an empty line was spoken.
    if next_to_times + after_gap + is_number >= 2:
        lines.pop()


def count_time_lines(text: str) -> int:
    """Return how many lines are, or should be, the time line of a caption."""
    return sum(
        bool(_TIME_LINE.match(line) or _BROKEN_TIME_LINE.match(line)) for line in text.split("\n")
    )


def _is_json(text: str) -> bool:
    """Return whether a text is a JSON object, or a list of them, with something in it.

    >>> _is_json('{"speed": 3}'), _is_json("{0} and so on")
    (True, False)
    """
    if not text.startswith(("{", "[")):
        return False
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return False
    return bool(value) and (isinstance(value, dict) or isinstance(value[0], dict))


def without_speech(text: str, shown: Sequence[Shown], source: str) -> NoSpeech | None:
    """Return the error for a WebVTT file that is not captions, None for captions."""
    if not text.lstrip().startswith("WEBVTT") or not shown:
        return None
    said = [" ".join(word for line in one.lines for _, word in line) for one in shown]
    if sum(bool(_PICTURE.search(one)) for one in said) * 2 > len(said):
        return NoSpeech(source, "these are the pictures of a seek bar, not speech")
    if sum(map(_is_json, said)) * 2 > len(said):
        return NoSpeech(source, "this is metadata for programs, not speech")
    seconds = sorted(((one.end or one.start) - one.start) / 1000 for one in shown)
    words = sorted(len(one.split()) for one in said)
    middle = len(shown) // 2
    header = text.lstrip()[:200].lower()
    if "kind: chapters" in header or (
        len(shown) > 1
        and seconds[middle] >= CHAPTER_SECONDS
        and words[middle] <= CHAPTER_WORDS
        and all(one.end == after.start for one, after in pairwise(shown))
    ):
        chapters = tuple((one.start / 1000, text) for one, text in zip(shown, said, strict=True))
        return NoSpeech(source, "these are chapters, not speech", chapters)
    return None
