"""The page: question box, moments, footer."""

import streamlit as st

from ..course import Course, load_course
from ..errors import Cs25SearchError
from ..records import Hit, Language
from . import cards
from .address import LANGUAGES, first_language, first_lectures
from .examples import example_questions
from .live import live_index
from .markup import escape, muted
from .moment import lecture_title
from .problem import explain
from .texts import say

HITS = 5
WIDTH = 1120  # pixels; longer lines are hard to read
NAMES: dict[Language, str] = {"en": "English", "ja": "日本語"}


def show() -> None:
    """Show the page."""
    st.set_page_config(page_title="cs25search", page_icon=":material/search:", layout="wide")
    with st.container(horizontal_alignment="center"), st.container(width=WIDTH):
        language = _show_top()
        try:
            course = load_course()
            _show_search(course, language)
            _show_foot(course, language)
        except Cs25SearchError as error:
            _show_problem(error, language)


def _show_top() -> Language:
    """Show title and language switch; return the language chosen."""
    asked = st.query_params.get("lang")
    language: Language = st.session_state.setdefault(
        "language", first_language(asked, st.context.locale)
    )
    if asked != language:
        st.query_params["lang"] = language
    with st.container(horizontal=True, horizontal_alignment="distribute", gap="small"):
        st.title(say(language, "title"), anchor=False, width="content")
        st.radio(
            say(language, "language"),
            LANGUAGES,
            format_func=NAMES.__getitem__,
            key="language",
            horizontal=True,
            label_visibility="collapsed",
        )
    st.markdown(say(language, "about"))
    return language


def _show_search(course: Course, language: Language) -> None:
    left, right = st.columns([5, 3])
    with left:
        question = st.text_input(
            say(language, "question"),
            key="q",
            bind="query-params",
            placeholder=say(language, "question_hint"),
            icon=":material/search:",
            on_change=cards.stop,
        )
    with right:
        lectures = _choose_lectures(course, language)
    try:
        index = live_index(say(language, "opening"))
        hits = index.search(question, HITS, lectures) if question else None
    except Cs25SearchError as error:
        _show_problem(error, language)
        return
    if hits is None:
        _show_examples(language)
    else:
        _show_hits(hits, question, lectures, language)


def _choose_lectures(course: Course, language: Language) -> list[int]:
    titles = {
        lecture.number: lecture_title(lecture.number, lecture.title, lecture.title_ja, language)
        for lecture in course.lectures
    }
    asked = st.query_params.get_all("lecture")
    # A browser keeps the labels it has chosen, so each language needs a widget of its own.
    key = f"lectures-{language}"
    st.session_state.setdefault(key, first_lectures(asked, titles))
    chosen: list[int] = st.multiselect(
        say(language, "lectures"),
        list(titles),
        format_func=titles.__getitem__,
        key=key,
        placeholder=say(language, "lectures_hint"),
        select_all=False,  # Streamlit would say it in English only
        wrap=True,
        on_change=cards.stop,
    )
    numbers = [str(number) for number in sorted(chosen)]
    if asked != numbers:
        st.query_params["lecture"] = numbers
    return chosen


def _show_examples(language: Language) -> None:
    st.pills(say(language, "examples"), example_questions(language), key="example", on_change=_ask)


def _ask() -> None:
    st.session_state["q"] = st.session_state["example"]


def _show_hits(hits: list[Hit], question: str, lectures: list[int], language: Language) -> None:
    if not hits:
        key = "nothing_filtered" if lectures else "nothing"
        st.info(say(language, key, question=escape(question)), icon=":material/search_off:")
        return
    key = "found_one" if len(hits) == 1 else "found"
    st.markdown(muted(say(language, key, count=len(hits))))
    for hit in hits:
        cards.show_card(hit, question, language)


def _show_problem(error: Cs25SearchError, language: Language) -> None:
    key, cure = explain(error)
    st.error(say(language, key), icon=":material/error:")
    if cure:
        st.code(cure, language=None)
    st.text(str(error))


def _show_foot(course: Course, language: Language) -> None:
    deck = course.deck
    rights = say(language, "rights", course=course.url, author=escape(deck.author), deck=deck.url)
    what = say(language, "what")
    st.divider()
    st.markdown(f":small[{rights}]\n\n:small[{what}]")
