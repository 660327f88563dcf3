"""The frame of all pages: header with language switch, navigation, footer."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from ..course.read import Course, load_course
from ..errors import Cs25SearchError
from ..language_model import Endpoint
from ..place import Place
from ..records import Language
from .doors import Access
from .here import Here, show_problem
from .pages import (
    index as index_page,
)
from .pages import (
    lecture as lecture_page,
)
from .pages import (
    lectures as lectures_page,
)
from .pages import (
    search as search_page,
)
from .views.address import LANGUAGES, first_language
from .views.markup import escape
from .views.texts import say
from .widgets import player

if TYPE_CHECKING:
    from streamlit.navigation.page import StreamlitPage

# A local file, because Streamlit's own icons would be fetched from a Google server.
ICON = Path(__file__).with_name("icon.png")
WIDTH = 1120  # pixels; longer lines are hard to read
NAMES: dict[Language, str] = {"en": "English", "ja": "日本語"}


def show(place: Place, endpoint: Endpoint | None, access: Access) -> None:
    """Show the page that the URL names."""
    st.set_page_config(page_title="cs25search", page_icon=ICON, layout="wide")
    player.stopped()  # this run redraws all parts of the page
    asked = st.query_params.get("lang")
    language: Language = st.session_state.setdefault(
        "language", first_language(asked, st.context.locale)
    )
    try:
        course = load_course()
    except Cs25SearchError as error:
        show_problem(error, language)
        return
    here = Here(language, course, place, {}, endpoint, access)
    pages: dict[str, StreamlitPage] = {
        "search": _page(search_page.show, here, "page_search", "", ":material/search:"),
        "lectures": _page(
            lectures_page.show, here, "page_lectures", "lectures", ":material/school:"
        ),
        "lecture": _page(
            lecture_page.show, here, "page_lecture", "lecture", ":material/menu_book:"
        ),
        "index": _page(index_page.show, here, "page_index", "index", ":material/database:"),
    }
    here.pages.update(pages)
    page = st.navigation(list(pages.values()), position="top")
    here.name_tab(page.title if page.url_path else say(language, "title"))
    # Another page starts without parameters; links to it must keep the language.
    if st.query_params.get("lang") != language:
        st.query_params["lang"] = language
    with st.container(horizontal_alignment="center"), st.container(width=WIDTH):
        _show_top(language, page.title if page.url_path else say(language, "title"))
        try:
            page.run()
        except Cs25SearchError as error:
            show_problem(error, language)
        _show_foot(course, language)


def _page(
    shown: Callable[[Here], None], here: Here, key: str, path: str, icon: str
) -> "StreamlitPage":
    return st.Page(
        partial(shown, here),
        title=here.say(key),
        icon=icon,
        url_path=path or None,
        default=not path,
    )


def _show_top(language: Language, title: str) -> None:
    with st.container(horizontal=True, horizontal_alignment="distribute", gap="small"):
        st.title(title, anchor=False, width="content")
        st.radio(
            say(language, "language"),
            LANGUAGES,
            format_func=NAMES.__getitem__,
            key="language",
            horizontal=True,
            label_visibility="collapsed",
        )


def _show_foot(course: Course, language: Language) -> None:
    deck = course.deck
    rights = say(language, "rights", course=course.url, author=escape(deck.author), deck=deck.url)
    what = say(language, "what")
    st.divider()
    st.markdown(f":small[{rights}]\n\n:small[{what}]")
