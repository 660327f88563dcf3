"""The search page: ask, see the moments, play them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from ...answers.compare import compared
from ...answers.small_talk import examples
from ...errors import Cs25SearchError
from ...question.follow_up import understood_as
from ...question.read import Question
from ...question.small_talk import is_small_talk
from ...ranking.searcher import Found, Turn
from ...records import Video
from ...search import Index, search_all, turn_of
from ..context import PageContext
from ..live import live_index, live_indexes, other_videos, suggested
from ..views import asks, reply
from ..views.address import Chosen, chosen_filters, first_chosen
from ..views.map import course_map
from ..views.map_rows import MapRow, map_rows
from ..views.markup import escape_markup, muted
from ..widgets import answer_pane, cards, desk
from ..widgets.box import show_list
from ..widgets.problem import show_problem

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

HITS, MORE = 5, 5  # moments at first, and with each click on "more"
FIRST = 3  # of them below an answer that is whole without them
BOX_LETTERS = 60  # of a question; a phone or a narrow box cuts off the rest
TITLES = 5  # of chapters or lectures, where there are no questions to try
# Keys in the session state: the previous question, this one completed, one to search as typed.
CONTEXT, WHOLE, AS_TYPED = "context", "whole-question", "as-typed"
SUBJECT, LAST = "subject", "last-question"  # the last question asked whole; the one on the page
EVERYWHERE = "everywhere"  # the switch that searches all courses
SHOWN = "more-shown"  # how often more moments were asked for, by question


def show(context: PageContext) -> None:
    """Show the page: on a phone, the player is above the moments, the rest of its side below."""
    main, side = st.columns([5, 3], gap="medium")
    player, course = side.container(key="player"), side.container(key="map")
    with main, st.container(gap="xsmall"):
        box, filters = st.columns([3, 2], gap="small")
        with box, st.container(key="box", gap=None):
            question = _ask_for_question(context)
            show_list(context, question, understand(question))
        with filters:
            lectures = _choose_lectures(context)
        played = _show_results(context, question, lectures, course)
    with player:
        options = desk.Options(box=context.say("question"), focus=not question)
        desk.show_desk(context, played, options, _ask_whole)


def _show_results(
    context: PageContext, question: str, lectures: list[Chosen], course: "DeltaGenerator"
) -> list[Video]:
    """Show what was found; return the videos that the page can play.

    Args:
        course: Where the map of the course and further questions are shown.
    """
    if not question:
        about = context.local(context.course.about, context.course.about_ja)
        st.markdown(escape_markup(about) if about else context.say("about"))
    elif len(question) > BOX_LETTERS:
        st.markdown(muted(escape_markup(question)))
    context.name_tab(question)
    if context.titles and st.toggle(
        context.say("all_courses"), key=EVERYWHERE, bind="query-params"
    ):
        return _show_everywhere(context, question)
    whole = st.session_state[WHOLE]
    try:
        index = live_index(context)
        exact = st.session_state.get(AS_TYPED) == question
        whole = _complete(index, question, whole)
        k = HITS + MORE * st.session_state.get(SHOWN, {}).get(question, 0)
        found = (
            index.find(
                whole,
                k,
                chosen_filters(lectures, index.generation.videos),
                exact,
                _turn(question) if whole != question else None,
            )
            if question
            else None
        )
    except Cs25SearchError as error:
        show_problem(error, context.language, context)
        return []
    if found is None:
        _show_examples(context, _examples(context, index))
        return []
    if whole != question:
        said = context.say("understood", question=f"**{escape_markup(whole)}**")
        _show_understood(context, question, "understood", said)
    if corrected := found.question.corrected:
        said = context.say("corrected", question=f"**{escape_markup(corrected)}**")
        _show_understood(context, question, "corrected", said)
    _show_found(context, index, found, course)
    return list(index.generation.videos)


def _show_examples(context: PageContext, questions: Sequence[str]) -> None:
    """Show questions to try, and the way to the list of lectures."""
    if questions:
        st.pills(
            context.say("examples"), questions, key="example",
            on_change=_ask_again, args=("example",),
        )  # fmt: skip
    st.page_link(
        context.pages["lectures"],
        label=context.say("browse"),
        icon=":material/school:",
        query_params=context.address,
    )


def _show_everywhere(context: PageContext, question: str) -> list[Video]:
    """Show the best moments of all courses; there is no answer over several courses."""
    if not question:
        return []
    indexes = live_indexes(context)
    try:
        hits, fits = search_all(indexes, question, HITS)
    except Cs25SearchError as error:
        show_problem(error, context.language)
        return []
    if not hits:
        text = context.say("nothing", question=escape_markup(question))
        st.info(text, icon=":material/search_off:")
        return []
    key = "found_one" if len(hits) == 1 else "found"
    st.markdown(muted(context.say(key, count=len(hits)) if fits else context.say("nearest")))
    cards.Moments(context, indexes, hits, question).show()
    return [hit.video for hit in hits]


def _examples(context: PageContext, index: Index) -> Sequence[str]:
    """Return questions to try: those of the course, else some that its notes answer."""
    course = context.course
    own = course.examples_ja if context.language == "ja" else course.examples
    questions = own or examples(index.searcher.source, context.language)
    return questions or asks.parts_to_try(course, context.language)[:TITLES]


def understand(question: str) -> str:
    """Return a question completed from the previous one, unless it is to be searched as typed."""
    state = st.session_state
    earlier = "" if state.get(AS_TYPED) == question else state.get(CONTEXT, "")
    whole = understood_as(question, earlier, state.get(SUBJECT, ""))
    state[WHOLE] = whole
    return whole


def _complete(index: Index, question: str, whole: str) -> str:
    """Return a question as the conversation completes it, unless it is to be searched as typed."""
    state = st.session_state
    if question and state.get(AS_TYPED) != question:
        whole = index.understood(question, state.get(CONTEXT, ""), state.get(SUBJECT, ""))
    state[WHOLE], state[LAST] = whole, question
    return whole


def _turn(question: str) -> Turn:
    """Return a question with the questions of the conversation before it."""
    state = st.session_state
    return turn_of(question, state.get(CONTEXT, ""), state.get(SUBJECT, ""))


def _show_understood(context: PageContext, question: str, key: str, said: str) -> None:
    """Show what was searched for instead of a question, and how to search for it as typed."""
    with st.container(key=key, horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(said, width="content")
        st.button(
            context.say("as_typed"),
            key=f"{key}-as-typed",
            icon=":material/undo:",
            on_click=st.session_state.__setitem__,
            args=(AS_TYPED, question),
        )


def _on_question(context: PageContext) -> None:
    """Keep the last question for one that needs it; it lasts as long as the session."""
    is_whole = st.session_state["q"] in suggested(context).questions
    state = st.session_state
    before = "" if is_whole else state.get(WHOLE, "")
    if is_small_talk(before):
        return  # the conversation goes on where it was
    kept = state.get(SUBJECT, "") if before != state.get(LAST, "") else ""
    state[CONTEXT], state[SUBJECT] = before, kept if before and kept else before


def _ask_for_question(context: PageContext) -> str:
    # Streamlit forgets the box on another page; this restores the question.
    if "q" not in st.session_state and "q" not in st.query_params:
        st.session_state["q"] = st.session_state.get("question", "")
    question = st.text_input(
        context.say("question"),
        key="q",
        bind="query-params",
        placeholder=context.say("question_hint"),
        icon=":material/search:",
        label_visibility="collapsed",  # the page title says it
        on_change=_on_question,
        args=(context,),
    )
    st.session_state["question"] = question
    return question


def _choose_lectures(context: PageContext) -> list[Chosen]:
    """Return the chosen lectures by number and other videos by id, and keep them in the URL."""
    titles: dict[Chosen, str] = {one.number: context.title(one) for one in context.course.lectures}
    titles |= {video.video_id: context.title(video) for video in other_videos(context)}
    linked = {name: st.query_params.get_all(name) for name in ("lecture", "video")}
    # The browser keeps the chosen labels, so each language needs its own widget.
    key = f"lectures-{context.language}"
    st.session_state.setdefault(key, first_chosen(linked["lecture"] + linked["video"], titles))
    chosen: list[Chosen] = st.multiselect(
        context.say("lectures"),
        list(titles),
        format_func=titles.__getitem__,
        key=key,
        placeholder=context.say("lectures_hint"),
        label_visibility="collapsed",
        select_all=False,  # Streamlit has this text in English only
        wrap=True,
    )
    kept = {
        "lecture": [str(one) for one in sorted(one for one in chosen if isinstance(one, int))],
        "video": [one for one in chosen if isinstance(one, str)],
    }
    for name, values in kept.items():
        if linked[name] != values:
            st.query_params[name] = values
    return chosen


def _ask_again(key: str) -> None:
    if chosen := st.session_state[key]:
        _ask_whole(chosen)


def _ask_whole(question: str) -> None:
    st.session_state["q"] = question
    st.session_state[CONTEXT] = st.session_state[SUBJECT] = (
        ""  # an example or an earlier question is complete
    )


def _show_found(context: PageContext, index: Index, found: Found, course: "DeltaGenerator") -> None:
    question, hits = found.question.text, list(found.hits)
    if not hits and not is_small_talk(question):
        key = "nothing" if found.filters.is_empty else "nothing_filtered"
        st.info(context.say(key, question=escape_markup(question)), icon=":material/search_off:")
        _show_examples(context, _examples(context, index))
        return
    if is_small_talk(question):
        answer = answer_pane.show_answer(context, index, found)
        st.pills(
            context.say("examples"), answer.examples if answer else [], key="example",
            on_change=_ask_again, args=("example",),
        )  # fmt: skip
        return
    # The moments do not wait for the answer above them, which is written meanwhile.
    answer_pane.start_answer(index, found)
    above = st.container()
    heading = st.empty()
    # The sides of a comparison need room.
    is_comparison = compared(question) is not None
    moments = cards.Moments(context, {"": index}, hits, question, folds_slides=is_comparison)
    moments.show(FIRST)
    asked = st.session_state["question"]
    clicks = st.session_state.get(SHOWN, {}).get(asked, 0)
    if len(hits) >= HITS + MORE * clicks:
        st.button(
            context.say("more_moments"), icon=":material/expand_more:", on_click=_show_more,
            args=(asked,),
        )  # fmt: skip
    with above:
        answer = answer_pane.show_answer(context, index, found)
    count = len(hits)
    if answer and reply.is_whole(answer) and not clicks:
        count = min(count, FIRST)
    else:
        moments.show()
    # An answer that finds nothing announces the moments as the closest.
    if not (answer and answer.status == "not_in_lectures"):
        key = "found_one" if count == 1 else "found"
        heading.markdown(muted(context.say(key, count=count)))
    if shown := course_map(_chosen_rows(index, found), context.links):
        course.html(shown)
    if others := asks.also_answered(hits, question, context.language):
        course.html(asks.show_asks(context.say("also_answered"), others))


def _show_more(question: str) -> None:
    """Show more moments for this question; another one begins with the best again."""
    clicks = st.session_state.get(SHOWN, {}).get(question, 0)
    st.session_state[SHOWN] = {question: clicks + 1}


def _chosen_rows(index: Index, found: Found) -> list[MapRow]:
    """Return the map of the chosen lectures, all when none is chosen."""
    lectures, videos = found.filters.lectures, found.filters.videos
    rows = _map_rows(index, found, index.name, found.question)
    return [
        row
        for row in rows
        if (not lectures or row.video.lecture in lectures)
        and (not videos or row.video.video_id in videos)
    ]


@st.cache_resource(max_entries=64, show_spinner=False)
def _map_rows(_index: Index, _found: Found, generation: str, question: Question) -> list[MapRow]:
    """Return the rows; `generation` and `question` are here only to be part of the key."""
    return map_rows(_index, _found)
