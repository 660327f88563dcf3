"""Acronyms of the course: a query with the short or the long form finds both."""

import re
from functools import cache, lru_cache
from pathlib import Path

import msgspec

_BETWEEN = re.compile(r"[^\w@]+")


@lru_cache(maxsize=16)  # a search calls this twice
def spell_out(query: str) -> str:
    """Return the query, followed by the other form of each acronym or long form in it.

    >>> spell_out("How does the DT use RTG?")
    'How does the DT use RTG? (decision transformer, return-to-go)'
    >>> spell_out("What do recurrent neural networks forget?")
    'What do recurrent neural networks forget? (RNN)'
    """
    words = f" {_plain(query)} "
    other = [
        long if has_short else short
        for short, long, plain_short, plain_long in _acronyms()
        if (has_short := _has(words, plain_short)) != _has(words, plain_long)
    ]
    return f"{query} ({', '.join(other)})" if other else query


_FORMS = Path(__file__).with_name("acronyms.json")


@cache
def _acronyms() -> list[tuple[str, str, str, str]]:
    """Return short and long forms, each as written and folded."""
    forms = msgspec.json.decode(_FORMS.read_bytes(), type=dict[str, str])
    return [(short, long, _plain(short), _plain(long)) for short, long in forms.items()]


def _has(words: str, form: str) -> bool:
    """Return whether some words contain a form, in the singular or plural."""
    return f" {form} " in words or f" {form}s " in words


def _plain(text: str) -> str:
    return _BETWEEN.sub(" ", text.lower()).strip()
