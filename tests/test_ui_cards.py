"""Slides as widgets: shown once, linked only if there is a URL."""

from streamlit.testing.v1 import AppTest


def slide_page(url: str, in_full: bool) -> None:
    from cs25search.course.read import load_course
    from cs25search.place import read_place
    from cs25search.records import Slide
    from cs25search.ui.here import Here
    from cs25search.ui.widgets import cards

    slide = Slide(3, None, "A title", "A summary", url)
    cards.show_slide(Here("en", load_course().about, read_place(), {}), slide, in_full)


def show(url: str, in_full: bool = True) -> AppTest:
    app = AppTest.from_function(slide_page, args=(url, in_full)).run(timeout=60)
    assert not app.exception
    return app


def test_slide_of_a_deck_without_addresses_has_no_link():
    assert not show("").get("link_button")
    assert show("https://deck.example?slide=3").get("link_button")


def test_slide_told_before_keeps_title_and_link():
    told = show("https://deck.example?slide=3", in_full=False)
    shown = [element.value for element in told.markdown]
    assert "**A title**" in shown and "A summary" not in shown
    assert told.get("link_button")
