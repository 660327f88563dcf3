"""The words of an index, and how many chunks contain each."""

import math
import re
from collections import Counter

from ..encoding.encoder import Encoder
from ..records import Language
from ..text.words import STOP_WORDS, stem, words
from .chunk_text import encoded_text
from .generation import Generation

MARKS = "? . , : ; ! \" ' ( ) -"  # tokens that say nothing about the topic, besides stop words


class Vocabulary:
    """The words of an index: how many chunks contain each, and the row of each chunk."""

    def __init__(self, generation: Generation, encoder: Encoder) -> None:
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
        self.idle_tokens = idle_tokens(encoder)

    def count(self, word: str, language: Language) -> int:
        """Return how many chunks contain a word: a stem, or a Japanese word in its normal form."""
        return self._japanese.count(word) if language == "ja" else self._seen[word]

    def says(self, name: str) -> bool:
        """Return whether a chunk contains a name, in any word split; 256 does not contain 2."""
        return re.search(rf"{re.escape(name)}(?!\d)", self._runs) is not None or (
            not name[-1].isdigit() and name in self._runs
        )

    def idf(self, word: str, language: Language) -> float:
        """Return the idf of a word by BM25's formula."""
        seen = self.count(word, language)
        return math.log1p((self.size - seen + 0.5) / (seen + 0.5))


def idle_tokens(encoder: Encoder) -> frozenset[int]:
    """Return the token ids that say nothing about the topic."""
    idle = encoder.token_ids([*sorted(STOP_WORDS), MARKS])
    return frozenset(int(token) for ids in idle for token in ids)
