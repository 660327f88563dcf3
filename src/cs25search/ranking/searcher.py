"""A question to what was found for it: understood, encoded and ranked once."""

from dataclasses import dataclass

import numpy as np

from ..encoding.encoder import Encoder
from ..index.generation import Generation
from ..question.read import Question
from ..records import Chunk, Hit
from .filters import Filters
from .moments import build_hits
from .query import Query, read_query
from .rank import rank, score_rows
from .source import Source


@dataclass(frozen=True, slots=True)
class Found:
    """What was found for a question. Search, answer and strips of a page share it.

    Attributes:
        query: The topic of the question, encoded.
        filters: Which chunks were allowed.
        part: The part of the index that holds the chunks of the hits.
        hits: Best first.
    """

    question: Question
    query: Query
    filters: Filters
    part: Generation
    hits: tuple[Hit, ...]


class Searcher:
    """Finds moments in a source. Searching changes nothing, so threads may share it."""

    def __init__(self, source: Source, encoder: Encoder) -> None:
        self.source = source
        self.encoder = encoder

    def find(self, question: Question, filters: Filters, k: int) -> Found:
        """Return what is found for a question; no hits when it has no word to look for.

        A lecture that the question names by its number limits the hits to it.

        Args:
            k: How many hits at most; a greater k only makes the list longer.

        Raises:
            QuestionError: Nothing in the index is of a lecture, speaker or kind that is wanted.
            StoreError: The store does not answer.
        """
        filters = filters.named_in(question, self.source.generation.videos)
        filters.check(self.source.generation.videos, self.source.generation.manifest)
        query = self.encode(question.topic)
        if not question.has_words:
            return Found(question, query, filters, self.source.generation, ())
        return self._rank(question, query, filters, k)

    def find_again(self, found: Found, filters: Filters, k: int) -> Found:
        """Return what is found for the same question with other filters or more hits."""
        if not found.question.has_words:
            return found
        return self._rank(found.question, found.query, filters, k)

    def encode(self, text: str) -> Query:
        """Return a text as the rankers compare it."""
        return read_query(text, self.source.generation, self.encoder)

    def score_notes(self, found: Found) -> tuple[list[Chunk], np.ndarray]:
        """Return all notes and how well each answers a question, shape (n_notes,).

        The scores have mean 0; they compare notes for one question, not questions.
        """
        notes = self.source.notes()
        rows = np.flatnonzero(notes.rows["note"])
        if not len(rows) or not found.question.has_words:
            return [], np.zeros(0, np.float32)
        chunks = [notes.chunks[int(row)] for row in rows]
        return chunks, score_rows(found.query, notes, rows)

    def _rank(self, question: Question, query: Query, filters: Filters, k: int) -> Found:
        part = self.source.candidates(query, filters, k)
        ranked = rank(query, part, filters.rows(part.videos, part.rows))
        hits = build_hits(ranked, query, part, self.encoder, k)
        return Found(question, query, filters, part, tuple(hits))
