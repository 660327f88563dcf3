"""Output of the console programs: cleaned, in the terminal's encoding, never a traceback.

Python writes to a terminal or file in the system's encoding. cp932 and cp1252, common on Windows,
lack characters that occur in titles and in our own output. Such characters are replaced by the
closest one available.
"""

import atexit
import codecs
import errno
import gc
import io
import os
import re
import sys
import unicodedata
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Literal, TextIO

import click
import msgspec

from .errors import FAILED, OutputError
from .text.clean import lines, printable
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
        # Python would look for garbage in all that is loaded before it ends.
        atexit.register(gc.freeze)
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
    if isinstance(text, str):
        kept = text.split(JOINER) if markdown else [text]
        text = JOINER.join(printable(part) for part in kept)
    _write(text, err, nl)


def _write(text: str | bytes, err: bool, nl: bool) -> None:
    stream = sys.stderr if err else sys.stdout
    try:
        if stream is None:
            raise OSError(errno.EBADF, os.strerror(errno.EBADF))
        click.echo(text, nl=nl, err=err)
    except OSError as error:
        abandon(stream)
        if not err and error.errno not in _GONE:
            raise OutputError(error) from None


class Line(msgspec.Struct, frozen=True):
    """A line of output, which a terminal may wrap, mark and link.

    Attributes:
        indent: Columns before the text, also where it is wrapped.
        link: The address that the line opens; plain output shows it after the text.
        style: How a terminal shows the line.
        marked: Whether the words of the question are marked in it.
    """

    text: str
    indent: int = 0
    link: str = ""
    style: Literal["title", "faint", ""] = ""
    marked: bool = False


def plain(shown: Iterable[Line]) -> str:
    """Return lines as plain text.

    >>> plain([Line("1. Title"), Line("", 3, "https://youtu.be/x"), Line("Slide", 3, "https://s")])
    '1. Title\\n   https://youtu.be/x\\n   Slide  https://s'
    """
    return lines(
        " " * one.indent + "  ".join(part for part in (one.text, one.link) if part) for one in shown
    )


def is_styled(stream: TextIO | None = None) -> bool:
    """Return whether output goes to a terminal that may be coloured."""
    stream = sys.stdout if stream is None else stream
    plain_wanted = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return stream is not None and stream.isatty() and not plain_wanted


def show(shown: Sequence[Line], query: str = "") -> None:
    """Print lines: wrapped, coloured and linked on a terminal, else plain.

    Args:
        query: Its words are marked in lines that are to be marked.

    Raises:
        OutputError: As for `out`.
    """
    if is_styled():
        _write(styled(shown, query), err=False, nl=True)
    else:
        out(plain(shown))


def styled(shown: Sequence[Line], query: str, width: int | None = None) -> str:
    """Return lines with terminal codes, wrapped to a width or to that of the terminal."""
    from rich.console import Console
    from rich.padding import Padding
    from rich.style import Style
    from rich.text import Text

    from .text.highlight import marks

    console = Console(
        file=io.StringIO(), force_terminal=True, color_system="standard", width=width,
        highlight=False, legacy_windows=False,
    )  # fmt: skip
    for one in shown:
        # Cleaned before codes are added: nothing of the text can be a code.
        text = Text(lines([one.text or _short(one.link)]), style=_STYLES[one.style])
        if one.marked:
            for begin, end in marks(query, text.plain):
                text.stylize("bold yellow", begin, end)
        if one.link:
            safe = one.link if re.fullmatch(r"https?://[!-~]+", one.link) else None
            text.stylize(Style(color="cyan", link=safe))
        console.print(Padding(text, (0, 0, 0, one.indent)) if one.indent else text)
    printed: str = console.file.getvalue().rstrip("\n")  # type: ignore[attr-defined]
    return "\n".join(line.rstrip() for line in printed.split("\n"))


_STYLES = {"title": "bold", "faint": "dim", "": ""}


def _short(link: str) -> str:
    """Return an address as it is shown where it can be clicked.

    >>> _short("https://youtu.be/U8J32Z3qV8s?t=540")
    'youtu.be/U8J32Z3qV8s?t=540'
    """
    return link.partition("://")[2] or link


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
