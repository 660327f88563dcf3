"""The dense first stage is exact in small indexes and nearly exact in large ones."""

import numpy as np
import pytest

from cs25search.encoding.encoder import unit
from cs25search.index.vectors import (
    build_dense,
    choose_index,
    cosines,
    read_dense,
    top_k,
    write_dense,
)

N, DIM = 20_000, 64


def about(subjects, n, random):
    """Return unit rows in clusters, like the vectors of texts about a few subjects."""
    noise = 0.8 * random.standard_normal((n, DIM))
    return unit(subjects[random.integers(0, len(subjects), n)] + noise).astype(np.float32)


@pytest.fixture(scope="module")
def subjects():
    return np.random.default_rng(0).standard_normal((500, DIM))


@pytest.fixture(scope="module")
def vectors(subjects):
    return about(subjects, N, np.random.default_rng(1))


@pytest.fixture(scope="module")
def queries(subjects):
    return about(subjects, 50, np.random.default_rng(2))


@pytest.fixture(scope="module")
def large(vectors, tmp_path_factory):
    """An index beyond the threshold, written and mapped."""
    path = tmp_path_factory.mktemp("dense") / "vectors.faiss"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("cs25search.index.vectors.EXACT_UP_TO", 1000)
        write_dense(build_dense(vectors), path)
    return read_dense(path)


def nearest(query, vectors, k, allowed=None):
    scores = vectors @ query
    if allowed is not None:
        scores[np.setdiff1d(np.arange(len(vectors)), allowed)] = -2
    return set(np.argsort(-scores)[:k].tolist())


def recall(index, queries, vectors, allowed=None):
    found = [len(nearest(q, vectors, 10, allowed) & set(top_k(q, index, 10, allowed).tolist()))
             for q in queries]  # fmt: skip
    return sum(found) / (10 * len(queries))


def test_type_depends_on_size_and_says_why():
    assert choose_index(200_000, 384).factory == "Flat"
    assert choose_index(200_001, 384).factory.startswith("IVF")
    assert "comparing all 576 vectors" in choose_index(576, 384).reason
    assert "64 of 4096 lists" in choose_index(1_000_000, 384).reason


def test_small_index_is_exact(vectors, queries):
    assert recall(build_dense(vectors), queries, vectors) == 1


def test_large_index_finds_nearly_what_an_exact_one_finds(large, vectors, queries, monkeypatch):
    monkeypatch.setattr("cs25search.index.vectors.EXACT_UP_TO", 1000)
    assert large.nprobe == choose_index(N, DIM).probes
    assert recall(large, queries, vectors) >= 0.98


@pytest.mark.parametrize("share", [0.6, 0.3])
def test_large_index_finds_nearly_all_that_a_filter_lets_through(large, vectors, queries, share):
    allowed = np.flatnonzero(np.random.default_rng(3).random(N) < share)
    assert recall(large, queries, vectors, allowed) >= 0.98
    assert set(top_k(queries[0], large, 10, allowed)) <= set(allowed)


def test_few_rows_let_through_are_all_compared(large, vectors, queries):
    allowed = np.arange(0, N, 100)
    found = top_k(queries[0], large, 10, allowed)
    assert set(found.tolist()) == nearest(queries[0], vectors, 10, allowed)
    assert len(top_k(queries[0], large, 10, np.zeros(0, np.int64))) == 0


def test_cosines_of_a_large_index_are_those_of_the_vectors(large, vectors, queries):
    rows = np.array([3, 19_999, 0])
    assert np.allclose(cosines(queries[0], large, rows), vectors[rows] @ queries[0], atol=1e-3)
