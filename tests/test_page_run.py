"""One run of the search page understands, encodes and ranks its question once."""

from collections import Counter

import pytest

from cs25search import open_index
from cs25search.index import files
from cs25search.ranking import searcher
from cs25search.records import Chunk
from cs25search.ui.views.relevance import relevance


@pytest.fixture
def counted(index_dir, index, monkeypatch):
    """Return an index just opened, and what is counted in it."""
    counts: Counter[str] = Counter()
    decoded: Counter[str] = Counter()
    decode, rank, encode = files._decode, searcher.rank, index.encoder.encode_query

    def count_decode(line, kind, path, number):
        found = decode(line, kind, path, number)
        if isinstance(found, Chunk) and found.kind == "note":
            decoded[found.chunk_id] += 1
        return found

    def count_rank(*arguments):
        counts["rankings"] += 1
        return rank(*arguments)

    def count_encode(text):
        counts["encoder passes"] += 1
        return encode(text)

    opened = open_index(index_dir, index.encoder)
    opened.answer("What is attention?")  # counts the words of the index, once per process
    opened.searcher.source.generation.chunks._read.cache_clear()
    monkeypatch.setattr(files, "_decode", count_decode)
    monkeypatch.setattr(searcher, "rank", count_rank)
    monkeypatch.setattr(index.encoder, "encode_query", count_encode)
    return opened, counts, decoded


@pytest.mark.parametrize(
    "question", ["Why does the router need float32?", "ルーターだけfloat32にするのはなぜですか？"]
)
def test_a_page_run_encodes_and_ranks_once_and_decodes_each_note_once(counted, question):
    index, counts, decoded = counted
    found = index.find(question)
    answer = index.answer_found(found)
    strips = relevance(index, found)
    assert found.hits and answer.sentences and strips
    assert counts == {"encoder passes": 1, "rankings": 1}
    assert max(decoded.values()) == 1
    assert len(decoded) == index.generation.manifest.counts["notes"]
