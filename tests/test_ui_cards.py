"""Slides as widgets: linked only if there is a URL."""

from streamlit.testing.v1 import AppTest


def slide_page(url: str) -> None:
    from cs25search.course.read import load_course
    from cs25search.place import read_place
    from cs25search.records import Slide
    from cs25search.ui.context import PageContext
    from cs25search.ui.widgets import cards

    slide = Slide(3, None, "A title", "A summary", url)
    cards.show_slide_widget(PageContext("en", load_course().about, read_place(), {}), slide)


def show(url: str) -> AppTest:
    app = AppTest.from_function(slide_page, args=(url,)).run(timeout=60)
    assert not app.exception
    return app


def test_slide_of_a_deck_without_addresses_has_no_link():
    assert not show("").get("link_button")
    assert show("https://deck.example?slide=3").get("link_button")
