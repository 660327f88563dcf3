"""Language and lectures to and from the URL.

Streamlit can bind a widget to the URL by itself, but then the URL holds the labels as shown,
which change with the language. The question is bound that way; these two are kept here, so
that a link means the same to everybody: ?lang=ja&lecture=5&lecture=9&q=...
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
    """Return the lectures of the URL that exist, in order, each once.

    >>> first_lectures(["9", "5", "5", "77", "x"], range(1, 11))
    [5, 9]
    """
    wanted = set(asked)
    return [number for number in known if str(number) in wanted]
