"""The Sources page: what is indexed, its sources and date, and a button to update it."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import streamlit as st

from ...errors import Cs25SearchError, IndexMissing, IngestNeeded
from ...index.generation import MODEL_NOTES, TextSource
from ...search import Index
from .. import ingesting
from ..context import PageContext
from ..live import live_index
from ..views.adding import LARGEST, LONGEST, file_name, video_of
from ..views.dates import local_time
from ..views.markup import escape_markup, muted
from ..widgets import cards
from ..widgets.drop import show_drop
from ..widgets.ingest_progress import show_progress, show_remarks
from ..widgets.problem import show_problem

# In the session: why an ingest did not start, and what is wrong with a link or a file.
PROBLEM, WRONG = "ingest_problem", "add_problem"


def show(context: PageContext) -> None:
    """Show the page."""
    folder = context.place.folder
    _show_ingest(context, folder)
    try:
        index = live_index(context)
    except Cs25SearchError as error:
        if isinstance(error, IngestNeeded) and ingesting.is_running(folder):
            return  # its progress is shown above
        show_problem(error, context.language)
        if isinstance(error, IndexMissing) and ingesting.may_start(context.access):
            st.markdown(context.say("index_button"))
        return
    _show_counts(context, index)
    _show_failures(context, folder)
    _show_sources(context, index)


def _show_counts(context: PageContext, index: Index) -> None:
    manifest = index.generation.manifest
    counts = manifest.counts
    figures = {
        "count_videos": counts.get("videos", 0),
        "count_notes": counts.get("notes", 0),
        "count_windows": counts.get("transcript_chunks", 0),
    }
    if slides := counts.get("slides", 0):  # many courses have no deck
        figures["count_slides"] = slides
    with st.container(horizontal=True, key="counts"):
        for key, count in figures.items():
            st.metric(context.say(key), f"{count:,}", width="content")
    built = local_time(manifest.created, st.context.timezone)
    st.markdown(context.say("built", when=escape_markup(built)))
    st.markdown(context.say("built_by", model=escape_markup(manifest.model)))
    st.text(f"{index.path / manifest.generation}")


def _show_failures(context: PageContext, folder: Path) -> None:
    failed = ingesting.failures(folder)
    if failed:
        st.subheader(context.say("failed"), anchor=False)
    for title, cause, cure in failed:
        st.markdown(f"**{escape_markup(title)}** · {escape_markup(cause)}")
        st.markdown(muted(escape_markup(cure)))


def _show_sources(context: PageContext, index: Index) -> None:
    videos = {video.video_id: video for video in index.generation.videos}
    st.subheader(context.say("sources"), anchor=False)
    for video in videos.values():
        own = [one for one in index.generation.manifest.sources if one.video_id == video.video_id]
        cards.show_video(context, video, " · ".join(_source(context, source) for source in own))


def _source(context: PageContext, source: TextSource) -> str:
    """Return how much of a video came from a source."""
    if source.kind == "bundled notes":
        return context.say("source_notes", count=source.chunks)
    if source.kind == MODEL_NOTES:
        return context.say(
            "source_model_notes", count=source.chunks, model=escape_markup(source.name)
        )
    name = escape_markup(source.name or source.kind)
    return context.say("source_captions", name=name, cues=f"{source.cues:,}")


def _show_ingest(context: PageContext, folder: Path) -> None:
    running = ingesting.is_running(folder)
    with st.container(border=True, key="ingest"):
        if ingesting.may_start(context.access):
            _show_button(context, folder, running)
            if ingesting.may_add(context.access):
                _show_add(context, folder, running)
        else:
            st.markdown(context.say("ingest_elsewhere"))
        if problem := st.session_state.pop(PROBLEM, ""):
            st.error(context.say("ingest_unwritable"), icon=":material/error:")
            st.text(problem)
        if running:
            show_progress(context, folder)
        elif (code := ingesting.exit_code(folder)) is not None:
            shown = {0: st.success, 3: st.warning}.get(code, st.error)
            shown(context.say({0: "ingest_done", 3: "ingest_partly"}.get(code, "ingest_failed")))
            show_remarks(context, folder)


def _show_button(context: PageContext, folder: Path, running: bool) -> None:
    st.markdown(context.say("ingest_about"))
    with st.container(horizontal=True, vertical_alignment="center"):
        # Read by the callback, which runs before the checkboxes are drawn again.
        st.button(
            context.say("ingest"),
            icon=":material/sync:",
            disabled=running,
            on_click=_start,
            args=(context, folder),
        )
        st.checkbox(context.say("ingest_offline"), value=True, key="offline", disabled=running)


def _start(context: PageContext, folder: Path) -> None:
    if ingesting.may_start(context.access):
        with _reporting_unwritable(folder):
            ingesting.start(folder, offline=st.session_state["offline"])


@contextmanager
def _reporting_unwritable(folder: Path) -> Iterator[None]:
    """Show on the page why the index folder could not be written to."""
    try:
        yield
    except OSError as error:
        st.session_state[PROBLEM] = f"{error.filename or folder}: {error.strerror or error}"


def _show_add(context: PageContext, folder: Path, running: bool) -> None:
    """Show where a video or a caption file can be added, and to which course."""
    st.subheader(context.say("add", course=escape_markup(context.course_title)), anchor=False)
    left, right = st.columns(2, gap="medium")
    with left, st.form("add-link", border=False):
        st.text_input(
            context.say("add_link"),
            key="add-link-text",
            placeholder="https://www.youtube.com/watch?v=…",
            icon=":material/link:",
        )
        st.form_submit_button(
            context.say("add_button"),
            icon=":material/add:",
            disabled=running,
            on_click=_add_link,
            args=(context, folder),
        )
    with right:
        label = context.say("add_captions")
        st.markdown(f":small[{label}]")
        show_drop(context, "add-file", running, partial(_add_file, context, folder))
    if wrong := st.session_state.pop(WRONG, ""):
        st.error(wrong, icon=":material/error:")


def _add_link(context: PageContext, folder: Path) -> None:
    if not ingesting.may_add(context.access):
        return
    video = video_of(st.session_state["add-link-text"])
    if not video:
        st.session_state[WRONG] = context.say("add_no_video")
        return
    with _reporting_unwritable(folder):
        ingesting.start(folder, offline=False, added=f"--video={video}")


def _add_file(context: PageContext, folder: Path, name: str, content: bytes) -> None:
    if not ingesting.may_add(context.access):
        return
    kept = file_name(name)
    if not kept or len(content) > LARGEST:
        st.session_state[WRONG] = context.say("add_no_captions", name=escape_markup(name[:LONGEST]))
    elif ingesting.is_running(folder):
        st.session_state[WRONG] = context.say("add_busy")
    else:
        with _reporting_unwritable(folder):
            captions = ingesting.keep_file(folder, kept, content)
            ingesting.start(folder, offline=True, added=f"--captions={captions}")
