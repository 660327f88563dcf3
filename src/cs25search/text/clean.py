"""Remove terminal control codes and invisible characters from text written by others.

Titles, captions, notes, decks and model names may contain terminal codes (OSC 52 writes to the
clipboard), marks that change the writing direction, and line breaks. Everything that is printed is
cleaned here: see terminal.py.
"""

from collections.abc import Iterable

_JOINERS = "\u200c\u200d"


def visible(text: str) -> str:
    r"""Return text without control characters, direction marks and other invisible characters.

    Joiners stay between letters other than ASCII: they are part of the spelling of Persian, of
    Indic languages and of emoji.

    >>> ascii(visible("\u06cc\u200c\u0631 a\u200cb\x1b"))
    "'\\u06cc\\u200c\\u0631 ab'"
    """
    if text.isprintable():  # nearly all are
        return text
    return "".join(
        one for place, one in enumerate(text) if one.isprintable() or _joins(text, place)
    )


def _joins(text: str, place: int) -> bool:
    """Return whether the character at a place joins two letters other than ASCII."""
    if text[place] not in _JOINERS or not 0 < place < len(text) - 1:
        return False
    beside = (text[place - 1], text[place + 1])
    return all(one.isprintable() and not one.isascii() for one in beside)


def clean(text: str) -> str:
    r"""Return text on one line, without repeated spaces and invisible characters.

    >>> clean(" a\tb\n\u202ec ")
    'a b c'
    """
    return " ".join(visible(" ".join(text.split())).split())


def lines(parts: Iterable[str]) -> str:
    r"""Join lines for a terminal; a line break inside one of them becomes a space.

    >>> lines(["1. Title\nof two lines", "   \x1b]52;c;aGk=\x07quote"])
    '1. Title of two lines\n   ]52;c;aGk=quote'
    """
    return "\n".join(map(_visible, parts))


def printable(text: str) -> str:
    r"""Return text without invisible characters; its line breaks are kept.

    >>> printable("one\ntwo\u2028three\x9b31m\r\n")
    'one\ntwo three31m \n'
    """
    return lines(text.split("\n"))


def _visible(line: str) -> str:
    return visible("".join(" " if c.isspace() else c for c in line))
