"""The words of an index, and how many chunks contain each."""

import re
from collections.abc import Sequence
from functools import cached_property, lru_cache
from typing import Protocol

import numpy as np

from ..encoding.encoder import Encoder
from ..records import Language
from ..text.rarity import idf
from ..text.words import STOP_WORDS, words
from .chunk_text import encoded_text
from .generation import Generation

MARKS = "? . , : ; ! \" ' ( ) -"  # tokens that say nothing about the topic, besides stop words


class Vocabulary(Protocol):
    """The words of an index, and how many chunks contain each."""

    @property
    def size(self) -> int:
        """How many chunks there are."""
        ...

    def count(self, word: str, language: Language) -> int:
        """Return how many chunks have a word: a stem, or a Japanese word in its normal form."""
        ...

    def says(self, name: str) -> bool:
        """Return whether some chunk has a name, however it is cut into words; 2 is not in 256."""
        ...


class CountedVocabulary:
    """The words of a generation, counted when it was built."""

    def __init__(self, generation: Generation) -> None:
        self.size = len(generation.chunks)
        self._generation = generation

    def count(self, word: str, language: Language) -> int:
        """Return how many chunks contain a word; see `Vocabulary.count`."""
        if language == "ja":
            return self._generation.words.count(word)
        return self._generation.word_counts.stems.get(word, 0)

    def says(self, name: str) -> bool:
        """Return whether a chunk contains a name; see `Vocabulary.says`."""
        return re.search(rf"{re.escape(name)}(?!\d)", self._runs) is not None or (
            not name[-1].isdigit() and name in self._runs
        )

    @cached_property
    def _runs(self) -> str:
        """The letters of all chunks; few questions need them."""
        return " ".join("".join(words(encoded_text(one))) for one in self._generation.chunks)


def idf_of(words: Sequence[str], vocabulary: Vocabulary, language: Language) -> dict[str, float]:
    """Return the idf of each word of a text."""
    counts = np.array([vocabulary.count(word, language) for word in words])
    return dict(zip(words, idf(counts, vocabulary.size).tolist(), strict=True))


@lru_cache(maxsize=4)  # every question asks
def idle_tokens(encoder: Encoder) -> frozenset[int]:
    """Return the token ids that say nothing about the topic."""
    idle = encoder.token_ids([*sorted(STOP_WORDS), MARKS])
    return frozenset(int(token) for ids in idle for token in ids)
