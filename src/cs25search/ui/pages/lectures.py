"""The page of all lectures: the deck author's verdicts, and which to watch for a goal."""

from collections.abc import Sequence

import streamlit as st

from ...errors import Cs25SearchError
from ...formats import FIRST_LETTERS, verdict
from ...ranking.lectures import plain
from ...records import Chunk, Lecture, Pick, Slide, Video
from ...search import Index
from ...times import clock, watch_url
from ...wording import label
from ..context import PageContext
from ..live import live_index
from ..views.address import video_address
from ..views.html import escape_html
from ..views.markup import escape_markup, muted
from ..views.moment import title_or_words
from ..widgets import cards, desk
from ..widgets.problem import show_problem

DIFFICULTIES = {
    "easy": "difficulty_easy",
    "moderate": "difficulty_moderate",
    "hard": "difficulty_hard",
}


def show(context: PageContext) -> None:
    """Show the page."""
    deck = context.course.deck
    judged = all(lecture.in_a_word for lecture in context.course.lectures)
    if deck and deck.author and judged:
        st.markdown(context.say("lectures_about", author=escape_markup(deck.author)))
    goal = st.text_input(
        context.say("goal"),
        key="goal",
        bind="query-params",
        placeholder=context.say("goal_hint"),
        icon=":material/flag:",
    )
    videos: Sequence[Video] = ()
    slides: Sequence[Slide] = ()
    try:
        index = live_index(context)
        videos, slides = index.generation.videos, index.generation.slides
        if goal:
            main, side = st.columns([5, 3], gap="medium")
            with main, st.container(border=True, key="guide"):
                _show_guide(context, index, goal)
            with side, st.container(key="player"):
                desk.show_desk(context, videos, desk.Options(box=context.say("goal")))
    except Cs25SearchError as error:
        show_problem(error, context.language, context)
    others = [video for video in videos if video.lecture is None]
    for lecture in context.course.lectures:
        with st.container(border=True, key=f"lecture-{lecture.number}"):
            _show_lecture(context, lecture, slides)
    if others:
        st.header(context.say("other_videos"), anchor=False)
    for video in others:
        with st.container(border=True, key=f"video-{video.video_id}"):
            _show_lecture(context, plain(video), ())


def _show_guide(context: PageContext, index: Index, goal: str) -> None:
    """Show what to watch for a goal, with a verdict in words for each lecture."""
    guide = index.guide(goal)
    if not guide.picks:
        st.info(context.say("no_lecture", goal=escape_markup(goal)), icon=":material/search_off:")
        return
    if guide.fact:
        said = context.local(guide.fact.text, guide.fact.text_ja)
        st.markdown(f"{muted(label('deck', context.language))}  \n{escape_markup(said)}")
    elif all(pick.fit == "mention" for pick in guide.picks):
        text = context.say("guide_only_mentioned", goal=escape_markup(goal))
        st.info(text, icon=":material/search_off:")
    videos = {video.video_id: video for video in index.generation.videos}
    for pick in guide.picks:
        with st.container(key=f"pick-{pick.lecture.video_id}", gap="xsmall"):
            video = videos.get(pick.lecture.video_id) or pick.lecture.video()
            _show_pick(context, pick, video, guide.time)


def _show_pick(context: PageContext, pick: Pick, video: Video, time: float) -> None:
    lecture = pick.lecture
    st.markdown(f"**{escape_markup(context.title(lecture))}**  \n{muted(_facts(context, lecture))}")
    st.markdown(escape_markup(verdict(pick, time, context.language)))
    if before := context.local(lecture.before_watching, lecture.before_watching_ja):
        st.markdown(f"{muted(context.say('before'))} {escape_markup(before)}")
    if pick.moments:
        lines = "<br>".join(_moment(context, video, one) for one in pick.moments)
        st.html(f"<p>{lines}</p>")
    with st.container(horizontal=True, vertical_alignment="center"):
        if watch_url(video.video_id, 0) or video.media:
            text = f"▶ {context.say('desk_play_from', time=clock(pick.begin))}"
            play = context.links.play(video, pick.begin, text, attributes="class=cs-play")
            st.html(play, width="content")
        st.page_link(
            context.pages["lecture"],
            label=context.say("guide_read"),
            icon=":material/menu_book:",
            query_params=context.address | video_address(lecture, pick.begin),
        )


def _moment(context: PageContext, video: Video, chunk: Chunk) -> str:
    """Return time and title of a moment, of speech its first words, as HTML."""
    title = title_or_words(chunk, context.language, FIRST_LETTERS)
    link = context.links.play(video, chunk.start, clock(chunk.start), attributes="data-moment")
    return f"{link} · {escape_html(title)}"


def _facts(context: PageContext, lecture: Lecture) -> str:
    """Return star, difficulty, length and speakers of a lecture."""
    return " · ".join(
        filter(
            None,
            [
                f"★ {context.say('recommended')}" if lecture.recommended else "",
                context.say(DIFFICULTIES[lecture.difficulty]) if lecture.difficulty else "",
                clock(lecture.length) if lecture.length else "",
                escape_markup(", ".join(lecture.speakers)),
            ],
        )
    )


def _show_lecture(context: PageContext, lecture: Lecture, slides: Sequence[Slide]) -> None:
    st.subheader(escape_markup(context.title(lecture)), anchor=False)
    facts = [
        escape_markup(", ".join(lecture.speakers)),
        escape_markup(lecture.affiliation),
        clock(lecture.length) if lecture.length else "",
        context.say(DIFFICULTIES[lecture.difficulty]) if lecture.difficulty else "",
    ]
    st.markdown(muted(" · ".join(filter(None, facts))))
    if lecture.recommended:
        st.badge(context.say("recommended"), icon=":material/star:", color="yellow")
    if in_a_word := context.local(lecture.in_a_word, lecture.in_a_word_ja):
        st.markdown(escape_markup(in_a_word))
    with st.container(horizontal=True, vertical_alignment="center"):
        key = "open_lecture" if lecture.number else "open_video"
        st.page_link(
            context.pages["lecture"],
            label=context.say(key, number=lecture.number),
            icon=":material/menu_book:",
            query_params=context.address | video_address(lecture),
        )
        if link := watch_url(lecture.video_id, 0):
            st.link_button(context.say("watch_lecture"), link, icon=":material/open_in_new:")
    if lecture.before_watching or lecture.good_for:
        with st.expander(context.say("before")):
            st.markdown(
                escape_markup(context.local(lecture.before_watching, lecture.before_watching_ja))
            )
            st.markdown(muted(context.say("good_for")))
            st.markdown(escape_markup(context.local(lecture.good_for, lecture.good_for_ja)))
            st.markdown(muted(context.say("why_difficulty")))
            reason = context.local(lecture.difficulty_reason, lecture.difficulty_reason_ja)
            st.markdown(escape_markup(reason))
    own = [slide for slide in slides if slide.lecture == lecture.number]
    if own:
        with st.expander(context.say("slides", count=len(own))):
            for slide in own:
                cards.show_slide_widget(context, slide)
