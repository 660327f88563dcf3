"""Two courses in a real browser: each shows only what is its own."""

import os
import re
import subprocess
import sys
from urllib.parse import quote

import pytest
from playwright.sync_api import expect

from .conftest import PHONE, PROJECT, ask, link_copy, open_at, open_page, serve, settle, until
from .test_kept import stored

COURSES = PROJECT / "tests" / "data" / "courses"
# Nothing outside the bundled course may say this. The program's own name contains "cs25".
BUNDLED_WORDS = re.compile(r"cs25(?!search)|stanford|sadahry|transformer|speakerdeck", re.I)


@pytest.fixture(scope="module")
def two(index_dir, tmp_path_factory):
    """A server with the bundled course and the invented one."""
    root = tmp_path_factory.mktemp("two")
    link_copy(index_dir, root / "cs25")
    link_copy(index_dir / "models", root / "kitchen" / "models")
    subprocess.run(
        [sys.executable, "-m", "ingest", "kitchen", "--offline", "--index", str(root)],
        env=os.environ | {"CS25_COURSES": str(COURSES)}, check=True, capture_output=True,
    )  # fmt: skip
    with serve(root) as served:
        yield served.url


def choose(page, name):
    page.get_by_label(re.compile("Course|コース")).click()
    page.get_by_role("option", name=name).click()
    settle(page)


def test_switching_the_course_leaves_nothing_of_the_other(page, two):
    open_at(page, f"{two}/?lang=en&course=cs25")
    expect(page.locator("h1")).to_contain_text("CS25")
    choose(page, "Kitchen Science")
    expect(page.locator("h1")).to_have_text("Find the moment in Kitchen Science")
    expect(page.get_by_text("Why do onions make us cry?")).to_be_visible()  # an example
    ask(page, "Why does bread rise?")
    expect(page.locator(".st-key-moment-1")).to_contain_text("gluten")
    # The selector offers the other course only when it is open.
    assert not BUNDLED_WORDS.search(page.locator("body").inner_text())
    choose(page, "CS25")
    expect(page.locator("h1")).to_contain_text("CS25")
    expect(page.locator("body")).not_to_contain_text("Ada Miller")
    settle(page)
    body = page.locator("body").inner_text()
    assert "bread rises" not in body and "Ada Miller" not in body


@pytest.mark.parametrize("path", ["/lectures", "/lecture", "/index"])
@pytest.mark.parametrize("language", ["en", "ja"])
def test_pages_of_a_course_say_nothing_of_the_other(page, two, path, language):
    open_at(page, f"{two}{path}?course=kitchen&lang={language}")
    title = "パンはなぜ膨らむのか" if language == "ja" else "Why bread rises"
    expect(page.locator("body")).to_contain_text(title)
    said = page.locator("body").inner_text().replace("sentence-transformers", "")  # the encoder
    assert not BUNDLED_WORDS.search(said)


def test_goal_that_no_lecture_fits_is_said(page, two):
    open_at(page, f"{two}/lectures?course=kitchen&lang=en&goal=reinforcement+learning")
    expect(page.get_by_text("No lecture fits")).to_be_visible()


def test_recording_that_is_not_on_youtube_plays_on_a_phone(browser, two):
    with open_page(browser, **PHONE) as phone:
        question = quote("切れない包丁はなぜ危ない？")
        open_at(phone, f"{two}/?course=kitchen&lang=ja&q={question}")
        first = phone.locator(".st-key-moment-1")
        expect(first).to_contain_text("dull knife")
        expect(first.get_by_role("link", name=re.compile("YouTube"))).to_have_count(0)
        phone.locator(".cs-desk").wait_for(state="attached")
        first.locator("h3 a").click()
        audio = phone.locator(".cs-stage audio")
        expect(audio).to_have_count(1)
        expect(audio).to_be_in_viewport(ratio=1)
        phone.wait_for_function("document.querySelector('.cs-stage audio').readyState > 0")


def test_all_courses_are_searched_on_request(page, two):
    open_at(page, f"{two}/?course=kitchen&lang=en&q=temperature")
    page.get_by_text("Search all courses").click()
    settle(page)
    expect(page.locator("body")).to_contain_text("CS25: Transformers United · ")
    expect(page.locator("body")).to_contain_text("Kitchen Science · ")


def test_kept_moment_leads_back_to_its_own_course(page, two):
    open_at(page, f"{two}/?course=kitchen&lang=en")
    ask(page, "Why does bread rise?")
    page.locator(".st-key-moment-1").get_by_role("button", name="Keep").click()
    until(lambda: len(stored(page)), 1)
    open_at(page, f"{two}/moments?course=cs25&lang=en")
    expect(page.get_by_text("Lecture 1 · Why bread rises")).to_be_visible()
    page.get_by_role("link", name="Read there").click()
    expect(page).to_have_url(re.compile("course=kitchen"))
    expect(page.locator("body")).to_contain_text("Ada Miller")
