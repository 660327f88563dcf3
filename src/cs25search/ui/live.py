"""The live generation of the index, opened once per process."""

from contextlib import suppress
from copy import copy

import streamlit as st

from ..errors import Cs25SearchError
from ..integrity import fingerprint
from ..place import Place
from ..records import Language, Video
from ..search import Index, live_name, open_place
from .context import PageContext
from .views.dates import local_time
from .views.markup import escape_markup
from .views.problem import explain
from .views.suggestions import NONE, Suggestions, suggestions


def live_index(context: PageContext) -> Index:
    """Return the live index; if it is damaged, show a warning and return the previous generation.

    Raises:
        IndexMissing: Nothing has been built yet.
        IndexDamaged: A file has changed since it was written, and no earlier generation is intact.
        EncoderError: The encoder is missing, altered or a different one.
        StoreError: Milvus does not respond.
    """
    with st.spinner(context.say("opening")):
        # A copy, because all sessions share the cached index.
        index = copy(_open(context.place, _state(context.place)))
    index.endpoint = context.endpoint
    if index.damage:
        built = local_time(index.generation.manifest.created, st.context.timezone)
        st.warning(
            context.say("older_served", when=escape_markup(built)), icon=":material/warning:"
        )
        _, cure = explain(index.damage)
        st.code(cure or "", language=None)
        st.text(str(index.damage))
    return index


def live_indexes(context: PageContext) -> dict[str, Index]:
    """Return the live index of every course; those that cannot be opened are left out."""
    indexes = {}
    with st.spinner(context.say("opening")):
        for name in context.titles:
            place = context.place.of_course(name)
            with suppress(Cs25SearchError):
                indexes[name] = _open(place, _state(place))
    return indexes


def other_videos(context: PageContext) -> list[Video]:
    """Return the videos of the live index that are not lectures; empty if it cannot be opened."""
    with suppress(Cs25SearchError):
        videos = _open(context.place, _state(context.place)).generation.videos
        return [video for video in videos if video.lecture is None]
    return []


def suggested(context: PageContext) -> Suggestions:
    """Return the questions that the live index answers; empty if it cannot be opened."""
    with suppress(Cs25SearchError):
        return _suggested(context.place, _state(context.place), context.language)
    return NONE


@st.cache_resource(max_entries=16, show_spinner=False)
def _suggested(place: Place, state: str, language: Language) -> Suggestions:
    notes = _open(place, state).searcher.source.with_notes()
    return suggestions(notes.chunks, language)


def live_state(place: Place) -> str:
    """Return the name of the live generation, or why there is none."""
    try:
        return live_name(place)
    except Cs25SearchError as error:
        return str(error)


def _state(place: Place) -> str:
    """Return a text that changes with every new generation and every change to its files."""
    if place.is_milvus:
        return live_name(place)
    live = live_state(place)
    return f"{live} {fingerprint(place.folder / live, place.folder / 'models')}"


# Exceptions are not cached, so a repaired index is opened at the next run. Several entries,
# because there may be several courses, and a session may still be reading a previous generation.
@st.cache_resource(max_entries=8, show_spinner=False)
def _open(place: Place, state: str) -> Index:
    """Open an index; `state` is only part of the cache key."""
    return open_place(place)
