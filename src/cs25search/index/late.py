"""Late interaction: each query token is matched with the best token of every chunk (MaxSim).

Khattab and Zaharia, "ColBERT", SIGIR 2020. Token vectors are stored as one sign bit per dimension,
which did not reduce quality on the corpora measured (docs/evaluation.md); query vectors stay
floats. What all token vectors of an encoder share would decide the signs, so an encoder whose
tokens share much gives them without their mean (encoding/encoder.py).
"""

from functools import cache
from pathlib import Path

import numpy as np
import onnxruntime

from ..text.rarity import idf

BLOCK = 1024  # tokens


def pack(tokens: np.ndarray) -> np.ndarray:
    """Return the signs of token vectors, eight per byte.

    Args:
        tokens: Shape (n_tokens, dim).

    Returns:
        Shape (n_tokens, ceil(dim / 8)), uint8; a set bit means a positive component.

    >>> pack(np.array([[0.1, -0.2, 0.3, 0, 0, 0, 0, 0]])).tolist()
    [[160]]
    """
    return np.packbits(tokens > 0, axis=1)


def unpack(packed: np.ndarray, dim: int) -> np.ndarray:
    """Return unit vectors from packed signs, shape (n_tokens, dim); the inverse of `pack`.

    >>> unpack(pack(np.array([[0.5, -0.5, 0.5, 0.5]])), dim=4).tolist()
    [[0.5, -0.5, 0.5, 0.5]]
    """
    bits = np.unpackbits(packed, axis=1, count=dim).astype(np.float32)
    signs: np.ndarray = (2 * bits - 1) / np.sqrt(np.float32(dim))
    return signs


def token_cosines(packed: np.ndarray, query: np.ndarray) -> np.ndarray:
    """Return the cosines of packed tokens with query tokens, shape (n_tokens, n_query).

    Args:
        packed: From `pack`, shape (n_tokens, dim / 8).
        query: Unit vectors of the query's tokens, shape (n_query, dim), float32.

    >>> tokens = pack(np.array([[0.5, -0.5, 0.5, 0.5], [-0.5, 0.5, 0.5, 0.5]]))
    >>> token_cosines(tokens, np.array([[1, 0, 0, 0]], np.float32)).tolist()
    [[0.5], [-0.5]]
    """
    # With bits, see `maxsim`, this takes a third of the time of `unpack` and a product; and in
    # blocks that the processor's cache holds, half the time of all of them at once.
    dim = query.shape[1]
    products = np.empty((len(packed), len(query)), np.float32)
    for begin in range(0, len(packed), BLOCK):
        bits = np.unpackbits(packed[begin : begin + BLOCK], axis=1, count=dim)
        products[begin : begin + BLOCK] = bits.astype(np.float32) @ (2 * query.T)
    cosines: np.ndarray = (products - query.sum(axis=1)) / np.sqrt(np.float32(dim))
    return cosines


def token_idf(document_ids: list[np.ndarray], vocabulary_size: int) -> np.ndarray:
    """Return the idf of each token id by BM25's formula, shape (vocabulary_size,).

    >>> rarity = token_idf([np.array([0, 1]), np.array([1, 1])], vocabulary_size=3)
    >>> [f"{x:.2f}" for x in rarity]
    ['0.69', '0.18', '1.79']
    """
    seen = np.zeros(vocabulary_size)
    for ids in document_ids:
        seen[np.unique(ids)] += 1
    return idf(seen, len(document_ids))


def maxsim(
    query: np.ndarray,
    weights: np.ndarray,
    packed: np.ndarray,
    lengths: np.ndarray,
    segments: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """Return the score of every chunk, and the token at which its best stretch begins.

    A chunk is cut into equal segments; a stretch is two adjacent segments. The score of a stretch
    is the weighted mean, over query tokens, of the best cosine with a token in it. The score of a
    chunk is that of its best stretch; with one segment, this is plain MaxSim.

    Args:
        query: Unit vectors of the query's tokens, shape (n_query, dim).
        weights: One weight per query token, shape (n_query,); not all zero.
        packed: Tokens of all chunks in order, from `pack`, shape (n_tokens, dim / 8).
        lengths: Number of tokens of each chunk, at least 1, shape (n_chunks,); the sum is n_tokens.
        segments: Number of segments of each chunk, from 1 to its length, shape (n_chunks,).

    Returns:
        Scores, shape (n_chunks,), and positions within the chunks, shape (n_chunks,).

    One chunk of three tokens, of which the last two are the query's own signs:

    >>> query = np.array([[1.0, 0, 0, 0, 0, 0, 0, 0]])
    >>> packed = pack(np.array([[-1.0] * 8, [1.0] * 8, [1.0] * 8]))
    >>> scores, begins = maxsim(query, np.ones(1), packed, np.array([3]), np.array([3]))
    >>> f"{scores[0]:.3f}", begins.tolist()  # the stretch of tokens 0 and 1 contains the match
    ('0.354', [0])
    """
    products, units = _products(query, packed)
    firsts = np.cumsum(segments) - segments  # first segment of each chunk
    inside = np.arange(segments.sum()) - np.repeat(firsts, segments)
    cuts = inside * np.repeat(lengths, segments) // np.repeat(segments, segments)
    best = np.maximum.reduceat(products, cuts + np.repeat(np.cumsum(lengths) - lengths, segments))
    # The segment after a chunk's last one belongs to another chunk, so the last one is scored
    # alone.
    is_last = inside == np.repeat(segments, segments) - 1
    stretch = np.where(is_last[:, None], best, np.maximum(best, np.roll(best, -1, axis=0)))
    # A stored token is sign(x) / sqrt(dim). With bits b in {0, 1} the sign is 2b - 1, so
    # query . sign = 2 (query . b) - sum(query). It increases with query . b, so both have the same
    # maximum.
    shares = weights / weights.sum() / np.sqrt(query.shape[1])
    of_stretch = stretch @ (2 * units * shares) - query.sum(axis=1) @ shares
    scores: np.ndarray = np.maximum.reduceat(of_stretch, firsts)
    winners = np.flatnonzero(of_stretch == np.repeat(scores, segments))
    _, chosen = np.unique(np.repeat(np.arange(len(lengths)), segments)[winners], return_index=True)
    return scores, cuts[winners[chosen]]


def _products(query: np.ndarray, packed: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the products of stored bits and query tokens, and their unit.

    The products are `query . bits`, shape (n_tokens, n_query), int32, with query tokens rounded to
    whole multiples of a unit, shape (n_query,). Rounding to 127 steps changes cosines by at most
    .002, and their weighted mean by far less.
    """
    units = np.abs(query).max(axis=1) / 127
    units[units == 0] = 1
    rounded = np.rint(query / units[:, None]).astype(np.int8)
    bits = np.unpackbits(packed, axis=1, count=query.shape[1])
    products: np.ndarray = _matmul().run(None, {"bits": bits, "query": rounded.T.copy()})[0]
    return products, units


@cache
def _matmul() -> onnxruntime.InferenceSession:
    """Return a product of byte matrices, five times as fast as numpy's with floats.

    Threads can share it. matmul.onnx is one operator, MatMulInteger: bits (n, dim), uint8, times
    query (dim, m), int8, gives int32. tests/test_late.py builds it.
    """
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1  # a query uses one core, see search.open_index
    return onnxruntime.InferenceSession(
        str(Path(__file__).with_name("matmul.onnx")), options, providers=["CPUExecutionProvider"]
    )
