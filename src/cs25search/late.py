"""Late interaction: every query token looks for its best token in every chunk (MaxSim).

Khattab and Zaharia, "ColBERT", SIGIR 2020. Token vectors are stored as one bit per dimension,
its sign, which cost nothing on the corpora measured (docs/evaluation.md); queries stay floats.
"""

import numpy as np


def pack(tokens: np.ndarray) -> np.ndarray:
    """Return the signs of token vectors, eight to a byte.

    Args:
        tokens: Shape (n_tokens, dim).

    Returns:
        Shape (n_tokens, ceil(dim / 8)), uint8; a set bit stands for a positive component.

    >>> pack(np.array([[0.1, -0.2, 0.3, 0, 0, 0, 0, 0]])).tolist()
    [[160]]
    """
    return np.packbits(tokens > 0, axis=1)


def token_idf(document_ids: list[np.ndarray], vocabulary_size: int) -> np.ndarray:
    """Return how rare each token id is, as BM25 counts it, shape (vocabulary_size,).

    >>> idf = token_idf([np.array([0, 1]), np.array([1, 1])], vocabulary_size=3)
    >>> [f"{x:.2f}" for x in idf]
    ['0.69', '0.18', '1.79']
    """
    seen = np.zeros(vocabulary_size)
    for ids in document_ids:
        seen[np.unique(ids)] += 1
    n = len(document_ids)
    return np.log1p((n - seen + 0.5) / (seen + 0.5)).astype(np.float32)


def maxsim(
    query: np.ndarray, weights: np.ndarray, packed: np.ndarray, lengths: np.ndarray
) -> np.ndarray:
    """Return, for every chunk, the weighted mean over query tokens of the best token cosine.

    Args:
        query: Unit vectors of the query's tokens, shape (n_query, dim).
        weights: One weight per query token, shape (n_query,); not all zero.
        packed: Tokens of all chunks one after the other, from `pack`, shape (n_tokens, dim / 8).
        lengths: Tokens of each chunk, at least one each, shape (n_chunks,); they sum to n_tokens.

    Returns:
        Shape (n_chunks,), float32.

    >>> query = np.array([[1.0, 0, 0, 0, 0, 0, 0, 0]])
    >>> packed = pack(np.array([[1.0, 1, 1, 1, 1, 1, 1, 1], [-1.0, 1, 1, 1, 1, 1, 1, 1]]))
    >>> [f"{x:.3f}" for x in maxsim(query, np.ones(1), packed, np.array([1, 1]))]
    ['0.354', '-0.354']
    """
    shares = (weights / weights.sum()).astype(np.float32)
    scores: np.ndarray = best_cosines(query, packed, lengths) @ shares
    return scores


def best_cosines(query: np.ndarray, packed: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """Return the best cosine of each query token in each chunk, shape (n_chunks, n_query)."""
    dim = query.shape[1]
    bits = np.unpackbits(packed, axis=1, count=dim).astype(np.float32)
    query = query.astype(np.float32)
    # A stored token is sign(x) / sqrt(dim). With bits b in {0, 1} the sign is 2b - 1, so
    # query . sign = 2 (query . b) - sum(query): one product, and no array of signs.
    products = 2 * (bits @ query.T) - query.sum(axis=1)
    begins = np.concatenate(([0], np.cumsum(lengths)[:-1]))
    best: np.ndarray = np.maximum.reduceat(products, begins, axis=0) / np.sqrt(np.float32(dim))
    return best
