"""Widgets for an answer: its sentences, its citations, and questions that are answered nearby."""

from typing import NamedTuple

import streamlit as st

from ...formats import answer_markdown
from ...question.read import Question
from ...ranking.searcher import Found, Turn
from ...records import Answer
from ...search import Index
from ..context import PageContext
from ..pending_answer import PendingAnswer
from ..views import html, reply
from ..views.html import escape_html

PATIENCE = 0.3  # seconds that the moments below wait for a language model
LOOK = 0.5  # seconds between polls of what it has written
FAILED = "failed-answer"  # key in the session state


class AnswerKey(NamedTuple):
    """Everything an answer depends on."""

    generation: str
    question: Question  # with the words as typed, which a copied answer begins with
    turn: Turn | None  # the conversation that the question was completed from
    lectures: tuple[int, ...]
    videos: tuple[str, ...]
    model: tuple[str, str] | None  # address and name


def start_answer(index: Index, found: Found) -> None:
    """Begin to write the answer to a question, which `show_answer` shows."""
    key = _key(index, found)
    if key not in st.session_state.get(FAILED, {}):
        _writing(index, found, key)


def show_answer(context: PageContext, index: Index, found: Found) -> Answer | None:
    """Show the answer to a question; return None while a language model is writing it.

    Args:
        found: What the index found for the question.

    Raises:
        Cs25SearchError: As for `Index.answer`.
    """
    endpoint, key = index.endpoint, _key(index, found)
    answer: Answer | None = st.session_state.get(FAILED, {}).get(key)
    if answer is None:
        pending = _writing(index, found, key)
        answer = _look_into(key, pending, PATIENCE if endpoint else None)
    with st.container(key="answer"):
        if answer is None:
            _show_draft(context, pending, endpoint.model if endpoint else "")
        elif answer.status == "answered":
            _show_sentences(context, answer)
            if _is_failed(answer):
                st.button(
                    context.say("ask_model_again"),
                    icon=":material/refresh:",
                    on_click=st.session_state.pop,
                    args=(FAILED, None),
                )
        elif answer.status == "small_talk":
            st.info(reply.no_claim(answer, context.language, ()), icon=":material/waving_hand:")
        elif answer.citations:
            shown = st.info if answer.status == "partly" else st.warning
            shown(
                reply.no_claim(answer, context.language, list(key.lectures)),
                icon=":material/help:",
            )
    return answer


def _key(index: Index, found: Found) -> AnswerKey:
    endpoint = index.endpoint
    return AnswerKey(
        index.generation.manifest.generation,
        found.question,
        found.turn,
        tuple(sorted(found.filters.lectures)),
        tuple(sorted(found.filters.videos)),
        (endpoint.base_url, endpoint.model) if endpoint else None,
    )


def _look_into(key: AnswerKey, pending: PendingAnswer, patience: float | None) -> Answer | None:
    """Return the answer if there is one; a failed one is not cached for other visitors.

    Otherwise the next visitor would see this visitor's error. The session keeps its own extract, so
    that not every click asks an unavailable model.
    """
    try:
        answer = pending.answer(patience)
    except Exception:
        _writing.clear(None, None, key)
        raise
    if answer and _is_failed(answer):
        _writing.clear(None, None, key)
        st.session_state[FAILED] = {key: answer}
    return answer


def _is_failed(answer: Answer) -> bool:
    """Return whether a language model was asked but extracts replaced its answer."""
    return bool(answer.remark and not answer.model)


# Cached, to ask once per question and not at each rerun: a language model may cost money.
@st.cache_resource(max_entries=64, show_spinner=False)
def _writing(_index: Index, _found: Found, key: AnswerKey) -> PendingAnswer:
    """Return the answer that is being written; `key` is only the cache key."""
    return PendingAnswer(_index, _found)


@st.fragment(run_every=LOOK)
def _show_draft(context: PageContext, pending: PendingAnswer, model: str) -> None:
    if pending.done:
        st.rerun()  # the whole page, because a fragment keeps polling as long as it is shown
    said = reply.prose(pending.said, (), context.links)
    _show_box(context, said, context.say("writing", model=escape_html(model)))


def _show_sentences(context: PageContext, answer: Answer) -> None:
    in_outline = reply.outline(answer).values()
    others = [one for one in answer.citations if one not in in_outline]
    said = reply.answer_html(answer, context.links) + reply.sources(others, context.links)
    button = html.copy_button(context.say("copy"), answer_markdown(answer))
    _show_box(context, said, reply.byline(answer, context.language), button)


def _show_box(context: PageContext, said: str, below: str, button: str = "") -> None:
    """Show an answer. The texts are HTML."""
    title = f"<h2>{context.say('answer')}</h2>"
    below = f"<p class=cs-label>{below}</p>"
    st.html(f"<section class=cs-answer><header>{title}{button}</header>{said}{below}</section>")
