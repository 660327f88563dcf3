"""Acronyms of the course: a query in either form finds both."""

import re
from functools import cache

import msgspec

from .course import DATA

_BETWEEN = re.compile(r"[^\w@]+")


def spell_out(query: str) -> str:
    """Return the query with the other form of each acronym or long form in it behind.

    >>> spell_out("How does the DT use RTG?")
    'How does the DT use RTG? (decision transformer, return-to-go)'
    >>> spell_out("What do recurrent neural networks forget?")
    'What do recurrent neural networks forget? (RNN)'
    """
    words = f" {_plain(query)} "
    other = [
        long if _has(words, short) else short
        for short, long in _acronyms().items()
        if _has(words, short) != _has(words, long)
    ]
    return f"{query} ({', '.join(other)})" if other else query


@cache
def _acronyms() -> dict[str, str]:
    return msgspec.json.decode((DATA / "acronyms.json").read_bytes(), type=dict[str, str])


def _has(words: str, form: str) -> bool:
    """Return whether a form is among words, in the singular or the plural."""
    return any(f" {_plain(form)}{ending} " in words for ending in ("", "s"))


def _plain(text: str) -> str:
    return _BETWEEN.sub(" ", text.lower()).strip()
