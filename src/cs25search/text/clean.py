"""Remove terminal control codes and invisible characters from text written by others.

Titles, captions, notes, decks and model names may contain terminal codes (OSC 52 writes to the
clipboard), marks that change the writing direction, and line breaks. Everything that is printed is
cleaned here: see terminal.py.
"""

from collections.abc import Iterable


def clean(text: str) -> str:
    r"""Return text on one line, without repeated spaces and invisible characters.

    >>> clean(" a\tb\n\u202ec ")
    'a b c'
    """
    return " ".join("".join(c for c in text if c.isprintable() or c.isspace()).split())


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
    if line.isprintable():  # nearly all are
        return line
    # Control characters, direction marks, joiners, lone surrogates, private and unassigned
    # characters.
    spaced = (" " if c.isspace() else c for c in line)
    return "".join(c for c in spaced if c.isprintable())
