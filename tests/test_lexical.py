"""BM25: scores equal those of bm25s at any size; long lists are not read completely."""

import bm25s
import numpy as np
import pytest

from cs25search.course.read import load_course
from cs25search.errors import IndexDamaged
from cs25search.index import bm25
from cs25search.index.bm25 import Lexical
from cs25search.index.chunk_text import encoded_text
from cs25search.text.ngrams import ngrams

QUERIES = ["Why does the router need float32?", "gpd3", "what is attention", "zzzz"]


@pytest.fixture(scope="module")
def documents():
    return [ngrams(encoded_text(note)) for note in load_course().notes]


@pytest.fixture(scope="module")
def index(documents):
    return Lexical.build(documents)


def scores_of_bm25s(folder_or_documents, terms):
    if isinstance(folder_or_documents, list):
        other = bm25s.BM25(method="lucene", k1=bm25.K1, b=bm25.B)
        other.index(folder_or_documents, show_progress=False)
    else:
        other = bm25s.BM25.load(folder_or_documents, mmap=True, show_progress=False)
    known = other.get_tokens_ids(terms)
    return other.get_scores_from_ids(known) if known else np.zeros(576, np.float32)


@pytest.mark.parametrize("query", QUERIES)
def test_scores_are_those_of_bm25s(index, documents, query):
    # bm25s adds in float32.
    expected = scores_of_bm25s(documents, ngrams(query))
    assert np.allclose(index.scores(ngrams(query)), expected, rtol=1e-5, atol=0)


def test_blocks_make_no_difference(index, documents, monkeypatch):
    monkeypatch.setattr(bm25, "BLOCK", 100)
    terms = ngrams(QUERIES[0])
    assert np.array_equal(Lexical.build(iter(documents)).scores(terms), index.scores(terms))


def test_what_is_written_is_read_again_and_bm25s_can_load_it(index, tmp_path):
    index.write(tmp_path / "grams")
    terms = ngrams(QUERIES[0])
    read = Lexical.read(tmp_path / "grams")
    assert np.array_equal(read.scores(terms), index.scores(terms))
    assert read.count("rout") == index.count("rout") > 0
    expected = scores_of_bm25s(tmp_path / "grams", terms)
    assert np.allclose(index.scores(terms), expected, rtol=1e-5, atol=0)


@pytest.mark.parametrize("name", [*bm25.FILES, bm25.TERMS, bm25.PARAMS])
def test_missing_and_damaged_files_are_errors(index, tmp_path, name):
    index.write(tmp_path / "grams")
    (tmp_path / "grams" / name).write_bytes(b"?")
    with pytest.raises(IndexDamaged, match="grams"):
        Lexical.read(tmp_path / "grams").count("rout")
    (tmp_path / "grams" / name).unlink()
    with pytest.raises(IndexDamaged, match="grams"):
        Lexical.read(tmp_path / "grams").count("rout")


def test_no_document_at_all_is_an_index_that_finds_nothing(tmp_path):
    Lexical.build([]).write(tmp_path / "grams")
    empty = Lexical.read(tmp_path / "grams")
    assert empty.top(["rout"], 3).tolist() == []


def test_documents_without_terms_change_no_score():
    some = Lexical.build([["router"], [], ["router", "float"], [], []])
    alone = Lexical.build([["router"], ["router", "float"]])
    assert some.scores(["float"])[[0, 2]].tolist() == alone.scores(["float"]).tolist()


def test_scores_of_some_documents_are_those_among_all(index):
    rows = np.array([575, 0, 17, 300])
    for query in QUERIES:
        assert np.array_equal(
            index.scores_of(ngrams(query), rows), index.scores(ngrams(query))[rows]
        )


def test_best_documents_are_those_with_the_highest_scores(index):
    scores = index.scores(ngrams(QUERIES[0]))
    assert set(index.top(ngrams(QUERIES[0]), 30)) == set(np.argsort(-scores)[:30])
    allowed = np.arange(0, 576, 2)
    found = index.top(ngrams(QUERIES[0]), 30, allowed)
    assert set(found) == set(allowed[np.argsort(-scores[allowed])[:30]])


def test_rarest_terms_propose_and_all_terms_decide(index, monkeypatch):
    terms = ngrams(QUERIES[0])
    exact = set(index.top(terms, 10))
    entries = sum(map(index.count, terms))
    monkeypatch.setattr(bm25, "MOST_ENTRIES", entries // 4)
    monkeypatch.setattr(bm25, "PROPOSED", 100)
    assert len(exact & set(index.top(terms, 10))) >= 9
    monkeypatch.setattr(bm25, "MOST_ENTRIES", 0)  # one list is read all the same
    assert len(index.top(terms, 10)) > 0


def test_part_may_know_terms_that_none_of_its_documents_has():
    part = Lexical.part([["image"]], {"router": 2, "image": 1}, size=3, mean=1.0)
    assert part.scores_of(["router", "image"], np.array([0])) > 0
    assert part.top(["router"], 3).tolist() == []
