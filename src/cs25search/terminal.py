"""Output of the console programs: cleaned, in the terminal's encoding, never a traceback.

Python writes to a terminal or file in the system's encoding. cp932 and cp1252, common on Windows,
lack characters that occur in titles and in our own output. Such characters are replaced by the
closest one available.
"""

import codecs
import errno
import io
import os
import sys
import unicodedata
from contextlib import suppress
from pathlib import Path
from typing import Any, TextIO

import click

from .errors import FAILED, OutputError
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
    JOINER: "&#8288;",  # as Markdown writes it; other text contains none
}
# Windows reports EINVAL for a pipe whose reader has gone.
_GONE = {errno.EPIPE, errno.EINVAL} if os.name == "nt" else {errno.EPIPE}


class Program(click.Command):
    """A console program that shows system errors as one sentence, with exit code 2."""

    def main(self, *arguments: Any, **options: Any) -> Any:
        """Run the program; click itself prints help and usage."""
        prepare()
        try:
            return super().main(*arguments, **options)
        except OSError as error:
            abandon(sys.stdout)
            where = f"{error.filename}: " if error.filename else ""
            out(f"Error: {where}{error.strerror or error}.", err=True)
            sys.exit(FAILED)


def prepare() -> None:
    """Let stdout and stderr accept every character, whatever their encoding."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="cs25search.nearest")


def out(text: str | bytes, err: bool = False, nl: bool = True, markdown: bool = False) -> None:
    """Print text after cleaning it, or bytes unchanged; Markdown keeps the joiners in addresses.

    If the reader stops, as `head` does, the rest is not printed and the exit code stays the same.
    What cannot be written to stderr is dropped.

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
    """Redirect a broken stream to the null device: Python flushes the rest of it at exit."""
    with suppress(OSError, ValueError, AttributeError), Path(os.devnull).open("w") as nowhere:
        os.dup2(nowhere.fileno(), stream.fileno())  # type: ignore[union-attr]


def _nearest(error: UnicodeError) -> tuple[str, int]:
    """Return the replacement for characters that an encoding lacks."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    found = error.object[error.start : error.end]
    return "".join(_near(character) for character in found), error.end


def _near(character: str) -> str:
    r"""Return the closest ASCII characters; ? if there are none.

    >>> [_near(character) for character in "–éø★\ud800"]
    ['-', 'e', '?', '*', '?']
    """
    if character in NEAREST:
        return NEAREST[character]
    plain = unicodedata.normalize("NFKD", character).encode("ascii", "ignore").decode()
    return plain or "?"


codecs.register_error("cs25search.nearest", _nearest)
