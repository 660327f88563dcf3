"""The moments that a visitor keeps: listed in the session, stored in the browser (kept.js)."""

import time
from collections.abc import Iterable

import streamlit as st

from ..context import PageContext
from ..views import kept
from ..views.kept import KeptMoment, Key
from .scripts import component

# Keys in the session state: the list, what this session has changed in it, the component.
KEPT, CHANGES, STORE = "kept", "kept-changes", "kept-store"


def receive() -> None:
    """Add what the browser has stored to the list; call it before anything shows the list."""
    stored = st.session_state.get(STORE, {}).get("stored")
    st.session_state[KEPT] = kept.with_changes(kept_moments(), kept.read_stored(stored or []))


def send() -> None:
    """Let the browser store the changes; call it once in each run of a page."""
    component("kept")(
        key=STORE,
        data={
            "changes": kept.write_stored(st.session_state.get(CHANGES, {}).values()),
            "known": {one.name: one.changed for one in kept_moments().values()},
        },
        on_stored_change=_nothing,
        on_refused_change=_nothing,
    )


def is_refused() -> bool:
    """Return whether the browser does not store the list, for example in a private window."""
    return bool(st.session_state.get(STORE, {}).get("refused"))


def kept_moments() -> dict[Key, KeptMoment]:
    """Return the list of this visitor, with marks of removed moments."""
    found: dict[Key, KeptMoment] = st.session_state.get(KEPT, {})
    return found


def change(changes: Iterable[KeptMoment]) -> None:
    """Change the list."""
    changes = list(changes)
    st.session_state[KEPT] = kept.with_changes(kept_moments(), changes)
    st.session_state[CHANGES] = kept.with_changes(st.session_state.get(CHANGES, {}), changes)


def now() -> int:
    """Return milliseconds since 1970."""
    return int(1000 * time.time())


def show_keep_button(
    context: PageContext, video_id: str, start: float, end: float, slide: int = 0
) -> None:
    """Show the button that keeps a moment, or takes it off the list; not inside a fragment.

    Args:
        slide: The number of the slide that is shown with it; 0 without one.
    """
    first = int(start)
    moment = KeptMoment(video_id, first, max(first + 1, int(end)), slide)
    there = kept_moments().get(moment.key)
    is_kept = there is not None and not there.gone
    st.button(
        context.say("kept" if is_kept else "keep"),
        key=f"keep-{moment.name}",
        icon=":material/check:" if is_kept else ":material/star:",
        on_click=_toggle,
        args=(moment,),
        help=context.say("kept_full", count=kept.MOST) if _is_full() and not is_kept else None,
        disabled=_is_full() and not is_kept,
    )


def _toggle(moment: KeptMoment) -> None:
    there = kept_moments().get(moment.key)
    if there and not there.gone:
        change(kept.remove(kept_moments(), moment.key, now()))
    else:
        change(kept.add(kept_moments(), [moment], now()))


def _is_full() -> bool:
    return len(kept.listed(kept_moments())) >= kept.MOST


def _nothing() -> None:
    """Streamlit wants a callback for each value that a component sets."""
