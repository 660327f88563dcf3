"""Widgets for moments, slides and recordings, with a player on request."""

from collections.abc import Mapping, Sequence

import streamlit as st

from ...records import Hit, Slide, Video
from ...search import Index
from ...times import clock
from ..here import Here
from ..views import moment
from ..views.markup import escape, muted
from . import player, shelf

PLACE = "moments"


def show_moments(
    here: Here, indexes: Mapping[str, Index], hits: Sequence[Hit], question: str
) -> None:
    """Show hits grouped by lecture, the lecture of the best hit first.

    Args:
        indexes: By the course of a hit; by "" if one course was searched.
    """
    told: set[int] = set()  # slides whose summary is already shown
    videos = dict.fromkeys(hit.video for hit in hits)
    for number, video in enumerate(videos, start=1):
        with st.container(key=f"from-{number}"):
            own = [hit for hit in hits if hit.video == video]
            line = moment.video_line(video, here.language)
            course = own[0].course
            st.markdown(f"{escape(here.titles[course])} · {line}" if course else line)
            for hit in own:
                _show_card(here, indexes[course], hit, question, told)


def _show_card(here: Here, index: Index, hit: Hit, question: str, told: set[int]) -> None:
    with st.container(border=True, key=f"moment-{hit.rank}"):
        if not index.generation.slides:
            with st.container(gap="xsmall"):
                _show_said(here, index, hit, question)
            return
        said, beside = st.columns([3, 2], gap="medium")
        with said.container(gap="xsmall"):
            _show_said(here, index, hit, question)
        with beside.container(gap="xsmall"):
            _show_slide(here, hit, told)


def _show_said(here: Here, index: Index, hit: Hit, question: str) -> None:
    # The player is just above its button, so that it is visible even if the button is at the bottom
    # of a phone's screen.
    now = player.playing(PLACE)
    if now and (now.video_id, now.start) == (hit.video.video_id, hit.start):
        player.show_player(now, hit.video)
    st.header(moment.heading(hit, here.language), anchor=False)
    if moment.is_qa(hit):
        st.badge(here.say("qa"), icon=":material/forum:", color="gray")
    with st.container(horizontal=True):
        if player.can_play(hit.video):
            st.button(
                here.say("play"),
                key=f"play-{hit.video.video_id}-{hit.start:g}",
                icon=":material/play_arrow:",
                type="primary",
                on_click=player.play,
                args=(PLACE, hit.video.video_id, hit.start),
            )
        if link := moment.watch_link(hit):
            st.link_button(
                here.say("watch", time=clock(hit.start)), link, icon=":material/open_in_new:"
            )
        number = hit.slide.number if hit.slide else 0
        shelf.show_star(here, hit.video.video_id, hit.start, hit.end, number)
        _show_copy(here, hit)
    around = moment.context(hit, index)
    first, *others = moment.passages(hit, question, here.language, around)
    st.markdown(muted(first[0]))
    if said := moment.spoken_by(hit, here.language):
        st.markdown(muted(said))
    st.markdown(first[1])
    for label, text in others:
        with st.expander(label):
            st.markdown(text)


def _show_copy(here: Here, hit: Hit) -> None:
    with st.popover(here.say("copy"), icon=":material/content_copy:"):
        st.markdown(here.say("copy_link"))
        st.code(moment.watch_link(hit), language=None)
        st.markdown(here.say("copy_markdown"))
        st.code(moment.as_markdown(hit, here.language), language=None, wrap_lines=True)


def _show_slide(here: Here, hit: Hit, told: set[int]) -> None:
    if hit.slide is None:
        st.markdown(muted(here.say("no_slide")))
    else:
        show_slide(here, hit.slide, in_full=hit.slide.number not in told)
        told.add(hit.slide.number)


def show_slide(here: Here, slide: Slide, in_full: bool = True) -> None:
    """Show a slide of the deck: number, title, summary unless already shown, link."""
    deck = here.course.deck
    # A course may have slides of other decks, too.
    author = deck.author if deck and deck.url and slide.url.startswith(deck.url) else ""
    key = "slide_by" if author else "slide"
    st.markdown(muted(here.say(key, number=slide.number, author=escape(author))))
    st.markdown(f"**{moment.slide_title(slide, here.language)}**")
    if in_full:
        st.markdown(moment.slide_summary(slide, here.language))
    if slide.url:  # the deck of another course may have no URL
        st.link_button(
            here.say("open_slide", number=slide.number),
            slide.url,
            icon=":material/open_in_new:",
        )


def show_video(here: Here, video: Video, facts: str) -> None:
    """Show a line about a recording, and the link to its page.

    Args:
        facts: Markdown.
    """
    with st.container(gap="xsmall"):
        # Not in the link's label: labels do not wrap, so a phone would cut it off.
        st.markdown(f"**{escape(here.title(video))}**  \n{muted(facts)}")
        name = "lecture" if video.lecture else "video"
        st.page_link(
            here.pages["lecture"],
            label=here.say("open_lecture", number=video.lecture)
            if video.lecture
            else here.say("open_video"),
            icon=":material/menu_book:",
            query_params=here.address | {name: str(video.lecture or video.video_id)},
        )
