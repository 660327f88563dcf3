"""The search page on a desktop: answer, moments, map and player within two screens."""

from urllib.parse import quote

import pytest
from playwright.sync_api import expect

from cs25search.ui.views.texts import say

from .conftest import open_at, open_page, settle

DESKTOP = {"viewport": {"width": 1280, "height": 800}}
TWO_SCREENS = 1600


@pytest.mark.parametrize(
    ("language", "question"),
    [("en", "summarise lecture 6"), ("ja", "第6回を要約して"), ("en", "BERT vs GPT"),
     ("en", "What does the author recommend?")],
)  # fmt: skip
def test_the_search_page_fits_into_two_screens(browser, app_url, language, question):
    with open_page(browser, **DESKTOP) as page:
        open_at(page, f"{app_url}/?lang={language}&q={quote(question)}")
        page.locator(".st-key-moment-3").wait_for()
        height = page.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight")
        assert height <= TWO_SCREENS


def test_an_outline_has_three_moments_below_it_and_more_at_a_click(browser, app_url):
    with open_page(browser, **DESKTOP) as page:
        open_at(page, f"{app_url}/?lang=en&q={quote('summarise lecture 6')}")
        moments = page.locator(".cs-card")
        expect(moments).to_have_count(3)
        expect(page.get_by_text(say("en", "found", count=3))).to_be_visible()
        page.get_by_role("button", name=say("en", "more_moments")).click()
        expect(moments).to_have_count(10)
        settle(page)
        expect(page.get_by_text(say("en", "found", count=10))).to_be_visible()
