"""Files kept in the index folder. Unusable ones are skipped and reported, but are never fatal."""

import os
import shlex
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TypeVar

import msgspec

T = TypeVar("T")


class Unusable(msgspec.Struct, frozen=True):
    """A file of the index folder that an ingest skips, and why."""

    path: Path
    reason: str

    @property
    def cause(self) -> str:
        """What is wrong, as a sentence."""
        return f"{self.path.name} in the index folder is skipped: {self.reason.rstrip('.')}."

    @property
    def cure(self) -> str:
        """The command that removes it."""
        if os.name == "nt":
            return f'Remove it: del "{self.path}"'
        return f"Remove it: rm {shlex.quote(str(self.path))}"


def read_stored(
    paths: Iterable[Path], read: Callable[[Path], T], on_unusable: Callable[[Unusable], None]
) -> Iterator[T]:
    """Yield what each file contains.

    Args:
        read: Raises OSError, ValueError or RecursionError for an unusable file.
        on_unusable: Called with each file that is skipped.
    """
    for path in sorted(paths):
        try:
            yield read(path)
        except (OSError, ValueError, RecursionError) as error:
            on_unusable(Unusable(path, str(error)))
