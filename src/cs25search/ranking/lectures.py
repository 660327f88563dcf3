"""Rank lectures for a goal by their matching moments and slides."""

from collections.abc import Sequence

import msgspec
import numpy as np

from ..records import Hit, Lecture, Video
from .filters import Filters
from .searcher import Found, Searcher

GOAL_MOMENTS = 30  # considered for one goal
DECK_SHARPNESS = 15.0  # a lead of .1 in cosine makes a lecture's slides count 4.5 times as much
NEAR = 3.0  # a moment counts as time spent on the goal if its score is this close to the best


class RankedLecture(msgspec.Struct, frozen=True):
    """A lecture with moments about a goal.

    Attributes:
        lecture: With the deck author's verdict, if there is one: star, difficulty, what to read
            first. Other videos have no number.
        share: Its share of the matching material, 0 to 1, half by moments, half by slides.
        seconds: Time in the lecture spent on the goal; 0 if it is only mentioned.
        hits: Matching moments, best first; never empty.
    """

    lecture: Lecture
    share: float
    seconds: float
    hits: tuple[Hit, ...]


def rank_lectures(searcher: Searcher, found: Found) -> list[RankedLecture]:
    """Return the lectures that match a goal, best first.

    Args:
        found: What is found for the goal; its filters and its number of hits do not matter.
    """
    hits = searcher.find_again(found, Filters(), GOAL_MOMENTS).hits
    if not hits:
        return []
    scores = np.array([hit.score for hit in hits])
    shares = _shares(scores)
    lectures = lectures_of(searcher)
    numbers = [lecture.number for lecture in lectures]
    has_slides = len(found.part.slide_vectors) > 0
    by_deck = _shares(DECK_SHARPNESS * _nearest_slide(found, numbers)) if has_slides else None
    ranked = []
    for row, lecture in enumerate(lectures):
        own = [i for i, hit in enumerate(hits) if hit.video.video_id == lecture.video_id]
        if not own:
            continue
        share = float(shares[own].sum())
        if by_deck is not None:
            share = (share + float(by_deck[row])) / 2
        near = [hits[i] for i in own if scores[i] > scores.max() - NEAR]
        seconds = sum(hit.end - hit.start for hit in near)
        ranked.append(RankedLecture(lecture, share, seconds, tuple(near or [hits[own[0]]])))
    ranked.sort(key=lambda one: -one.share)
    # A lecture that only mentions the goal is left out beside one that spends time on it.
    return [one for one in ranked if one.seconds] or ranked[:1]


def lectures_of(searcher: Searcher) -> list[Lecture]:
    """Return the lectures of the course, then its other videos."""
    generation = searcher.source.generation
    listed = {lecture.video_id: lecture for lecture in generation.about.lectures}
    return [listed.get(video.video_id) or plain(video) for video in generation.videos]


def plain(video: Video) -> Lecture:
    """Return a video outside the list of lectures as a lecture; its number is 0."""
    return Lecture(
        video.lecture or 0, video.title, video.video_id, video.title_ja, video.speakers,
        duration=video.duration,
    )  # fmt: skip


def _nearest_slide(found: Found, lectures: Sequence[int]) -> np.ndarray:
    """Return, for each lecture, the cosine of the goal with its closest slide."""
    cosines = found.part.slide_vectors @ found.query.vector
    return np.array(
        [
            max(
                (
                    c
                    for c, slide in zip(cosines, found.part.slides, strict=True)
                    if slide.lecture == n
                ),
                default=0.0,
            )
            for n in lectures
        ]
    )


def _shares(scores: np.ndarray) -> np.ndarray:
    """Return scores as shares that add up to 1 (softmax)."""
    weights = np.exp(scores - scores.max())
    shares: np.ndarray = weights / weights.sum()
    return shares
