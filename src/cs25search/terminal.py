"""What the console programs print: cleaned, in the characters of the terminal, never a traceback.

Python writes to a terminal or file in the encoding that the system names; cp932 and cp1252, as
on Windows, lack characters of titles and of our own lines. Such characters are replaced by the
nearest one that there is.
"""

import codecs
import errno
import io
import os
import sys
import unicodedata
from contextlib import suppress
from pathlib import Path
from typing import TextIO

import click

from .errors import OutputError
from .text.clean import printable
from .text.markdown import JOINER

NEAREST = {
    "–": "-",
    "—": "-",
    "·": "-",
    "“": '"',
    "”": '"',
    "‘": "'",
    "’": "'",
    "★": "*",
    "…": "...",
    JOINER: "&#8288;",  # as Markdown writes it; text that is no Markdown holds none
}
# EINVAL is what Windows says of a pipe that nobody reads any more.
_GONE = {errno.EPIPE, errno.EINVAL} if os.name == "nt" else {errno.EPIPE}


def prepare() -> None:
    """Let stdout and stderr take every character, whatever their encoding lacks."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="cs25search.nearest")


def out(text: str | bytes, err: bool = False, nl: bool = True, markdown: bool = False) -> None:
    """Print text cleaned, or bytes as they are; of Markdown, keep what breaks up addresses.

    A reader that stops reading, as `head` does, changes nothing: the rest is not printed and
    the exit code stays that of the command. What cannot be written to stderr is dropped.

    Raises:
        OutputError: stdout is closed, or cannot be written to.
    """
    stream = sys.stderr if err else sys.stdout
    try:
        if stream is None:
            raise OSError(errno.EBADF, os.strerror(errno.EBADF))
        if isinstance(text, str):
            kept = text.split(JOINER) if markdown else [text]
            text = JOINER.join(printable(part) for part in kept)
        click.echo(text, nl=nl, err=err)
    except OSError as error:
        abandon(stream)
        if not err and error.errno not in _GONE:
            raise OutputError(error) from None


def abandon(stream: TextIO | None) -> None:
    """Let a stream that cannot be written to lead nowhere: Python writes its rest at the end."""
    with suppress(OSError, ValueError, AttributeError), Path(os.devnull).open("w") as nowhere:
        os.dup2(nowhere.fileno(), stream.fileno())  # type: ignore[union-attr]


def _nearest(error: UnicodeError) -> tuple[str, int]:
    """Return what to write in place of characters that an encoding lacks."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    found = error.object[error.start : error.end]
    return "".join(_near(character) for character in found), error.end


def _near(character: str) -> str:
    r"""Return ASCII characters for another one; ? where none is near.

    >>> [_near(character) for character in "–éø★\ud800"]
    ['-', 'e', '?', '*', '?']
    """
    if character in NEAREST:
        return NEAREST[character]
    plain = unicodedata.normalize("NFKD", character).encode("ascii", "ignore").decode()
    return plain or "?"


codecs.register_error("cs25search.nearest", _nearest)
