"""Text around a question changes neither the moments nor whether it is answered."""

import json
from pathlib import Path

import pytest

from benchmarks.answers import framed
from cs25search.question.cleanup import main_question, topic_of, whole_question, without_talk

WHY = "Why does the router need float32?"
WHY_JA = "ルーターにfloat32が必要なのはなぜですか？"
WHOLE = (
    "In GPT-3, how is the prompt read?",
    "There is a model called Switch. How does it work?",
    "If we use one expert, what is lost?",
    "Why does Dr. Chen use GPT-3, e.g. for code?",
    "policy network robot",
    "方策が、なぜ良くなるのですか？",
)
FRAMES = json.loads((Path(__file__).parent / "data" / "frames.json").read_bytes())


@pytest.mark.parametrize(
    ("asked", "question"),
    [
        (f"hey, {WHY}", WHY),
        (f"Please find the moment where the speaker answers: {WHY}", WHY),
        (f"{WHY} I don't understand this part of the lecture.", WHY),
        (f"{WHY} thx", WHY),
        ("I was wondering how ViT cuts an image", "how ViT cuts an image"),
        ("Where do they say what a skip trigram is?", "what a skip trigram is?"),
        ("can you tell me is GLOM built?", "is GLOM built?"),
        (f"お疲れ様です。{WHY_JA}よろしくお願いいたします。", WHY_JA),
        (f"動画の何分あたりですか。{WHY_JA}", WHY_JA),
        (f"{WHY_JA}😭 全然わからない", WHY_JA),
    ],
)
def test_talk_is_left_out(asked, question):
    assert without_talk(asked).strip() == question


@pytest.mark.parametrize(
    "question",
    [
        "What is this lecture about?", "What should I be able to do after watching the series?",
        "What did Prof. Manning say, e.g. about attention?",
        "How well does the Decision Transformer play?", "In what sense is it decompiling?",
        "Has anyone built GLOM, or is it just an idea?", "thanks", "この講義は何についてですか？",
    ],
)  # fmt: skip
def test_what_is_asked_stays_as_it_was_written(question):
    assert without_talk(question) == question


@pytest.mark.parametrize(
    ("question", "main"),
    [
        (f"Exam tomorrow and I'm panicking, {WHY[0].lower()}{WHY[1:]}", WHY[0].lower() + WHY[1:]),
        (f"I froze in front of my supervisor. {WHY} Or am I wrong?", WHY),
        (f"初歩的なことで申し訳ないのですが、{WHY_JA}", WHY_JA),
        *[(whole, whole) for whole in WHOLE],
    ],
)
def test_a_question_is_judged_by_what_it_asks(question, main):
    assert main_question(question) == main


@pytest.mark.parametrize(
    ("question", "searched"),
    [
        (f"I froze in front of Dr. Chen. {WHY} Or am I wrong?", WHY),
        (f"初歩的なことで申し訳ないのですが、{WHY_JA}", WHY_JA),
        *[
            (whole, whole)
            for whole in (
                *WHOLE,
                "How are targets chosen? For example, Hopper is 3600, and others are higher.",
                "アテンションの計算量がO(n^2)で長い系列がきつい。線形にする手法ってある？",
                "規模を増やせばよいということですか。それとも限界があるのですか。",
            )
        ],
    ],
)
def test_moments_are_ranked_by_the_whole_question(question, searched):
    assert whole_question(question) == searched


def test_a_topic_is_not_cut_where_a_word_only_begins_like_a_request():
    for topic in ("speaker recognition", "回帰分析", "自己注意の基礎", "tables, like on Kaggle"):
        assert topic_of(topic) == topic


@pytest.mark.parametrize(("language", "question"), [("en", WHY), ("ja", WHY_JA)])
def test_most_talk_changes_no_verdict(index, language, question):
    plain = index.answer(question)
    assert plain.status == "answered"
    same = 0
    for frame in FRAMES[language]:
        answer = index.answer(framed(frame, question))
        same += answer.status == "answered" and answer.citations[0].url == plain.citations[0].url
    assert same >= 0.8 * len(FRAMES[language])


def test_a_name_that_no_lecture_holds_is_refused_with_talk_around_it(index):
    for asked in ("Hi all, how was ChatGPT trained? Thanks!", "すみません、ChatGPTとは何ですか？"):
        assert index.answer(asked).status == "not_in_lectures"
