"""Add a caption file and a link from the page, on this machine."""

import pytest
from playwright.sync_api import expect

from .conftest import PHONE, ask, open_at, open_page, serve
from .test_kept import fits, word

PLAIN = b"1\n00:00:05,000 --> 00:00:20,000\nZebras graze beside the quagga in the savannah.\n"
TALK = {"name": "On stripes [abcdefghijk].en.srt", "mimeType": "text/plain", "buffer": PLAIN}


def test_caption_file_is_searched_at_once_and_wrong_ones_are_named(browser, small_link):
    with serve(small_link) as served, open_page(browser) as page:
        open_at(page, served.url + "/index?lang=en")
        expect(page.get_by_text("Add to CS25")).to_be_visible()
        file = page.locator("input[type=file]")
        file.set_input_files(TALK | {"name": "notes.exe"})
        expect(page.get_by_text("“notes.exe” is not a caption file")).to_be_visible()
        link = page.get_by_label(word("add_link", "en"))
        link.fill("https://example.org/watch?v=U8J32Z3qV8s")
        link.press("Enter")
        expect(page.get_by_text("This is not a link to a video on YouTube")).to_be_visible()
        file.set_input_files(TALK)
        box = page.locator(".st-key-ingest")
        expect(box).to_contain_text("The index is up to date.", timeout=120_000)
        expect(page.locator(".st-key-counts")).to_contain_text("Videos11")
        page.get_by_role("link", name="Search").click()
        ask(page, "quagga in the savannah")
        expect(page.locator(".st-key-from-1")).to_contain_text("On stripes")


@pytest.mark.parametrize("language", ["en", "ja"])
def test_on_a_phone(browser, app_url, language):
    with open_page(browser, **PHONE) as page:
        open_at(page, f"{app_url}/index?lang={language}")
        expect(page.get_by_text(word("add_file", language))).to_be_visible()
        assert fits(page)
