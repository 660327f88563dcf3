"""The answer above the moments, driven by AppTest: extracts, refusals, a language model."""

import html
import json
import re
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from fake_llm import GOOD, KEY, Server
from streamlit.testing.v1 import AppTest
from test_app import headings, pieces

from cs25search import Cs25SearchError, Index
from cs25search.answers.extract import build_extract
from cs25search.answers.findings import judge
from cs25search.formats import answer_markdown
from cs25search.ui.views import reply
from cs25search.ui.views.html import Links
from cs25search.ui.views.texts import say
from cs25search.wording import reply_text

APP = Path(__file__).parents[1] / "app.py"
TOUCHED = Path(__file__).parent / "data" / "touched.json"
FLOAT32 = {"en": "Why does the router need float32?", "ja": "ルーターにfloat32が必要なのはなぜ？"}
DALLE = {"en": "What is DALL·E 2?", "ja": "DALL·E 2とは何ですか？"}
NO_DALLE_2 = {
    "en": "The lectures do not speak of diffusion models or DALL-E 2; lecture 2 describes DALL-E "
    "as a transformer trained on a caption concatenated with its image.",
    "ja": "拡散モデルやDALL-E 2は、講義では述べられていません。"
    "第2回で、DALL-Eはキャプションと画像の連結で学習したTransformerと説明されています。",
}
POISON = (
    " Casting only the router to higher $precision$ makes training *much* more stable [1]."
    " Casting the router [click](http://evil.example) makes training more stable [1]."
    " <img src=//evil.example> Casting the router makes training more stable :smile: [1]."
    " Casting the router makes training more stable, see evil.com [1]."
)


@pytest.fixture(autouse=True)
def bundled_course(index_dir, monkeypatch):
    monkeypatch.setenv("CS25_INDEX", str(index_dir))


@pytest.fixture
def model(server: Server, monkeypatch) -> Server:
    """The app is configured to ask a language model."""
    monkeypatch.setenv("CS25_LLM_BASE_URL", server.base_url)
    monkeypatch.setenv("CS25_LLM_MODEL", "little-model")
    monkeypatch.setenv("CS25_LLM_API_KEY", KEY)
    return server


def open_app(question: str, language: str = "en", lecture: str = "") -> AppTest:
    app = AppTest.from_file(str(APP), default_timeout=60)
    app.query_params["q"], app.query_params["lang"] = question, language
    if lecture:
        app.query_params["lecture"] = lecture
    app.run()
    assert not app.exception
    return app


def open_written(question: str, language: str = "en") -> AppTest:
    """Open the app and wait for the language model."""
    app = open_app(question, language)
    return run_until(app, lambda: not is_writing(app, language))


def is_writing(app: AppTest, language: str) -> bool:
    return has(app, say(language, "writing", model="little-model"))


def run_until(app: AppTest, there: Callable[[], bool]) -> AppTest:
    """Run the app repeatedly, as the page does."""
    for _ in range(60):
        if there():
            assert not app.exception
            return app
        time.sleep(0.5)
        app.run()
    pytest.fail("the page never got there")


def texts(app: AppTest) -> list[str]:
    return [*(element.value for element in app.markdown), *pieces(app)]


def has(app: AppTest, part: str) -> bool:
    return any(part in text for text in texts(app))


def shown(app: AppTest) -> str:
    return "".join(pieces(app))


def chips(app: AppTest) -> list[str]:
    """Return the citations below the answer."""
    return re.findall(r"<li>.*?</li>", shown(app), re.S)


@pytest.mark.parametrize("language", ["en", "ja"])
def test_answer_has_numbers_sources_and_is_copied_as_markdown(index, language):
    app = open_app(FLOAT32[language], language)
    answer = index.answer(FLOAT32[language])
    links = Links(language, {"lang": language})
    assert has(app, reply.answer_html(answer, links)) and has(
        app, reply.sources(answer.citations, links)
    )
    assert len(chips(app)) == len(answer.citations)
    assert has(app, say(language, "explanation"))
    assert has(app, html.escape(answer_markdown(answer)))


def test_each_visitor_copies_the_question_as_they_typed_it(index):
    typed = [FLOAT32["en"], "Why does the ruoter need float32?", "why does the router need float32"]
    for question in (*typed, *reversed(typed)):
        app = open_app(question)
        assert has(app, html.escape(answer_markdown(index.answer(question)))), question


@pytest.mark.parametrize("language", ["en", "ja"])
def test_other_questions_are_offered_and_asked_as_they_are(language):
    app = open_app(FLOAT32[language], language)
    asks = [html.unescape(ask) for ask in re.findall('data-ask="(.*?)"', shown(app))]
    assert len(asks) == 3
    answered = open_app(asks[0], language)
    assert chips(answered)


@pytest.mark.parametrize("language", ["en", "ja"])
def test_what_the_lectures_do_not_answer_is_said_above_the_nearest_moments(language):
    app = open_app(DALLE[language], language)
    assert [box.value for box in app.warning] == [NO_DALLE_2[language]]
    assert not has(app, say(language, "nearest"))  # the sentence above has said it
    assert not chips(app)
    assert headings(app)


def test_chosen_lectures_that_do_not_answer_do_not_speak_for_the_others():
    app = open_app(DALLE["en"], lecture="10")
    assert [box.value for box in app.warning] == [say("en", "not_in_chosen")]


@pytest.mark.parametrize("language", ["en", "ja"])
def test_near_moments_without_a_claim_are_called_that(index, language):
    touched = json.loads(TOUCHED.read_text(encoding="utf-8"))["unanswerable"]
    answers = (index.answer(one["q"]) for one in touched if one["lang"] == language)
    answer = next(one for one in answers if one.status == "partly" and not one.unsaid)
    app = open_app(answer.question, language)
    said = reply_text("partly", True, language, answer.missing)
    assert said in [box.value for box in app.info]
    assert not chips(app) and not app.warning
    assert headings(app)


def test_nothing_found_has_no_pane():
    app = open_app("???")
    assert len(app.info) == 1 and not app.warning and not chips(app)


def test_language_model_is_named_and_asked_once(model):
    app = open_written(FLOAT32["en"])
    assert has(app, "Exponentiation magnifies round-off, so a small shift of the input")
    assert has(app, say("en", "written_by", model="little-model"))
    app.run()
    app.radio(key="language").set_value("ja").run()
    assert has(app, say("ja", "written_by", model="little-model"))
    assert len(model.requests) == 1
    assert not any(KEY in text for text in texts(app))


def test_moments_and_first_sentences_are_there_while_the_model_writes(model):
    go_on = threading.Event()

    def slowly(handler):
        handler.begin()
        handler.piece("".join(GOOD[:1]) + "[1] Casting")
        go_on.wait(30)
        handler.piece(" only the router to higher precision makes training more stable [1].")
        handler.end()

    model.reply = slowly
    app = open_app(FLOAT32["en"])
    assert has(app, say("en", "writing", model="little-model"))
    assert headings(app)
    run_until(app, lambda: has(app, "Exponentiation magnifies round-off, so a small"))
    assert not has(app, "makes training more stable")
    go_on.set()
    run_until(app, lambda: has(app, "makes training more stable"))
    assert len(chips(app)) == 1 and len(model.requests) == 1


@pytest.mark.parametrize("language", ["en", "ja"])
def test_extracts_stand_in_for_a_model_that_fails_until_it_is_asked_again(index, model, language):
    model.reply = lambda handler: handler.fail(401)
    app = open_written(FLOAT32[language], language)
    assert has(app, say(language, "explanation")) and chips(app)
    refused = {"en": "the key was rejected (401)", "ja": "キーが拒否されました（401）。"}
    assert has(app, refused[language])
    assert not any(KEY in text for text in texts(app))
    extract = build_extract(judge(index.searcher, index.find(FLOAT32[language])))
    first = [sentence.text for sentence in extract.sentences if sentence.citations == (1,)]
    model.reply = [f"{max(first, key=len)}[1]"]
    again = next(b for b in app.button if b.label == say(language, "ask_model_again"))
    again.click().run()
    run_until(app, lambda: has(app, say(language, "written_by", model="little-model")))


def test_failed_answer_of_a_model_stays_with_the_session_that_saw_it(model):
    """It is shown there without a new request at each click; the next visitor makes a request."""
    model.reply = lambda handler: handler.fail(503)
    first = open_written(FLOAT32["en"])
    assert has(first, "status 503")
    first.run()
    first.radio(key="language").set_value("ja").run()
    assert has(first, "サーバーがステータス503を返しました。") and not has(first, "status 503")
    assert len(model.requests) == 1
    model.reply = GOOD
    assert has(open_written(FLOAT32["en"]), say("en", "written_by", model="little-model"))
    assert len(model.requests) == 2


@pytest.mark.parametrize(
    ("error", "question"),  # which nobody has asked
    [(Cs25SearchError("the disk is gone"), "Why does the router need float32 in Switch?"),
     (RuntimeError("no memory"), "What happens if the router has no float32?")],
)  # fmt: skip
def test_error_of_one_visitor_is_not_the_next_ones(monkeypatch, error, question):
    def fail(*arguments):
        raise error

    with monkeypatch.context() as broken:
        broken.setattr(Index, "answer_found", fail)
        app = AppTest.from_file(str(APP), default_timeout=60)
        app.query_params["q"], app.query_params["lang"] = question, "en"
        app.run()
        assert app.error or app.exception
    app.run()
    assert not app.exception and not app.error and chips(app)
    assert chips(open_app(question))


def test_what_a_poisoned_model_says_is_dropped_counted_or_shown_as_it_is(model):
    model.reply = [*GOOD, POISON]
    app = open_written(FLOAT32["en"])
    assert has(app, "sentences were left out") or has(app, say("en", "dropped_one"))
    assert has(app, "little-model")
    for text in texts(app):
        assert "evil" not in text and "<img" not in text


def test_refused_question_goes_to_no_model(model):
    app = open_written(DALLE["en"])
    assert [box.value for box in app.warning] == [NO_DALLE_2["en"]]
    assert model.requests == []
