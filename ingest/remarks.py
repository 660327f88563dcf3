"""Progress and remarks on stderr, so that stdout holds the closing table alone.

Both are recorded in the index folder too, for the app.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.console import Console, RenderableType
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TaskID,
    TaskProgressColumn,
    TimeRemainingColumn,
)
from rich.status import Status
from rich.text import Text

from cs25search import progress
from cs25search.errors import OutputError
from cs25search.terminal import abandon
from cs25search.text.clean import clean, printable

_recorders: list[progress.Recorder] = []


@contextmanager
def recorded(index_dir: Path) -> Iterator[progress.Recorder]:
    """Record what `remarks` and progress bars show, until the run ends."""
    with progress.recorded(index_dir) as recorder:
        _recorders.append(recorder)
        try:
            yield recorder
        finally:
            _recorders.remove(recorder)


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


class RecordedConsole(PlainConsole):
    """A console whose remarks are recorded too."""

    def print(self, *objects: Any, **options: Any) -> None:
        """Print, and record the same."""
        super().print(*objects, **options)
        _record(" ".join(map(str, objects)))

    def status(self, status: Any, **options: Any) -> Status:
        """Show a status, and record it as a remark."""
        _record(str(status))
        return super().status(status, **options)


def _record(remark: str) -> None:
    for recorder in _recorders:
        recorder.remark(printable(remark))


class RecordedProgress(Progress):
    """A progress bar that is recorded too; each task names its `step`."""

    def update(self, task_id: TaskID, **changes: Any) -> None:
        """Update a task, and record how far it is."""
        super().update(task_id, **changes)
        self._record(task_id)

    def advance(self, task_id: TaskID, advance: float = 1) -> None:
        """Advance a task, and record how far it is."""
        super().advance(task_id, advance)
        self._record(task_id)

    def _record(self, task_id: TaskID) -> None:
        task = next(task for task in self.tasks if task.id == task_id)
        total = None if task.total is None else int(task.total)
        for recorder in _recorders:
            recorder.step(task.fields["step"], int(task.completed), total)


remarks = RecordedConsole(stderr=True, soft_wrap=True)


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


def progress_bar() -> RecordedProgress:
    """Return a bar for one task at a time; it is only drawn in a terminal."""
    columns = (_Description(), BarColumn(), MofNCompleteColumn())
    return RecordedProgress(
        *columns, TimeRemainingColumn(), console=remarks, disable=not remarks.is_terminal
    )


def seconds_bar() -> RecordedProgress:
    """Return a bar for tasks counted in seconds of a recording, with the time that is left."""
    columns = (_Description(), BarColumn(), TaskProgressColumn(show_speed=False))
    return RecordedProgress(
        *columns, TimeRemainingColumn(), console=remarks, disable=not remarks.is_terminal
    )
