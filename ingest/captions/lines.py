"""Formats with one time per line or block: YouTube Studio's SBV, lyrics (LRC), Whisper's TSV."""

import re
from itertools import pairwise

from .clocks import BROKEN_OFF, TIME, is_begun, milliseconds
from .track import Problems, Shown
from .words import read_lines

_SBV = re.compile(rf"\s*{TIME},{TIME}\s*")
_LRC_TIME = re.compile(r"\[([0-9]{1,3}):([0-9]{1,2})(?:[.:]([0-9]{1,3}))?\]")
_LRC = re.compile(r"\s*\[[0-9]{1,3}:[0-9]{1,2}([.:])([0-9]{1,3})\]")
_LRC_BEGUN = re.compile(r"\[[0-9:.]*")
_LRC_OFFSET = re.compile(r"\s*\[offset:\s*([+-]?[0-9]{1,7})\s*\]", re.I)
_TSV = re.compile(r"([0-9]{1,10}(?:\.[0-9]{1,9})?)\t([0-9]{1,10}(?:\.[0-9]{1,9})?)(?:\t(.*))?")


def count_sbv(text: str) -> int:
    """Return how many lines are SBV times."""
    return sum(_SBV.fullmatch(line) is not None for line in text.split("\n"))


def read_sbv(text: str, problems: Problems) -> list[Shown]:
    """Return the captions of SBV: a line of two times, then lines of text; [br] breaks lines."""
    shown: list[Shown] = []
    lines: list[str] = []
    given = text.rstrip().split("\n")
    for number, line in enumerate([*given, "0:00:00.000,0:00:00.000"], 1):
        match = _SBV.fullmatch(line)
        after_gap = number > 1 and not given[number - 2].strip()
        begun = match or (after_gap and (is_begun(line) or line.strip().isdecimal()))
        if number == len(given) and begun:
            problems.add(number, f"{line.strip()[:60]!r}: {BROKEN_OFF}")
            continue
        if not match:
            lines.append(line.replace("[br]", "\n"))
            continue
        if shown:
            shown[-1].lines = read_lines("\n".join(lines).split("\n"))
        lines = []
        start, end = milliseconds(*match.groups()[:4]), milliseconds(*match.groups()[4:])
        if start is None or end is None:
            problems.add(number, f"{line.strip()[:60]!r} is not a pair of times")
            start = end = 0
            shown.append(Shown(0, 0, []))
        else:
            shown.append(Shown(start, max(start, end), []))
    return [one for one in shown if one.lines]


def count_lrc(text: str) -> int:
    """Return how many lines begin with an LRC time: [01:02.50], or [01:02:50] in old files.

    If all of the last numbers are below 60, [00:01:02] has hours and is no LRC time.
    """
    found = [match for line in text.split("\n") if (match := _LRC.match(line))]
    is_lrc = any(match[1] == "." or int(match[2]) > 59 for match in found)
    return len(found) if is_lrc else 0


def read_lrc(text: str, problems: Problems) -> list[Shown]:
    """Return the lines of LRC; a line may have several times. A line ends when the next begins."""
    offset = 0
    shown: list[Shown] = []
    for number, line in enumerate(text.split("\n"), 1):
        if match := _LRC_OFFSET.match(line):
            offset = int(match[1])
            continue
        starts = []
        rest = line.strip()
        while match := _LRC_TIME.match(rest):
            start = milliseconds(None, match[1], match[2], match[3])
            if start is None:
                problems.add(number, f"{match[0]!r} is not a time")
            else:
                starts.append(max(0, start - offset))
            rest = rest[match.end() :].lstrip()
        if _LRC_BEGUN.fullmatch(rest):
            problems.add(number, f"{rest[:60]!r}: {BROKEN_OFF}")
            rest = ""
        # A time without words ends the previous line.
        shown += [Shown(start, None, read_lines([rest])) for start in starts]
    shown.sort(key=lambda one: one.start)
    for one, following in pairwise(shown):
        one.end = following.start
    return [one for one in shown if one.lines]


def is_tsv(text: str) -> bool:
    """Return whether a text is a table of start, end and text."""
    first, _, rest = text.lstrip().partition("\n")
    head = first.lower().split("\t")
    return head[:2] == ["start", "end"] or bool(
        _TSV.fullmatch(first) and _TSV.fullmatch(rest.partition("\n")[0] or first)
    )


def read_tsv(text: str, problems: Problems) -> list[Shown]:
    """Return the captions of a table of start, end and text.

    Whisper writes milliseconds; numbers with a fraction are seconds, as in Audacity's labels.
    """
    rows = [(number, _TSV.fullmatch(line)) for number, line in enumerate(text.split("\n"), 1)]
    lines = text.split("\n")
    last = len(text.rstrip().split("\n"))
    in_seconds = any("." in match[1] for _, match in rows if match)
    shown = []
    for number, match in rows:
        if not match:
            head = number == 1 or not lines[number - 1].strip()
            if not head:
                problems.add(number, f"{lines[number - 1][:60]!r} is not start, end and text")
            continue
        if number == last and match[3] is None:
            problems.add(number, f"{match[0][:60]!r}: {BROKEN_OFF}")
            continue
        unit = 1000 if in_seconds else 1
        start, end = (min(round(float(one) * unit), 35_000_000_000) for one in match.groups()[:2])
        shown.append(Shown(start, max(start, end), read_lines([match[3] or ""])))
    return [one for one in shown if one.lines]
