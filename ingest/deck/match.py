"""Match videos with lectures: by id, else by length together with title and speakers.

Where a length is missing, the title decides, then the order. These matches come with a remark.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from cs25search.text.japanese import JAPANESE, is_japanese, japanese_words
from cs25search.text.words import fold
from cs25search.times import clock

SAME_LENGTH = 2.0  # seconds; decks and YouTube round differently
# Captions end before the applause and the end card; their last cue may outlast the video a little.
SILENT_END, CUE_OVERRUN = 120.0, 5.0
ENOUGH = 0.6  # least similarity of a match by title
BY_LENGTH = "Matched to lecture {} of the deck by length only, because the video has no title."
BY_TITLE = "Matched to lecture {} of the deck by title, because a length is missing."
BY_ORDER = "Matched to lecture {} of the deck by order only: check that it is the same lecture."
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

    def may_be(self, lecture: Lecture) -> bool:
        """Return whether the length, where both are known, does not speak against a lecture."""
        unknown = not (self.duration and lecture.duration)
        return unknown or self.may_last(lecture.duration)


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

    A length that is known on both sides decides, together with title or speaker.

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
    remarks: dict[str, str] = {}
    steps = ((_by_length, BY_LENGTH), (_by_title, BY_TITLE), (_by_order, BY_ORDER))
    for step, why in steps:
        for video_id, lecture in step(videos, lectures, found).items():
            found[video_id] = lecture
            remarks[video_id] = why.format(lecture.number)
    doubts = {video_id: doubt for video_id, doubt in doubts.items() if video_id not in found}
    return Matches(found, doubts, remarks)


def similarity(video: Candidate, lecture: Lecture) -> float:
    """Return how well title and speakers agree: up to 1 for the title, plus 1 for a speaker.

    >>> lecture = Lecture(6, "Perceiver: Arbitrary IO with transformers", ("Andrew Jaegle",), 0.0)
    >>> similarity(Candidate("wTZ3o36lXoQ", "DeepMind's Perceiver and Perceiver IO", 0.0), lecture)
    0.5
    """
    wanted = _words(lecture.title)
    agreeing = len(wanted & _words(video.title)) / len(wanted) if wanted else 0.0
    about = f"{video.title} {video.about}"
    return agreeing + any(_is_named(speaker, about) for speaker in lecture.speakers)


def _by_length(
    videos: Sequence[Candidate], lectures: Sequence[Lecture], found: Mapping[str, Lecture]
) -> dict[str, Lecture]:
    """Return the videos without a title that only one lecture equals in length, and conversely."""
    free, listed = _left(videos, lectures, found)
    scores = {
        (video.video_id, lecture.number): 1.0
        for video in free
        for lecture in listed
        if video.duration and not video.from_cues and video.may_last(lecture.duration)
    }
    clear = _clearest(scores, listed)
    return {
        one.video_id: clear[one.video_id] for one in free if one.video_id in clear and not one.title
    }


def _by_title(
    videos: Sequence[Candidate], lectures: Sequence[Lecture], found: Mapping[str, Lecture]
) -> dict[str, Lecture]:
    """Return the pairs without two lengths that are clearly each other's most similar."""
    free, listed = _left(videos, lectures, found)
    scores = {
        (video.video_id, lecture.number): similarity(video, lecture)
        for video in free
        for lecture in listed
        if not (video.duration and lecture.duration)
    }
    return _clearest(scores, listed)


def _clearest(
    scores: Mapping[tuple[str, int], float], lectures: Sequence[Lecture]
) -> dict[str, Lecture]:
    """Return the pairs of video and lecture that are ahead of every other pair of either."""
    by_side: dict[str | int, list[float]] = {}
    for (video_id, number), score in scores.items():
        by_side.setdefault(video_id, []).append(score)
        by_side.setdefault(number, []).append(score)
    # The best score of each side, and the lead that it must have before the second.
    least = {
        side: max(sorted([0.0, *all_])[-2] + CLEAR_LEAD, ENOUGH) for side, all_ in by_side.items()
    }
    numbered = {lecture.number: lecture for lecture in lectures}
    return {
        video_id: numbered[number]
        for (video_id, number), score in scores.items()
        if score >= max(least[video_id], least[number])
    }


def _by_order(
    videos: Sequence[Candidate], lectures: Sequence[Lecture], found: Mapping[str, Lecture]
) -> dict[str, Lecture]:
    """Return the pairs of equal place if there are as many videos as lectures.

    All or none: videos matched before must be in this order too, no length may speak against it,
    and if titles can be compared, one at least must have matched.
    """
    numbers = {video.number for video in videos}
    if None in numbers or not len(numbers) == len(videos) == len(lectures):
        return {}
    ordered = zip(
        sorted(videos, key=lambda one: one.number or 0),
        sorted(lectures, key=lambda one: one.number),
        strict=True,
    )
    pairs = {}
    for video, lecture in ordered:
        if not found and _is_comparable(video.title, lecture.title):
            return {}
        if found.get(video.video_id, lecture) != lecture or not video.may_be(lecture):
            return {}
        if video.video_id not in found:
            pairs[video.video_id] = lecture
    return pairs


def _left(
    videos: Sequence[Candidate], lectures: Sequence[Lecture], found: Mapping[str, Lecture]
) -> tuple[list[Candidate], list[Lecture]]:
    """Return the videos and lectures that are not matched yet."""
    taken = {lecture.number for lecture in found.values()}
    return (
        [video for video in videos if video.video_id not in found],
        [lecture for lecture in lectures if lecture.number not in taken],
    )


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


def _is_comparable(title: str, other: str) -> bool:
    """Return whether a title has words in the script of the other one."""
    if is_japanese(other):
        return is_japanese(title)
    return re.search(r"[^\W\d]", JAPANESE.sub("", title)) is not None


def _words(text: str) -> set[str]:
    """Return the words of a title that distinguish it from others, without plural s.

    >>> sorted(_words("Doughs and 塩の話"))
    ['dough', '塩', '話']
    """
    folded = fold(text)
    latin = re.findall(r"\w+", JAPANESE.sub(" ", folded))
    words = {word.removesuffix("s") for word in latin if word not in _STOP and len(word) > 1}
    return words.union(*map(japanese_words, re.findall(f"{JAPANESE.pattern}+", folded)))


def _is_named(speaker: str, text: str) -> bool:
    """Return whether a text has the last name of a speaker, or the whole name in Japanese.

    >>> _is_named("Ada Byron", "With Lady Byron"), _is_named("山田 花子", "講師は山田花子さんです")
    (True, True)
    """
    if is_japanese(speaker):
        return "".join(speaker.split()) in "".join(text.split())
    parts = speaker.split()
    return bool(parts) and bool(_names(parts[-1]) & _names(text))


def _names(text: str) -> set[str]:
    return {word for word in re.findall(r"[^\W\d_]+", text.lower()) if len(word) > 2}
