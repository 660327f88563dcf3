"""Comparisons, follow-ups and small talk in a real browser, on a desk and on a phone."""

from urllib.parse import quote

import pytest
from playwright.sync_api import expect

from cs25search.ui.views.texts import say
from cs25search.wording import reply_text

from .conftest import PHONE, ask, open_at, open_page

COMPARED = "What is the difference between BERT and GPT?"


@pytest.mark.parametrize("phone", [False, True])
def test_sides_of_a_comparison_are_beside_or_below_each_other(browser, app_url, phone):
    with open_page(browser, **(PHONE if phone else {})) as page:
        open_at(page, f"{app_url}/?lang=en&q={quote(COMPARED)}")
        answer = page.locator(".st-key-answer")
        names = [answer.get_by_role("heading", name=side, exact=True) for side in ("BERT", "GPT")]
        for name in names:
            expect(name).to_be_visible()
        expect(answer.get_by_role("link", name="[2]").first).to_be_visible()
        one, other = (name.bounding_box() for name in names)
        if phone:
            assert other["y"] > one["y"] + one["height"]
            wide = page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth")
            assert wide <= 390
        else:
            assert other["x"] > one["x"] + 200 and abs(other["y"] - one["y"]) < 5


@pytest.mark.parametrize("phone", [False, True])
def test_follow_up_says_how_it_was_understood_and_can_be_undone(browser, app_url, phone):
    with open_page(browser, **(PHONE if phone else {})) as page:
        open_at(page, app_url)
        ask(page, "Summarise lecture 6")
        expect(page.locator(".st-key-answer")).to_contain_text("Perceiver")
        ask(page, "How long is it?")
        understood = page.locator(".st-key-understood")
        expect(understood).to_contain_text("Understood as: How long is lecture 6?")
        expect(page.locator(".st-key-answer")).to_contain_text("58:59")
        understood.get_by_role("button", name=say("en", "as_typed")).click()
        expect(understood).to_have_count(0)
        expect(page.locator(".st-key-answer")).not_to_contain_text("58:59")


def test_a_follow_up_is_not_told_the_same_again(browser, app_url):
    with open_page(browser) as page:
        open_at(page, app_url)
        ask(page, "pass@k meaning")
        expect(page.locator(".st-key-answer")).to_contain_text("at least one of k samples")
        ask(page, "how do u calculate it")
        expect(page.locator(".st-key-understood")).to_contain_text("how do u calculate pass@k?")
        expect(page.locator(".st-key-answer")).to_contain_text("unbiased estimator")


@pytest.mark.parametrize(("language", "thanks"), [("en", "thanks!"), ("ja", "ありがとう")])
def test_thanks_get_three_questions_to_go_on_with(browser, app_url, language, thanks):
    with open_page(browser, **PHONE) as page:
        open_at(page, f"{app_url}/?lang={language}&q={quote(thanks)}")
        expect(page.locator(".st-key-answer")).to_contain_text(
            reply_text("small_talk", True, language)
        )
        group = page.get_by_role("radiogroup", name=say(language, "examples"))
        chips = group.get_by_role("radio")
        expect(chips).to_have_count(3)
        asked = chips.first.inner_text()
        chips.first.click()
        expect(page.get_by_role("combobox", name=say(language, "question"))).to_have_value(asked)
        expect(page.locator(".st-key-answer")).to_be_visible()
