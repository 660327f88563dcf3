"""One run of the search page understands, encodes and ranks its question once."""

import json
from collections import Counter
from pathlib import Path

import pytest

from cs25search import open_index
from cs25search.answers.compare import compared
from cs25search.index import files
from cs25search.question.parts import two_parts
from cs25search.ranking import searcher
from cs25search.records import Chunk
from cs25search.ui.views.map_rows import map_rows

ASKED = json.loads((Path(__file__).parent / "data/questions.json").read_bytes())["questions"][::12]
# The two parts of a question are judged one by one.
QUESTIONS = [
    text
    for question in ASKED
    for text in (question["q"], question["q_ja"])
    if not (compared(text) or two_parts(text))
]


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
    opened.answer("What is attention?")  # reads what is kept for all questions
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
    rows = map_rows(index, found)
    assert found.hits and answer.sentences and rows
    assert counts == {"encoder passes": 1, "rankings": 1}
    assert max(decoded.values()) == 1
    assert len(decoded) == index.generation.manifest.counts["notes"]


@pytest.fixture
def texts(index_dir, index, monkeypatch):
    """Return an index just opened, and the texts that it encodes."""
    encoded: list[str] = []
    encode = index.encoder.encode_query

    def encode_noted(text):
        encoded.append(text)
        return encode(text)

    opened = open_index(index_dir, index.encoder)
    monkeypatch.setattr(index.encoder, "encode_query", encode_noted)
    return opened, encoded


def test_an_answer_takes_one_encoder_pass(texts):
    index, encoded = texts
    for question in QUESTIONS:
        encoded.clear()
        index.answer(question)
        assert len(encoded) == 1, (question, encoded)


@pytest.mark.parametrize(
    "question",
    [
        "Hi, Why use MLP-Mixer instead of Transformer? What the advantages of this?",
        "dilated convolution vs attention raw audio",
        "What is an induction head and why does it matter for learning?",
        "アテンションの計算量がO(n^2)で長い系列がきつい。線形にする手法ってある？",
    ],
)
def test_no_text_of_a_question_is_encoded_twice(texts, question):
    index, encoded = texts
    index.answer(question)
    assert 1 <= len(encoded) == len(set(encoded))
    before = len(encoded)
    index.search(question)  # a page that is shown again
    assert len(encoded) == before
