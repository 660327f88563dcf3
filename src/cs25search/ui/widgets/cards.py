"""Widgets for moments, slides and recordings."""

from collections.abc import Mapping, Sequence

import streamlit as st

from ...records import Hit, Slide, Video
from ...search import Index
from ...times import clock
from ..here import Here
from ..views import card, moment
from ..views.markup import escape, muted
from . import kept_list


def show_moments(
    here: Here, indexes: Mapping[str, Index], hits: Sequence[Hit], question: str
) -> None:
    """Show hits grouped by lecture, the lecture of the best hit first.

    Args:
        indexes: By the course of a hit; by "" if one course was searched.
    """
    videos = dict.fromkeys(hit.video for hit in hits)
    for number, video in enumerate(videos, start=1):
        with st.container(key=f"from-{number}", gap="xsmall"):
            own = [hit for hit in hits if hit.video == video]
            line = moment.video_line(video, here.language)
            course = own[0].course
            st.markdown(f"{escape(here.titles[course])} · {line}" if course else line)
            for hit in own:
                _show_card(here, indexes[course], hit, question)


def _show_card(here: Here, index: Index, hit: Hit, question: str) -> None:
    with st.container(border=True, key=f"moment-{hit.rank}", gap="xxsmall"):
        st.html(card.card(hit, index, question, here.links))
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            name = "lecture" if hit.video.lecture else "video"
            place = {name: str(hit.video.lecture or hit.video.video_id), "t": str(int(hit.start))}
            course = {"course": hit.course} if hit.course else {}
            st.page_link(
                here.pages["lecture"],
                label=here.say("in_lecture", time=clock(hit.start)),
                icon=":material/menu_book:",
                query_params=here.address | course | place,
                width="content",
            )
            number = hit.slide.number if hit.slide else 0
            kept_list.show_keep_button(here, hit.video.video_id, hit.start, hit.end, number)
            is_best, slide = hit.rank == 1, ""
            if hit.slide:
                deck = index.generation.about.deck
                slide = card.beside(hit.slide, deck, here.language, is_best)
            folded = "" if is_best else slide
            st.html(card.actions(hit, here.language, folded), width="content")
        if is_best and slide:
            st.html(slide)


def show_slide(here: Here, slide: Slide) -> None:
    """Show a slide of the deck: number, title, summary, link."""
    deck = here.course.deck
    # A course may have slides of other decks, too.
    author = deck.author if deck and deck.url and slide.url.startswith(deck.url) else ""
    key = "slide_by" if author else "slide"
    st.markdown(muted(here.say(key, number=slide.number, author=escape(author))))
    st.markdown(f"**{moment.slide_title(slide, here.language)}**")
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
