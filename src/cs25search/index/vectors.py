"""The dense first stage: FAISS with inner products of unit vectors, which are their cosines."""

import errno
import math
import threading
from pathlib import Path
from typing import Any

import faiss
import msgspec
import numpy as np

from ..errors import IndexDamaged

EXACT_UP_TO = 200_000  # vectors; one core compares this many in about 15 ms
FEWEST_LISTS = 64  # probed for one query
TRAINED_ON = 40  # training vectors per list
FEW = 5_000  # rows that pass a filter and are compared one by one

# Limits on the memory and loops that a file can demand of FAISS; they apply to the whole process.
_LIMITS = threading.Lock()
MOST_LISTS = 10_000_000
faiss.set_deserialization_loop_limit(MOST_LISTS)


class IndexType(msgspec.Struct, frozen=True):
    """How vectors are searched.

    Attributes:
        factory: The description for FAISS's index factory.
        probes: Lists probed for one query; 0 without lists.
        reason: The reason for the choice, as a sentence.
    """

    factory: str
    probes: int
    reason: str


def choose_index(n: int, dim: int) -> IndexType:
    """Return how to search n vectors, with the reason; docs/scaling.md has the measurements.

    >>> print(choose_index(576, 384).reason)
    Exact: comparing all 576 vectors reads 1 MB a query.
    >>> choose_index(1_000_000, 384).factory, choose_index(1_000_000, 384).probes
    ('IVF4096,SQfp16', 64)
    >>> choose_index(1_000_000, 384).reason.partition(": ")[2]
    'comparing all 1,000,000 vectors would read 1536 MB a query; 64 of 4096 lists read 12 MB.'
    """
    megabytes = 4 * n * dim / 1e6
    if n <= EXACT_UP_TO:
        reason = f"Exact: comparing all {n:,} vectors reads {max(1, megabytes):.0f} MB a query."
        return IndexType("Flat", 0, reason)
    # FAISS advises 4 to 16 times sqrt(n) lists. Few lists make training cheap; probing many of them
    # compensates for it.
    lists = 2 ** round(math.log2(4 * math.sqrt(n)))
    probes = min(lists, max(FEWEST_LISTS, lists // FEWEST_LISTS))
    reason = (
        f"Approximate: comparing all {n:,} vectors would read {megabytes:.0f} MB a query; "
        f"{probes} of {lists} lists read {megabytes / 2 * probes / lists:.0f} MB."
    )
    return IndexType(f"IVF{lists},SQfp16", probes, reason)  # SQfp16: two bytes per component


def build_dense(vectors: np.ndarray) -> faiss.Index:
    """Return a FAISS index over unit rows, shape (n_chunks, dim); see `choose_index`."""
    n, dim = vectors.shape
    vectors = np.ascontiguousarray(vectors, np.float32)
    chosen = choose_index(n, dim)
    index: Any = faiss.index_factory(dim, chosen.factory, faiss.METRIC_INNER_PRODUCT)
    if chosen.probes:
        index.nprobe = chosen.probes  # saved in the file
        sample = np.random.default_rng(0).permutation(n)[: TRAINED_ON * index.nlist]
        index.train(vectors[np.sort(sample)])
    index.add(vectors)
    if chosen.probes:
        index.make_direct_map()  # from a row to its vector, for `cosines`
    built: faiss.Index = index
    return built


def write_dense(index: faiss.Index, path: Path) -> None:
    """Write a FAISS index in its own file format.

    Raises:
        OSError: The disk is full or fails.
    """
    try:
        faiss.write_index(index, str(path))
    except RuntimeError as error:
        raise OSError(errno.EIO, "cannot be written; is the disk full?", str(path)) from error


def read_dense(path: Path) -> faiss.Index:
    """Open a FAISS index; its vectors are mapped, not loaded.

    Raises:
        IndexDamaged: FAISS cannot read the file.
    """
    try:
        with _LIMITS:
            # No vector can need more bytes than the file has.
            faiss.set_deserialization_vector_byte_limit(path.stat().st_size)
            return faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC)
    except RuntimeError as error:
        raise IndexDamaged(path, "cannot be read by FAISS") from error


def top_k(
    query: np.ndarray, index: faiss.Index, k: int, allowed: np.ndarray | None = None
) -> np.ndarray:
    """Return the rows nearest to `query`, best first, shape (at most k,).

    Args:
        query: Unit vector, shape (dim,).
        index: From `build_dense`.
        k: Number of rows; at most as many as the index has.
        allowed: Only these rows; None for all.

    >>> top_k(np.array([0.0, 1.0]), build_dense(np.eye(2)), k=5).tolist()
    [1, 0]
    >>> top_k(np.array([0.0, 1.0]), build_dense(np.eye(2)), k=5, allowed=np.array([0])).tolist()
    [0]
    """
    if allowed is not None and len(allowed) <= FEW:
        best = np.argsort(-cosines(query, index, allowed), kind="stable")
        nearest: np.ndarray = allowed[best[:k]]
        return nearest
    only = None if allowed is None else _only(index, allowed)
    _, rows = index.search(query.astype(np.float32)[None], min(k, index.ntotal), params=only)
    found: np.ndarray = rows[0]
    return found[found >= 0]  # FAISS pads with -1 if it finds fewer than k


def cosines(query: np.ndarray, index: faiss.Index, rows: np.ndarray) -> np.ndarray:
    """Return the cosines of `query` with the given rows, shape (len(rows),)."""
    vectors: np.ndarray = index.reconstruct_batch(rows)
    return vectors @ query.astype(np.float32)


def distinct(values: np.ndarray) -> np.ndarray:
    """Return the different values, ascending.

    >>> distinct(np.array([3, 1, 3])).tolist()
    [1, 3]
    """
    # With return_index, numpy.unique does not import numpy.ma, which saves .03 s of a cold start.
    return np.unique(values, return_index=True)[0]


def _only(index: faiss.Index, allowed: np.ndarray) -> faiss.SearchParameters:
    """Return search parameters that restrict the result to the allowed rows."""
    mask = np.zeros(index.ntotal, np.bool_)
    mask[allowed] = True
    bitmap: Any = np.packbits(mask, bitorder="little")
    rows = faiss.IDSelectorBitmap(bitmap)  # type: ignore[call-arg]
    if not isinstance(index, faiss.IndexIVF):
        return faiss.SearchParameters(sel=rows)  # type: ignore[call-arg]
    # Probe more lists as the filter gets stricter, to compare as many vectors as without it.
    probes = min(index.nlist, index.nprobe * index.ntotal // len(allowed))
    return faiss.SearchParametersIVF(sel=rows, nprobe=probes)  # type: ignore[call-arg]
