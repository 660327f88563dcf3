"""Match videos with lectures: by id, else by length together with title and speakers.

Where a length is missing, the title decides, then the order. A video without a title is compared
by what is said in it. Such matches come with a remark.
"""

from collections.abc import Callable, Mapping, Sequence

import msgspec

from cs25search.times import clock

from .similarity import (
    agreement,
    is_comparable,
    is_named,
    is_same,
    number_in,
    read_speech,
    series_words,
    without_number,
)

SAME_LENGTH = 2.0  # seconds; decks and YouTube round differently
# Captions end before the applause and the end card; their last cue may outlast the video a little.
SILENT_END, CUE_OVERRUN = 120.0, 5.0
ENOUGH = 0.6  # least similarity of a match by title
ENOUGH_SAID = 0.4  # of a match by length and speech
BY_SPEECH = "Matched to lecture {} of the deck by what is said, because the video has no title."
BY_LENGTH = "Matched to lecture {} of the deck by length only, because the video has no title."
BY_TITLE = "Matched to lecture {} of the deck by title, because a length is missing."
BY_ORDER = "Matched to lecture {} of the deck by order only: check that it is the same lecture."
CLEAR_LEAD = 0.25  # by which the best of two lectures of equal length must be ahead


class DeckLecture(msgspec.Struct, frozen=True):
    """A lecture as listed in a deck. `video_id` is "" if the deck does not give it."""

    number: int
    title: str
    speakers: tuple[str, ...]
    duration: float
    video_id: str = ""
    recommended: bool = False


class Candidate(msgspec.Struct, frozen=True):
    """A video that may be a lecture. `about` is its description.

    Attributes:
        number: Its place in the course, if it is known; else that in its title is used.
        spoken: What is said; only compared if there is no title.
        from_cues: Whether `duration` is the end of the last cue, so the video may be longer.
    """

    video_id: str
    title: str
    duration: float
    about: str = ""
    from_cues: bool = False
    number: int | None = None
    spoken: str = ""

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

    def may_be(self, lecture: DeckLecture) -> bool:
        """Return whether the length, where both are known, does not speak against a lecture."""
        unknown = not (self.duration and lecture.duration)
        return unknown or self.may_last(lecture.duration)


class Matches(msgspec.Struct, frozen=True):
    """The lecture of each matched video, and why the others have none.

    `remarks` are on matches for which the length was not known.
    """

    lectures: Mapping[str, DeckLecture]
    doubts: Mapping[str, str]
    remarks: Mapping[str, str] = msgspec.field(default_factory=dict)


Similarity = Callable[[Candidate, DeckLecture], float]
Pairs = dict[str, tuple[DeckLecture, str]]  # of a video with its lecture, and the remark on it


def match(videos: Sequence[Candidate], lectures: Sequence[DeckLecture]) -> Matches:
    """Return which video is which lecture. Uncertain matches are reported, not guessed.

    A length that is known on both sides decides, together with title or speaker.

    >>> scaling = DeckLecture(5, "Scaling transformers", ("Barret Zoph",), 3944.0)
    >>> attention = DeckLecture(7, "Self Attention", ("Aidan Gomez",), 3943.0)
    >>> talk = Candidate("U8J32Z3qV8s", "Barret Zoph on scaling", 3944.0)
    >>> match([talk], [scaling, attention]).lectures["U8J32Z3qV8s"].number
    5
    """
    by_id = {lecture.video_id: lecture for lecture in lectures if lecture.video_id}
    found = {video.video_id: by_id[video.video_id] for video in videos if video.video_id in by_id}
    remarks: dict[str, str] = {}
    similar = _similarity(videos)
    pairs, doubts = _by_length_and_title(videos, lectures, found, similar)
    steps: tuple[Callable[[], Pairs], ...] = (
        lambda: pairs,
        lambda: _by_length(*_left(videos, lectures, found)),
        lambda: _by_title(*_left(videos, lectures, found), similar),
        lambda: _by_order(videos, lectures, found),
    )
    for step in steps:
        for video_id, (lecture, remark) in step().items():
            found[video_id] = lecture
            if remark:
                remarks[video_id] = remark.format(lecture.number)
    doubts = {video_id: doubt for video_id, doubt in doubts.items() if video_id not in found}
    return Matches(found, doubts, remarks)


def similarity(video: Candidate, lecture: DeckLecture) -> float:
    """Return how well title and speakers agree: up to 1 for the title, plus 1 for a speaker.

    >>> title = "Perceiver: Arbitrary IO with transformers"
    >>> lecture = DeckLecture(6, title, ("Andrew Jaegle",), 0.0)
    >>> similarity(Candidate("wTZ3o36lXoQ", "DeepMind's Perceiver and Perceiver IO", 0.0), lecture)
    0.5
    """
    about = f"{video.title} {video.about}"
    speaks = any(is_named(speaker, about) for speaker in lecture.speakers)
    return agreement(lecture.title, video.title) + speaks


def _similarity(videos: Sequence[Candidate]) -> Similarity:
    """Return the similarity to use for some videos: speech replaces a missing title.

    A title that is the same apart from the name of the series counts once more, so "Vectors" is
    clearly "Vectors | Chapter 1, Linear algebra", not "Vector spaces | Chapter 9, Linear algebra".
    """
    speech = read_speech({one.video_id: one.spoken for one in videos if not one.title})
    series = series_words([one.title for one in videos if one.title])

    def similar(video: Candidate, lecture: DeckLecture) -> float:
        same = is_same(lecture.title, video.title, series)
        said = speech.agreement(lecture.title, video.video_id)
        return similarity(video, lecture) + said + same

    return similar


def _by_length_and_title(
    videos: Sequence[Candidate],
    lectures: Sequence[DeckLecture],
    found: Mapping[str, DeckLecture],
    similar: Similarity,
) -> tuple[Pairs, dict[str, str]]:
    """Return the pairs of one length whose title or speaker agree, and the doubts about others."""
    taken = {lecture.number: video_id for video_id, lecture in found.items()}
    doubts: dict[str, str] = {}
    claims: dict[int, list[Candidate]] = {}
    for video in videos:
        if video.video_id in found:
            continue
        lecture, doubt = _nearest(video, lectures, similar)
        if lecture and lecture.number in taken:
            doubt = f"Looks like lecture {lecture.number}, which is {taken[lecture.number]}."
        elif lecture:
            claims.setdefault(lecture.number, []).append(video)
        if doubt:
            doubts[video.video_id] = doubt
    numbered = {lecture.number: lecture for lecture in lectures}
    pairs: Pairs = {}
    for number, claimants in claims.items():
        ids = [video.video_id for video in claimants]
        if len(ids) == 1:
            pairs[ids[0]] = numbered[number], "" if claimants[0].title else BY_SPEECH
            continue
        for video_id in ids:
            others = ", ".join(other for other in ids if other != video_id)
            doubts[video_id] = f"Looks like lecture {number}, and so does {others}."
    return pairs, doubts


def _nearest(
    video: Candidate, lectures: Sequence[DeckLecture], similar: Similarity
) -> tuple[DeckLecture | None, str]:
    """Return the only lecture that a video can be, else why none was chosen."""
    same = [one for one in lectures if video.may_last(one.duration)]
    if not same or not video.duration:
        return None, ""
    ranked = sorted(((similar(video, one), -one.number, one) for one in same), reverse=True)
    best, _, lecture = ranked[0]
    numbers = " and ".join(str(one.number) for one in sorted(same, key=lambda one: one.number))
    length = clock(video.duration)
    if best <= 0 or (not video.title and best < ENOUGH_SAID):
        if video.from_cues:
            return None, ""  # many lectures end within two minutes of a given time
        return None, f"As long as lecture {numbers} ({length}), but title and speaker differ."
    if len(ranked) > 1 and best - ranked[1][0] < CLEAR_LEAD:
        return None, f"As long as lectures {numbers} ({length}), and the title fits both."
    return lecture, ""


def _by_length(videos: Sequence[Candidate], lectures: Sequence[DeckLecture]) -> Pairs:
    """Return the videos without a title that only one lecture equals in length, and conversely."""
    scores = {
        (video.video_id, lecture.number): 1.0
        for video in videos
        for lecture in lectures
        if video.duration and not video.from_cues and video.may_last(lecture.duration)
    }
    untitled = {video.video_id for video in videos if not video.title}
    clear = _clearest(scores, lectures)
    return {one: (lecture, BY_LENGTH) for one, lecture in clear.items() if one in untitled}


def _by_title(
    videos: Sequence[Candidate], lectures: Sequence[DeckLecture], similar: Similarity
) -> Pairs:
    """Return the pairs without two lengths that are clearly each other's most similar."""
    # File names are often shorter than the title in a deck, so the words of either may decide.
    scores = {
        (video.video_id, lecture.number): max(
            similar(video, lecture), agreement(without_number(video.title), lecture.title)
        )
        for video in videos
        for lecture in lectures
        if not (video.duration and lecture.duration)
    }
    titled = {video.video_id for video in videos if video.title}
    return {
        video_id: (lecture, BY_TITLE if video_id in titled else BY_SPEECH)
        for video_id, lecture in _clearest(scores, lectures).items()
    }


def _clearest(
    scores: Mapping[tuple[str, int], float], lectures: Sequence[DeckLecture]
) -> dict[str, DeckLecture]:
    """Return the pairs of video and lecture that are ahead of every other pair of either."""
    of_each: dict[str | int, list[float]] = {}
    for pair, score in scores.items():
        for side in pair:
            of_each.setdefault(side, [0.0]).append(score)
    # What a pair needs: to be similar enough, and clearly more so than the second of each side.
    least = {side: max(sorted(all_)[-2] + CLEAR_LEAD, ENOUGH) for side, all_ in of_each.items()}
    numbered = {lecture.number: lecture for lecture in lectures}
    return {
        video_id: numbered[number]
        for (video_id, number), score in scores.items()
        if score >= max(least[video_id], least[number])
    }


def _by_order(
    videos: Sequence[Candidate], lectures: Sequence[DeckLecture], found: Mapping[str, DeckLecture]
) -> Pairs:
    """Return the pairs of equal place if there are as many videos as lectures.

    All or none: videos matched before must be in this order too, no length may speak against it,
    and if titles or speech can be compared, one at least must have matched.
    """
    numbered = {video.number or number_in(video.title): video for video in videos}
    if None in numbered or not len(numbered) == len(videos) == len(lectures):
        return {}
    ordered = zip(
        [numbered[number] for number in sorted(one for one in numbered if one is not None)],
        sorted(lectures, key=lambda one: one.number),
        strict=True,
    )
    pairs: Pairs = {}
    for video, lecture in ordered:
        named = without_number(video.title) if video.title else video.spoken
        if not found and is_comparable(lecture.title, named):
            return {}
        if found.get(video.video_id, lecture) != lecture or not video.may_be(lecture):
            return {}
        if video.video_id not in found:
            pairs[video.video_id] = lecture, BY_ORDER
    return pairs


def _left(
    videos: Sequence[Candidate], lectures: Sequence[DeckLecture], found: Mapping[str, DeckLecture]
) -> tuple[list[Candidate], list[DeckLecture]]:
    """Return the videos and lectures that are not matched yet."""
    taken = {lecture.number for lecture in found.values()}
    return (
        [video for video in videos if video.video_id not in found],
        [lecture for lecture in lectures if lecture.number not in taken],
    )
