"""Progress and remarks on stderr, so that stdout holds the closing table alone."""

import sys
from typing import Any

from rich.console import Console, RenderableType
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TaskProgressColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from cs25search.errors import OutputError
from cs25search.terminal import abandon
from cs25search.text.clean import clean, printable


class PlainConsole(Console):
    """A console that takes text for text: no markup, emoji or terminal code in it is obeyed."""

    def render_str(self, text: str, **options: Any) -> Text:
        """Return a text as it stands, cleaned."""
        plain = {"markup": False, "emoji": False, "highlight": False}
        return super().render_str(printable(text), **(options | plain))

    def print(self, *objects: Any, **options: Any) -> None:
        """Print; what cannot be written to stderr is dropped.

        Raises:
            OutputError: stdout cannot be written to.
        """
        try:
            super().print(*objects, **options)
        except OSError as error:
            abandon(sys.stderr if self.stderr else sys.stdout)
            if not self.stderr:
                raise OutputError(error) from None

    def on_broken_pipe(self) -> None:
        """Go on when a reader stops reading: the exit code tells how the ingest went."""
        abandon(sys.stderr if self.stderr else sys.stdout)


remarks = PlainConsole(stderr=True, soft_wrap=True)


def show(what: RenderableType) -> None:
    """Print on stdout what was asked for.

    Raises:
        OutputError: stdout is closed, or cannot be written to.
    """
    if sys.stdout is None:
        raise OutputError(OSError("it is closed"))
    is_text = isinstance(what, str)
    PlainConsole(width=None if sys.stdout.isatty() else 160).print(what, soft_wrap=is_text)


class _Description(ProgressColumn):
    """What is being done, as text."""

    def render(self, task: Task) -> Text:
        return Text(clean(task.description))


def progress_bar() -> Progress:
    """Return a bar for one task at a time; it is only drawn in a terminal."""
    columns = (_Description(), BarColumn(), MofNCompleteColumn())
    return Progress(
        *columns, TimeRemainingColumn(), console=remarks, disable=not remarks.is_terminal
    )


def seconds_bar() -> Progress:
    """Return a bar for tasks counted in seconds of a recording, with the time that is left."""
    columns = (_Description(), BarColumn(), TaskProgressColumn(show_speed=False))
    return Progress(
        *columns, TimeRemainingColumn(), console=remarks, disable=not remarks.is_terminal
    )
