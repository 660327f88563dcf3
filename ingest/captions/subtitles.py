"""SRT and WebVTT.

They are read here and not by a library. Tried on hostile files, pysubs2 takes a
WebVTT line with two inline word times for a time line, reads NOTE blocks and cue names as
speech, turns hour 100 into hour 0 and needs quadratic time for a run of empty lines;
webvtt-py refuses SRT without numbers. Neither tells which line it left out.
"""

import re

from .clocks import TIME, milliseconds
from .track import Problems, Shown
from .words import read_lines

# What follows the second time are WebVTT cue settings or SRT coordinates.
_TIME_LINE = re.compile(rf"\s*{TIME}\s*-->\s*{TIME}(?![0-9:.,])")
_BROKEN_TIME_LINE = re.compile(r"\s*-?[0-9]+:[0-9:.,\s]*-{1,2}>")
_NOT_A_CUE = re.compile(r"NOTE(?:\s|$)|(?:STYLE|REGION)\s*$")


def read_blocks(text: str, problems: Problems) -> list[Shown]:
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
    return [Shown(start, max(start, end), read_lines(lines)) for start, end, lines in blocks]


def _times(line: str) -> tuple[int, int] | None:
    """Return start and end of a time line in milliseconds, None for any other line."""
    match = _TIME_LINE.match(line)
    if not match:
        return None
    start, end = milliseconds(*match.groups()[:4]), milliseconds(*match.groups()[4:])
    return None if start is None or end is None else (start, end)


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
