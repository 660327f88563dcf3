"""The player that stays: clicks seek, the text follows, and the keys work."""

import re
from urllib.parse import quote

import pytest
from playwright.sync_api import expect

from cs25search.course.read import load_course
from cs25search.ui.views.texts import say

from .conftest import EVERYWHERE, open_desk, open_page, settle, until
from .youtube import frame, jump, speak, state

FLOAT32 = {"en": "Why does the router need float32?", "ja": "ルーターにfloat32が必要なのはなぜ？"}
LANGUAGES = pytest.mark.parametrize("language", ["en", "ja"])


def players(page):
    return page.locator("iframe[src*='youtube']")


def embeds(page):
    return [url for url in page.asked if "/embed/" in url]


def moment(page, rank):
    return page.locator(f".st-key-moment-{rank} h3 a")


def aim_of(link):
    """Return the video and second that a link plays."""
    video, second = re.search(r"youtu\.be/([\w-]+)\?t=(\d+)", link.get_attribute("href")).groups()
    return video, int(second)


def at(page, second):
    """Wait until the frame is at a second, and soon after it."""
    for _ in range(100):
        now = state(page)["time"]
        if second <= now < second + 5:
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"the frame is at {now}, not at {second}")


@EVERYWHERE
def test_every_kind_of_click_seeks_in_one_frame(browser, app_url, device, language):
    with open_page(browser, **device) as page:
        speak(page)
        open_desk(page, f"{app_url}/?lang={language}&q={quote(FLOAT32[language])}")
        assert embeds(page) == []  # YouTube is asked for nothing before a click
        moment(page, 1).click()
        at(page, 581)
        expect(players(page)).to_be_in_viewport(ratio=0.95)
        page.locator(".cs-answer a").first.click()  # [1]
        at(page, 581)
        moment(page, 3).click()
        at(page, 532)
        expect(players(page)).to_be_in_viewport(ratio=0.95)
        page.locator(".cs-bar.cs-level-4").first.click()
        until(lambda: {"seekTo", "playVideo"} <= set(state(page)["heard"]), True)
        assert len(embeds(page)) == 1


def test_another_lecture_plays_in_the_same_frame(page, app_url):
    speak(page)
    open_desk(page, f"{app_url}/?lang=en&q={quote('What is attention?')}")
    for link in (moment(page, 1), page.locator(".st-key-from-2 h3 a").first):
        before = state(page)["video"] if embeds(page) else ""
        video, second = aim_of(link)
        link.click()
        at(page, second)
        assert state(page)["video"] == video != before
        assert len(embeds(page)) == 1
        number = next(one.number for one in load_course().lectures if one.video_id == video)
        expect(page.locator(".cs-line")).to_contain_text(f"Lecture {number}")


def test_frame_that_never_answers_is_loaded_again_at_each_click(fresh_page, app_url):
    page = fresh_page
    open_desk(page, f"{app_url}/?lang=en&q={quote(FLOAT32['en'])}")
    page.clock.install()
    moment(page, 1).click()
    expect(players(page)).to_have_attribute("src", re.compile("start=581"))
    moment(page, 3).click()  # it may still answer, so nothing is loaded yet
    page.clock.run_for(7000)
    expect(players(page)).to_have_attribute("src", re.compile("start=532"))
    page.clock.run_for(7000)
    moment(page, 1).click()
    expect(players(page)).to_have_attribute("src", re.compile("start=581"))
    expect(players(page)).to_have_count(1)
    assert len(embeds(page)) == 3


def test_reruns_and_other_questions_leave_the_video_playing(page, app_url):
    speak(page)
    open_desk(page, f"{app_url}/?lang=en&q={quote(FLOAT32['en'])}")
    moment(page, 1).click()
    at(page, 581)
    page.get_by_text("日本語").click()
    expect(page.locator(".cs-map h2")).to_have_text(say("ja", "where"))
    page.get_by_role("button", name=say("ja", "more_moments")).click()
    page.locator(".st-key-moment-6").wait_for()
    settle(page)
    assert state(page)["playing"] and len(embeds(page)) == 1
    expect(page.locator(".cs-line")).to_contain_text("第5回")


def test_keys_count_from_where_the_player_was_sent(page, app_url):
    """A player reports the old time until a seek has taken place."""
    speak(page)
    open_desk(page, f"{app_url}/?lang=en&q={quote(FLOAT32['en'])}")
    moment(page, 1).click()
    at(page, 581)
    page.keyboard.press(" ")
    until(lambda: state(page)["playing"], False)
    page.wait_for_timeout(1100)  # after that, what is reported counts again
    frame(page).evaluate(
        "() => { commands.seekTo = (second) => setTimeout(() => { state.time = second }, 400) }"
    )
    before = state(page)["time"]
    page.keyboard.press("j")
    page.wait_for_timeout(150)  # the old time has been reported
    page.keyboard.press("j")
    at(page, before - 20)


def test_a_key_before_the_player_has_answered_pauses(page, app_url):
    speak(page)
    open_desk(page, f"{app_url}/?lang=en&q={quote(FLOAT32['en'])}")
    moment(page, 1).click()
    at(page, 581)  # where it was sent, before it says so
    page.keyboard.press(" ")
    until(lambda: state(page)["playing"], False)
    page.keyboard.press(" ")
    until(lambda: state(page)["playing"], True)


def test_messages_of_others_move_nothing(page, app_url):
    speak(page)
    open_desk(page, f"{app_url}/?lang=en&q={quote(FLOAT32['en'])}")
    moment(page, 1).click()
    at(page, 581)
    frame(page).evaluate("state.playing = false")
    page.evaluate(
        "postMessage(JSON.stringify({event: 'infoDelivery', info: {currentTime: 4000}}), '*')"
    )
    page.wait_for_timeout(300)
    expect(page.locator(".cs-line")).to_contain_text("9:4")


def test_click_with_a_key_opens_youtube_instead(page, app_url):
    open_desk(page, f"{app_url}/?lang=en&q={quote(FLOAT32['en'])}")
    for link, keys in (
        (moment(page, 1), ["Control"]),
        (page.locator(".st-key-moment-1").get_by_role("link", name="YouTube at 9:42"), []),
    ):
        expect(link).to_have_attribute("href", "https://youtu.be/U8J32Z3qV8s?t=582")
        with page.context.expect_page():
            link.click(modifiers=keys)
    expect(players(page)).to_have_count(0)


@LANGUAGES
def test_number_says_what_it_cites_at_the_focus(page, app_url, language):
    open_desk(page, f"{app_url}/?lang={language}&q={quote(FLOAT32[language])}")
    number = page.locator(".cs-answer a").first
    number.focus()
    tip = page.get_by_role("tooltip")
    expect(tip).to_contain_text("Exponentiation magnifies" if language == "en" else "丸め誤差")
    expect(number).to_have_attribute("aria-describedby", "cs-tip")
    page.locator("h1").hover()
    number.blur()
    expect(tip).to_have_count(0)


@EVERYWHERE
def test_tip_hides_nothing_after_a_click_or_escape(browser, app_url, device, language):
    with open_page(browser, **device) as page:
        speak(page)
        open_desk(page, f"{app_url}/?lang={language}&q={quote(FLOAT32[language])}")
        number, tip = page.locator(".cs-answer a").first, page.get_by_role("tooltip")
        number.focus()
        expect(tip).to_be_visible()
        page.keyboard.press("Escape")
        expect(tip).to_have_count(0)
        number.tap() if device else number.click()
        at(page, 581)
        expect(tip).to_have_count(0)


def test_tip_stays_beside_what_it_is_about(page, app_url):
    open_desk(page, f"{app_url}/?lang=en&q={quote(FLOAT32['en'])}")
    number, tip = page.locator(".cs-answer a").first, page.get_by_role("tooltip")
    number.focus()
    page.locator("[data-testid=stMain]").evaluate("main => { main.scrollTop = 60 }")
    until(lambda: abs(top(tip) - bottom(number)) < 10, True)


def top(element):
    return element.bounding_box()["y"]


def bottom(element):
    box = element.bounding_box()
    return box["y"] + box["height"]


@EVERYWHERE
def test_time_below_the_player_is_not_cut_off(browser, app_url, device, language):
    with open_page(browser, **device) as page:
        speak(page)
        open_desk(page, f"{app_url}/lecture?lecture=10&lang={language}")
        page.locator(".cs-first").wait_for(state="attached")
        page.locator(".cs-text h3 a").first.click()
        expect(page.locator(".cs-line")).to_have_text(re.compile(r"^0:0\d · "))


@EVERYWHERE
def test_moment_leads_to_its_place_in_the_lecture_where_it_plays(
    browser, app_url, device, language
):
    with open_page(browser, **device) as page:
        speak(page)
        open_desk(page, f"{app_url}/?lang={language}&q={quote(FLOAT32[language])}")
        card = page.locator(".st-key-moment-1")
        card.get_by_role("link", name=say(language, "in_lecture", time="9:42")).click()
        expect(page).to_have_url(re.compile(r"lecture=5.*t=582|t=582.*lecture=5"))
        here = page.locator(".cs-note[data-at='582']")
        expect(here).to_be_in_viewport()
        expect(here).to_contain_text(say(language, "moment_here"))
        settle(page)
        assert embeds(page) == []
        here.get_by_role("link").first.click()
        at(page, 581)
        expect(players(page)).to_be_in_viewport(ratio=0.95)
        expect(here).to_have_attribute("aria-current", "true")
        jump(page, 760)
        later = page.locator(".cs-note[aria-current]")
        expect(later).to_have_attribute("data-at", re.compile("^7[0-9][0-9]"))
        expect(later).to_be_in_viewport(ratio=0.9)
        assert len(embeds(page)) == 1


def test_scrolling_by_hand_stops_following_and_a_button_resumes(page, app_url):
    speak(page)
    open_desk(page, f"{app_url}/lecture?lang=en&lecture=5")
    page.locator(".cs-note[data-at='582'] a").click()
    at(page, 581)
    button = page.get_by_role("button", name=say("en", "desk_follow"))
    expect(button).to_be_hidden()
    page.locator(".cs-text").hover()
    page.mouse.wheel(0, -2000)
    expect(button).to_be_visible()
    jump(page, 2000)
    now = page.locator(".cs-note[aria-current]")
    expect(now).to_have_attribute("data-at", re.compile("^(19|20)"))
    expect(now).not_to_be_in_viewport()
    button.click()
    expect(now).to_be_in_viewport()
    expect(button).to_be_hidden()


def test_slide_of_the_current_note_is_marked(page, app_url):
    speak(page)
    open_desk(page, f"{app_url}/lecture?lang=en&lecture=5")
    note = page.locator(".cs-note[data-at='582']")
    note.get_by_role("link").first.click()
    slide = page.locator(f".cs-slides [data-of-slide='{note.get_attribute('data-slide')}']")
    expect(slide).to_have_attribute("aria-current", "true")
    expect(slide.locator("details")).to_have_attribute("open", "")


@pytest.mark.parametrize("view", ["notes", "languages"])
def test_keys_go_through_the_notes_of_a_lecture_each_once(page, app_url, view):
    speak(page)
    open_desk(page, f"{app_url}/lecture?lang=en&lecture=5&view={view}")
    for key, second in (("n", 4), ("n", 52), ("n", 100), ("p", 52)):
        page.keyboard.press(key)
        at(page, second)


@LANGUAGES
def test_keys_do_everything(page, app_url, language):
    speak(page)
    open_desk(page, f"{app_url}/?lang={language}")
    box = page.get_by_label(say(language, "question"), exact=True)
    expect(box).to_be_focused()  # no Tab is needed
    page.keyboard.type(FLOAT32[language])
    page.keyboard.press("Enter")
    page.locator(".st-key-moment-1").wait_for()
    settle(page)
    box.blur()
    page.keyboard.press("n")
    at(page, 581)
    expect(moment(page, 1)).to_be_focused()
    page.keyboard.press(" ")
    until(lambda: state(page)["playing"], False)
    before = state(page)["time"]
    page.keyboard.press("l")
    at(page, before + 10)
    page.keyboard.press("j")
    page.keyboard.press("j")
    at(page, before - 10)
    page.keyboard.press("n")
    second = state(page)["heard"].count("seekTo")
    page.keyboard.press("p")
    at(page, 581)
    until(lambda: state(page)["heard"].count("seekTo"), second + 1)
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name=say(language, "desk_keys"))
    expect(dialog).to_contain_text(say(language, "key_moment"))
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    page.keyboard.press("/")
    expect(box).to_be_focused()
    page.keyboard.type(" n?")  # in a field, they are letters
    expect(box).to_have_value(re.compile(r" n[?]$"))
    expect(dialog).to_have_count(0)
    assert len(embeds(page)) == 1
