"""First stage over vectors: FAISS, inner product of unit vectors, which is their cosine."""

from pathlib import Path

import faiss
import numpy as np

from .errors import IndexDamaged


def build_dense(vectors: np.ndarray) -> faiss.Index:
    """Return an exact FAISS index over unit rows, shape (n_chunks, dim)."""
    index = faiss.IndexFlatIP(vectors.shape[1])
    index.add(np.ascontiguousarray(vectors, np.float32))
    return index


def write_dense(index: faiss.Index, path: Path) -> None:
    """Write a FAISS index in its own file format."""
    faiss.write_index(index, str(path))


def read_dense(path: Path) -> faiss.Index:
    """Read a FAISS index.

    Raises:
        IndexDamaged: FAISS cannot read the file.
    """
    try:
        return faiss.read_index(str(path))
    except RuntimeError as error:
        raise IndexDamaged(path, "cannot be read by FAISS") from error


def top_k(
    query: np.ndarray, index: faiss.Index, k: int, allowed: np.ndarray | None = None
) -> np.ndarray:
    """Return the rows nearest to `query`, best first, shape (at most k,).

    Args:
        query: Unit vector, shape (dim,).
        index: From `build_dense`.
        k: How many; capped at the number of rows.
        allowed: Only these rows; None for all.

    >>> top_k(np.array([0.0, 1.0]), build_dense(np.eye(2)), k=5).tolist()
    [1, 0]
    >>> top_k(np.array([0.0, 1.0]), build_dense(np.eye(2)), k=5, allowed=np.array([0])).tolist()
    [0]
    """
    only = None
    if allowed is not None:
        only = faiss.SearchParameters(sel=faiss.IDSelectorBatch(allowed))  # type: ignore[call-arg]
    _, rows = index.search(query.astype(np.float32)[None], min(k, index.ntotal), params=only)
    found: np.ndarray = rows[0]
    return found[found >= 0]  # FAISS fills up with -1 when it finds fewer than k


def cosines(query: np.ndarray, index: faiss.Index, rows: np.ndarray) -> np.ndarray:
    """Return the cosines of `query` with the given rows, shape (len(rows),)."""
    vectors: np.ndarray = index.reconstruct_batch(rows)
    return vectors @ query.astype(np.float32)
