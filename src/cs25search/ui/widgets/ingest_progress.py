"""How far an ingest is, whoever started it."""

from pathlib import Path

import streamlit as st

from ...progress import read_progress
from .. import ingesting
from ..context import PageContext
from ..views.markup import muted

# The steps of an ingest and the texts that name them.
STEPS = {
    "playlist": "step_playlist",
    "speech_model": "step_speech_model",
    "encoder": "step_encoder",
    "audio": "step_audio",
    "transcribe": "step_transcribe",
    "fetch": "step_fetch",
    "notes": "step_notes",
    "read": "step_read",
    "encode": "step_encode",
    "count": "step_count",
    "write": "step_write",
}


@st.fragment(run_every=1.0)
def show_progress(context: PageContext, folder: Path) -> None:
    """Show the progress of an ingest until it ends; then the whole page is drawn anew."""
    if not ingesting.is_running(folder):
        st.rerun()  # with the new generation
    st.markdown(context.say("ingest_running"))
    show_step(context, folder)
    show_remarks(context, folder)


def show_step(context: PageContext, folder: Path) -> None:
    """Show what an ingest does now, and how much of it is done."""
    step = read_progress(folder).step
    name = context.say(STEPS[step.step]) if step and step.step in STEPS else "…"
    if step and step.total:
        st.progress(min(step.done / step.total, 1.0), f"{name} {step.done:,}/{step.total:,}")
    else:
        st.markdown(name)


def show_remarks(context: PageContext, folder: Path) -> None:
    """Show the remarks of an ingest, which are in English, if it made any."""
    if remarks := ingesting.remarks(folder):
        st.markdown(muted(context.say("ingest_log")))
        st.code(remarks, language=None)
