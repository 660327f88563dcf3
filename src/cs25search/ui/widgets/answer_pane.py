"""Widgets for an answer: its sentences, a chip for each citation, and the player."""

from typing import NamedTuple

import streamlit as st

from ...formats import answer_markdown
from ...ranking.searcher import Found
from ...records import Answer, Citation
from ...search import Index
from ..here import Here
from ..views import reply
from ..views.markup import escape, muted
from ..writing import Writing
from . import player

PLACE = "answer"
PATIENCE = 0.3  # seconds that the moments below wait for a language model
LOOK = 0.5  # seconds between polls of what it has written
FAILED = "failed-answer"  # key in the session state


class AnswerKey(NamedTuple):
    """Everything an answer depends on."""

    generation: str
    question: str
    lectures: tuple[int, ...]
    model: tuple[str, str] | None  # address and name


def show_answer(here: Here, index: Index, found: Found) -> Answer | None:
    """Show the answer to a question; return None while a language model is writing it.

    Args:
        found: What the index found for the question.

    Raises:
        Cs25SearchError: As for `Index.answer`.
    """
    endpoint = index.endpoint
    asked = AnswerKey(
        index.generation.manifest.generation,
        found.question.text,
        tuple(sorted(found.filters.lectures)),
        (endpoint.base_url, endpoint.model) if endpoint else None,
    )
    answer: Answer | None = st.session_state.get(FAILED, {}).get(asked)
    if answer is None:
        writing = _writing(index, found, asked)
        answer = _look_into(asked, writing, PATIENCE if endpoint else None)
    with st.container(key="answer"):
        if answer is None:
            _show_draft(here, writing, endpoint.model if endpoint else "")
        elif answer.status == "answered":
            _show_sentences(here, answer)
            if _is_failed(answer):
                st.button(
                    here.say("ask_model_again"),
                    icon=":material/refresh:",
                    on_click=st.session_state.pop,
                    args=(FAILED, None),
                )
        elif answer.status == "small_talk":
            st.info(reply.no_claim(answer, here.language, ()), icon=":material/waving_hand:")
        elif answer.citations:
            shown = st.info if answer.status == "partly" else st.warning
            shown(
                reply.no_claim(answer, here.language, list(asked.lectures)), icon=":material/help:"
            )
    return answer


def _look_into(asked: AnswerKey, writing: Writing, patience: float | None) -> Answer | None:
    """Return the answer if there is one; a failed one is not cached for other visitors.

    Otherwise the next visitor would see this visitor's error. The session keeps its own extract, so
    that not every click asks an unavailable model.
    """
    try:
        answer = writing.answer(patience)
    except Exception:
        _writing.clear(None, None, asked)
        raise
    if answer and _is_failed(answer):
        _writing.clear(None, None, asked)
        st.session_state[FAILED] = {asked: answer}
    return answer


def _is_failed(answer: Answer) -> bool:
    """Return whether a language model was asked but extracts replaced its answer."""
    return bool(answer.remark and not answer.model)


# Cached, to ask once per question and not at each rerun: a language model may cost money.
@st.cache_resource(max_entries=64, show_spinner=False)
def _writing(_index: Index, _found: Found, asked: AnswerKey) -> Writing:
    """Return the answer in the making; `asked` is here only to be the key."""
    return Writing(_index, _found)


@st.fragment(run_every=LOOK)
def _show_draft(here: Here, writing: Writing, model: str) -> None:
    if writing.done:
        st.rerun()  # the whole page, because a fragment keeps polling as long as it is shown
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
        _show_prose(answer)
        with st.container(horizontal=True, gap="small"):
            for citation in answer.citations:
                # An open chip would cover the player; a new key creates a closed one.
                key = f"cited-{citation.n}-{now.turn if now else 0}"
                with st.popover(reply.chip(citation, here.language), icon=_icon(citation), key=key):
                    _show_citation(here, citation, answer.corrected or answer.question)
            with st.popover(here.say("copy"), icon=":material/content_copy:"):
                st.code(answer_markdown(answer), language=None, wrap_lines=True)
        for citation in answer.citations:
            if now and (now.video_id, now.start) == (citation.video_id, citation.start):
                player.show_player(now, citation.video)
        st.markdown(muted(reply.byline(answer, here.language)))


def _show_prose(answer: Answer) -> None:
    """Show the sentences; the sides of a comparison in columns, below each other on a phone."""
    urls = {citation.n: citation.url for citation in answer.citations}
    compared = reply.sides(answer.sentences)
    if not compared:
        st.markdown(reply.prose(answer.sentences, urls))
        return
    for column, (side, sentences) in zip(st.columns(len(compared)), compared.items(), strict=True):
        with column:
            st.subheader(escape(side), anchor=False)
            st.markdown(reply.prose(sentences, urls))


def _icon(citation: Citation) -> str:
    icons = {"transcript": "format_quote", "slide": "slideshow", "deck": "slideshow"}
    return f":material/{icons.get(citation.kind, 'sticky_note_2')}:"


def _show_citation(here: Here, citation: Citation, question: str) -> None:
    with st.container(gap="xsmall"):
        st.markdown(f"**{escape(here.title(citation.video))}**")
        if citation.kind not in ("slide", "deck"):
            st.markdown(muted(reply.time_range(citation)))
    for label, text in reply.quoted(citation, question, here.language):
        st.markdown(f"{muted(label)}  \n{text}")
    if not citation.url:
        return
    if citation.kind in ("slide", "deck"):
        st.link_button(here.say("open_link"), citation.url, icon=":material/open_in_new:")
        return
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
