"""Greetings and thanks get a friendly line and questions that the lectures answer."""

import json

import pytest
from conftest import run_here

from cs25search.question.small_talk import is_small_talk


@pytest.mark.parametrize("said", ["thanks", "hello", "test", "Good morning!",
                                  "hey, how are you?", "こんにちは", "お元気ですか",
                                  "ありがとうございました", "テスト"])  # fmt: skip
def test_small_talk_gets_three_questions_in_its_language(index, said):
    answer = index.answer(said)
    assert (answer.status, answer.citations) == ("small_talk", ())
    assert len(answer.examples) == 3
    for question in answer.examples:
        assert question.isascii() == said.isascii()
        assert index.answer(question).status == "answered"


@pytest.mark.parametrize("asked", ["Hi, what is BERT?", "test accuracy", "こんにちは、BERTとは？",
                                   "good morning routine of a router"])  # fmt: skip
def test_a_question_is_not_small_talk(asked):
    assert not is_small_talk(asked)


def test_ask_prints_the_questions_and_has_them_in_json(index_dir):
    shown = run_here("cs25search", "ask", "thanks", CS25_INDEX=str(index_dir))
    told = json.loads(
        run_here("cs25search", "ask", "thanks", "--json", CS25_INDEX=str(index_dir)).stdout
    )
    assert shown.returncode == 0
    assert told["status"] == "small_talk" and len(told["examples"]) == 3
    assert all(question in shown.stdout for question in told["examples"])
