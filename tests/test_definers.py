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
     ("ルータとは", "各トークンを一つのエキスパートへ送る"),
     ("アテンションって結局なに？", "検索として見る自己注意機構"),
     ("自己注意の仕組みを教えて", "検索として見る自己注意機構"),
     ("ViTとは", "クラストークン"),
     ("what is GLOM", "GLOM: columns with several levels"),
     ("what is attention", "Self-attention as search"),
     ("What is MoE?", "Gating network and expert mixing"),
     ("what are queries keys and values", "Self-attention as search"),
     ("what is a tokenizer", "Language: why tokenizers exist"),
     ("回路とは", "仮説：挙動とともに回路が変わる")],
)  # fmt: skip
def test_the_note_that_explains_a_thing_answers_what_it_is(notes_only, question, title):
    answer = notes_only.answer(question)
    assert answer.text.startswith(title)
    assert {citation.kind for citation in answer.citations} == {"note"}
    assert len(answer.citations) == 1


@pytest.mark.parametrize(
    ("question", "says"),
    [("What is GLOM?", "GLOM is an imaginary network"),
     ("what is a transformer", "A transformer is a stack"),
     ("what is the residual stream", "The residual stream is what the attention heads add"),
     ("残差ストリームとは", "残差ストリーム（residual stream）は、"),
     ("GLOMとは", "GLOMは、部分・全体構造を表すために"),
     ("蒸留とは", "蒸留とは、スパースな教師モデル"),
     ("what is distillation", "Distillation means training a dense model")],
)  # fmt: skip
def test_a_definition_begins_with_its_subject(notes_only, question, says):
    assert notes_only.answer(question).sentences[0].body.startswith(says)


def test_a_thing_without_an_explaining_note_keeps_the_best_moment(notes_only):
    answer = notes_only.answer("What is ground truth?")
    best = notes_only.search("What is ground truth?", k=1)[0]
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
