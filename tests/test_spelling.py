"""Misspelt words are corrected, others never, and the question as typed is one step away."""

import json

import pytest
from click.testing import CliRunner
from conftest import DATA
from streamlit.testing.v1 import AppTest

from benchmarks.misspelt import misspell
from cs25search.cli import main
from cs25search.evaluation import ask_all, measure, read_questions
from cs25search.formats import answer_lines, answer_markdown
from cs25search.question.romaji import complete_kana
from cs25search.question.spelling import (
    correct,
    correct_homophones,
    correct_katakana,
    correct_names,
)
from cs25search.terminal import plain

COUNTS = {"router": 20, "routing": 30, "attention": 300, "transformer": 200, "torch": 3, "glom": 9}
WHY = "Why does the ruoter need float32?"
RIGHT = "Why does the router need float32?"
# Questions of the development sets that their askers misspelt.
MISSPELT = {"scenerio": "scenario", "orginal": "original", "linar": "linear"}


def corrected(index, text):
    question = index.find(text, k=1).question
    return question.corrected or question.asked


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        (WHY, RIGHT),
        ("atention", "attention"),
        ("Atention is all you need", "Attention is all you need"),
        ("a Trasformer", "a Transformer"),
        ("self-atention", "self-attention"),
        ("trasformerとは？", "transformerとは？"),
    ],
)
def test_a_slip_is_corrected(typed, meant):
    assert correct(typed, COUNTS, set().__contains__) == meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("What did Mark Chenn say about GPT-3?", "What did Mark Chen say about GPT-3?"),
        ("Barret Zof on instability", "Barret Zoph on instability"),
        ("what does Andrew Yeagle mean", "What does Andrew Jaegle mean"),
        ("Aiden Gomes and his paper", "Aidan Gomez and his paper"),
        ("Pratek VarmaとWaveNet", "Prateek VermaとWaveNet"),
    ],
)
def test_a_speakers_name_written_by_ear_is_corrected(index, typed, meant):
    assert corrected(index, typed) == meant


@pytest.mark.parametrize("text", ["Drew Jaegle", "NRI networks", "Noam Shazeer", "mark then is"])
def test_other_names_are_no_speakers(index, text):
    assert corrected(index, text) == text


def test_a_course_without_speakers_has_no_names_to_correct():
    assert correct_names("Barret Zof", ["", "-"], {}, set().__contains__) == "Barret Zof"


@pytest.mark.parametrize("name", ["chatgpt", "tensorrt", "segformer", "pointnet"])
def test_a_name_that_the_index_lacks_is_not_corrected_to_a_distant_word(index, name):
    assert corrected(index, f"how does {name} use rlhf") == f"how does {name} use rlhf"


@pytest.mark.parametrize(
    "text",
    [
        "PyTorch", "pytorch", "nn.Transfomer", "transformer2", "ATENTION", "Ruoter@home",
        "gloom", "a Ruoter", "rout", "something else entirely",
    ],
)  # fmt: skip
def test_names_code_and_known_words_are_left_alone(text):
    assert correct(text, COUNTS, {"gloom", "pytorch"}.__contains__) == text


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("トランスフォマーの計算量", "トランスフォーマーの計算量"),
        ("アテンッションって結局なに", "アテンションって結局なに"),
        ("スペクトグラムとは", "スペクトログラムとは"),
        ("エンコダの役割", "エンコーダの役割"),
        ("位置エンコーディグがないと困る？", "位置エンコーディングがないと困る？"),
        ("位置エンコーデングとは", "位置エンコーディングとは"),
    ],
)
def test_a_slip_in_katakana_is_corrected(index, typed, meant):
    assert corrected(index, typed) == index.answer(typed).corrected == meant
    assert index.find(typed, exact=True).question.asked == typed


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("housyuuが疎なときでもうまくいく理由", "報酬が疎なときでもうまくいく理由"),
        (
            "GLOMは部分と全体をどう表しているんでしょうkあ",
            "GLOMは部分と全体をどう表しているんでしょうか",
        ),
        ("エキスパートへの負荷はどうしtますか", "エキスパートへの負荷はどうしますか"),
    ],
)
def test_kana_left_in_latin_letters_are_completed(index, typed, meant):
    assert index.answer(typed).corrected == meant


@pytest.mark.parametrize(
    "text",
    [
        "pass@kの計算でkよりずっと多くのサンプルを作る理由",
        "QとKとVは全部同じxから作るのに、なぜ別々の線形層に通すの？",
        "kaggleのデータでgatoとtransformerを比べる",
        "上位kあたりの重みwは",
        "a na",
    ],
)
def test_variables_and_words_in_latin_letters_are_no_half_typed_kana(text):
    assert complete_kana(text, {"gato"}.__contains__, dict) == text


@pytest.mark.parametrize(
    "text",
    ["トランスフォーマ", "フルファインチューニング", "チャットジーピーティー", "ジェミニ", "ルーダ",
     "エンコード", "ステーブルディフュージョン"],
)  # fmt: skip
def test_katakana_of_other_things_is_left_alone(text):
    assert correct_katakana(text, set().__contains__) == text


def test_no_question_that_is_spelt_right_is_altered(index):
    dev = json.loads((DATA / "questions.json").read_bytes())
    real = json.loads((DATA / "real-dev.json").read_bytes())
    other = json.loads((DATA / "unanswerable.json").read_bytes())
    entries = [one for file in (dev, real, other) for one in file["unanswerable"]]
    entries += [*dev["questions"], *real["questions"]]
    texts = [one[key] for one in entries for key in ("q", "q_ja") if one.get(key)]
    assert len(texts) > 500
    searcher = index.searcher
    counts = searcher.source.words()
    speakers = [name for one in searcher.source.generation.videos for name in one.speakers]
    for text in texts:
        assert correct_names(text, speakers, counts, searcher._is_word) == text
        meant = text
        for wrong, right in MISSPELT.items():
            meant = meant.replace(wrong, right)
        meant = meant.replace("wrong ouput", "wrong output")
        found = correct(text, counts, searcher._is_word)
        assert found == meant
        assert complete_kana(text, searcher._is_known, searcher._sounds) == text
        words = searcher.source.generation.bridge.words
        assert correct_katakana(text, searcher._is_in_japanese, words) == text
        known, asked = searcher._is_in_japanese, searcher._is_asked
        written = searcher._is_written
        assert correct_homophones(text, searcher._sounds, known, asked, written) == text


def test_misspelt_questions_find_nearly_as_much(index):
    questions = read_questions(DATA / "questions.json").questions[::2]
    found = {
        name: measure(ask_all(questions, lambda text, change=change: index.search(change(text)),
                              "en"))["success@1"]
        for name, change in {"right": str, "misspelt": lambda q: misspell(q, q)}.items()
    }  # fmt: skip
    assert found["misspelt"] >= found["right"] - 0.05


def test_the_question_as_typed_is_one_option_away(index, monkeypatch):
    found = index.find(WHY)
    assert (found.question.text, found.question.typed) == (RIGHT, WHY)
    assert index.find(WHY, exact=True).question.text == WHY
    answer = index.answer(WHY)
    assert (answer.question, answer.corrected, answer.status) == (WHY, RIGHT, "answered")
    assert index.answer(WHY, exact=True).corrected == ""
    assert f"Showing results for: {RIGHT}" in plain(answer_lines(answer))
    assert "Showing results for: " in answer_markdown(answer)

    monkeypatch.setattr("cs25search.cli._open", lambda *_, **__: index)
    done = CliRunner().invoke(main, ["search", WHY, "--json"])
    assert json.loads(done.stdout)["query"] == WHY
    assert json.loads(done.stdout)["corrected"] == RIGHT
    done = CliRunner().invoke(main, ["search", WHY, "--json", "--exact"])
    assert "corrected" not in json.loads(done.stdout)
    done = CliRunner().invoke(main, ["search", WHY])
    assert f"Showing results for: {RIGHT}  (--exact" in done.stderr
    done = CliRunner().invoke(main, ["ask", WHY, "--json"])
    assert json.loads(done.stdout)["corrected"] == RIGHT


def test_app_shows_the_correction_and_searches_as_typed(index_dir, monkeypatch):
    monkeypatch.setenv("CS25_INDEX", str(index_dir))
    app = AppTest.from_file("../app.py", default_timeout=120)
    app.run()
    app.text_input(key="q").set_value(WHY).run()
    assert any("Showing results for" in one.value for one in app.markdown)
    app.button(key="corrected-as-typed").click().run()
    assert not any("Showing results for" in one.value for one in app.markdown)
    app.text_input(key="q").set_value("Why is the ruoter cast?").run()
    assert any("Showing results for" in one.value for one in app.markdown)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("オプティカルフローの制度は専用モデルより上？", "オプティカルフローの精度"),
     ("エイ段ゴメスさんは何と言った", "エイダン・ゴメス"),
     ("ひんとん先生の講義", "ヒントン先生"),
     ("温度さんプリングとは", "温度サンプリング"),
     ("自己中位って結局何？", "自己注意"), ("オフライン教科学習って何", "オフライン強化学習"),
     ("ViTはなんで画増を分けるの", "画像"), ("Perceiverの船材配列とは", "潜在配列"),
     ("マルチ屁っ度にする意味", "マルチヘッド")],
)  # fmt: skip
def test_a_word_converted_to_the_wrong_characters_is_found_by_its_sound(index, typed, meant):
    assert meant in index.find(typed).question.corrected


@pytest.mark.parametrize(
    "typed",
    ["ヘッドとどう協力しているんですか", "楕円だけで羊をつくる実験", "AIの性格を変えたニュース",
     "買ってすぐ使える？", "これまでの話は？"],
)  # fmt: skip
def test_words_that_only_sound_like_others_are_left_alone(index, typed):
    assert not index.find(typed).question.corrected
