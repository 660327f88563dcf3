"""Unusable files in the index folder: they are skipped and reported, but are never fatal."""

import os
import shlex
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Unusable:
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
