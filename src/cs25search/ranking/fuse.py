"""One score from several: standardise each over the candidates, then add with weights."""

from collections.abc import Sequence

import numpy as np


def standardise(scores: np.ndarray) -> np.ndarray:
    """Return scores with mean 0 and standard deviation 1; all zeros when they are all equal.

    >>> standardise(np.array([1.0, 2.0, 3.0])).round(2).tolist()
    [-1.22, 0.0, 1.22]
    """
    spread = scores.std()
    if not spread > 0:
        return np.zeros_like(scores)
    standard: np.ndarray = (scores - scores.mean()) / spread
    return standard


def fuse(parts: Sequence[tuple[float | np.ndarray, np.ndarray]]) -> np.ndarray:
    """Return the weighted sum of standardised scores.

    Args:
        parts: For each ranker its weight, one or one per candidate, and its scores, shape (n,).

    By hand: [0, 1] becomes [-1, 1] and [4, 2] becomes [1, -1].

    >>> fuse([(1.0, np.array([0.0, 1.0])), (0.3, np.array([4.0, 2.0]))]).tolist()
    [-0.7, 0.7]
    """
    total: np.ndarray = np.sum([weight * standardise(scores) for weight, scores in parts], axis=0)
    return total
