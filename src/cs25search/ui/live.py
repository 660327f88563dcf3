"""The live generation of the index, opened once per process."""

from pathlib import Path

import streamlit as st

from ..search import Index, default_index_dir, live_name, open_index


def live_index(waiting: str) -> Index:
    """Return the live index; `waiting` is shown while it is opened.

    Its name is read each time, so that a new generation is served without a restart.

    Raises:
        IndexMissing: Nothing has been built yet.
        IndexDamaged: A file is not the one that was written.
        ModelError: The encoder is missing, altered or another one.
        StoreError: Milvus does not answer.
    """
    folder = default_index_dir()
    generation = live_name(folder)
    with st.spinner(waiting):
        return _open(folder, generation)


# An exception is not cached, so a repaired index is opened at the next run. Two entries: a
# session may still be reading the generation before.
@st.cache_resource(max_entries=2, show_spinner=False)
def _open(folder: Path, generation: str) -> Index:
    """Open an index; `generation` is here only to be part of the key."""
    return open_index(folder)
