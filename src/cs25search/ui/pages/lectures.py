"""The page of all lectures: the deck author's verdicts, and advice on which to watch."""

from collections.abc import Sequence

import streamlit as st

from ...errors import Cs25SearchError
from ...records import Lecture, Slide, Video
from ...search import Index
from ...times import clock, watch_url
from ..here import Here, show_problem
from ..live import live_index
from ..views import moment
from ..views.markup import escape, muted
from ..widgets import cards

ADVISED, LEAST = 3, 0.05  # lectures shown, and the least share of one
MOST = 0.8  # share of a lecture that has almost everything
DIFFICULTIES = {
    "easy": "difficulty_easy",
    "moderate": "difficulty_moderate",
    "hard": "difficulty_hard",
}


def show(here: Here) -> None:
    """Show the page."""
    deck = here.course.deck
    judged = any(lecture.in_a_word for lecture in here.course.lectures)
    if deck and deck.author and judged:
        st.markdown(here.say("lectures_about", author=escape(deck.author)))
    goal = st.text_input(
        here.say("goal"),
        key="goal",
        bind="query-params",
        placeholder=here.say("goal_hint"),
        icon=":material/flag:",
    )
    others: list[Video] = []
    slides: Sequence[Slide] = ()
    try:
        index = live_index(here)
        others = [video for video in index.generation.videos if video.lecture is None]
        slides = index.generation.slides
        if goal:
            with st.container(border=True, key="advice"):
                _show_advice(here, index, goal)
    except Cs25SearchError as error:
        show_problem(error, here.language)
    for lecture in here.course.lectures:
        with st.container(border=True, key=f"lecture-{lecture.number}"):
            _show_lecture(here, lecture, slides)
    if others:
        st.header(here.say("other_videos"), anchor=False)
        for video in others:
            cards.show_video(here, video, clock(video.duration))


def _show_advice(here: Here, index: Index, goal: str) -> None:
    advice = [one for one in index.advise(goal) if one.share >= LEAST][:ADVISED]
    if not advice:
        st.info(here.say("no_lecture", goal=escape(goal)), icon=":material/search_off:")
    for one in advice:
        best = one.hits[0]
        st.markdown(f"**{escape(here.title(one.lecture))}**")
        key = "share_most" if one.share >= MOST else "share"
        share = here.say(key, percent=round(100 * one.share), time=clock(one.seconds))
        st.markdown(muted(share))
        link = moment.watch_link(best)
        begin = here.say("begin_at", time=clock(best.start))
        title = moment.note_title(best, here.language)
        shown = f"[{begin}]({link})" if link else begin
        st.markdown(shown + (f" · {title}" if title else ""))


def _show_lecture(here: Here, lecture: Lecture, slides: Sequence[Slide]) -> None:
    st.subheader(escape(here.title(lecture)), anchor=False)
    speakers = escape(", ".join(lecture.speakers))
    facts = [speakers, escape(lecture.affiliation), clock(lecture.duration) if lecture.duration
             else "", here.say(DIFFICULTIES[lecture.difficulty]) if lecture.difficulty
             else ""]  # fmt: skip
    st.markdown(muted(" · ".join(filter(None, facts))))
    if lecture.recommended:
        st.badge(here.say("recommended"), icon=":material/star:", color="yellow")
    if in_a_word := here.local(lecture.in_a_word, lecture.in_a_word_ja):
        st.markdown(escape(in_a_word))
    with st.container(horizontal=True, vertical_alignment="center"):
        st.page_link(
            here.pages["lecture"],
            label=here.say("open_lecture", number=lecture.number),
            icon=":material/menu_book:",
            query_params=here.address | {"lecture": str(lecture.number)},
        )
        if link := watch_url(lecture.video_id, 0):
            st.link_button(here.say("watch_lecture"), link, icon=":material/open_in_new:")
    if lecture.before_watching or lecture.good_for:
        with st.expander(here.say("before")):
            st.markdown(escape(here.local(lecture.before_watching, lecture.before_watching_ja)))
            st.markdown(muted(here.say("good_for")))
            st.markdown(escape(here.local(lecture.good_for, lecture.good_for_ja)))
            st.markdown(muted(here.say("why_difficulty")))
            st.markdown(escape(here.local(lecture.difficulty_reason, lecture.difficulty_reason_ja)))
    own = [slide for slide in slides if slide.lecture == lecture.number]
    if own:
        with st.expander(here.say("slides", count=len(own))):
            for slide in own:
                cards.show_slide(here, slide)
