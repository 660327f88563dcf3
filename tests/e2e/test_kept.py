"""Keep moments, come back to them, take them elsewhere: in a real browser."""

import re
from urllib.parse import quote

from playwright.sync_api import expect

from cs25search.ui.views.texts import TEXTS

from .conftest import EVERYWHERE, open_at, open_page, settle, until
from .youtube import frame, jump, speak

SEARCH = f"/?lang={{}}&q={quote('Why does the router need float32?')}"
DESKTOP = {"viewport": {"width": 1280, "height": 800}}
KEPT = ".st-key-kept-U8J32Z3qV8s-582"  # Streamlit writes the dot of the key as a dash


def word(key, language, **values):
    return TEXTS[key][language == "ja"].format(**values)


def press(page, key, language, inside="body", **values):
    name = word(key, language, **values)
    page.locator(inside).get_by_role("button", name=name, exact=True).click()
    settle(page)


def keep_two(page, url, language):
    """Search and keep the first two moments."""
    open_at(page, url + SEARCH.format(language))
    for rank in (1, 2):
        card = f".st-key-moment-{rank}"
        press(page, "keep", language, card)
        kept = word("kept", language)
        expect(page.locator(card).get_by_role("button", name=kept, exact=True)).to_be_visible()


def stored(page):
    found = page.evaluate("JSON.parse(localStorage.getItem('cs25search.moments') ?? '[]')")
    return sorted(one["start"] for one in found if not one["gone"])


def fits(page):
    """Whether nothing has to be scrolled sideways."""
    return page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def saved(page, label):
    with page.expect_download() as download:
        page.get_by_role("button", name=label, exact=True).click()
    return download.value.path().read_text("utf-8")


@EVERYWHERE
def test_keep_note_export_and_restore_from_the_link(browser, app_url, language, device):
    with open_page(browser, **device) as page:
        keep_two(page, app_url, language)
        until(lambda: stored(page), [582, 683])
        open_at(page, f"{app_url}/moments?lang={language}")  # a new session
        note = page.locator(KEPT).get_by_label(word("kept_own", language))
        note.fill("=for my talk")
        note.blur()
        settle(page)
        press(page, "kept_down", language, KEPT)
        assert fits(page)
        page.get_by_role("button", name=word("kept_export", language)).click()
        text = saved(page, word("kept_markdown", language))
        assert text.index("t=683") < text.index("t=582") and "for my talk" in text
        assert ",'=for my talk," in saved(page, word("kept_csv", language))
        cards = saved(page, word("kept_anki", language)).splitlines()
        assert cards[0] == "#separator:tab" and len(cards) == 5
        page.keyboard.press("Escape")
        page.get_by_role("button", name=word("kept_share", language)).click()
        link = page.get_by_test_id("stCode").inner_text().strip()
        with open_page(browser, **device) as other:
            open_at(other, link)
            press(other, "shared_add", language, count=2)
            expect(other.locator(KEPT)).to_be_visible()
            until(lambda: stored(other), [582, 683])
            assert fits(other)
            expect(other).not_to_have_url(re.compile("moments="))
            expect(other.get_by_label(word("kept_own", language)).first).to_have_value("")


@EVERYWHERE
def test_play_all_goes_from_moment_to_moment_until_a_click(browser, app_url, language, device):
    link = "U8J32Z3qV8s.582.42~U8J32Z3qV8s.100.30~BP5CM0YxbP8.30.40"
    with open_page(browser, **device) as page:
        speak(page)
        open_at(page, f"{app_url}/moments?lang={language}&moments={link}")
        press(page, "shared_add", language, count=3)
        page.locator(KEPT).wait_for()  # or the run that adds them is still to come
        settle(page)
        play = page.get_by_role("button", name=word("kept_play", language))
        line = page.locator(".cs-line")
        play.click()
        expect(line).to_contain_text("1/3")
        expect(line).to_contain_text("9:4")
        jump(page, 624)
        expect(line).to_contain_text("2/3")  # earlier in the same video
        expect(line).to_contain_text("1:4")
        jump(page, 130)
        expect(line).to_contain_text("3/3")
        frame(page).wait_for_function("window.state.video === 'BP5CM0YxbP8'")
        expect(line).to_contain_text("0:3")
        jump(page, 70)
        expect(line).not_to_contain_text("3/3")
        frame(page).wait_for_function("!window.state.playing")
        play.click()
        expect(line).to_contain_text("1/3")
        page.locator(f"{KEPT} h3 a").click()  # a click on a time ends the reel
        expect(line).not_to_contain_text("/3")
        assert len([url for url in page.asked if "/embed/" in url]) == 1


def test_two_tabs_share_one_list(page, app_url):
    open_at(page, app_url + SEARCH.format("en"))
    other = page.context.new_page()
    open_at(other, app_url + SEARCH.format("en"))
    press(page, "keep", "en", ".st-key-moment-1")
    expect(other.locator(".st-key-moment-1").get_by_text("Kept", exact=True)).to_be_visible()
    press(other, "keep", "en", ".st-key-moment-2")
    press(other, "keep", "en", ".st-key-moment-3")
    expect(page.locator(".st-key-moment-3").get_by_text("Kept", exact=True)).to_be_visible()
    press(page, "kept", "en", ".st-key-moment-1")
    expect(other.locator(".st-key-moment-1").get_by_text("Keep", exact=True)).to_be_visible()
    until(lambda: len(stored(page)), 2)
    until(lambda: stored(other), stored(page))


def test_removed_moment_comes_back_with_undo(page, app_url):
    keep_two(page, app_url, "en")
    page.get_by_role("link", name="My moments").click()
    press(page, "kept_remove", "en", KEPT)
    expect(page.locator(KEPT)).to_have_count(0)
    until(lambda: stored(page), [683])
    press(page, "undo", "en")
    expect(page.locator(KEPT)).to_be_visible()
    until(lambda: stored(page), [582, 683])


def test_a_browser_full_of_nonsense_is_no_obstacle(page, app_url):
    open_at(page, app_url)
    for nonsense in ("{", "null", '[1, {"video_id": "<b>", "start": "x"}, {"changed": 1e300}]'):
        page.evaluate("text => localStorage.setItem('cs25search.moments', text)", nonsense)
        open_at(page, f"{app_url}/moments?lang=en")
        expect(page.get_by_text("Nothing kept yet")).to_be_visible()
    keep_two(page, app_url, "en")
    open_at(page, f"{app_url}/moments?lang=en")
    expect(page.locator(KEPT)).to_be_visible()


def test_a_browser_that_stores_nothing_is_told(browser, app_url):
    with open_page(browser, fresh=True) as page:
        page.add_init_script(
            "Storage.prototype.setItem = () => { throw new DOMException('', 'QuotaExceededError') }"
        )
        keep_two(page, app_url, "en")
        page.get_by_role("link", name="My moments").click()
        expect(page.get_by_text(re.compile("does not store the list"))).to_be_visible()
        expect(page.locator(KEPT)).to_be_visible()
