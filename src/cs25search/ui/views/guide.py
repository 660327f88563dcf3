"""The verdict of the guide about a lecture, in words."""

from ...answers.guide import MARGIN, Fit, Pick
from ...records import Language
from .texts import say

COUNTED_FROM = 600.0  # seconds of a lecture from which on the minutes about the goal are stated
FITS: dict[Fit, str] = {
    "named": "guide_named",
    "whole": "guide_whole",
    "part": "guide_part",
    "mention": "guide_mention",
}


def verdict(pick: Pick, time: float, language: Language) -> str:
    """Return what a lecture is for a goal. Not escaped.

    Args:
        time: The seconds that the visitor has; 0 if the goal does not say.
    """
    lecture = pick.lecture
    length = minutes(lecture.duration)
    if time:
        key = "guide_fits" if lecture.duration <= time + MARGIN else "guide_too_long"
        return say(language, key, length=length, time=minutes(time))
    parts = [say(language, FITS[pick.fit])]
    if pick.seconds and lecture.duration >= COUNTED_FROM:
        parts.append(say(language, "guide_minutes", time=minutes(pick.seconds), length=length))
    if summary := (lecture.in_a_word_ja if language == "ja" else "") or lecture.in_a_word:
        parts.append(summary + ("。" if language == "ja" else "."))
    return ("" if language == "ja" else " ").join(parts)


def minutes(seconds: float) -> int:
    """Return whole minutes, at least one.

    >>> minutes(20), minutes(887), minutes(1363)
    (1, 15, 23)
    """
    return max(1, round(seconds / 60))
