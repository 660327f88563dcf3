"""English names for Japanese ones, from the aliases of the course."""

import re
from functools import cache

from ..course.read import load_aliases
from ..text.words import fold

_MARKS = re.compile(r"[・＝=\s]")  # optional inside a name


def english_name(japanese: str) -> str:
    """Return the usual English name for a Japanese name; "" if there is none.

    >>> english_name("セルフ・アテンション"), english_name("犬")
    ('self-attention', '')
    """
    return _names().get(_plain(japanese), "")


@cache
def _names() -> dict[str, str]:
    names: dict[str, str] = {}
    for term in load_aliases():
        for name in term.ja:
            names.setdefault(_plain(name), term.en[0])
    return names


def _plain(text: str) -> str:
    return _MARKS.sub("", fold(text))
