"""Names in a question that the lectures do not mention."""

import pytest

from cs25search.answers.features import _names_missing, chunks_of


@pytest.mark.parametrize(
    ("question", "missing"),
    [
        ("When should I use a router, and may I skip float32?", 0),
        ("トランスフォーマーのエンコーダーとルーター", 0),
        ("カーテンとスリッパのヘリコプター", 0),
        ("ヒトラーのクトゥルフ", 2),
        ("Why does Zorblatt need the router?", 1),
    ],
)
def test_ordinary_words_are_no_missing_names(index, question, missing):
    nearest = [chunks_of(hit) for hit in index.search("router float32 transformer encoder", k=5)]
    assert _names_missing(question, nearest, set(), index.generation) == missing
