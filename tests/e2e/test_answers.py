"""Answers in a real browser: citations, playing, refusals, a slow language model."""

import re
import threading
from urllib.parse import quote

import pytest
from playwright.sync_api import expect

from cs25search.ui.views.texts import say

from .conftest import PHONE, ask, open_at, open_page, serve
from .test_journeys import FLOAT32, play_first, players


@pytest.mark.parametrize("language", ["en", "ja"])
def test_honest_no_stands_above_the_nearest_moments(browser, app_url, language):
    with open_page(browser, **PHONE) as page:
        open_at(page, f"{app_url}/?lang={language}&q={quote('What is DALL·E 2?')}")
        expect(page.get_by_role("alert")).to_contain_text("DALL-E 2")
        expect(page.locator(".st-key-moment-1")).to_be_visible()
        expect(page.get_by_text(say(language, "nearest"), exact=True)).to_have_count(0)
        play_first(page)
        expect(players(page)).to_have_count(1)


def test_japanese_answer_on_a_phone(browser, app_url):
    with open_page(browser, **PHONE) as page:
        open_at(page, f"{app_url}/?lang=ja&q={quote('ルーターにfloat32が必要なのはなぜ？')}")
        answer = page.locator(".st-key-answer")
        expect(answer).to_contain_text("指数関数が丸め誤差を増幅し")
        page.locator(".cs-desk").wait_for(state="attached")
        answer.get_by_role("link", name="[1] 9:42 · 第5回").click()
        expect(players(page)).to_have_attribute("src", re.compile("start=581"))
        wide = page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth")
        assert wide <= 390


def test_a_slow_model_is_read_sentence_by_sentence_while_a_moment_plays(
    page, index_dir, server, monkeypatch
):
    go_on = threading.Event()

    def slowly(handler):
        handler.begin()
        handler.piece("Exponentiation magnifies round-off [1]. Casting")
        go_on.wait(30)
        handler.piece(" only the router to higher precision makes training more stable [1].")
        handler.end()

    server.reply = slowly
    monkeypatch.setenv("CS25_LLM_BASE_URL", server.base_url)
    monkeypatch.setenv("CS25_LLM_MODEL", "little-model")
    with serve(index_dir) as served:
        open_at(page, served.url)
        ask(page, FLOAT32)
        answer = page.locator(".st-key-answer")
        expect(answer).to_contain_text("Exponentiation magnifies round-off.")
        expect(answer).to_contain_text("little-model is writing")
        play_first(page)
        players(page).evaluate("frame => frame.dataset.old = 'yes'")
        go_on.set()
        expect(answer).to_contain_text("makes training more stable")
        expect(answer).to_contain_text("Written by little-model")
        expect(page.locator("iframe[data-old]")).to_have_count(1)  # it plays on
        assert len(server.requests) == 1
