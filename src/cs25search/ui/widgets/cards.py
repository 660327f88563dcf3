"""Widgets for moments, slides and recordings."""

from collections.abc import Mapping, Sequence

import streamlit as st

from ...records import Hit, Slide, Video, in_language
from ...search import Index
from ...times import clock
from ..context import PageContext
from ..views import card, moment
from ..views.address import video_address
from ..views.markup import escape_markup, muted
from . import kept_list


def show_moments(
    context: PageContext, indexes: Mapping[str, Index], hits: Sequence[Hit], question: str
) -> None:
    """Show hits grouped by lecture, the lecture of the best hit first.

    Args:
        indexes: By the course of a hit; by "" if one course was searched.
    """
    videos = dict.fromkeys(hit.video for hit in hits)
    for number, video in enumerate(videos, start=1):
        with st.container(key=f"from-{number}", gap="xsmall"):
            own = [hit for hit in hits if hit.video == video]
            line = moment.video_line(video, context.language)
            course = own[0].course
            st.markdown(f"{escape_markup(context.titles[course])} · {line}" if course else line)
            for hit in own:
                _show_card(context, indexes[course], hit, question)


def _show_card(context: PageContext, index: Index, hit: Hit, question: str) -> None:
    with st.container(border=True, key=f"moment-{hit.rank}", gap="xxsmall"):
        st.html(card.card(hit, index, question, context.links))
        with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
            place = video_address(hit.video, hit.start)
            course = {"course": hit.course} if hit.course else {}
            st.page_link(
                context.pages["lecture"],
                label=context.say("in_lecture", time=clock(hit.start)),
                icon=":material/menu_book:",
                query_params=context.address | course | place,
                width="content",
            )
            number = hit.slide.number if hit.slide else 0
            kept_list.show_keep_button(context, hit.video.video_id, hit.start, hit.end, number)
            is_best, slide = hit.rank == 1, ""
            if hit.slide:
                deck = index.generation.about.deck
                slide = card.slide_html(hit.slide, deck, context.language, is_best)
            folded = "" if is_best else slide
            st.html(card.actions(hit, context.language, folded), width="content")
        if is_best and slide:
            st.html(slide)


def show_slide_widget(context: PageContext, slide: Slide) -> None:
    """Show a slide of the deck: number, title, summary, link."""
    language = context.language
    number = card.slide_number(slide, context.course.deck, language, escape_markup)
    title = escape_markup(in_language(slide.title, slide.title_ja, language))
    st.markdown(muted(number))
    st.markdown(f"**{title}**")
    st.markdown(escape_markup(in_language(slide.summary, slide.summary_ja, language)))
    if slide.url:  # the deck of another course may have no URL
        st.link_button(
            context.say("open_slide", number=slide.number),
            slide.url,
            icon=":material/open_in_new:",
        )


def show_video(context: PageContext, video: Video, facts: str) -> None:
    """Show a line about a recording, and the link to its page.

    Args:
        facts: Markdown.
    """
    with st.container(gap="xsmall"):
        # Not in the link's label: labels do not wrap, so a phone would cut it off.
        st.markdown(f"**{escape_markup(context.title(video))}**  \n{muted(facts)}")
        st.page_link(
            context.pages["lecture"],
            label=context.say("open_lecture", number=video.lecture)
            if video.lecture
            else context.say("open_video"),
            icon=":material/menu_book:",
            query_params=context.address | video_address(video),
        )
