"""Progress and remarks on stderr, so that stdout has only the closing table.

Both are also recorded in the index folder, for the app.
"""

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
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
from cs25search.times import clock

_recorders: list[progress.Recorder] = []
_activity: list[Callable[[], str]] = []  # gives a line about what is done now; the last one counts
LINE_EVERY = 5.0  # seconds between two such lines when no bar is drawn
LEAST = 0.01  # share of a task that must be done before the time left is estimated


@contextmanager
def reported() -> Iterator[None]:
    """Print every few seconds what is being done and how much of it, if no bar is drawn.

    A thread does it, so that a step that reports nothing for a long time is named too.
    """
    if remarks.is_terminal or sys.stderr is None:
        yield
        return
    # The export of an encoder replaces sys.stderr while it runs.
    ended, file = threading.Event(), sys.stderr

    def report() -> None:
        while not ended.wait(LINE_EVERY):
            with suppress(OSError, ValueError):  # nobody reads it any more
                for line in _activity[-1:]:
                    file.write(f"{line()}\n")
                    file.flush()

    thread = threading.Thread(target=report, name="progress", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
        _activity.clear()


@contextmanager
def recorded(index_dir: Path) -> Iterator[progress.Recorder]:
    """Record what `remarks` and progress bars show until the run ends."""
    with progress.recorded(index_dir) as recorder:
        _recorders.append(recorder)
        try:
            yield recorder
        finally:
            _recorders.remove(recorder)


class PlainConsole(Console):
    """A console that prints text literally: markup, emoji and terminal codes have no effect."""

    def render_str(self, text: str, **options: Any) -> Text:
        """Return a text unchanged except for cleaning."""
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
        """Continue when the reader stops, so that the exit code is that of the ingest."""
        abandon(sys.stderr if self.stderr else sys.stdout)


class RecordedConsole(PlainConsole):
    """A console whose remarks are also recorded."""

    def print(self, *objects: Any, **options: Any) -> None:
        """Print and record."""
        super().print(*objects, **options)
        _record(" ".join(map(str, objects)))

    def status(self, status: Any, *, step: str = "", **options: Any) -> Status:
        """Show a status and record it as a step, which the app names in the visitor's language."""
        for recorder in _recorders:
            recorder.step(step, 0, None)
        begin = time.monotonic()
        _activity[:] = [lambda: status_line(str(status), time.monotonic() - begin)]
        return super().status(status, **options)


def _record(remark: str) -> None:
    for recorder in _recorders:
        recorder.remark(printable(remark))


class RecordedProgress(Progress):
    """A progress bar that is also recorded; each task names its `step`."""

    def add_task(self, description: str, **options: Any) -> TaskID:  # type: ignore[override]
        """Add a task and record it."""
        task_id = super().add_task(description, **options)
        self._record(task_id)
        return task_id

    def update(self, task_id: TaskID, **changes: Any) -> None:
        """Update a task and record its progress."""
        super().update(task_id, **changes)
        self._record(task_id)

    def advance(self, task_id: TaskID, advance: float = 1) -> None:
        """Advance a task and record its progress."""
        super().advance(task_id, advance)
        self._record(task_id)

    def _record(self, task_id: TaskID) -> None:
        task = next(task for task in self.tasks if task.id == task_id)
        total = None if task.total is None else int(task.total)
        for recorder in _recorders:
            recorder.step(task.fields["step"], int(task.completed), total)
        _activity[:] = [lambda: progress_line(task)]


def progress_line(task: Task) -> str:
    """Return the progress of a task, and the time left if known.

    >>> progress_line(Task(TaskID(0), "Encoding", 9000, 1200, _get_time=lambda: 0.0))
    'Encoding: 1,200 of 9,000'
    """
    if task.total is None:
        if not task.completed:
            return status_line(task.description, task.elapsed or 0.0)
        return printable(f"{task.description}: {task.completed:,.0f}")
    left = task.time_remaining if task.completed >= LEAST * task.total else None
    when = f", {clock(left)} left" if left else ""
    return printable(f"{task.description}: {task.completed:,.0f} of {task.total:,.0f}{when}")


def status_line(text: str, seconds: float) -> str:
    """Return what is being done, and for how long.

    >>> status_line("Preparing the encoder", 75)
    'Preparing the encoder: 1:15 so far'
    """
    return printable(f"{text}: {clock(seconds)} so far")


remarks = RecordedConsole(stderr=True, soft_wrap=True)


def show(what: RenderableType) -> None:
    """Print the result on stdout.

    Raises:
        OutputError: stdout is closed, or cannot be written to.
    """
    if sys.stdout is None:
        raise OutputError(OSError("it is closed"))
    is_text = isinstance(what, str)
    PlainConsole(width=None if sys.stdout.isatty() else 160).print(what, soft_wrap=is_text)


class _Description(ProgressColumn):
    """The description of a task, as plain text."""

    def render(self, task: Task) -> Text:
        return Text(clean(task.description))


def progress_bar() -> RecordedProgress:
    """Return a progress bar for one task at a time; it is only drawn in a terminal."""
    columns = (_Description(), BarColumn(), MofNCompleteColumn())
    return RecordedProgress(
        *columns, TimeRemainingColumn(), console=remarks, disable=not remarks.is_terminal
    )


def seconds_bar() -> RecordedProgress:
    """Return a progress bar for tasks measured in seconds of a recording, with the time left."""
    columns = (_Description(), BarColumn(), TaskProgressColumn(show_speed=False))
    return RecordedProgress(
        *columns, TimeRemainingColumn(), console=remarks, disable=not remarks.is_terminal
    )
