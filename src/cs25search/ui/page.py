"""The frame of all pages: header with language switch, navigation, footer."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from ..errors import Cs25SearchError
from ..language_model import Endpoint
from ..place import ALL, Place, index_names
from ..records import LANGUAGES, Language, in_language
from ..search import read_course
from ..text.clean import clean
from .access import Access
from .context import PageContext
from .pages import (
    kept as kept_page,
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
from .pages import (
    sources as sources_page,
)
from .views.address import first_language
from .views.markup import escape_markup
from .views.texts import say
from .widgets import desk, kept_list
from .widgets.language import show_language
from .widgets.problem import show_problem

if TYPE_CHECKING:
    from streamlit.navigation.page import StreamlitPage

# A local file, because Streamlit's own icons would be fetched from a Google server.
ICON = Path(__file__).with_name("icon.png")
# Pixels; longer lines are hard to read. A lecture has two texts side by side.
WIDTH, WIDTH_LECTURE = 1180, 1400
NAMES: dict[Language, str] = {"en": "English", "ja": "日本語"}


def show(place: Place, endpoint: Endpoint | None, access: Access) -> None:
    """Show the page that the URL names.

    Args:
        place: Of the course to show unless the URL names another one in the same folder.
    """
    st.set_page_config(page_title="cs25search", page_icon=ICON, layout="wide")
    desk.show_style()
    kept_list.receive()
    linked = st.query_params.get("lang")
    language: Language = st.session_state.setdefault(
        "language", first_language(linked, st.context.locale)
    )
    try:
        place, titles = _choose_course(place, language)
        course = read_course(place)
    except Cs25SearchError as error:
        show_problem(error, language)
        show_language(language)
        return
    context = PageContext(language, course, place, {}, endpoint, access, titles)
    pages: dict[str, StreamlitPage] = {
        "search": _page(search_page.show, context, "page_search", "", ":material/search:"),
        "lectures": _page(
            lectures_page.show, context, "page_lectures", "lectures", ":material/school:"
        ),
        "lecture": _page(
            lecture_page.show, context, "page_lecture", "lecture", ":material/menu_book:"
        ),
        "kept": _page(kept_page.show, context, "page_kept", "moments", ":material/star:"),
        "sources": _page(
            sources_page.show, context, "page_sources", "index", ":material/database:"
        ),
    }
    context.pages.update(pages)
    # Its name as an address: links so far say "index".
    named = st.Page(
        partial(sources_page.show, context),
        title=context.say("page_sources"),
        url_path="sources",
        visibility="hidden",
    )
    page = st.navigation([*pages.values(), named], position="top")
    title = page.title if page.url_path else context.say("title", course=context.course_title)
    context.name_tab(title)
    # Another page starts without parameters; links to it must keep the language.
    if st.query_params.get("lang") != language:
        st.query_params["lang"] = language
    width = WIDTH_LECTURE if page.url_path == "lecture" else WIDTH
    with st.container(horizontal_alignment="center"), st.container(width=width):
        _show_top(context, title)
        try:
            page.run()
        except Cs25SearchError as error:
            show_problem(error, language, context)
        _show_foot(context)
        kept_list.send()
        show_language(language)


def _page(
    shown: Callable[[PageContext], None], context: PageContext, key: str, path: str, icon: str
) -> "StreamlitPage":
    return st.Page(
        partial(shown, context),
        title=context.say(key),
        icon=icon,
        url_path=path or None,
        default=not path,
    )


def _choose_course(place: Place, language: Language) -> tuple[Place, dict[str, str]]:
    """Return the place of the course that the visitor chose, and the titles of all courses."""
    names = [] if place.is_milvus or place.folder == place.root else index_names(place.root)
    if len(names) < 2:
        return place, {}
    if place.course not in names:
        names.insert(0, place.course)
    linked = st.query_params.get("course", place.course)
    if linked == ALL:  # of which the search page has a switch
        linked = st.session_state.get("course", place.course)
        st.query_params["course"] = linked
        st.session_state[search_page.EVERYWHERE] = True
        st.query_params[search_page.EVERYWHERE] = "true"
    if linked not in names:
        st.warning(say(language, "no_course", name=escape_markup(linked)))
    if linked in names and st.session_state.get("course-asked") != linked:
        st.session_state["course"] = linked  # a link to another course was followed
    name: str = st.session_state.setdefault("course", place.course)
    st.session_state["course-asked"] = name
    if st.query_params.get("course", place.course) != name:
        st.query_params["course"] = name
    places = {one: place.of_course(one) for one in names}
    titles = {}
    for one, where in places.items():
        about = read_course(where)
        titles[one] = in_language(about.title, about.title_ja, language)
    return places[name], titles


def _show_top(context: PageContext, title: str) -> None:
    with st.container(horizontal=True, horizontal_alignment="distribute", gap="small"):
        st.title(escape_markup(title), anchor=False, width="content")
        st.radio(
            context.say("language"),
            LANGUAGES,
            format_func=NAMES.__getitem__,
            key="language",
            horizontal=True,
            label_visibility="collapsed",
        )
    if context.titles:
        st.selectbox(
            context.say("course"),
            list(context.titles),
            format_func=lambda name: clean(context.titles[name]),
            key="course",
            on_change=_change_course,
        )


def _change_course() -> None:
    """Clear the state of the previous course: the chosen lectures."""
    st.query_params["course"] = st.session_state["course"]
    for name in ("lecture", "video"):
        st.query_params.pop(name, None)
    for key in list(st.session_state):
        if str(key).startswith(("lectures-", "watched")):
            del st.session_state[key]


def _show_foot(context: PageContext) -> None:
    course, deck = context.course, context.course.deck
    rights = context.local(course.rights, course.rights_ja)
    parts = [escape_markup(rights) if rights else context.say("rights")]
    if course.url:
        parts.append(context.say("course_page", url=course.url))
    if deck and (deck.author or deck.url):
        author = escape_markup(deck.author or deck.title)
        parts.append(
            context.say("rights_deck", author=f"[{author}]({deck.url})" if deck.url else author)
        )
    what = context.say("what")
    st.divider()
    with st.container(key="foot"):
        st.markdown(f":small[{' '.join(parts)}]\n\n:small[{what}]")
