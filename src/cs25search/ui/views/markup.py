"""Text that others wrote, made safe inside Streamlit's Markdown.

Captions, notes, slides and questions are data: they are shown as they are, and nothing in
them may become a link, an image, a formula, a colour or an emoji.
"""

import re
import string

JOINER = "\u2060"  # word joiner: no width, no line break
_PUNCTUATION = {ord(c): f"&#{ord(c)};" for c in string.punctuation}

# Streamlit also looks for these in text that is already parsed, where no escape is left to
# see: emoji and icons, URLs, addresses, arrows. An invisible character in between stops it.
_LATE = re.compile(
    r"""(?<=:)(?=[\w+-]+:)                                      # :smile:
      | (?<=:)(?=//)                                            # https://
      | (?<=www)(?=\.)
      | (?<=@)(?=[-\w]+\.[-\w])                                 # name@host.example
      | (?<=(?<!\S)[<>~-])(?=(?:->|>|-|=)(?!\S))                # -> <- -- <-> >= <= ~=
    """,
    re.VERBOSE | re.IGNORECASE,
)


def clean(text: str) -> str:
    r"""Return text on one line, without characters that cannot be seen.

    >>> clean(" a\tb\n\u202ec ")
    'a b c'
    """
    spaced = " ".join(text.split())
    return "".join(c for c in spaced if c.isprintable())


def escape(text: str) -> str:
    """Return Markdown that shows `text`, on one line, and does nothing else.

    >>> escape("$x$ in [a](b)")
    '&#36;x&#36; in &#91;a&#93;&#40;b&#41;'
    """
    return _escape_piece(clean(text))


def mark(text: str, spans: list[tuple[int, int]]) -> str:
    """Return `text` escaped, with the spans highlighted.

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
    """Return Markdown in small grey letters; st.caption is too pale to be read by everybody."""
    return f":small[:gray[{markdown}]]"


def _highlight(markdown: str) -> str:
    return f":yellow-background[**{markdown}**]"


def _escape_piece(text: str) -> str:
    return _LATE.sub(JOINER, text).translate(_PUNCTUATION)
