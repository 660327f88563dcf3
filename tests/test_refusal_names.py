"""Names in a question that the lectures do not mention."""

import pytest

from cs25search.answers.features import Features, _names_missing, chunks_of
from cs25search.answers.refusal import load_logistic
from cs25search.text.japanese import is_japanese


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
def test_ordinary_words_are_no_missing_names(notes_only, question, missing):
    nearest = [
        chunks_of(hit) for hit in notes_only.search("router float32 transformer encoder", k=5)
    ]
    reading = "ja" if is_japanese(question) else "en"
    assert _names_missing(question, nearest, set(), notes_only.generation, reading) == missing


def test_everyday_words_that_any_lecture_says_do_not_answer_a_japanese_question():
    logistic = load_logistic("ja_in_english")
    # Measured on eight lectures: 引っ越しの手続きを教えて, and コスト関数とは何ですか.
    moving = Features(0.18, 0.35, 0.28, 0.32, 0.0, 0.3, 0.0, 0.2, 5.0, 0.3)
    cost = Features(0.23, 0.34, 0.28, 0.6, 0.0, 0.42, 0.0, 0.39, 3.0, 0.35)
    assert logistic.probability(moving) < logistic.answer_from <= logistic.probability(cost)


@pytest.mark.parametrize(
    ("question", "status", "missing"),
    [("what learning rate did gpt-4 use?", "not_in_lectures", "gpt-4"),
     ("how does Mamba compare with transformers on audio?", "not_in_lectures", "Mamba"),
     ("画像版Mixtralはありますか", "not_in_lectures", "Mixtral"),
     ("what is JFT", "partly", "JFT")],
)  # fmt: skip
def test_a_reply_without_an_answer_says_which_word_no_moment_has(
    notes_only, question, status, missing
):
    answer = notes_only.answer(question)
    assert (answer.status, answer.missing) == (status, (missing,))
    assert missing in answer.text


@pytest.mark.parametrize(
    ("questions", "said"),
    [
        ({"how much electricity did training GPT-3 use?": "electricity",
          "what grade do you need to pass cs25": "grade"}, "None of the following mentions “{}”."),
        ({"Decision Transformerの推論にかかる電力は？": "電力",
          "GLOMの特許は？": "特許",
          "HumanEvalの問題はどこからダウンロードできる？": "ダウンロード"},
         "「{}」という語は出てきません。"),
    ],
)  # fmt: skip
def test_an_answer_to_a_weak_match_says_which_rare_word_it_lacks(notes_only, questions, said):
    answers = [(word, notes_only.answer(question)) for question, word in questions.items()]
    # How sure the index is of each changes whenever the refusals are fitted again.
    assert "answered" in {answer.status for _, answer in answers}
    for word, answer in answers:
        assert word in answer.text
        assert answer.status != "answered" or said.format(word) in answer.sentences[0].text


@pytest.mark.parametrize(
    ("question", "said"),
    [("ViTの学習に使ったJFTは画像何枚？", "次の内容に「JFT」という語は出てきません。"),
     ("how many images are in JFT?", "None of the following mentions “JFT”.")],
)  # fmt: skip
def test_a_name_that_only_search_terms_have_is_said_to_be_missing_first(notes_only, question, said):
    answer = notes_only.answer(question)
    assert answer.status == "answered"
    assert answer.text.startswith(said)


def test_a_version_after_another_name_is_its_own(notes_only):
    assert notes_only.answer("Switch-C 1.6兆パラメータ FLOPs T5-XXLとの比較").status == "answered"


def test_a_question_with_what_is_need_not_define(notes_only):
    answer = notes_only.answer("Why can't BERT predict the next word, and what is done instead?")
    assert (answer.status, answer.missing) == ("answered", ())
    assert "I found no answer" not in answer.text
