"""Text that others wrote, without the characters that a terminal obeys or nobody sees.

Titles, captions, notes, decks and names of models may hold terminal codes (OSC 52 writes to the
clipboard), marks that turn the direction of writing, and line breaks. Everything that is printed
goes through here: see terminal.py.
"""

from collections.abc import Iterable


def clean(text: str) -> str:
    r"""Return text on one line, without surplus blanks and characters that cannot be seen.

    >>> clean(" a\tb\n\u202ec ")
    'a b c'
    """
    return " ".join("".join(c for c in text if c.isprintable() or c.isspace()).split())


def lines(parts: Iterable[str]) -> str:
    r"""Return lines for a terminal; a line break inside one of them becomes a blank.

    >>> lines(["1. Title\nof two lines", "   \x1b]52;c;aGk=\x07quote"])
    '1. Title of two lines\n   ]52;c;aGk=quote'
    """
    return "\n".join(_visible("".join(" " if c.isspace() else c for c in part)) for part in parts)


def printable(text: str) -> str:
    r"""Return text of several lines without other characters that cannot be seen.

    >>> printable("one\ntwo\u2028three\x9b31m\r\n")
    'one\ntwo three31m \n'
    """
    return lines(text.split("\n"))


def _visible(text: str) -> str:
    # Controls, marks of direction, joiners, lone surrogates, private and unassigned characters.
    return "".join(c for c in text if c.isprintable())
