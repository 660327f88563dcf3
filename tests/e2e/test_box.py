"""The list below the search box: suggestions while one types, and recent questions."""

import re
from urllib.parse import quote

import pytest
from playwright.sync_api import Error, expect

from cs25search.ui.views.texts import say

from .conftest import EVERYWHERE, PHONE, open_desk, open_page, settle, until
from .test_journeys import NEEDS_AXE, check_access

KEY = "cs25search.questions"
# language: what is typed, words that every suggestion has
TYPED = {"en": ("router fl", ("router", "fl")), "ja": ("るーたー fp", ("ルーター", "fp"))}


def box(page, language="en"):
    return page.get_by_label(say(language, "question"), exact=True)


def click_in_box(page, language="en"):
    """Click in the box once its list is there; a click before that opens nothing."""
    page.locator(".cs-list").wait_for(state="attached")
    box(page, language).click()


def type_in(page, text, language="en"):
    expect(box(page, language)).to_be_focused()  # the page begins with it
    page.keyboard.type(text)


def options(page):
    return page.locator(".cs-list").get_by_role("option")


def answered(page):
    page.locator(".st-key-moment-1").wait_for()
    settle(page)


def stored(page):
    """Return the questions that the browser has kept, or None for what is not a list of them."""
    read = "key => JSON.parse(localStorage[key] ?? '[]').map(one => one.question)"
    try:
        return page.evaluate(read, KEY)
    except Error:
        return None


@EVERYWHERE
def test_suggestions_have_all_words_typed_and_one_of_them_is_asked(
    browser, app_url, device, language
):
    with open_page(browser, **device) as page:
        sent, files = [], []
        page.on("websocket", lambda socket: socket.on("framesent", lambda _: sent.append(1)))
        page.on("request", lambda one: files.append(one.url) if ".gz" in one.url else None)
        open_desk(page, f"{app_url}/?lang={language}")
        typed, words = TYPED[language]
        click_in_box(page, language)
        before = len(sent)
        page.keyboard.type(typed)
        expect(options(page).first).to_be_visible()
        found = options(page).all_inner_texts()
        assert 0 < len(found) <= 6
        assert all(word in one.lower() for one in found for word in words)
        assert len(sent) == before and len(files) == 1 and page.asked == []
        if device is PHONE:
            options(page).first.tap()
        else:
            page.keyboard.press("ArrowDown")
            expect(options(page).first).to_have_attribute("aria-selected", "true")
            page.keyboard.press("Enter")
        answered(page)
        expect(box(page, language)).to_have_value(found[0])
        start = re.escape(quote(found[0][:4])).replace("%20", "(%20|[+])")
        expect(page).to_have_url(re.compile(f"q={start}"))
        expect(page.locator(".cs-list")).to_be_hidden()


def test_what_is_typed_before_the_script_is_there_gets_suggestions(fresh_page, app_url):
    page, held = fresh_page, []
    page.route("**/box.js*", lambda route: held.append(route))
    open_desk(page, f"{app_url}/?lang=en")
    type_in(page, "attention he")
    until(lambda: len(held), 1)
    expect(page.locator(".cs-list")).to_have_count(0)
    held[0].continue_()
    expect(options(page)).to_have_count(6)


def test_keys_move_through_the_suggestions_and_leave_what_is_typed(page, app_url):
    open_desk(page, f"{app_url}/?lang=en")
    expect(box(page)).to_have_role("combobox")
    type_in(page, "attention he")
    expect(options(page)).to_have_count(6)
    expect(box(page)).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("ArrowUp")  # from the box to the last one
    active = page.locator("[aria-selected=true]")
    expect(box(page)).to_have_attribute("aria-activedescendant", active.get_attribute("id"))
    expect(active).to_have_text(options(page).last.inner_text())
    page.keyboard.press("ArrowDown")  # and back
    expect(active).to_have_count(0)
    page.keyboard.press("Escape")
    expect(page.locator(".cs-list")).to_be_hidden()
    expect(box(page)).to_have_attribute("aria-expanded", "false")
    expect(box(page)).to_have_value("attention he")
    page.keyboard.type("ads")
    expect(options(page).first).to_be_visible()
    page.keyboard.press("Enter")  # nothing is chosen, so this asks what was typed
    answered(page)
    expect(box(page)).to_have_value("attention heads")
    expect(page.locator(".cs-list")).to_be_hidden()


def test_a_click_asks_a_suggestion_as_a_whole_question(page, app_url):
    open_desk(page, f"{app_url}/?lang=en&q={quote('Why does the router need float32?')}")
    box(page).fill("what is this stanford")
    options(page).first.click()
    expect(box(page)).to_have_value("What is this Stanford course about?")
    answered(page)
    expect(page.locator(".st-key-understood")).to_have_count(0)


def test_enter_that_ends_a_japanese_conversion_chooses_nothing(page, app_url):
    open_desk(page, f"{app_url}/?lang=ja")
    type_in(page, "ルーター", "ja")
    expect(options(page).first).to_be_visible()
    box(page, "ja").dispatch_event("keydown", {"key": "ArrowDown", "isComposing": True})
    expect(page.locator("[aria-selected=true]")).to_have_count(0)


def test_suggestions_follow_the_language(page, app_url):
    open_desk(page, f"{app_url}/?lang=en")
    type_in(page, "router")
    expect(options(page).first).to_contain_text("router")
    box(page).fill("")
    page.get_by_text("日本語").click()
    expect(page.locator("h1")).to_contain_text("探す")
    settle(page)
    box(page, "ja").fill("ルーター")
    expect(options(page).first).to_contain_text("ルーター")
    expect(page.locator(".cs-list p")).to_have_text(say("ja", "suggested"))


@EVERYWHERE
def test_recent_questions_outlive_the_session_in_this_browser(browser, app_url, device, language):
    asked = ["What is attention?", "What is BERT?"]
    with open_page(browser, **device) as page:
        for question in asked:
            open_desk(page, f"{app_url}/?lang={language}&q={quote(question)}")
            answered(page)
            until(lambda: (stored(page) or [None])[0], question)
        open_desk(page, f"{app_url}/?lang={language}")  # a new session
        expect(page.locator(".cs-list")).to_be_hidden()  # it waits for a click or a key
        click_in_box(page, language)
        expect(options(page)).to_have_text(asked[::-1])
        options(page).last.click()
        answered(page)
        expect(box(page, language)).to_have_value(asked[0])
        box(page, language).fill("")
        expect(options(page)).to_have_text(asked)
        page.keyboard.press("Tab")
        clear = page.get_by_role("button", name=say(language, "clear"))
        expect(clear).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.locator(".cs-list")).to_be_hidden()
        until(lambda: stored(page), [])


@pytest.mark.parametrize("question", ["???", "…!", "？！"])
def test_a_question_without_a_word_is_not_kept(page, app_url, question):
    open_desk(page, f"{app_url}/?lang=en&q={quote('What is BERT?')}")
    until(lambda: stored(page), ["What is BERT?"])
    box(page).fill(question)
    box(page).press("Enter")
    expect(page.get_by_text(say("en", "nothing", question=question))).to_be_visible()
    settle(page)
    until(lambda: stored(page), ["What is BERT?"])


def test_twenty_questions_are_kept_the_newest_first(page, app_url):
    open_desk(page, f"{app_url}/?lang=en")
    many = [{"question": f"question {n}", "course": "cs25"} for n in range(20)]
    page.evaluate("([key, many]) => localStorage.setItem(key, JSON.stringify(many))", [KEY, many])
    open_desk(page, f"{app_url}/?lang=en&q={quote('What is BERT?')}")
    answered(page)
    until(lambda: stored(page), ["What is BERT?", *(f"question {n}" for n in range(19))])


@pytest.mark.parametrize("rubbish", ["{", "[1, null]", '{"a": 1}'])
def test_storage_that_is_not_ours_leaves_the_page_working(page, app_url, rubbish):
    open_desk(page, f"{app_url}/?lang=en")
    page.evaluate("([key, text]) => localStorage.setItem(key, text)", [KEY, rubbish])
    open_desk(page, f"{app_url}/?lang=en&q={quote('What is BERT?')}")
    answered(page)
    until(lambda: stored(page), ["What is BERT?"])


@NEEDS_AXE
def test_axe_finds_nothing_serious_in_the_open_list(page, app_url):
    open_desk(page, f"{app_url}/?lang=en&q={quote('What is BERT?')}")
    box(page).fill("attention he")
    expect(options(page)).to_have_count(6)
    page.keyboard.press("ArrowDown")
    check_access(page)
