"""What a search reads from: an index in memory or on disk, or a store such as Milvus."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Protocol

import numpy as np

from ..index.generation import Generation
from ..index.vocabulary import CountedVocabulary, Vocabulary
from ..records import Chunk
from .filters import Filters
from .query import Query


class Source(Protocol):
    """What a search reads from."""

    @property
    def generation(self) -> Generation:
        """The whole index; a store omits the chunks."""
        ...

    def candidates(self, query: Query, filters: Filters, k: int) -> Generation:
        """Return a generation with every chunk that decides the first `k` hits.

        Raises:
            StoreError: The store does not respond.
        """
        ...

    def chunks_of(self, video_id: str, start: float, end: float) -> list[Chunk]:
        """Return the chunks of a video that overlap a time span, notes first."""
        ...

    def with_notes(self) -> Generation:
        """Return a generation that has at least every note that the map shows."""
        ...

    def words(self) -> Mapping[str, int]:
        """Return words that the index has, in lower case, and how many chunks have each.

        They correct misspelt words; not all words of a large index are there.
        """
        ...

    def vocabulary(self, words: Sequence[str]) -> Vocabulary:
        """Return the words of the whole index.

        Args:
            words: Those that will be looked up, so that a store can fetch them together.
        """
        ...


class LocalSource:
    """One whole generation, in memory or mapped from disk."""

    def __init__(self, generation: Generation) -> None:
        self.generation = generation

    def candidates(self, query: Query, filters: Filters, k: int) -> Generation:
        """Return the whole generation."""
        return self.generation

    def chunks_of(self, video_id: str, start: float, end: float) -> list[Chunk]:
        """Return the chunks of a video that overlap a time span, notes first."""
        generation = self.generation
        numbers = [n for n, video in enumerate(generation.videos) if video.video_id == video_id]
        facts = generation.rows
        inside = np.isin(facts["video"], numbers) & (facts["start"] < end) & (facts["end"] > start)
        return [generation.chunks[int(row)] for row in np.flatnonzero(inside)]

    def with_notes(self) -> Generation:
        """Return the whole generation."""
        return self.generation

    def words(self) -> Mapping[str, int]:
        """Return the words of the index."""
        return self.generation.word_counts.words

    def vocabulary(self, words: Sequence[str]) -> Vocabulary:
        """Return the words of the index."""
        return self._vocabulary

    @cached_property
    def _vocabulary(self) -> Vocabulary:
        return CountedVocabulary(self.generation)
