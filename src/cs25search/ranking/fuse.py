"""Combine scores: standardise each over a sample of chunks, then add them with weights."""

from collections.abc import Sequence

import numpy as np

Weighted = tuple[
    float | np.ndarray, np.ndarray
]  # a weight, or one per chunk, and scores, shape (n,)


def standardise(scores: np.ndarray, sample: np.ndarray) -> np.ndarray:
    """Return scores scaled so that a sample has mean 0 and standard deviation 1.

    If all scores of the sample are equal, the result is all zeros.

    >>> standardise(np.array([1.0, 2.0, 3.0]), sample=np.array([1.0, 2.0, 3.0])).round(2).tolist()
    [-1.22, 0.0, 1.22]
    >>> standardise(np.array([4.0]), sample=np.array([1.0, 3.0])).tolist()
    [2.0]
    """
    spread = sample.std()
    if not spread > 0:
        return np.zeros_like(scores)
    standard: np.ndarray = (scores - sample.mean()) / spread
    return standard


def fuse(parts: Sequence[Weighted], sample: Sequence[Weighted] | None = None) -> np.ndarray:
    """Return the weighted sum of standardised scores, shape (n,).

    Args:
        parts: The weights and scores of each ranker.
        sample: The same for the chunks that set the scale; None for the chunks of `parts`.

    By hand: [0, 1] becomes [-1, 1] and [4, 2] becomes [1, -1].

    >>> fuse([(1.0, np.array([0.0, 1.0])), (0.3, np.array([4.0, 2.0]))]).tolist()
    [-0.7, 0.7]
    """
    total: np.ndarray = np.sum(
        [
            weight * standardise(scores, of_sample)
            for (weight, scores), (_, of_sample) in zip(parts, sample or parts, strict=True)
        ],
        axis=0,
    )
    return total
