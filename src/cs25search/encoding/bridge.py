"""Japanese words in the English encoder's space, learned from notes that exist in both languages.

IBM model 1 (Brown et al., "The Mathematics of Statistical Machine Translation", 1993) tells how
likely each Japanese word explains each English token of the same sentence. The vector of a
Japanese word is the sum of the contextual token vectors that it explains. So a Japanese question
takes part in late interaction, with notes and with transcripts that have no Japanese at all.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .encoder import unit

ITERATIONS = 5
MIN_COUNT = 2  # sentences that a word must be in; of one, nothing can be learned


@dataclass(frozen=True, slots=True)
class Pair:
    """A Japanese sentence, and the tokens of its English counterpart."""

    words: list[str]
    ids: np.ndarray  # shape (n_tokens,)
    tokens: np.ndarray  # shape (n_tokens, dim)


@dataclass(frozen=True, slots=True)
class Bridge:
    """Vectors of Japanese words, unit length, shape (n_words, dim), and how rare each word is."""

    words: dict[str, int]
    vectors: np.ndarray
    idf: np.ndarray

    def look_up(self, words: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
        """Return vectors and idf weights of the words that are known, (n, dim) and (n,)."""
        rows = [self.words[word] for word in words if word in self.words]
        return self.vectors[rows].astype(np.float32), self.idf[rows]


def build_bridge(pairs: Sequence[Pair], documents: Sequence[Sequence[str]], dim: int) -> Bridge:
    """Learn a bridge.

    Args:
        pairs: Aligned sentences.
        documents: The Japanese words of each indexed text, to tell rare words from common ones.
        dim: Length of a token vector.
    """
    sentences = [list(dict.fromkeys(pair.words)) for pair in pairs]
    counts = Counter(word for sentence in sentences for word in sentence)
    words = {word: row for row, word in enumerate(w for w, n in counts.items() if n >= MIN_COUNT)}
    # One entry for every Japanese word beside every English token of its sentence.
    beside: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []
    tokens_before = 0
    for pair, sentence in zip(pairs, sentences, strict=True):
        known = np.array([words[word] for word in sentence if word in words], np.int64)
        n = len(pair.ids)
        positions = np.repeat(np.arange(tokens_before, tokens_before + n), len(known))
        beside.append((np.tile(known, n), np.repeat(pair.ids, len(known)), positions))
        tokens_before += n
    if not words or not tokens_before:
        return Bridge({}, np.zeros((0, dim), np.float16), np.zeros(0, np.float32))
    japanese, english, positions = (np.concatenate(column) for column in zip(*beside, strict=True))
    shares = _explained_shares(japanese, english, positions)
    # Imported here: only an ingest needs it.
    from scipy.sparse import csr_array

    explained = csr_array((shares, (japanese, positions)), shape=(len(words), tokens_before))
    vectors = unit(explained @ np.concatenate([pair.tokens for pair in pairs]))
    seen = Counter(word for document in documents for word in set(document))
    n = len(documents)
    idf = [np.log1p((n - seen[word] + 0.5) / (seen[word] + 0.5)) for word in words]
    return Bridge(words, vectors.astype(np.float16), np.array(idf, np.float32))


def _explained_shares(
    japanese: np.ndarray, english: np.ndarray, positions: np.ndarray
) -> np.ndarray:
    """Return, for each entry, the probability that this word explains this token (IBM model 1)."""
    pairs, pair_of_entry = np.unique(
        japanese * (int(english.max()) + 1) + english, return_inverse=True
    )
    word_of_pair = pairs // (int(english.max()) + 1)
    translation = np.ones(len(pairs))
    for _ in range(ITERATIONS):
        shares = translation[pair_of_entry]
        shares /= np.bincount(positions, shares)[positions]
        expected = np.bincount(pair_of_entry, shares)
        translation = expected / np.bincount(word_of_pair, expected)[word_of_pair]
    result: np.ndarray = shares
    return result
