"""The video player. Only one video plays at a time on a page."""

import re
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from ...records import Video
from ...times import clock, watch_url

WIDTH = 720  # pixels at most
AUDIO = re.compile(r"\.(?:mp3|m4a|wav|ogg|opus|flac|aac)$", re.I)
LEAD = 1  # whole seconds to start before the first word


@dataclass(frozen=True, slots=True)
class Playing:
    """What is playing. `place` is the part of the page that shows it; `turn` counts all clicks."""

    place: str
    video_id: str
    start: float
    turn: int


def playing(place: str) -> Playing | None:
    """Return what is playing in a part of the page, if anything."""
    now: Playing | None = st.session_state.get("playing")
    return now if now and now.place == place else None


def play(place: str, video_id: str, start: float) -> None:
    """Play a moment; a second call restarts it."""
    before: Playing | None = st.session_state.get("playing")
    turn = before.turn + 1 if before else 1
    st.session_state["elsewhere"] = before is not None and before.place != place
    st.session_state["playing"] = Playing(place, video_id, start, turn)


def stop() -> None:
    """Stop the player, because moments play only after a click."""
    st.session_state.pop("playing", None)


def stop_others() -> None:
    """In a fragment, rerun the whole page if another part of it was playing."""
    if stopped():
        st.rerun()


def stopped() -> bool:
    """Return whether a click has moved the player to another part of the page, and reset this."""
    return bool(st.session_state.pop("elsewhere", False))


def lead_in(start: float) -> int:
    """Return the second to start at, so that the first word is not cut off.

    >>> lead_in(582.0), lead_in(582.9), lead_in(0.5)
    (581, 581, 0)
    """
    return max(0, int(start - LEAD))


def can_play(video: Video) -> bool:
    """Return whether a recording is on YouTube or its file is known."""
    return bool(watch_url(video.video_id, 0) or video.media)


def show_player(now: Playing, video: Video) -> None:
    """Show the player; nothing for a recording that cannot be played."""
    url = watch_url(now.video_id, now.start)
    if not url and video.media:
        _show_file(now, video)
    if not url:
        return
    # A YouTube frame cannot seek. The format has no effect, but a new value creates a new frame, so
    # a second click restarts the moment.
    with st.container(width=WIDTH):
        st.video(
            url,
            format=f"video/mp4; turn={now.turn}",
            start_time=lead_in(now.start),
            autoplay=True,
            alt=f"{video.title}, {clock(now.start)}",
        )


def _show_file(now: Playing, video: Video) -> None:
    """Show a player for a recording that is not on YouTube: a file, or a URL."""
    if "://" not in video.media and not Path(video.media).is_file():
        return
    show = st.audio if AUDIO.search(video.media) else st.video
    with st.container(width=WIDTH):
        show(video.media, start_time=lead_in(now.start), autoplay=True)
