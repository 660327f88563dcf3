"""What people do with the app, in a real browser."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote
from urllib.request import urlopen

import pytest
from playwright.sync_api import expect

from cs25search.ui.views.headers import HEADERS
from ingest.captions.files import Origin, RawTrack, keep

from .conftest import PHONE, PROJECT, ask, link_copy, open_at, open_page, serve, settle

FLOAT32 = "Why does the router need float32?"
PAGES = {
    "empty": "/?lang=en",
    "search": f"/?lang=en&q={quote(FLOAT32)}",
    "nothing": "/?lang=en&q=%3F%3F%3F",
    "refused": f"/?lang=en&q={quote('What is DALL·E 2?')}",
    "lectures": "/lectures?lang=en&goal=offline+RL",
    "lecture": "/lecture?lang=en&lecture=5",
    "moments": "/moments?lang=en&moments=U8J32Z3qV8s.582.42.18~x",
    "index": "/index?lang=en",
}
VIDEOS = "https://www.youtube.com/embed/**"
BACKGROUND = {"light": "rgb(253, 252, 250)", "dark": "rgb(21, 24, 27)"}  # .streamlit/config.toml
AXE = Path(os.environ.get("AXE_CORE", PROJECT / "node_modules/axe-core/axe.min.js"))


def players(page):
    return page.locator("iframe[src*='youtube']")


def play_first(page):
    with page.expect_request(VIDEOS):
        page.locator(".st-key-moment-1").get_by_role("button", name="Play here").click()
    players(page).wait_for()
    settle(page)


def keep_captions(index, text):
    """Add captions of a video that is not a lecture, for the next ingest."""
    name = "abcdefghijk.en.srt"
    keep(index / "captions", RawTrack(Origin(name[:11], "local", name, "en"), text.encode()))


def test_ask_and_play_in_three_actions(page, app_url):
    open_at(page, app_url)
    ask(page, FLOAT32)  # fill, Enter
    first = page.locator(".st-key-moment-1")
    expect(first).to_contain_text("Why the router needs float32")
    assert page.asked == []
    first.get_by_role("button", name="Play here").click()
    expect(players(page)).to_have_attribute("src", re.compile(r"U8J32Z3qV8s\?start=581&autoplay=1"))
    # The policy lets the player in: this is what stands in for YouTube.
    expect(page.frame_locator("iframe[src*='youtube']").get_by_text("a video")).to_be_visible()
    link = first.get_by_role("link", name="YouTube at 9:42")
    expect(link).to_have_attribute("href", "https://youtu.be/U8J32Z3qV8s?t=582")
    assert page.asked == ["https://www.youtube.com/embed/U8J32Z3qV8s?start=581&autoplay=1"]


def test_same_moment_twice_starts_again(page, app_url):
    open_at(page, app_url + PAGES["search"])
    play_first(page)
    players(page).evaluate("frame => frame.dataset.old = 'yes'")
    play_first(page)
    expect(players(page)).to_have_count(1)
    expect(players(page)).not_to_have_attribute("data-old", "yes")
    assert len(page.asked) == 2  # the video was loaded twice


def test_click_on_a_cell_of_a_strip_plays_there_and_again(page, app_url):
    open_at(page, app_url + PAGES["search"])
    play_first(page)
    strip = page.locator(".st-key-strip-5")
    cells = strip.locator("svg.marks")
    for turn in range(2):
        expect(cells).to_have_count(1)
        cells.scroll_into_view_if_needed()
        width = cells.bounding_box()["width"]
        with page.expect_request(VIDEOS):
            cells.click(position={"x": width * 0.127, "y": 20})  # minute 10
        # A cell starts at its note, and a player a second before it.
        fresh = strip.locator("iframe[src*='U8J32Z3qV8s?start=599']:not([data-old])")
        expect(fresh).to_have_count(1)
        expect(players(page)).to_have_count(1)  # the one at the moment has stopped
        settle(page)
        assert len(page.asked) == turn + 2
        players(page).evaluate("frame => frame.dataset.old = 'yes'")
    strip.get_by_role("button", name="9:42 Why the router needs float32", exact=True).click()
    expect(players(page)).to_have_attribute("src", re.compile("start=581"))


def test_shared_link_restores_question_lectures_and_language(page, browser, app_url):
    open_at(page, app_url + f"/?lang=ja&lecture=3&q={quote(FLOAT32)}")
    with open_page(browser) as other:
        open_at(other, page.url)
        for one in (page, other):
            expect(one.locator("h1")).to_contain_text("「あの場面」を探す")
            expect(one.get_by_label("質問", exact=True)).to_have_value(FLOAT32)
            expect(one.locator(".st-key-from-1")).to_contain_text("第3回")
            expect(one.get_by_test_id("stMultiSelect")).to_contain_text("第3回")


def test_japanese(page, app_url):
    open_at(page, app_url)
    page.get_by_text("日本語").click()
    page.get_by_text("誘導ヘッドとは何ですか？").click()
    first = page.locator(".st-key-moment-1")
    expect(page.locator(".st-key-from-1")).to_contain_text("第9回")
    expect(first).to_contain_text("学習メモ")
    settle(page)
    page.get_by_role("link", name="講義一覧").click()
    expect(page.locator("h1")).to_have_text("講義一覧")
    expect(page).to_have_url(re.compile("lang=ja"))


def test_find_in_a_lecture_counts_and_steps(page, app_url):
    open_at(page, app_url + PAGES["lecture"])
    page.get_by_label("Find in this lecture").fill("float32")
    page.get_by_label("Find in this lecture").press("Enter")
    found, here = page.locator(".st-key-found"), page.locator(".st-key-found-here")
    expect(found).to_contain_text(re.compile(r"Passage 1 of \d+"))
    settle(page)
    first = here.inner_text()
    found.get_by_role("button", name="Next").click()
    expect(found).to_contain_text("Passage 2 of")
    expect(here).not_to_have_text(first, use_inner_text=True)
    settle(page)
    found.get_by_role("button", name="Previous").click()
    expect(found).to_contain_text("Passage 1 of")
    settle(page)
    found.get_by_role("button", name="Previous").click()
    expect(found).to_contain_text(re.compile(r"Passage (\d+) of \1(?!\d)"))  # round to the last one
    settle(page)
    here.get_by_role("button").first.click()
    expect(players(page)).to_have_count(1)


def test_question_goes_along_to_the_lecture_and_back(page, app_url):
    open_at(page, app_url + PAGES["search"])
    page.get_by_role("link", name="Lectures", exact=True).click()
    page.get_by_role("link", name="Read lecture 5").click()
    asked = page.locator(".st-key-asked")
    expect(asked).to_contain_text("9:42 Why the router needs float32")
    expect(page.get_by_text("answers your question").first).to_be_visible()
    settle(page)
    page.get_by_role("link", name="Search").click()
    expect(page.get_by_label("Your question")).to_have_value(FLOAT32)
    settle(page)
    ask(page, "What is pass@k?")
    page.get_by_role("button", name="Recent questions").click()
    page.get_by_text(FLOAT32).click()
    expect(page.get_by_label("Your question")).to_have_value(FLOAT32)


def test_copy_as_link_and_markdown(page, app_url):
    open_at(page, app_url + PAGES["search"])
    page.locator(".st-key-moment-1").get_by_role("button", name="Copy").click()
    codes = page.get_by_test_id("stPopoverBody").get_by_test_id("stCode")
    expect(codes.first).to_contain_text("https://youtu.be/U8J32Z3qV8s?t=582")
    expect(codes.last).to_contain_text("Study note: Exponentiation magnifies round-off")


@pytest.mark.parametrize("name", PAGES)
def test_phone_never_scrolls_sideways(browser, app_url, name):
    with open_page(browser, **PHONE) as page:
        open_at(page, app_url + PAGES[name])
        if name == "search":
            play_first(page)
        assert widths(page) == [390, 390]
        page.get_by_text("日本語").click()
        expect(page.locator("h1")).to_contain_text(re.compile("[ぁ-んァ-ン一-龥]"))
        settle(page)
        assert widths(page) == [390, 390]


def widths(page):
    """Return the width of the window, and of the widest element that scrolls in it."""
    return page.evaluate(
        "[innerWidth, Math.max(document.documentElement.scrollWidth,"
        " document.querySelector('[data-testid=stMain]').scrollWidth)]"
    )


def test_keyboard_only_from_the_box_to_the_first_moment(page, app_url):
    open_at(page, app_url)
    tab_to(page, "getAttribute('aria-label') === 'Your question'")
    page.keyboard.type(FLOAT32)
    page.keyboard.press("Enter")
    page.locator(".st-key-moment-1").wait_for()
    settle(page)
    tab_to(page, "closest('.st-key-moment-1 button')?.innerText.includes('Play here')")
    page.keyboard.press("Enter")
    expect(players(page)).to_have_attribute("src", re.compile("start=581"))


def tab_to(page, wanted):
    """Press Tab until the element with the focus is the wanted one."""
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate(f"document.activeElement.{wanted}"):
            return
    raise AssertionError(f"20 times Tab does not lead to {wanted}")


def test_no_index_says_how_to_build_one(page, tmp_path):
    with serve(tmp_path / "index") as served:
        for name in ("search", "lectures", "lecture", "index"):
            open_at(page, served.url + PAGES[name])
            expect(page.get_by_role("alert")).to_contain_text("There is no index yet")
            expect(page.get_by_text("python -m ingest").first).to_be_visible()


def test_corrupt_index_names_the_file(page, index_dir, tmp_path):
    index = link_copy(index_dir, tmp_path / "index")
    damaged = index / (index / "CURRENT").read_text().strip() / "tokens.npy"
    content = bytearray(damaged.read_bytes())
    content[len(content) // 2] ^= 1
    damaged.unlink()
    damaged.write_bytes(content)
    with serve(index) as served:
        for name in ("search", "lectures", "lecture", "index"):
            open_at(page, served.url + PAGES[name])
            expect(page.get_by_role("alert")).to_contain_text("The index is damaged")
            expect(page.get_by_text("tokens.npy")).to_be_visible()


PLAIN = """1
00:00:05,000 --> 00:00:20,000
Zebras graze beside the quagga in the savannah.
"""


def test_button_brings_a_new_generation_to_pages_that_are_open(browser, page, index_dir, tmp_path):
    index = link_copy(index_dir, tmp_path / "index")
    keep_captions(index, PLAIN)
    with serve(index) as served, open_page(browser) as other:
        open_at(other, served.url + PAGES["search"])
        open_at(page, served.url + PAGES["index"])
        expect(page.locator(".st-key-counts")).to_contain_text("Videos10")
        page.get_by_role("button", name="Update the index").click()
        expect(page.get_by_text("The ingest is running")).to_be_visible()
        box = page.locator(".st-key-ingest")
        expect(box).to_contain_text("The index is up to date.", timeout=90_000)
        expect(page.get_by_test_id("stCode")).to_contain_text("chunks of 11 videos")
        expect(page.locator(".st-key-counts")).to_contain_text("Videos11")
        ask(other, "quagga in the savannah")  # same page, same server, new generation
        expect(other.locator(".st-key-moment-1")).to_contain_text("Zebras graze")


HOSTILE = """1
00:00:05,000 --> 00:00:20,000
zebra ![](http://evil.example/a.png) $x^2$ <style>*{display:none}</style>

2
00:00:20,000 --> 00:00:40,000
zebra [x](javascript:alert(1)) <img src=x onerror=alert(1)> :smile: https://evil.example

3
00:00:40,000 --> 00:01:00,000
zebra <script>alert(1)</script> **bold** `code` www.evil.example
"""


def test_caption_full_of_markup_is_shown_as_it_is_and_fetches_nothing(page, index_dir, tmp_path):
    index = link_copy(index_dir, tmp_path / "index")
    keep_captions(index, HOSTILE)
    command = [sys.executable, "-m", "ingest", "--offline", "--index", index]
    subprocess.run(command, check=True, capture_output=True)
    with serve(index) as served:
        open_at(page, served.url + "/?lang=en&q=zebra+style")
        first = page.locator(".st-key-moment-1")
        expect(first).to_contain_text("/evil.example/a.png) $x^2$ <style>")
        first.get_by_role("button", name="Copy").click()
        expect(page.get_by_test_id("stPopoverBody")).to_contain_text("https://youtu.be/abcdefghijk")
        nothing_came_alive(page, first)
        open_at(page, served.url + "/lecture?lang=en&video=abcdefghijk")
        passage = page.locator(".st-key-passage-0")
        expect(passage).to_contain_text("<script>alert(1)</script>")
        nothing_came_alive(page, passage)


def nothing_came_alive(page, inside):
    page.wait_for_load_state("networkidle")  # emoji and formulas are loaded late
    for tag in ("img", "style", "script", ".katex", "code", "a[href*=evil]", "a[href^=javascript]"):
        assert inside.locator(tag).count() == 0, tag
    assert page.asked == []


def test_every_answer_of_the_server_carries_the_policy(app_url):
    for path in ("/", "/_stcore/health", "/lectures"):
        with urlopen(app_url + path) as answer:  # noqa: S310 (our own server)
            assert {name: answer.headers[name] for name in HEADERS} == HEADERS


@pytest.mark.skipif(
    not AXE.is_file(), reason="axe-core, the accessibility checker, is not there: run make e2e"
)
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_serious(page, app_url, name):
    open_at(page, app_url + PAGES[name])
    page.evaluate(f"() => {{{AXE.read_text('utf-8')}}}")
    if name == "search":
        play_first(page)
    found = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        expect(page.locator(".stApp")).to_have_css("background-color", BACKGROUND[scheme])
        page.evaluate("Promise.allSettled(document.getAnimations().map(one => one.finished))")
        report = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        found += [
            (scheme, violation["id"], violation["nodes"][0]["html"][:200])
            for violation in report["violations"]
            if violation["impact"] in ("serious", "critical")
        ]
    assert not found, json.dumps(found, indent=1)
