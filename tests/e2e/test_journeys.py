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

from cs25search.ui.headers import HEADERS
from cs25search.ui.texts import TEXTS

from .conftest import link_copy, open_page, serve

expect = pytest.importorskip("playwright.sync_api").expect
FLOAT32 = "Why does the router need float32?"
PAGES = {
    "empty": "/?lang=en",
    "search": f"/?lang=en&q={quote(FLOAT32)}",
    "lectures": "/lectures?lang=en&goal=offline+RL",
    "lecture": "/lecture?lang=en&lecture=5",
    "index": "/index?lang=en",
}
PHONE = {
    "width": 390,
    "height": 844,
    "user_agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Mobile/15E148",
    "has_touch": True,
}


def open_at(page, url):
    """Open an address and wait until all of the page is there."""
    page.goto(url)
    page.locator("hr").wait_for()
    expect(page.get_by_test_id("stStatusWidget")).to_have_count(0)
    return page


def ask(page, question):
    box = page.get_by_label("Your question")
    box.fill(question)
    box.press("Enter")
    page.locator(".st-key-moment-1").wait_for()


def players(page):
    return page.locator("iframe[src*='youtube']")


def test_ask_and_play_in_three_actions(page, app_url):
    open_at(page, app_url)
    ask(page, FLOAT32)  # fill, Enter
    first = page.locator(".st-key-moment-1")
    expect(first).to_contain_text("Why the router needs float32")
    first.get_by_role("button", name="Play here").click()
    expect(players(page)).to_have_attribute("src", re.compile(r"U8J32Z3qV8s\?start=581&autoplay=1"))
    link = first.get_by_role("link", name="YouTube at 9:42")
    expect(link).to_have_attribute("href", "https://youtu.be/U8J32Z3qV8s?t=582")
    assert page.asked and all("youtube.com/embed/" in url for url in page.asked)
    assert page.problems == []


def test_same_moment_twice_starts_again(page, app_url):
    open_at(page, app_url + PAGES["search"])
    play = page.locator(".st-key-moment-1").get_by_role("button", name="Play here")
    play.click()
    players(page).wait_for()
    players(page).evaluate("frame => frame.dataset.old = 'yes'")
    play.click()
    expect(players(page)).not_to_have_attribute("data-old", "yes")
    expect(players(page)).to_have_count(1)


def test_click_on_a_strip_plays_there_and_again(page, app_url):
    open_at(page, app_url + PAGES["search"])
    page.locator(".st-key-moment-1").get_by_role("button", name="Play here").click()
    players(page).wait_for()
    strip = page.locator(".st-key-strip-5")
    cells = strip.locator("svg.marks")
    cells.wait_for()
    for _ in range(2):
        expect(cells).to_have_count(1)
        cells.scroll_into_view_if_needed()
        width = cells.bounding_box()["width"]
        cells.click(position={"x": width * 0.124, "y": 20})  # minute 10
        expect(strip.locator("iframe[src*='U8J32Z3qV8s?start=599']:not([data-old])")).to_have_count(
            1
        )
        expect(players(page)).to_have_count(1)  # the card's player has stopped
        players(page).evaluate("frame => frame.dataset.old = 'yes'")
    strip.get_by_role("button", name="9:42 Why the router needs float32", exact=True).click()
    expect(players(page)).to_have_attribute("src", re.compile("start=581"))


def test_shared_link_restores_question_lectures_and_language(page, browser, app_url):
    open_at(page, app_url + f"/?lang=ja&lecture=3&q={quote(FLOAT32)}")
    expect(page.locator("h1")).to_have_text(TEXTS["title"][1])
    expect(page.get_by_label("質問", exact=True)).to_have_value(FLOAT32)
    expect(page.locator(".st-key-moment-1")).to_contain_text("第3回")
    with open_page(browser) as other:
        open_at(other, page.url)
        expect(other.locator(".st-key-moment-1")).to_contain_text("第3回")


def test_japanese(page, app_url):
    open_at(page, app_url)
    page.get_by_text("日本語").click()
    page.get_by_text("誘導ヘッドとは何ですか？").click()
    first = page.locator(".st-key-moment-1")
    expect(first).to_contain_text("第9回")
    expect(first).to_contain_text("学習メモ")
    page.get_by_role("link", name="講義一覧").click()
    expect(page.locator("h1")).to_have_text("講義一覧")
    assert "lang=ja" in page.url


def test_find_in_a_lecture_counts_and_steps(page, app_url):
    open_at(page, app_url + PAGES["lecture"])
    page.get_by_label("Find in this lecture").fill("float32")
    page.get_by_label("Find in this lecture").press("Enter")
    found = page.locator(".st-key-found")
    expect(found).to_contain_text(re.compile(r"Passage 1 of \d+"))
    first = page.locator(".st-key-found-here").inner_text()
    found.get_by_role("button", name="Next").click()
    expect(found).to_contain_text("Passage 2 of")
    assert page.locator(".st-key-found-here").inner_text() != first
    found.get_by_role("button", name="Previous").click()
    expect(found).to_contain_text("Passage 1 of")
    found.get_by_role("button", name="Previous").click()
    expect(found).to_contain_text(re.compile(r"Passage (\d+) of \1(?!\d)"))  # round to the last one
    page.locator(".st-key-found-here").get_by_role("button").first.click()
    expect(players(page)).to_have_count(1)


def test_question_goes_along_to_the_lecture_and_back(page, app_url):
    open_at(page, app_url + PAGES["search"])
    page.get_by_role("link", name="Lectures", exact=True).click()
    page.get_by_role("link", name="Read lecture 5").click()
    asked = page.locator(".st-key-asked")
    expect(asked).to_contain_text("9:42 Why the router needs float32")
    expect(page.get_by_text("answers your question").first).to_be_visible()
    page.get_by_role("link", name="Search").click()
    expect(page.get_by_label("Your question")).to_have_value(FLOAT32)
    ask(page, "What is pass@k?")
    page.get_by_role("button", name="Recent questions").click()
    page.get_by_text(FLOAT32).click()
    expect(page.get_by_label("Your question")).to_have_value(FLOAT32)


def test_copy_as_link_and_markdown(page, app_url):
    open_at(page, app_url + PAGES["search"])
    page.locator(".st-key-moment-1").get_by_role("button", name="Copy").click()
    codes = page.get_by_test_id("stPopoverBody").get_by_test_id("stCode")
    expect(codes.first).to_contain_text("https://youtu.be/U8J32Z3qV8s?t=582")
    expect(codes.last).to_contain_text("> Exponentiation magnifies round-off")


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("language", ["en", "ja"])
def test_phone_never_scrolls_sideways(browser, app_url, name, language):
    with open_page(browser, **PHONE) as page:
        open_at(page, app_url + PAGES[name].replace("lang=en", f"lang={language}"))
        wide = page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth")
        assert wide <= 390


def test_keyboard_only_from_the_box_to_the_first_moment(page, app_url):
    open_at(page, app_url)
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.getAttribute('aria-label')") == "Your question":
            break
    page.keyboard.type(FLOAT32)
    page.keyboard.press("Enter")
    page.locator(".st-key-moment-1").wait_for()
    for _ in range(8):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.innerText").endswith("Play here"):
            break
    page.keyboard.press("Enter")
    expect(players(page)).to_have_count(1)


def test_no_index_says_how_to_build_one(page, tmp_path):
    with serve(tmp_path / "index") as address:
        for name in ("search", "lecture", "index"):
            open_at(page, address + PAGES[name])
            expect(page.get_by_role("alert")).to_contain_text("There is no index yet")
            expect(page.get_by_text("python -m ingest").first).to_be_visible()


def test_button_updates_the_index_while_the_page_is_open(page, index_dir, tmp_path):
    index = link_copy(index_dir, tmp_path / "index")
    with serve(index) as address:
        open_at(page, address + PAGES["index"])
        page.get_by_role("button", name="Update the index").click()
        expect(page.get_by_text("The ingest is running")).to_be_visible()
        box = page.locator(".st-key-ingest")
        expect(box).to_contain_text("The index is up to date.", timeout=90_000)
        expect(page.get_by_test_id("stCode")).to_contain_text("What is indexed")
        expect(page.locator(".st-key-counts")).to_contain_text("576")


def test_corrupt_index_names_the_file(page, index_dir, tmp_path):
    index = link_copy(index_dir, tmp_path / "index")
    damaged = index / (index / "CURRENT").read_text().strip() / "tokens.npy"
    content = bytearray(damaged.read_bytes())
    content[len(content) // 2] ^= 1
    damaged.unlink()
    damaged.write_bytes(content)
    with serve(index) as address:
        for name in ("search", "lecture", "index"):
            open_at(page, address + PAGES[name])
            expect(page.get_by_role("alert")).to_contain_text("The index is damaged")
            expect(page.get_by_text("tokens.npy")).to_be_visible()


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


def test_caption_full_of_markup_and_a_new_generation_while_the_page_is_open(
    page, index_dir, tmp_path
):
    index = link_copy(index_dir, tmp_path / "index")
    (tmp_path / "captions").mkdir()
    (tmp_path / "captions" / "abcdefghijk.en.srt").write_text(HOSTILE)
    with serve(index) as address:
        open_at(page, address + PAGES["search"])
        before = (index / "CURRENT").read_text()
        _ingest(index, tmp_path / "captions")
        assert (index / "CURRENT").read_text() != before
        ask(page, "zebra style")  # same page, same server, new generation
        first = page.locator(".st-key-moment-1")
        expect(first).to_contain_text("/evil.example/a.png) $x^2$ <style>")
        first.get_by_role("button", name="Copy").click()
        open_at(page, address + "/lecture?lang=en&video=abcdefghijk")
        expect(page.locator(".st-key-passage-0")).to_contain_text("<script>alert(1)</script>")
        page.wait_for_timeout(1000)  # emoji and formulas are loaded late
        inside = page.locator(".st-key-passage-0")
        for tag in ("img", "style", "script", ".katex", "code"):
            assert inside.locator(tag).count() == 0, tag
        assert page.asked == []


def _ingest(index: Path, captions: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "ingest", "--offline", "--index", index, "--captions", captions],
        check=True,
        capture_output=True,
    )


def test_every_answer_of_the_server_carries_the_policy(app_url):
    for path in ("/", "/_stcore/health", "/lectures"):
        with urlopen(app_url + path) as answer:  # noqa: S310 (our own server)
            assert {name: answer.headers[name] for name in HEADERS} == HEADERS


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(browser, app_url, scheme):
    axe = Path(os.environ.get("AXE_CORE", "node_modules/axe-core/axe.min.js"))
    if not axe.is_file():
        pytest.skip("axe-core is not installed; make e2e installs it")
    found = []
    for name, path in PAGES.items():
        with open_page(browser, color_scheme=scheme, bypass_csp=True) as page:
            open_at(page, app_url + path)
            page.add_script_tag(content=axe.read_text("utf-8"))
            page.wait_for_timeout(500)
            report = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
            found += [
                (name, violation["id"], violation["nodes"][0]["html"][:200])
                for violation in report["violations"]
                if violation["impact"] in ("serious", "critical")
            ]
    assert not found, json.dumps(found, indent=1)
