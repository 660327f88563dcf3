"""Merge ranked rows into hits: rows that show the same half minute become one moment.

A note and its transcript are one moment: the note gives title and summary, the transcript the
spoken words and their start.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator

import numpy as np

from ..encoding.encoder import Encoder
from ..index.chunk_text import title_prefix
from ..index.generation import Generation
from ..records import Chunk, Hit, Slide, Video
from .query import Query
from .rank import late_scores

LEAST_SHARED = (
    0.3  # least overlap, as a share of the shorter chunk, of two chunks that show one moment
)


def build_hits(
    ranked: Iterable[tuple[int, float]],
    query: Query,
    generation: Generation,
    encoder: Encoder,
    allowed: np.ndarray | None,
) -> Iterator[Hit]:
    """Yield hits, best first; their time ranges do not overlap.

    Args:
        ranked: Rows with their scores, best first, from `rank`; only as many as needed are
            consumed.
        allowed: Rows that a filter lets through; None for all. A note is quoted in their words if
            it has any.
    """
    number = 0
    taken: dict[str, list[tuple[float, float]]] = {}  # time ranges used so far, by video
    for row, score in ranked:
        facts = generation.rows[row]
        start, end = float(facts["start"]), float(facts["end"])
        video = generation.videos[int(facts["video"])]
        ranges = taken.setdefault(video.video_id, [])
        if any(_is_same((start, end), other) for other in ranges):
            continue
        note_row, spoken_row, token = _pair(row, query, generation, allowed)
        note = None if note_row is None else generation.chunks[note_row]
        spoken = None if spoken_row is None else generation.chunks[spoken_row]
        if spoken:
            start = min(max(start, _second_of(spoken, token, encoder)), end - 1)
        start, end = _outside(start, end, ranges)
        if end - start < 1:
            continue
        ranges.append((start, end))
        chunk = spoken or note
        if chunk is None:
            continue
        number += 1
        yield Hit(
            video=video,
            chunk=chunk,
            note=note,
            start=start,
            end=end,
            quote=chunk.text,
            slide=_slide(row if note_row is None else note_row, video.lecture, generation),
            score=score,
            rank=number,
            generation=generation.manifest.generation,
        )


def _pair(
    row: int, query: Query, generation: Generation, allowed: np.ndarray | None
) -> tuple[int | None, int | None, int]:
    """Return the rows of note and transcript of one moment, and the first token to quote."""
    one = generation.rows[row]
    # The chunks of a video are contiguous; see build_rows.
    videos = generation.rows["video"]
    beside = np.arange(bisect_left(videos, one["video"]), bisect_right(videos, one["video"]))
    facts = generation.rows[beside]
    if not one["note"]:
        _, begins = late_scores(query.spoken, generation, np.array([row]))
        middle = (one["start"] + one["end"]) / 2
        notes = beside[facts["note"] & (facts["start"] <= middle) & (middle < facts["end"])]
        return (int(notes[0]) if len(notes) else None), row, int(begins[0])
    middles = (facts["start"] + facts["end"]) / 2
    spoken = beside[~facts["note"] & (one["start"] <= middles) & (middles < one["end"])]
    if not len(spoken):
        return row, None, 0
    if allowed is not None and len(own := np.intersect1d(spoken, allowed)):
        spoken = own
    late, begins = late_scores(query.spoken, generation, spoken)
    best = int(np.argmax(late))
    return row, int(spoken[best]), int(begins[best])


def _second_of(spoken: Chunk, token: int, encoder: Encoder) -> float:
    """Return the start of the cue that contains a token of the encoded chunk."""
    if token == 0 or not spoken.cues:
        return spoken.cues[0].start if spoken.cues else spoken.start
    end = len(encoder.token_ids([title_prefix(spoken)])[0])
    for cue in spoken.cues:
        end += len(encoder.token_ids([cue.text])[0])
        if token < end:
            break
    return cue.start


def _slide(row: int, lecture: int | None, generation: Generation) -> Slide | None:
    """Return the slide of this lecture that is closest to a chunk.

    The question has no part in it: of 71 notes for which it changed the slide, and one of the two
    was better, it was the slide closest to the note alone for 51.
    """
    return closest_slide(np.asarray(generation.vectors.reconstruct(row)), lecture, generation)


def closest_slide(vector: np.ndarray, lecture: int | None, generation: Generation) -> Slide | None:
    """Return the slide of a lecture that is closest to a vector, None if it has none."""
    rows = [i for i, slide in enumerate(generation.slides) if slide.lecture == lecture]
    if lecture is None or not rows:
        return None
    return generation.slides[rows[int(np.argmax(generation.slide_vectors[rows] @ vector))]]


def slides_of(video: Video, generation: Generation) -> dict[str, int]:
    """Return the number of the slide that is closest to each chunk of a lecture, by chunk id."""
    numbers = [n for n, one in enumerate(generation.videos) if one.video_id == video.video_id]
    found = {}
    for row in np.flatnonzero(np.isin(generation.rows["video"], numbers)).tolist():
        vector = np.asarray(generation.vectors.reconstruct(row))
        slide = closest_slide(vector, video.lecture, generation)
        if slide:
            found[generation.chunks[row].chunk_id] = slide.number
    return found


def _is_same(one: tuple[float, float], other: tuple[float, float]) -> bool:
    """Return whether two time ranges show one moment.

    >>> _is_same((0, 60), (50, 110)), _is_same((0, 60), (30, 60))
    (False, True)
    """
    shared = min(one[1], other[1]) - max(one[0], other[0])
    return shared > LEAST_SHARED * min(one[1] - one[0], other[1] - other[0])


def _outside(start: float, end: float, ranges: list[tuple[float, float]]) -> tuple[float, float]:
    """Return a range, shortened to avoid other ranges.

    >>> _outside(0, 60, [(50, 110)]), _outside(50, 110, [(0, 60)])
    ((0, 50), (60, 110))
    """
    for other_start, other_end in ranges:
        if start < other_end and other_start < end:
            start, end = (start, other_start) if start < other_start else (other_end, end)
    return start, end
