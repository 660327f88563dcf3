"""Remove the repeated lines of rolling captions."""

from collections.abc import Iterable, Sequence
from itertools import pairwise

from msgspec.structs import replace

from .track import Shown, Timed

# YouTube's rolling captions show the last line alone for 10 ms before they add a line.
FLASH_MS = 50
# Cues of one roll follow each other directly; a longer gap means that the screen was empty.
ROLL_GAP_MS = 100
MAX_ROLL_LINES = 4
# Without flashes or word times, a file is rolling if it has this many repeats and this share of
# captions repeat. Speakers who repeat themselves stay far below.
MIN_ROLL_REPEATS = 3
MIN_ROLL_SHARE = 0.1


def without_repeats(shown: Sequence[Shown]) -> list[Shown]:
    """Return captions without the lines that rolling captions repeat.

    Rolling captions have a typical pattern: a caption starts with the last line of the one before,
    and a flash shows that line alone in between.
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
        kept.append(replace(one, lines=new if is_roll else one.lines))
        after_flash = flash
    return kept


def _is_rolling(shown: Sequence[Shown]) -> bool:
    """Return whether many captions add a line to the previous one, or flash it."""
    rolls = 0
    for before, one in pairwise(shown):
        repeats = _repeats(before, one)
        rolls += repeats > 0 and (repeats < len(one.lines) or _is_flash(one))
    return rolls >= max(MIN_ROLL_REPEATS, MIN_ROLL_SHARE * len(shown))


def _is_flash(one: Shown) -> bool:
    return one.end is not None and one.end - one.start <= FLASH_MS


def _repeats(before: Shown, one: Shown) -> int:
    """Return how many first lines of a caption are the last lines of the previous one."""
    if before.end is not None and one.start > before.end + ROLL_GAP_MS:
        return 0
    # A multi-line caption that stays on screen was shown for its last line.
    stays = len(one.lines) > 1 and not _is_flash(one)
    most = min(len(before.lines), len(one.lines) - stays, MAX_ROLL_LINES)
    for count in range(most, 0, -1):
        if said(before.lines[-count:]) == said(one.lines[:count]):
            return count
    return 0


def said(lines: Iterable[Iterable[Timed]]) -> list[list[str]]:
    """Return the words of lines without their times."""
    return [[word for _, word in line] for line in lines]
