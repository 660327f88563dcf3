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


class Moments:
    """Hits grouped by lecture, the lecture of the best hit first; they can be shown in parts."""

    def __init__(
        self,
        context: PageContext,
        indexes: Mapping[str, Index],
        hits: Sequence[Hit],
        question: str,
        folds_slides: bool = False,
    ) -> None:
        """Take the place of all hits on the page.

        Args:
            indexes: By the course of a hit; by "" if one course was searched.
            hits: Best first.
            folds_slides: Whether the slide beside the best hit is folded too.
        """
        self._context, self._indexes, self._question = context, indexes, question
        self._hits = list(hits)
        self._opens_slide = not folds_slides
        videos = dict.fromkeys(hit.video for hit in hits)
        self._places = {
            video: st.container(key=f"from-{number}", gap="xsmall")
            for number, video in enumerate(videos, start=1)
        }
        self._named: set[Video] = set()

    def show(self, count: int | None = None) -> None:
        """Show the next hits: so many, or all that are left."""
        shown, self._hits = self._hits[:count], self._hits[len(self._hits[:count]) :]
        for hit in shown:
            with self._places[hit.video]:
                if hit.video not in self._named:
                    self._named.add(hit.video)
                    self._show_name(hit)
                opens = hit.rank == 1 and self._opens_slide
                _show_card(self._context, self._indexes[hit.course], hit, self._question, opens)

    def _show_name(self, hit: Hit) -> None:
        line = moment.video_line(hit.video, self._context.language)
        titles = self._context.titles
        st.markdown(f"{escape_markup(titles[hit.course])} · {line}" if hit.course else line)


def _show_card(
    context: PageContext, index: Index, hit: Hit, question: str, opens_slide: bool
) -> None:
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
            slide = ""
            if hit.slide:
                deck = index.generation.about.deck
                slide = card.slide_html(hit.slide, deck, context.language, opens_slide)
            folded = "" if opens_slide else slide
            st.html(card.actions(hit, context.language, folded), width="content")
        if opens_slide and slide:
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
