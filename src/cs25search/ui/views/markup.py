"""Escape text written by others for Streamlit's Markdown.

Captions, notes, slides and questions are data: they are shown literally, and nothing in them may
become a link, an image, a formula, a colour or an emoji.
"""

import re
import string

from ...text.clean import clean
from ...text.markdown import JOINER, LATE

_PUNCTUATION = {ord(c): f"&#{ord(c)};" for c in string.punctuation}

# Streamlit also replaces arrows in parsed text.
_LATE = re.compile(
    LATE + r"| (?<=(?<!\S)[<>~-])(?=(?:->|>|-|=)(?!\S))  # -> <- -- <-> >= <= ~=",
    re.VERBOSE | re.IGNORECASE,
)


def escape(text: str) -> str:
    """Return one line of Markdown that shows `text` literally.

    >>> escape("$x$ in [a](b)")
    '&#36;x&#36; in &#91;a&#93;&#40;b&#41;'
    """
    return _escape_piece(clean(text))


def mark(text: str, spans: list[tuple[int, int]]) -> str:
    """Return the escaped `text` with the spans highlighted.

    Args:
        text: Cleaned text.
        spans: (begin, end) positions in order, without overlap.

    >>> mark("a router*", [(2, 8)])
    'a :yellow-background[**router**]&#42;'
    """
    pieces, done = [], 0
    for begin, end in spans:
        pieces += [_escape_piece(text[done:begin]), _highlight(_escape_piece(text[begin:end]))]
        done = end
    return "".join([*pieces, _escape_piece(text[done:])])


def muted(markdown: str) -> str:
    """Return Markdown in small grey letters; st.caption has too little contrast."""
    return f":small[:gray[{markdown}]]"


def _highlight(markdown: str) -> str:
    return f":yellow-background[**{markdown}**]"


def _escape_piece(text: str) -> str:
    return _LATE.sub(JOINER, text).translate(_PUNCTUATION)
