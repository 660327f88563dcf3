"""One moment as widgets: what was said, the matching slide, and the video on request."""

from dataclasses import dataclass

import streamlit as st

from ..records import Hit, Language
from ..times import clock
from . import moment
from .markup import muted
from .texts import say


@dataclass(frozen=True, slots=True)
class Playing:
    """The moment that plays on the page. `turn` counts the clicks on it."""

    moment_id: str
    turn: int


def show_card(hit: Hit, question: str, language: Language) -> None:
    """Show a hit."""
    with st.container(border=True, key=f"moment-{hit.rank}"):
        said, beside = st.columns([3, 2], gap="medium")
        with said.container(gap="xsmall"):
            _show_said(hit, question, language)
        with beside.container(gap="xsmall"):
            _show_slide(hit, language)


def stop() -> None:
    """Stop the player: a moment plays because it was clicked, not because it was found."""
    st.session_state.pop("playing", None)


def _show_said(hit: Hit, question: str, language: Language) -> None:
    st.markdown(moment.video_line(hit.video, language))
    # Just above the button that starts it: whoever sees the button sees the player, even
    # with the button at the foot of a phone's screen.
    _show_player(hit)
    st.header(moment.heading(hit, language), anchor=False)
    with st.container(horizontal=True):
        st.button(
            say(language, "play"),
            key=f"play-{_id(hit)}",
            icon=":material/play_arrow:",
            type="primary",
            on_click=_play,
            args=(_id(hit),),
        )
        st.link_button(
            say(language, "watch", time=clock(hit.start)),
            moment.watch_link(hit),
            icon=":material/open_in_new:",
        )
    first, *others = moment.passages(hit, question, language)
    st.markdown(muted(first[0]))
    st.markdown(first[1])
    for label, text in others:
        with st.expander(label):
            st.markdown(text)


def _id(hit: Hit) -> str:
    """Return what tells this moment from every other; two may quote the same chunk."""
    return f"{hit.video.video_id}-{hit.start:g}"


def _play(moment_id: str) -> None:
    now: Playing | None = st.session_state.get("playing")
    turn = now.turn + 1 if now and now.moment_id == moment_id else 1
    st.session_state["playing"] = Playing(moment_id, turn)


def _show_player(hit: Hit) -> None:
    now: Playing | None = st.session_state.get("playing")
    if now is None or now.moment_id != _id(hit):
        return
    # A YouTube frame cannot be told to jump. Its format means nothing, but a new one makes
    # a new frame, so a second click starts the moment again.
    st.video(
        moment.watch_link(hit),
        format=f"video/mp4; turn={now.turn}",
        start_time=int(hit.start),
        autoplay=True,
        alt=f"{hit.video.title}, {clock(hit.start)}",
    )


def _show_slide(hit: Hit, language: Language) -> None:
    slide = hit.slide
    if slide is None:
        st.markdown(muted(say(language, "no_slide")))
        return
    st.markdown(muted(say(language, "slide", number=slide.number)))
    st.markdown(f"**{moment.slide_title(slide, language)}**")
    st.markdown(moment.slide_summary(slide, language))
    st.link_button(
        say(language, "open_slide", number=slide.number),
        slide.url,
        icon=":material/open_in_new:",
    )
