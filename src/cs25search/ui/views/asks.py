"""Questions that the notes of some moments answer, to ask next."""

from collections.abc import Iterable

from ...records import About, Hit, Language
from ...text.ngrams import dice, ngrams
from ...wording import has_title, recording_title
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


def parts_to_try(course: About, language: Language) -> list[str]:
    """Return chapters to ask about, else titles; nothing where videos have only their ids."""
    parts = [title for lecture in course.lectures for _, title in lecture.chapters]
    videos = [lecture.video() for lecture in course.lectures]
    return parts or [recording_title(video, language) for video in videos if has_title(video)]


def show_asks(title: str, questions: Iterable[str]) -> str:
    """Return buttons that ask questions (scripts/desk.js), as HTML."""
    buttons = " ".join(
        f'<button type="button" data-ask="{escape_html(one)}">{escape_html(one)}</button>'
        for one in questions
    )
    return f"<p class=cs-asks><span class=cs-label>{title}:</span> {buttons}</p>"
