"""The answer as widgets: sentences, a chip for each citation, the video on request."""

import streamlit as st

from ...formats import answer_markdown
from ...language_model import endpoint_from_environment
from ...records import Answer, Citation
from ...search import Index
from ..here import Here
from ..views import reply
from ..views.markup import escape, muted
from ..writing import Writing
from . import player

PLACE = "answer"
PATIENCE = 0.3  # seconds; the moments below wait no longer for a language model
LOOK = 0.5  # seconds between looks at what it has written


def show_answer(here: Here, index: Index, question: str, lectures: list[int]) -> Answer | None:
    """Show what the lectures say about a question; None while a language model writes."""
    endpoint = endpoint_from_environment()
    asked = (index.generation.manifest.generation, question, tuple(lectures))
    model = (endpoint.base_url, endpoint.model) if endpoint else None
    writing = _writing(index, *asked, model)
    answer = writing.answer(PATIENCE if endpoint else None)
    with st.container(key="answer"):
        if answer is None:
            _show_draft(here, writing, endpoint.model if endpoint else "")
        elif answer.status == "answered":
            _show_sentences(here, answer)
            if answer.remark and not answer.model:
                st.button(
                    here.say("ask_model_again"),
                    icon=":material/refresh:",
                    on_click=_writing.clear,
                    args=(index, *asked, model),
                )
        elif answer.citations:
            shown = st.info if answer.status == "partly" else st.warning
            shown(reply.no_claim(answer, here.language, lectures), icon=":material/help:")
    return answer


# Asked once per question, not at each run of the page; a language model may cost money.
@st.cache_resource(max_entries=64, show_spinner=False)
def _writing(
    _index: Index,
    generation: str,
    question: str,
    lectures: tuple[int, ...],
    model: tuple[str, str] | None,
) -> Writing:
    return Writing(_index, question, lectures)


@st.fragment(run_every=LOOK)
def _show_draft(here: Here, writing: Writing, model: str) -> None:
    if writing.answer(0):
        st.rerun()  # the whole page: a fragment looks again for as long as it is there
    with st.container(border=True):
        st.header(here.say("answer"), anchor=False)
        st.markdown(reply.prose(writing.said, {}))
        st.markdown(muted(here.say("writing", model=escape(model))))


@st.fragment
def _show_sentences(here: Here, answer: Answer) -> None:
    player.stop_others()
    now = player.playing(PLACE)
    with st.container(border=True):
        st.header(here.say("answer"), anchor=False)
        st.markdown(reply.prose(answer.sentences, {c.n: c.url for c in answer.citations}))
        with st.container(horizontal=True, gap="small"):
            for citation in answer.citations:
                # An open chip would cover the player; a new key makes a closed one.
                key = f"cited-{citation.n}-{now.turn if now else 0}"
                with st.popover(
                    reply.chip(citation, here.language), icon=":material/format_quote:", key=key
                ):
                    _show_citation(here, citation, answer.question)
            with st.popover(here.say("copy"), icon=":material/content_copy:"):
                st.code(answer_markdown(answer), language=None, wrap_lines=True)
        for citation in answer.citations:
            if now and (now.video_id, now.start) == (citation.video_id, citation.start):
                player.show_player(now, citation.video.title)
        st.markdown(muted(reply.byline(answer, here.language)))


def _show_citation(here: Here, citation: Citation, question: str) -> None:
    with st.container(gap="xsmall"):
        st.markdown(f"**{escape(here.title(citation.video))}**")
        st.markdown(muted(reply.time_range(citation)))
    st.markdown(reply.quoted(citation, question, here.language))
    if citation.model:
        st.markdown(muted(here.say("note_by", model=escape(citation.model))))
    with st.container(horizontal=True):
        st.button(
            here.say("play"),
            key=f"cited-{citation.n}-play",
            icon=":material/play_arrow:",
            type="primary",
            on_click=player.play,
            args=(PLACE, citation.video_id, citation.start),
        )
        st.link_button(
            here.say("watch", time=citation.time), citation.url, icon=":material/open_in_new:"
        )
