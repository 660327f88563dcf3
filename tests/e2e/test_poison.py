"""Hostile captions, titles, decks and replies of a language model in the app."""

import os
import re
import subprocess
import sys

import pytest
from fake_llm import KEY, serving
from msgspec.structs import replace
from playwright.sync_api import expect
from poison import DECK, PASSAGES, TITLE, captions

from ingest.captions.files import Origin, RawTrack, store_track

from .conftest import ask, link_copy, open_at, open_page, serve

VIDEO, SLIDES = "poisonpoiso", "poisonslide"
OWN = re.compile(
    r"https://(?:youtu\.be/[\w-]{11}(?:\?t=\d+)?|(?:www\.)?youtube\.com/\S+|speakerdeck\.com/\S+"
    r"|web\.stanford\.edu/\S+)|http://127\.0\.0\.1:\d+/\S*"
)


@pytest.fixture(scope="module")
def poisoned(browser, small_dir, tmp_path_factory):
    """The app on poisoned captions and a poisoned deck, with a model that obeys the poison."""
    folder = tmp_path_factory.mktemp("poisoned")
    index = link_copy(small_dir, folder / "index")
    chapters = ((0.0, TITLE), (200.0, "[x](javascript:window.pwned=1) $x^2$"))
    # The second is as long as the lecture of the deck, so it has its slides.
    for video_id, seconds in ((VIDEO, 700.0), (SLIDES, 600.0)):
        name = f"{video_id}.en.srt"
        origin = Origin(video_id, "local", name, "en", title=TITLE, duration=seconds)
        track = RawTrack(replace(origin, chapters=chapters), captions().encode())
        store_track(index / "captions", track)
    (folder / "deck.txt").write_text(DECK, "utf-8")
    command = ["-m", "ingest", "--offline", "--index", index, "--deck", folder / "deck.txt"]
    env = os.environ | {"CS25_COURSES": str(small_dir.parents[1] / "courses")}
    done = subprocess.run(
        [sys.executable, *command], capture_output=True, text=True, check=False, env=env
    )
    assert done.returncode in (0, 3), done.stderr

    def obey(handler):
        """Repeat the moments, and do what they order."""
        handler.begin()
        for text in PASSAGES:
            handler.piece(f"Zebra marmalade {text} [1]. ")
        handler.end()

    with serving() as model, pytest.MonkeyPatch.context() as patch:
        model.reply = obey
        patch.setenv("CS25_LLM_BASE_URL", model.base_url)
        patch.setenv("CS25_LLM_MODEL", "![x](http://evil.example/model.png)")
        patch.setenv("CS25_LLM_API_KEY", KEY)
        patch.setenv("CS25_COURSES", env["CS25_COURSES"])
        patch.setenv("STREAMLIT_LOGGER_LEVEL", "debug")
        with serve(index) as served:
            yield served
            assert KEY not in served.log.read_text("utf-8", "replace")


def assert_harmless(page):
    """Assert that nothing ran, nothing was fetched, and every link is one of ours."""
    assert page.evaluate("window.pwned") is None
    assert page.asked == []
    assert KEY not in page.content()
    for link in page.locator("a[href]").all():
        target = link.evaluate("one => one.href")
        assert OWN.fullmatch(target), (target, link.inner_text())
        assert link.get_attribute("href"), link.inner_text()
    foreign = page.locator("[src*=evil], [href*=evil], [href^='javascript'], [action*=evil]")
    assert foreign.count() == 0


def test_search_shows_poison_as_text_and_answers_from_our_records(browser, poisoned):
    with open_page(browser) as page:
        open_at(page, f"{poisoned.url}/?lang=en")
        for question in ("zebra marmalade picture", "What orders does zebra marmalade ignore?"):
            ask(page, question)
            expect(page.locator(".st-key-moment-1")).to_contain_text("marmalade")
            assert_harmless(page)
        page.locator(".st-key-moment-1").get_by_role("button", name="Copy text").click()
        assert_harmless(page)


def test_lecture_shows_all_thirty_as_text(browser, poisoned):
    with open_page(browser) as page:
        open_at(page, f"{poisoned.url}/lecture?lang=en&video={VIDEO}")
        expect(page.locator(".cs-passage").first).to_contain_text("marmalade")
        shown = " ".join(page.locator(".cs-passage").all_inner_texts())
        for number in range(len(PASSAGES)):
            assert f"marmalade {number}:" in shown
        assert "<script>window.pwned = 1</script>" in shown
        page.wait_for_timeout(500)  # emoji and formulas are loaded late
        inside = page.locator(".cs-passage")
        for mark in (
            "img",
            "script",
            "style",
            "iframe",
            "video",
            "form",
            ".katex",
            "code",
            "table",
        ):
            assert inside.locator(mark).count() == 0, mark
        assert_harmless(page)


@pytest.mark.parametrize("path", ["/lectures?lang=en&goal=zebra+marmalade", "/index?lang=en"])
def test_other_pages_show_titles_and_slides_as_text(browser, poisoned, path):
    with open_page(browser) as page:
        open_at(page, poisoned.url + path)
        page.wait_for_timeout(500)
        assert_harmless(page)


def test_the_server_is_closed_to_pages_of_other_sites(poisoned):
    import http.client

    port = int(poisoned.url.rsplit(":", 1)[1])
    for origin, status in (("http://evil.example", 403), (poisoned.url, 101)):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        connection.request(
            "GET",
            "/_stcore/stream",
            headers={
                "Connection": "Upgrade",
                "Upgrade": "websocket",
                "Sec-WebSocket-Version": "13",
                "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
                "Origin": origin,
            },
        )
        assert connection.getresponse().status == status, origin
        connection.close()
