"""Language and lectures in the URL.

Streamlit can bind a widget to the URL, but then the URL contains the labels, which change with the
language. The question is bound that way; language and lectures are handled here, so that a link
works in both languages: ?lang=ja&lecture=5&lecture=9&q=...
"""

from collections.abc import Iterable
from typing import get_args

from ...records import Language

LANGUAGES: tuple[Language, ...] = get_args(Language)


def first_language(asked: str | None, locale: str | None) -> Language:
    """Return the language to start with: the one in the URL, else the browser's.

    >>> first_language("en", "ja-JP"), first_language(None, "ja-JP"), first_language("xx", None)
    ('en', 'ja', 'en')
    """
    for language in LANGUAGES:
        if language == asked:
            return language
    return "ja" if (locale or "").lower().startswith("ja") else "en"


def first_lectures(asked: Iterable[str], known: Iterable[int]) -> list[int]:
    """Return the existing lectures of the URL, sorted and without duplicates.

    >>> first_lectures(["9", "5", "5", "77", "x"], range(1, 11))
    [5, 9]
    """
    wanted = set(asked)
    return [number for number in known if str(number) in wanted]
