"""The scaling benchmark measures what it claims, tested at a small size."""

import numpy as np
import pytest

from benchmarks import scaling
from benchmarks.scaling import Figures, Recombined, ask, exponent, lexical_recall, plot, table
from cs25search.course.read import load_course
from cs25search.index import bm25
from cs25search.index.bm25 import Lexical
from cs25search.index.build import Content, build_generation
from cs25search.index.files import write_generation
from cs25search.text.ngrams import ngrams


@pytest.fixture(scope="module")
def source(index):
    return Recombined(index.encoder, 250, load_course().notes[:12])


@pytest.mark.slow
def test_recombined_chunks_are_built_and_asked_like_real_ones(source, index, tmp_path, monkeypatch):
    videos, chunks = source.chunks()
    assert (len(videos), len(chunks)) == (3, 250)
    generation = build_generation(Content(videos, chunks), source, "model")
    assert 90 <= len(generation.tokens) / 250 <= 110
    assert np.allclose(generation.vectors.reconstruct_n(0, 250), source.pooled(0, 250), atol=1e-6)
    write_generation(tmp_path, generation)
    monkeypatch.setattr(scaling, "RUNS", 1)
    found = ask(index.encoder, 250, tmp_path)
    assert 0 < found["p50"] <= found["p95"]
    assert 0 < found["encode"] <= found["cpu"][1]


def test_limited_lexical_search_is_compared_with_the_exact_one(monkeypatch):
    grams = Lexical.build(ngrams(note.text) for note in load_course().notes)
    asked = ["Why does the router need float32?", "What is attention?"]
    assert lexical_recall(grams, asked) == 1
    monkeypatch.setattr(bm25, "MOST_ENTRIES", 0)
    monkeypatch.setattr(bm25, "PROPOSED", 5)
    assert lexical_recall(grams, asked) < 1


def test_table_and_plot_show_every_size(tmp_path):
    found = [
        Figures(size, 100.0, size / 100, 9.0, 500.0, size / 50, (0.1, 0.1), 20.0, 40.0,
                (9.0, 9.0), 5.0, 1.0, 200.0, 100.0, 1.0, 0.99, "Exact")
        for size in (1000, 10_000)
    ]  # fmt: skip
    assert "| build, s | 10.0 | 100 | 1.00 |" in table(found)
    assert "| lexical, Recall@10 | 0.990 | 0.990 | |" in table(found)
    plot(found, tmp_path / "plot.png")
    assert (tmp_path / "plot.png").stat().st_size > 10_000


def test_exponent_of_a_square_is_two():
    assert exponent([1, 2, 4], [1, 4, 16]) == pytest.approx(2)
