"""The guide on the page of lectures, in a real browser."""

import re
from urllib.parse import quote

import pytest
from playwright.sync_api import expect

from cs25search.formats import VERDICTS

from .conftest import EVERYWHERE, open_at, open_page, settle
from .test_kept import fits, word
from .youtube import frame, speak

VISION = {"en": "I do vision", "ja": "画像認識をやっている"}
NOTHING = {"en": "cooking", "ja": "料理"}


@EVERYWHERE
def test_goal_gives_a_verdict_and_leads_to_player_and_text(browser, app_url, language, device):
    with open_page(browser, **device) as page:
        open_at(page, f"{app_url}/lectures?lang={language}")
        box = page.get_by_label(word("goal", language))
        box.fill(VISION[language])
        box.press("Enter")
        first = page.locator(".st-key-pick-BP5CM0YxbP8")
        expect(first).to_contain_text(VERDICTS["named"][language == "ja"])
        play = first.get_by_role("link", name=word("desk_play_from", language, time="0:00"))
        expect(play).to_have_attribute("href", "https://youtu.be/BP5CM0YxbP8?t=0")
        settle(page)
        page.locator(".cs-desk").wait_for(state="attached")
        speak(page)
        play.click()
        frame(page).wait_for_function("window.state.video === 'BP5CM0YxbP8'")
        expect(page.locator("iframe[src*='youtube']")).to_be_in_viewport(ratio=0.9)
        assert fits(page)
        first.get_by_role("link", name=word("guide_read", language)).click()
        expect(page.locator("h1")).to_have_text(word("page_lecture", language))
        expect(page).to_have_url(re.compile("lecture=3.*t=0|t=0.*lecture=3"))


@pytest.mark.parametrize("language", ["en", "ja"])
def test_nothing_fits(page, app_url, language):
    goal = NOTHING[language]
    open_at(page, f"{app_url}/lectures?lang={language}&goal={quote(goal)}")
    expect(page.get_by_text(word("no_lecture", language, goal=goal))).to_be_visible()
