"""Match videos with lectures: by id, else by length together with title and speakers."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from cs25search.times import clock

SAME_LENGTH = 2.0  # seconds; decks and YouTube round differently
# Captions end before the applause and the end card; their last cue may outlast the video a little.
SILENT_END, CUE_OVERRUN = 120.0, 5.0
CLEAR_LEAD = 0.25  # by which the best of two lectures of equal length must be ahead

_STOP = frozenset("a an and applications at by for from in into of on or the to with".split())


@dataclass(frozen=True, slots=True)
class Lecture:
    """A lecture as listed in a deck. `video_id` is "" if the deck does not give it."""

    number: int
    title: str
    speakers: tuple[str, ...]
    duration: float
    video_id: str = ""
    recommended: bool = False


@dataclass(frozen=True, slots=True)
class Candidate:
    """A video that may be a lecture. `about` is its description.

    Attributes:
        number: Its place in the course, if it is known.
        from_cues: Whether `duration` is the end of the last cue, so the video may be longer.
    """

    video_id: str
    title: str
    duration: float
    about: str = ""
    from_cues: bool = False
    number: int | None = None

    def may_last(self, seconds: float) -> bool:
        """Return whether the video can have this length.

        >>> Candidate("U8J32Z3qV8s", "", 3940.0).may_last(3944.0)
        False
        >>> Candidate("U8J32Z3qV8s", "", 3940.0, from_cues=True).may_last(3944.0)
        True
        """
        if self.from_cues:
            return -CUE_OVERRUN <= seconds - self.duration <= SILENT_END
        return abs(seconds - self.duration) <= SAME_LENGTH


@dataclass(frozen=True, slots=True)
class Matches:
    """The lecture of each matched video, and for others a sentence on why there is none.

    `remarks` are on matches for which the length was not known.
    """

    lectures: Mapping[str, Lecture]
    doubts: Mapping[str, str]
    remarks: Mapping[str, str] = field(default_factory=dict)


def match(videos: Sequence[Candidate], lectures: Sequence[Lecture]) -> Matches:
    """Return which video is which lecture. Uncertain matches are reported, not guessed.

    >>> scaling = Lecture(5, "Scaling transformers", ("Barret Zoph",), 3944.0)
    >>> attention = Lecture(7, "Self Attention", ("Aidan Gomez",), 3943.0)
    >>> talk = Candidate("U8J32Z3qV8s", "Barret Zoph on scaling", 3944.0)
    >>> match([talk], [scaling, attention]).lectures["U8J32Z3qV8s"].number
    5
    """
    by_id = {lecture.video_id: lecture for lecture in lectures if lecture.video_id}
    found = {video.video_id: by_id[video.video_id] for video in videos if video.video_id in by_id}
    taken = {lecture.number: video_id for video_id, lecture in found.items()}
    doubts: dict[str, str] = {}
    claims: dict[int, list[str]] = {}
    for video in videos:
        if video.video_id in found:
            continue
        lecture, doubt = _nearest(video, lectures)
        if lecture and lecture.number in taken:
            doubt = f"Looks like lecture {lecture.number}, which is {taken[lecture.number]}."
        elif lecture:
            claims.setdefault(lecture.number, []).append(video.video_id)
        if doubt:
            doubts[video.video_id] = doubt
    numbered = {lecture.number: lecture for lecture in lectures}
    for number, claimants in claims.items():
        if len(claimants) == 1:
            found[claimants[0]] = numbered[number]
            continue
        for video_id in claimants:
            others = ", ".join(other for other in claimants if other != video_id)
            doubts[video_id] = f"Looks like lecture {number}, and so does {others}."
    return Matches(found, doubts)


def similarity(video: Candidate, lecture: Lecture) -> float:
    """Return how well title and speakers agree: up to 1 for the title, plus 1 for a speaker.

    >>> lecture = Lecture(6, "Perceiver: Arbitrary IO with transformers", ("Andrew Jaegle",), 0.0)
    >>> similarity(Candidate("wTZ3o36lXoQ", "DeepMind's Perceiver and Perceiver IO", 0.0), lecture)
    0.5
    """
    wanted = _words(lecture.title)
    agreeing = len(wanted & _words(video.title)) / len(wanted) if wanted else 0.0
    named = _names(f"{video.title} {video.about}")
    last_names = {speaker.split()[-1] for speaker in lecture.speakers if speaker.split()}
    return agreeing + bool(_names(" ".join(last_names)) & named)


def _nearest(video: Candidate, lectures: Sequence[Lecture]) -> tuple[Lecture | None, str]:
    """Return the only lecture that a video can be, else why none was chosen."""
    same = [one for one in lectures if video.may_last(one.duration)]
    if not same or not video.duration:
        return None, ""
    ranked = sorted(((similarity(video, one), -one.number, one) for one in same), reverse=True)
    best, _, lecture = ranked[0]
    numbers = " and ".join(str(one.number) for one in sorted(same, key=lambda one: one.number))
    length = clock(video.duration)
    if best <= 0 and video.from_cues:
        return None, ""  # many lectures end within two minutes of a given time
    if best <= 0:
        return None, f"As long as lecture {numbers} ({length}), but title and speaker differ."
    if len(ranked) > 1 and best - ranked[1][0] < CLEAR_LEAD:
        return None, f"As long as lectures {numbers} ({length}), and the title fits both."
    return lecture, ""


def _words(text: str) -> set[str]:
    """Return the words of a title that distinguish it from others, without plural s."""
    words = re.findall(r"\w+", text.lower())
    return {word.removesuffix("s") for word in words if word not in _STOP and len(word) > 1}


def _names(text: str) -> set[str]:
    return {word for word in re.findall(r"[^\W\d_]+", text.lower()) if len(word) > 2}
