"""What the browser knows about the language of the page."""

import re

from playwright.sync_api import expect

from .conftest import open_at, open_page


def test_page_names_its_language_and_japanese_breaks_by_phrase(page, app_url):
    open_at(page, f"{app_url}/lectures?lang=ja")
    expect(page.locator("html")).to_have_attribute("lang", "ja")
    text = page.get_by_test_id("stMarkdownContainer").first
    expect(text).to_have_css("word-break", "auto-phrase")
    expect(text).to_have_css("line-break", "strict")
    page.get_by_text("English", exact=True).click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(text).not_to_have_css("word-break", "auto-phrase")


def test_dates_are_in_the_readers_zone(browser, app_url):
    with open_page(browser, timezone_id="Asia/Tokyo") as page:
        open_at(page, f"{app_url}/index?lang=en")
        expect(page.get_by_text(re.compile("^Built 20"))).to_contain_text("JST")
