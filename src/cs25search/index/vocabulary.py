"""The words of an index, and how many chunks contain each."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Protocol

from ..encoding.encoder import Encoder
from ..records import Chunk, Language
from ..text.words import STOP_WORDS, stem, words
from .chunk_text import encoded_text
from .generation import Generation

MOST_COUNTED = 20_000  # chunks whose words may correct a misspelt one: about a second of counting
MARKS = "? . , : ; ! \" ' ( ) -"  # tokens that say nothing about the topic, besides stop words


class Vocabulary(Protocol):
    """The words of an index: how many chunks contain each, and the row of each chunk."""

    @property
    def size(self) -> int:
        """How many chunks there are."""
        ...

    @property
    def rows(self) -> Mapping[str, int]:
        """The row of each chunk, by its id."""
        ...

    def count(self, word: str, language: Language) -> int:
        """Return how many chunks have a word: a stem, or a Japanese word in its normal form."""
        ...

    def says(self, name: str) -> bool:
        """Return whether some chunk has a name, however it is cut into words; 2 is not in 256."""
        ...


class CountedVocabulary:
    """The words of a generation, counted in its chunks."""

    def __init__(self, generation: Generation) -> None:
        self.size = len(generation.chunks)
        self.rows: dict[str, int] = {}
        self._seen: Counter[str] = Counter()
        self._japanese = generation.words
        runs = []
        for row, chunk in enumerate(generation.chunks):
            self.rows[chunk.chunk_id] = row
            said = words(encoded_text(chunk))
            self._seen.update({stem(word) for word in said})
            runs.append("".join(said))
        self._runs = " ".join(runs)

    def count(self, word: str, language: Language) -> int:
        """Return how many chunks contain a word; see `Vocabulary.count`."""
        return self._japanese.count(word) if language == "ja" else self._seen[word]

    def says(self, name: str) -> bool:
        """Return whether a chunk contains a name; see `Vocabulary.says`."""
        return re.search(rf"{re.escape(name)}(?!\d)", self._runs) is not None or (
            not name[-1].isdigit() and name in self._runs
        )


def count_words(chunks: Sequence[Chunk]) -> Counter[str]:
    """Return the words of chunks in Latin letters, in lower case, and how many chunks have each.

    Of many chunks, some from every part are counted.
    """
    counts: Counter[str] = Counter()
    step = -(-len(chunks) // MOST_COUNTED) or 1
    for row in range(0, len(chunks), step):
        said = set(words(encoded_text(chunks[row])))
        counts.update(word for word in said if word.isascii() and word.isalpha())
    return counts


@lru_cache(maxsize=4)  # every question asks
def idle_tokens(encoder: Encoder) -> frozenset[int]:
    """Return the token ids that say nothing about the topic."""
    idle = encoder.token_ids([*sorted(STOP_WORDS), MARKS])
    return frozenset(int(token) for ids in idle for token in ids)
