"""Map Japanese words into the English encoder's space, learned from notes in both languages.

IBM model 1 (Brown et al., "The Mathematics of Statistical Machine Translation", 1993) estimates how
likely each Japanese word explains each English token of the same sentence. The vector of a
Japanese word is the sum of the contextual token vectors that it explains. This lets a Japanese
question take part in late interaction, even with transcripts that contain no Japanese.
"""

from collections import Counter
from collections.abc import Sequence

import msgspec
import numpy as np
from threadpoolctl import threadpool_limits

from ..text.rarity import idf
from .encoder import unit

ITERATIONS = 5
MIN_COUNT = 2  # sentences that must contain a word; one is too few to learn from


class Pair(msgspec.Struct, frozen=True):
    """A Japanese sentence, and the tokens of its English counterpart."""

    words: list[str]
    ids: np.ndarray  # shape (n_tokens,)
    tokens: np.ndarray  # shape (n_tokens, dim)


class Bridge(msgspec.Struct, frozen=True):
    """Unit vectors of Japanese words, shape (n_words, dim), and the idf of each word."""

    words: dict[str, int]
    vectors: np.ndarray
    idf: np.ndarray

    def look_up(self, words: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
        """Return vectors and idf weights of the known words, shapes (n, dim) and (n,)."""
        rows = [self.words[word] for word in words if word in self.words]
        return self.vectors[rows].astype(np.float32), self.idf[rows]


def build_bridge(pairs: Sequence[Pair], documents: Sequence[Sequence[str]], dim: int) -> Bridge:
    """Learn a bridge.

    Args:
        pairs: Aligned sentences.
        documents: The Japanese words of each indexed text, for their idf.
        dim: Dimension of a token vector.
    """
    sentences = [list(dict.fromkeys(pair.words)) for pair in pairs]
    counts = Counter(word for sentence in sentences for word in sentence)
    words = {word: row for row, word in enumerate(w for w, n in counts.items() if n >= MIN_COUNT)}
    aligned = [
        (pair, np.array([words[word] for word in sentence if word in words], np.int64))
        for pair, sentence in zip(pairs, sentences, strict=True)
    ]
    aligned = [(pair, known) for pair, known in aligned if len(known) and len(pair.ids)]
    if not aligned:
        return Bridge({}, np.zeros((0, dim), np.float16), np.zeros(0, np.float32))
    vectors = np.zeros((len(words), dim))
    explained = _explained_shares(aligned)
    with threadpool_limits(1, "blas"):  # such small products are slower on several threads
        for (pair, known), shares in zip(aligned, explained, strict=True):
            vectors[known] += shares.T @ pair.tokens  # each word occurs once per sentence
    vectors = unit(vectors)
    seen = Counter(word for document in documents for word in set(document))
    rarity = idf(np.array([seen[word] for word in words]), len(documents))
    return Bridge(words, vectors.astype(np.float16), rarity)


def _explained_shares(aligned: Sequence[tuple[Pair, np.ndarray]]) -> list[np.ndarray]:
    """Return the probability that a word explains a token (IBM model 1).

    Args:
        aligned: Sentences, and the indices of the Japanese words in each.

    Returns:
        An array for each sentence, shape (n_tokens, n_words).
    """
    # One entry for each pair of a Japanese word and an English token in the same sentence.
    sizes = [(len(pair.ids), len(known)) for pair, known in aligned]
    japanese = np.concatenate([np.tile(known, len(pair.ids)) for pair, known in aligned])
    english = np.concatenate([np.repeat(pair.ids, len(known)) for pair, known in aligned])
    words = [n_words for n_tokens, n_words in sizes for _ in range(n_tokens)]
    positions = np.repeat(np.arange(len(words)), words)  # which token an entry belongs to
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
    cuts = np.cumsum([n_tokens * n_words for n_tokens, n_words in sizes])[:-1]
    return [part.reshape(size) for part, size in zip(np.split(shares, cuts), sizes, strict=True)]
