"""How well each note of the course fits a question, by lecture."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from ...ranking.searcher import Found
from ...records import Chunk, Video
from ...search import Index

STEPS = 4  # levels above "hardly"
ABOUT = 2  # a lecture with a bar of at least this level is about the question


@dataclass(frozen=True, slots=True)
class Bar:
    """A note in the map.

    Attributes:
        begin: Second at which it begins.
        end: Second at which it ends, or the next one begins.
        strength: Relevance from 0 to 1; 1 is that of the best note in the course.
    """

    begin: float
    end: float
    strength: float
    note: Chunk

    @property
    def level(self) -> int:
        """Return the strength in steps, 0 (hardly) to STEPS."""
        return min(STEPS, int(self.strength * (STEPS + 1)))


@dataclass(frozen=True, slots=True)
class MapRow:
    """The bars of one lecture, in order."""

    video: Video
    bars: tuple[Bar, ...]

    @property
    def is_about(self) -> bool:
        """Return whether the lecture is about the question."""
        return any(bar.level >= ABOUT for bar in self.bars)


def map_rows(index: Index, found: Found) -> list[MapRow]:
    """Return a row for each video, in order.

    Args:
        found: What the index found for the question.
    """
    notes, scores = index.score_notes(found)
    strengths = relative(scores)
    rows = []
    for video in index.generation.videos:
        own = [place for place, note in enumerate(notes) if note.video_id == video.video_id]
        if own:
            bars = bars_of([notes[place] for place in own], strengths[own].tolist())
            rows.append(MapRow(video, bars))
    return rows


def relative(scores: np.ndarray) -> np.ndarray:
    """Return scores as strengths: 0 for the mean and below, 1 for the best.

    >>> relative(np.array([-2.0, 0.0, 1.0, 4.0])).tolist()
    [0.0, 0.0, 0.25, 1.0]
    """
    best = max((float(score) for score in scores), default=0.0)
    if best <= 0:
        return np.zeros(len(scores))
    strengths: np.ndarray = np.clip(scores, 0, None) / best
    return strengths


def bars_of(notes: list[Chunk], strengths: list[float]) -> tuple[Bar, ...]:
    """Return the bars of a lecture, which do not overlap, though windows of captions do.

    Args:
        notes: In order.
        strengths: One for each note.

    >>> notes = [Chunk("a", "v", 0.0, 40.0, "", "note"), Chunk("b", "v", 30.0, 60.0, "", "note")]
    >>> [(bar.begin, bar.end) for bar in bars_of(notes, [0.1, 0.9])]
    [(0.0, 30.0), (30.0, 60.0)]
    """
    ends = [min(note.end, after.start) for note, after in pairwise(notes)] + [notes[-1].end]
    return tuple(
        Bar(note.start, end, strength, note)
        for note, end, strength in zip(notes, ends, strengths, strict=True)
    )


def best_bars(row: MapRow, count: int = 3) -> list[Bar]:
    """Return the strongest bars of a row, in order of time."""
    strong = sorted(row.bars, key=lambda bar: (-bar.strength, bar.begin))[:count]
    return sorted((bar for bar in strong if bar.level), key=lambda bar: bar.begin)
