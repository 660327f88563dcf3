"""Progress and remarks on stderr, so that stdout holds the closing table alone."""

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

remarks = Console(stderr=True, highlight=False, soft_wrap=True)


def progress_bar() -> Progress:
    """Return a bar for one task at a time; it is only drawn in a terminal."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    return Progress(
        *columns, TimeRemainingColumn(), console=remarks, disable=not remarks.is_terminal
    )
