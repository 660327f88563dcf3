"""What is wrong and what to do; while an index is built, how far it is."""

import streamlit as st

from ...errors import Cs25SearchError, IndexMissing, IngestNeeded
from ...records import Language
from .. import ingesting
from ..context import PageContext
from ..live import live_state
from ..views.problem import explain
from ..views.texts import say
from .ingest_progress import show_step


def show_problem(
    error: Cs25SearchError, language: Language, context: PageContext | None = None
) -> None:
    """Show what is wrong and what to do.

    Args:
        context: To lead to the page where an index can be built, and to follow an ingest that
            builds it.
    """
    if isinstance(error, IngestNeeded) and context:
        _show_until_built(context, error, live_state(context.place))
    else:
        _explain(error, language)


@st.fragment(run_every=1.0)
def _show_until_built(context: PageContext, error: IngestNeeded, state: str) -> None:
    """Show how to build the index, or how far it is; when it is there, draw the whole page anew.

    Args:
        error: The index is missing, damaged or of another version.
        state: From `live_state`, at that time.
    """
    if live_state(context.place) != state:
        st.rerun()
    folder = context.place.folder
    if ingesting.is_running(folder):
        st.info(context.say("building"), icon=":material/hourglass_top:")
        show_step(context, folder)
        return
    _explain(error, context.language)
    if isinstance(error, IndexMissing):
        st.page_link(
            context.pages["sources"],
            label=context.say("index_build"),
            icon=":material/database:",
            query_params=context.address,
        )


def _explain(error: Cs25SearchError, language: Language) -> None:
    key, cure = explain(error)
    st.error(say(language, key), icon=":material/error:")
    if cure:
        st.code(cure, language=None)
    # For a missing index, only its path: the command is above.
    st.text(str(error.path if isinstance(error, IndexMissing) else error))
