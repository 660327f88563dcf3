"""Answers are about the subject that a question names, and have the kind of thing it asks for."""

import pytest

from cs25search.question.read import read_question


@pytest.mark.parametrize(
    "question",
    ["How much did GPT-3 cost to train?", "GPT-3の学習費用っていくら？",
     "Perceiverの学習にかかった費用は？", "GLOMはImageNetでどれだけの精度に達しますか？",
     "Perceiverはどのプログラミング言語で書かれていますか？", "ジェフリー・ヒントンは何歳ですか？"],
)  # fmt: skip
def test_what_is_not_said_of_a_known_thing_is_not_claimed(notes_only, question):
    answer = notes_only.answer(question)
    assert answer.status == "partly"
    assert answer.citations and not answer.sentences


@pytest.mark.parametrize(
    ("question", "lecture"),
    [("Does Hinton think backpropagation happens in the brain?", 8),
     ("does hinton believe in backprop", 8), ("What did Olah say about scaling laws?", 9)],
)  # fmt: skip
def test_a_speaker_named_in_a_question_is_the_one_who_answers(notes_only, question, lecture):
    answer = notes_only.answer(question)
    assert answer.status == "answered"
    assert {citation.video.lecture for citation in answer.citations} == {lecture}


@pytest.mark.parametrize(
    "question",
    ["Decision Transformer 学習時間 GPU 何時間", "GPT-3のパラメータ数はいくつ？",
     "How many parameters does Codex have?", "Why is the decoder not a part of BERT architecture?",
     "How much of the compute does the router cost?"],
)  # fmt: skip
def test_what_is_said_is_claimed(notes_only, question):
    assert notes_only.answer(question).status == "answered"


@pytest.mark.parametrize(
    ("question", "lecture"),
    [("what does zoph think about distillation", 5), ("What did Olah say about safety?", 9),
     ("ヒントンは脳について何と言っていますか", 8)],
)  # fmt: skip
def test_what_a_speaker_says_comes_from_the_speakers_lecture(notes_only, question, lecture):
    answer = notes_only.answer(question)
    assert answer.question == question
    assert {citation.kind for citation in answer.citations} == {"note"}
    assert {citation.video.lecture for citation in answer.citations} == {lecture}


def test_counters_and_money_are_read():
    intents = {
        text: read_question(text).intent
        for text in ("何層ありますか", "何回も計算すると？", "What does attention cost?",
                     "What did it cost to train?")
    }  # fmt: skip
    assert [one.counted for one in intents.values()] == ["層", "", "", ""]
    assert [one.wanted for one in intents.values()] == ["amount", "amount", None, "money"]


def test_tell_me_more_gives_other_moments(notes_only):
    first = notes_only.answer("What is an induction head?")
    more = notes_only.answer("tell me more", context="What is an induction head?")
    assert (more.status, more.understood) == ("answered", "More: What is an induction head?")
    shown = {(one.video_id, one.start) for one in first.citations}
    assert not shown & {(one.video_id, one.start) for one in more.citations}
    again = notes_only.answer("and why?", context=more.understood)
    assert again.understood == "Why an induction head?"


@pytest.mark.parametrize(
    ("question", "texts"),
    [("Compare perceiver and vision transformer", ["Contrast with Vision Transformers"]),
     ("What's the difference between hard and soft attention", ["Hard attention"]),
     ("Decision TransformerとGPTはどう違うの", ["GPT型の因果的", "GPT："])],
)  # fmt: skip
def test_comparisons_use_what_contrasts_or_explains(notes_only, question, texts):
    answer = notes_only.answer(question).text
    assert all(text in answer for text in texts)


@pytest.mark.parametrize(
    ("question", "lecture"), [("How hard is the third class?", 3), ("第4回は初心者向け？", 4)]
)
def test_a_lecture_that_a_question_names_is_the_one_judged(notes_only, question, lecture):
    answer = notes_only.answer(question)
    assert {citation.video.lecture for citation in answer.citations} == {lecture}
    assert answer.citations[0].kind in ("lecture", "slide")


@pytest.mark.parametrize("question", ["Do I need maths for this course?", "このコースは誰向け？"])
def test_the_course_has_its_prerequisites(notes_only, question):
    assert notes_only.answer(question).citations[0].kind == "slide"
