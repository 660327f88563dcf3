"""The number or year that a question asks for is in its answer, or nothing is claimed."""

import pytest


@pytest.mark.parametrize(
    ("question", "begins"),
    [("How many parameters does Codex have?", "12 billion parameters. "),
     ("When did the Transformer paper come out?", "2017. ")],
)  # fmt: skip
def test_a_number_is_sought_beyond_the_best_moments(notes_only, question, begins):
    answer = notes_only.answer(question)
    assert answer.text.startswith(begins)
    assert {n for sentence in answer.sentences for n in sentence.citations} == {1}


@pytest.mark.parametrize(
    "question", ["How many heads does GPT-3 have?", "How many experts does the Switch layer use?"]
)
def test_a_number_that_no_moment_has_is_not_claimed(notes_only, question):
    answer = notes_only.answer(question)
    assert answer.status == "partly"
    assert answer.citations and not answer.sentences


def test_how_many_inside_a_question_asks_for_no_number(notes_only):
    asked = "Why does the compiler want to know how many tokens an expert may receive?"
    assert notes_only.answer(asked).status == "answered"


def test_a_question_for_a_year_is_not_answered_by_advice_without_one(notes_only):
    answer = notes_only.answer("Attention Is All You Needはいつ発表された？")
    assert answer.citations[0].kind == "note"
    assert "2017" in answer.text
    advice = notes_only.answer("Attention Is All You Needはいつ読むべき？")
    assert advice.citations[0].kind == "slide"
