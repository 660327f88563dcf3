"""What people do with the app, in a real browser."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote
from urllib.request import urlopen

import filelock
import pytest
from playwright.sync_api import expect

from cs25search.progress import recorded
from cs25search.ui.views.headers import HEADERS
from cs25search.ui.views.texts import say
from ingest.captions.files import Origin, RawTrack, store_track

from .conftest import PHONE, PROJECT, ask, link_copy, open_at, open_desk, open_page, serve, settle

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
    page.locator(".cs-desk").wait_for(state="attached")
    with page.expect_request(VIDEOS):
        page.locator(".st-key-moment-1 h3 a").click()
    players(page).wait_for()


def keep_captions(index, text):
    """Add captions of a video that is not a lecture, for the next ingest."""
    name = "abcdefghijk.en.srt"
    store_track(index / "captions", RawTrack(Origin(name[:11], "local", name, "en"), text.encode()))


def test_ask_and_play_in_three_actions(page, app_url):
    open_at(page, app_url)
    ask(page, FLOAT32)  # fill, Enter
    first = page.locator(".st-key-moment-1")
    expect(first).to_contain_text("Why the router needs float32")
    assert page.asked == []
    first.get_by_role("link", name="9:42–10:24").click()
    expect(players(page)).to_have_attribute("src", re.compile(r"U8J32Z3qV8s\?start=581&autoplay=1"))
    # The policy lets the player in: this is what stands in for YouTube.
    expect(page.frame_locator("iframe[src*='youtube']").get_by_text("a video")).to_be_visible()
    link = first.get_by_role("link", name="YouTube at 9:42")
    expect(link).to_have_attribute("href", "https://youtu.be/U8J32Z3qV8s?t=582")
    assert len(page.asked) == 1  # the frame


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


@pytest.mark.parametrize("device", [{}, PHONE], ids=["desktop", "phone"])
def test_find_in_a_lecture_counts_and_steps(browser, app_url, device):
    with open_page(browser, **device) as page:
        open_desk(page, app_url + PAGES["lecture"])
        box = page.get_by_label("Find in this lecture")
        box.fill("float32")
        box.press("Enter")
        found, here = page.locator(".cs-finds"), page.locator("mark.cs-here")
        expect(found).to_contain_text(re.compile(r"1 of \d+"))
        count = int(re.search(r"of (\d+)", found.inner_text())[1])
        assert count == page.locator(".cs-text mark").count()
        expect(here).to_be_in_viewport()
        expect(page).to_have_url(re.compile("find=float32"))
        settle(page)
        for key, number in (("Enter", 2), ("Shift+Enter", 1), ("Shift+Enter", count)):
            box.press(key)  # the focus is still in the box
            expect(found).to_contain_text(f"{number} of {count}")
            expect(here).to_be_in_viewport()
        page.get_by_role("button", name="Next").click()
        expect(found).to_contain_text(f"1 of {count}")  # round to the first one
        open_desk(page, page.url)
        expect(page.get_by_label("Find in this lecture")).to_have_value("float32")
        expect(here).to_be_in_viewport()


@pytest.mark.parametrize("language", ["en", "ja"])
def test_view_and_second_are_in_the_link(page, browser, app_url, language):
    open_desk(page, f"{app_url}/lecture?lang={language}&lecture=5")
    page.get_by_text(say(language, "view_languages")).click()
    both = page.locator(".cs-view-languages")
    expect(both.locator(".cs-note[lang=ja]").first).to_be_visible()
    settle(page)
    page.locator(".cs-contents a").nth(2).click()
    expect(page).to_have_url(re.compile(r"view=languages.*t=683|t=683.*view=languages"))
    with open_page(browser) as other:
        open_desk(other, page.url)
        expect(other.locator(".cs-note[lang=ja][data-at='683']")).to_be_in_viewport()
        first = say(language, "desk_play_from", time="11:23")
        expect(other.get_by_role("button", name=first)).to_be_visible()
        assert other.asked == []


@pytest.mark.parametrize("language", ["en", "ja"])
def test_unknown_lecture_is_said(page, app_url, language):
    open_at(page, f"{app_url}/lecture?lang={language}&lecture=99")
    said = say(language, "unknown_lecture", name="99")
    expect(page.get_by_role("alert")).to_contain_text(said)
    expect(page.locator(".cs-text")).to_have_count(0)


def test_question_goes_along_to_the_lecture_and_back(page, app_url):
    open_at(page, app_url + PAGES["search"])
    page.get_by_role("link", name="Lectures", exact=True).click()
    page.get_by_role("link", name="Read lecture 5").click()
    asked = page.locator(".st-key-asked")
    expect(asked).to_contain_text("9:42 Why the router needs float32")
    expect(page.get_by_text("answers your question").first).to_be_visible()
    settle(page)
    page.get_by_role("link", name="Search", exact=True).click()
    expect(page.get_by_label("Your question")).to_have_value(FLOAT32)


def test_copy_as_link_and_markdown(page, app_url):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    open_desk(page, app_url + PAGES["search"])
    first = page.locator(".st-key-moment-1")
    for label, part in (
        ("Copy link", "https://youtu.be/U8J32Z3qV8s?t=582"),
        ("Copy text", "Study note: Exponentiation magnifies round-off"),
    ):
        first.get_by_role("button", name=label).click()
        expect(first.get_by_role("button", name="Copied")).to_be_visible()
        assert part in page.evaluate("navigator.clipboard.readText()")
        expect(first.get_by_role("button", name=label)).to_be_visible()


@pytest.mark.parametrize("language", ["en", "ja"])
def test_question_that_is_answered_here_too_is_asked_with_a_click(page, app_url, language):
    open_desk(page, f"{app_url}/?lang={language}&q={quote(FLOAT32)}")
    chip = page.locator("[data-ask]").first
    asked = chip.inner_text()
    chip.click()
    expect(page.get_by_label(say(language, "question"), exact=True)).to_have_value(asked)
    settle(page)
    expect(page.locator(".cs-answer, [role=alert]").first).to_be_visible()


@pytest.mark.parametrize(("size", "first"), [((1280, 800), 700), ((390, 844), 844)])
def test_moments_end_within_two_screens_of_a_desktop(browser, app_url, size, first):
    device = PHONE if size[0] < 500 else {"viewport": {"width": size[0], "height": size[1]}}
    with open_page(browser, **device) as page:
        open_at(page, app_url + PAGES["search"])
        assert page.locator(".st-key-moment-1").bounding_box()["y"] < first
        if device is not PHONE:
            last = page.locator(".st-key-moment-5").bounding_box()
            # Two screens, the summary of the slide about the best moment, and wider fonts.
            assert last["y"] + last["height"] <= 2.4 * size[1]
            expect(page.locator(".cs-map")).to_be_in_viewport(ratio=1)


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
    expect(page.get_by_label("Your question")).to_be_focused()
    page.keyboard.type(FLOAT32)
    page.keyboard.press("Enter")
    page.locator(".st-key-moment-1").wait_for()
    settle(page)
    tab_to(page, "closest('.st-key-moment-1 h3') !== null")
    page.keyboard.press("Enter")
    expect(players(page)).to_have_attribute("src", re.compile("start=581"))


def tab_to(page, wanted):
    """Press Tab until the element with the focus is the wanted one."""
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate(f"document.activeElement.{wanted}"):
            return
    raise AssertionError(f"20 times Tab does not lead to {wanted}")


def test_no_index_says_how_to_build_one_and_a_corrupt_one_names_the_file(page, small_dir, tmp_path):
    index = tmp_path / "index"
    with serve(index) as served:
        for name in ("search", "lectures", "lecture", "index"):
            open_at(page, served.url + PAGES[name])
            expect(page.get_by_role("alert")).to_contain_text("There is no index yet")
            expect(page.get_by_text("cs25search ingest").first).to_be_visible()
        link_copy(small_dir, index / "cs25")
        damaged = index / "cs25" / (small_dir / "CURRENT").read_text().strip() / "tokens.npy"
        content = bytearray(damaged.read_bytes())
        content[len(content) // 2] ^= 1
        damaged.unlink()
        damaged.write_bytes(content)
        for name in ("search", "lectures", "lecture", "index"):
            open_at(page, served.url + PAGES[name])
            expect(page.get_by_role("alert")).to_contain_text("The index is damaged")
            expect(page.get_by_text("tokens.npy")).to_be_visible()


def test_page_without_index_shows_its_first_ingest_and_then_answers(page, small_dir, tmp_path):
    index = tmp_path / "index"
    folder, built = index / "cs25", tmp_path / "built"
    link_copy(small_dir, built)
    folder.mkdir(parents=True)
    with serve(index) as served:
        open_at(page, served.url)
        expect(page.get_by_role("alert")).to_contain_text("There is no index yet")
        with filelock.FileLock(folder / "ingest.lock"), recorded(folder) as recorder:
            recorder.step("encode", 12, 576)
            expect(page.get_by_text("The index is being built")).to_be_visible()
            expect(page.get_by_text("Encoding 12/576")).to_be_visible()
            for path in sorted(built.iterdir(), key=lambda path: path.name == "CURRENT"):
                path.rename(folder / path.name)
        expect(page.get_by_text("The index is being built")).to_have_count(0)  # without a reload
        ask(page, FLOAT32)


PLAIN = """1
00:00:05,000 --> 00:00:20,000
Zebras graze beside the quagga in the savannah.
"""


def test_button_brings_a_new_generation_to_pages_that_are_open(browser, page, small_link):
    keep_captions(small_link, PLAIN)
    with serve(small_link) as served, open_page(browser) as other:
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


def test_caption_full_of_markup_is_shown_as_it_is_and_fetches_nothing(page, small_link):
    keep_captions(small_link, HOSTILE)
    command = [sys.executable, "-m", "ingest", "--offline", "--index", small_link]
    subprocess.run(command, check=True, capture_output=True)
    with serve(small_link) as served:
        open_at(page, served.url + "/?lang=en&q=zebra+style")
        first = page.locator(".st-key-moment-1")
        expect(first).to_contain_text("/evil.example/a.png) $x^2$ <style>")
        expect(first.get_by_role("link").first).to_have_attribute(
            "href", re.compile("^https://youtu.be/abcdefghijk")
        )
        nothing_came_alive(page, first)
        open_at(page, served.url + "/lecture?lang=en&video=abcdefghijk")
        passages = page.locator(".cs-passage")
        expect(passages.filter(has_text="<script>alert(1)</script>")).to_have_count(1)
        nothing_came_alive(page, passages)


def nothing_came_alive(page, inside):
    page.wait_for_load_state("networkidle")  # emoji and formulas are loaded late
    for tag in ("img", "style", "script", ".katex", "code", "a[href*=evil]", "a[href^=javascript]"):
        assert inside.locator(tag).count() == 0, tag
    assert page.asked == []


def test_every_answer_of_the_server_carries_the_policy(app_url):
    for path in ("/", "/_stcore/health", "/lectures"):
        with urlopen(app_url + path) as answer:  # noqa: S310 (our own server)
            assert {name: answer.headers[name] for name in HEADERS} == HEADERS


NEEDS_AXE = pytest.mark.skipif(
    not AXE.is_file(), reason="axe-core, the accessibility checker, is not there: run make e2e"
)


@NEEDS_AXE
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_serious(page, app_url, name):
    open_at(page, app_url + PAGES[name])
    if name == "search":
        play_first(page)
    check_access(page)


def check_access(page):
    """Fail if axe finds something serious on the page as it is, light or dark."""
    page.evaluate(f"() => {{{AXE.read_text('utf-8')}}}")
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
