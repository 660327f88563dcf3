"""How rare a term is: the idf of BM25 in Lucene's form, which is never negative."""

import numpy as np


def idf(seen: np.ndarray, size: int) -> np.ndarray:
    """Return the idf of terms that occur in `seen` of `size` documents, float32, shape of `seen`.

    >>> [f"{x:.2f}" for x in idf(np.array([1, 2]), size=2)]
    ['0.69', '0.18']
    """
    rarity: np.ndarray = np.log1p((size - seen + 0.5) / (seen + 0.5)).astype(np.float32)
    return rarity
