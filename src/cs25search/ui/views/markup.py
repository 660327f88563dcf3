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


def escape_markup(text: str) -> str:
    """Return one line of Markdown that shows `text` literally.

    >>> escape_markup("$x$ in [a](b)")
    '&#36;x&#36; in &#91;a&#93;&#40;b&#41;'
    """
    return _LATE.sub(JOINER, clean(text)).translate(_PUNCTUATION)


def muted(markdown: str) -> str:
    """Return Markdown in small grey letters; st.caption has too little contrast."""
    return f":small[:gray[{markdown}]]"
