"""The video on the page. One plays at a time, wherever it was started."""

from dataclasses import dataclass

import streamlit as st

from ...times import clock, watch_url

WIDTH = 720  # pixels at most
LEAD = 1  # a moment begins with its first word: one second before it, two with a fraction


@dataclass(frozen=True, slots=True)
class Playing:
    """What plays. `place` is the part of the page that shows it; `turn` counts all clicks."""

    place: str
    video_id: str
    start: float
    turn: int


def playing(place: str) -> Playing | None:
    """Return what plays in a part of the page, if anything."""
    now: Playing | None = st.session_state.get("playing")
    return now if now and now.place == place else None


def play(place: str, video_id: str, start: float) -> None:
    """Play a moment; called again, it starts again."""
    before: Playing | None = st.session_state.get("playing")
    turn = before.turn + 1 if before else 1
    st.session_state["elsewhere"] = before is not None and before.place != place
    st.session_state["playing"] = Playing(place, video_id, start, turn)


def stop() -> None:
    """Stop the player: a moment plays because it was clicked, not because it was found."""
    st.session_state.pop("playing", None)


def stop_others() -> None:
    """Called in a fragment: run the whole page if what played before stands outside of it."""
    if stopped():
        st.rerun()


def stopped() -> bool:
    """Return, once, whether a click has moved the player to another part of the page."""
    return bool(st.session_state.pop("elsewhere", False))


def lead_in(start: float) -> int:
    """Return the second to start at, so that the first word is not cut off.

    >>> lead_in(582.0), lead_in(582.9), lead_in(0.5)
    (581, 581, 0)
    """
    return max(0, int(start - LEAD))


def show_player(now: Playing, title: str) -> None:
    """Show what plays; nothing for a recording that is not on YouTube."""
    if not watch_url(now.video_id, now.start):
        return
    # A YouTube frame cannot be told to jump. Its format means nothing, but a new one makes
    # a new frame, so a second click starts the moment again.
    with st.container(width=WIDTH):
        st.video(
            watch_url(now.video_id, now.start),
            format=f"video/mp4; turn={now.turn}",
            start_time=lead_in(now.start),
            autoplay=True,
            alt=f"{title}, {clock(now.start)}",
        )
