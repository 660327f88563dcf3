"""Questions that the notes of some moments answer, to ask next."""

from collections.abc import Iterable

from ...records import Hit, Language
from ...text.ngrams import dice, ngrams
from .html import escape_html

COUNT = 3
ALIKE = 0.4  # two questions whose n-grams are at least this similar count as one


def also_answered(hits: Iterable[Hit], question: str, language: Language) -> list[str]:
    """Return questions that the notes of these moments answer, the best moment first.

    One for each note, unlike the question and each other.
    """
    chosen: list[str] = []
    for hit in hits:
        note = hit.note
        asks = (note.asks_ja if language == "ja" else note.asks) if note else ()
        seen = [set(ngrams(one)) for one in [question, *chosen]]
        new = [one for one in asks if all(dice(set(ngrams(one)), two) < ALIKE for two in seen)]
        chosen += new[:1]
    return chosen[:COUNT]


def show_asks(title: str, questions: Iterable[str]) -> str:
    """Return buttons that ask questions (scripts/desk.js), as HTML."""
    buttons = " ".join(
        f'<button type="button" data-ask="{escape_html(one)}">{escape_html(one)}</button>'
        for one in questions
    )
    return f"<p class=cs-asks><span class=cs-label>{title}:</span> {buttons}</p>"
