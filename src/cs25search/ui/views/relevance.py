"""Where in the course a question is answered: each lecture as a strip of equal cells."""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass

import numpy as np

from ...ranking.searcher import Found
from ...records import Chunk, Video
from ...search import Index

FINE, COARSE = 30.0, 120.0  # seconds per cell; thin cells are hard to tap on a phone
STEPS = 4  # levels above "hardly"


@dataclass(frozen=True, slots=True)
class Cell:
    """A section of a lecture.

    Attributes:
        begin: Second at which the cell begins.
        end: Second at which it ends.
        start: Second to play from; the note may begin inside the cell.
        strength: Relevance from 0 to 1; 1 is that of the best note in the course.
        note: The best note in the cell.
    """

    begin: float
    end: float
    start: float
    strength: float
    note: Chunk

    @property
    def level(self) -> int:
        """Return the strength in steps, 0 (hardly) to STEPS."""
        return min(STEPS, int(self.strength * (STEPS + 1)))


@dataclass(frozen=True, slots=True)
class Strip:
    """The cells of one lecture, in order."""

    video: Video
    cells: tuple[Cell, ...]


def relevance(index: Index, found: Found, seconds: float = FINE) -> list[Strip]:
    """Return a strip for each video, in order.

    Args:
        found: What the index found for the question.
        seconds: Length of a cell.
    """
    notes, scores = index.score_notes(found)
    strengths = relative(scores)
    strips = []
    for video in index.generation.videos:
        own = [row for row, note in enumerate(notes) if note.video_id == video.video_id]
        if own:
            cells = cut([notes[row] for row in own], strengths[own].tolist(), seconds)
            strips.append(Strip(video, cells))
    return strips


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


def cut(notes: list[Chunk], strengths: list[float], seconds: float) -> tuple[Cell, ...]:
    """Return the cells of a lecture; a cell is as strong as the best note it touches.

    Args:
        notes: In order, without gaps.
        strengths: One for each note.
    """
    cells = []
    starts, ends = ([getattr(note, edge) for note in notes] for edge in ("start", "end"))
    begin = 0.0
    while begin < notes[-1].end:
        end = min(begin + seconds, notes[-1].end)
        inside = [
            (strengths[n], -notes[n].start, notes[n])
            for n in range(bisect_right(ends, begin), bisect_left(starts, end))
        ]
        if inside:
            strength, _, note = max(inside, key=lambda one: one[:2])
            cells.append(Cell(begin, end, max(begin, note.start), strength, note))
        begin += seconds
    return tuple(cells)


def best_cells(strip: Strip, count: int = 3) -> list[Cell]:
    """Return the strongest cells of a strip in order of time, each with a different note."""
    chosen: dict[str, Cell] = {}
    for cell in sorted(strip.cells, key=lambda cell: (-cell.strength, cell.start)):
        if cell.level and len(chosen) < count:
            chosen.setdefault(cell.note.chunk_id, cell)
    return sorted(chosen.values(), key=lambda cell: cell.start)
