"""The moment that says what a thing is comes first, also if it is not among the best ones."""

import pytest

from cs25search.answers.definers import explains
from cs25search.answers.definitions import defined_term
from cs25search.records import Chunk


@pytest.mark.parametrize(
    ("question", "title"),
    [("What is a Transformer?", "What makes transformers special"),
     ("what is a return to go token", "Returns-to-go instead of rewards"),
     ("explain induction heads", "The induction head defined"),
     ("ルータとは", "ゲーティングとエキスパートの混合"),
     ("アテンションって結局なに？", "検索として見る自己注意機構"),
     ("自己注意の仕組みを教えて", "検索として見る自己注意機構"),
     ("ViTとは", "クラストークン")],
)  # fmt: skip
def test_the_note_that_explains_a_thing_answers_what_it_is(index, question, title):
    answer = index.answer(question)
    assert answer.text.startswith(title)
    assert {citation.kind for citation in answer.citations} == {"note"}
    assert len(answer.citations) == 1


def test_a_thing_without_an_explaining_note_keeps_the_best_moment(index):
    answer = index.answer("What is ground truth?")
    best = index.search("What is ground truth?", k=1)[0]
    assert answer.citations[0].start == best.start


def test_a_note_explains_what_its_questions_ask_for():
    note = Chunk(
        "c", "v", 0.0, 9.0, "Text.", "note", asks=("what is an expert?",), asks_ja=("RTGとは？",)
    )
    assert explains(["Experts"], note)
    assert explains(["RTG"], note)
    assert not explains(["expert capacity"], note)
    longer = Chunk("c", "v", 0.0, 9.0, "Text.", "note", asks=("What is return-to-go?",))
    assert explains(["return to go token"], longer)


@pytest.mark.parametrize(
    "question",
    ["explain the results", "トランスフォーマーって何がそんなに汎用的なの？", "実験結果を教えて",
     "How does it work?"],
)  # fmt: skip
def test_other_questions_want_nothing_defined(question):
    assert defined_term(question) == ""
