"""How many chunks of an index contain each word, counted when it is built."""

from collections import Counter
from collections.abc import Sequence

import msgspec

from ..records import Chunk
from ..text.words import stem, words
from .chunk_text import encoded_text

MOST_COUNTED = 20_000  # chunks whose words may correct a misspelt one: more words are slow to read


class WordCounts(msgspec.Struct, frozen=True):
    """How many chunks contain each word.

    Attributes:
        stems: By the stem of the word.
        words: By the word in lower case, only those in Latin letters; of many chunks, those of some
            from every part.
    """

    stems: dict[str, int]
    words: dict[str, int]


NO_COUNTS = WordCounts({}, {})


class WordCounter:
    """Counts the words of chunks that are read one after the other."""

    def __init__(self, n_chunks: int) -> None:
        self._step = -(-n_chunks // MOST_COUNTED) or 1
        self._read = 0
        self._stems: Counter[str] = Counter()
        self._words: Counter[str] = Counter()

    def add(self, said: Sequence[str]) -> None:
        """Count the words of the next chunk."""
        distinct = set(said)
        self._stems.update({stem(word) for word in distinct})
        if self._read % self._step == 0:
            self._words.update(word for word in distinct if word.isascii() and word.isalpha())
        self._read += 1

    def counts(self) -> WordCounts:
        """Return the counts so far."""
        return WordCounts(dict(self._stems), dict(self._words))


def count_words(chunks: Sequence[Chunk]) -> WordCounts:
    """Return the counts of some chunks."""
    counter = WordCounter(len(chunks))
    for chunk in chunks:
        counter.add(words(encoded_text(chunk)))
    return counter.counts()
