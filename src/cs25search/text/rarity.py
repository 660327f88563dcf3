"""How rare a term is, among documents and among the entries of a handbook."""

import numpy as np


def idf(seen: np.ndarray, size: int) -> np.ndarray:
    """Return the idf of terms that occur in `seen` of `size` documents, float32, shape of `seen`.

    This is the idf of BM25 in Lucene's form, which is never negative.

    >>> [f"{x:.2f}" for x in idf(np.array([1, 2]), size=2)]
    ['0.69', '0.18']
    """
    weights: np.ndarray = np.log1p((size - seen + 0.5) / (seen + 0.5)).astype(np.float32)
    return weights


def rarity(seen: np.ndarray, size: int) -> np.ndarray:
    """Return the rarity of terms that occur in `seen` of `size` texts, float64, shape of `seen`.

    Unlike the idf of BM25, it does not approach 0 for a term that most texts contain: in a
    handbook, "lecture" and "author" do, and still say what a question is about. A term in no text
    is as rare as one in a single text.

    >>> [f"{x:.2f}" for x in rarity(np.array([0, 1, 2]), size=2)]
    ['1.10', '1.10', '0.69']
    """
    weights: np.ndarray = np.log1p(size / np.maximum(1, seen))
    return weights
