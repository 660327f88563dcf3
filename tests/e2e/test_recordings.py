"""Recordings that are not on YouTube: a file of this machine, and one on another server."""

import os
import subprocess
import sys
import wave

import pytest
from playwright.sync_api import expect

from cs25search.ui.views.texts import say

from .conftest import EVERYWHERE, link_copy, open_desk, open_page, serve, until

COURSE = """title = "Bread"
[[lecture]]
number = 1
title = "Here"
captions = "here.en.srt"
media = "here.wav"
[[lecture]]
number = 2
title = "There"
captions = "there.en.srt"
media = "https://media.example.org/there.mp4"
"""
CAPTIONS = "1\n00:00:02,000 --> 00:00:05,000\nFlour and water rest for an hour\n"


@pytest.fixture(scope="module")
def bread_url(index_dir, tmp_path_factory):
    """A server with a course of two recordings."""
    root = tmp_path_factory.mktemp("bread")
    folder = root / "courses" / "bread"
    folder.mkdir(parents=True)
    (folder / "course.toml").write_text(COURSE, "utf-8")
    for name in ("here", "there"):
        (folder / f"{name}.en.srt").write_text(CAPTIONS, "utf-8")
    with wave.open(str(folder / "here.wav"), "wb") as sound:
        sound.setparams((1, 1, 8000, 0, "NONE", ""))
        sound.writeframes(b"\x80" * 8000 * 6)
    link_copy(index_dir, root / "index" / "cs25")
    link_copy(index_dir / "models", root / "index" / "bread" / "models")
    command = [sys.executable, "-m", "ingest", "bread", "--offline", "--index", root / "index"]
    env = os.environ | {"CS25_COURSES": str(root / "courses")}
    subprocess.run(command, env=env, check=True, capture_output=True)
    with serve(root / "index") as served:
        yield served.url


@EVERYWHERE
def test_file_plays_in_the_page_and_one_elsewhere_opens_there(browser, bread_url, device, language):
    with open_page(browser, **device) as page:
        open_desk(page, f"{bread_url}/?course=bread&lang={language}&q=flour+water")
        page.locator(".st-key-moment-1").wait_for()
        links = {
            number: page.locator(f".stHtml h3 a[href*='lecture={number}&']") for number in (1, 2)
        }
        with page.context.expect_page() as opened:
            links[2].first.click()
        opened.value.wait_for_url("https://media.example.org/there.mp4#t=2")
        said = say(language, "desk_elsewhere", host="media.example.org")
        expect(page.locator(".cs-problem")).to_have_text(said)
        links[1].first.click()
        expect(page.locator(".cs-stage audio")).to_be_visible()
        expect(page.locator(".cs-problem")).to_be_empty()
        until(lambda: page.evaluate("document.querySelector('audio').currentTime >= 1"), True)
