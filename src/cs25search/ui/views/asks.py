"""Questions that the notes of some moments answer, to ask next."""

from collections.abc import Iterable

from ...records import Hit, Language
from ...text.ngrams import ngrams
from . import html

COUNT = 3
SAME = 0.4  # share of n-grams from which two questions are taken for one


def also_answered(hits: Iterable[Hit], question: str, language: Language) -> list[str]:
    """Return questions that the notes of these moments answer, the best moment first.

    One for each note, unlike the question and each other.
    """
    chosen: list[str] = []
    for hit in hits:
        note = hit.note
        asks = (note.asks_ja if language == "ja" else note.asks) if note else ()
        new = [
            one for one in asks if all(_likeness(one, two) < SAME for two in [question, *chosen])
        ]
        chosen += new[:1]
    return chosen[:COUNT]


def show_asks(title: str, questions: Iterable[str]) -> str:
    """Return buttons that ask questions (scripts/desk.js), as HTML."""
    buttons = " ".join(
        f'<button type="button" data-ask="{html.escape(one)}">{html.escape(one)}</button>'
        for one in questions
    )
    return f"<p class=cs-asks><span class=cs-label>{title}:</span> {buttons}</p>"


def _likeness(one: str, other: str) -> float:
    """Return the share of n-grams that two questions have in common, 0 to 1.

    >>> _likeness("What is BERT?", "What is BERT?"), _likeness("What is BERT?", "Who sings?")
    (1.0, 0.0)
    """
    left, right = set(ngrams(one)), set(ngrams(other))
    return 2 * len(left & right) / max(1, len(left) + len(right))
