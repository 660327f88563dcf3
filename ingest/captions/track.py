"""The captions of one video, and what a reader of one kind hands on."""

from dataclasses import dataclass

from cs25search.errors import CaptionError
from cs25search.records import Cue

MAX_SKIPPED = 100  # further problems are not listed, so that a hostile file cannot fill memory
MAX_HOURS = 9999
Timed = tuple[int | None, str]  # text, and the millisecond it is said at if the file tells


@dataclass(frozen=True, slots=True)
class Track:
    """The captions of one video.

    Attributes:
        cues: Sorted by start; each spoken word is in one of them.
        skipped: What could not be read and was left out, at most MAX_SKIPPED problems.
        kind: What the file is, as docs/captions.md calls it.
        encoding: The encoding if it was guessed, else "".
        remarks: What is odd about the captions, in sentences; nothing was left out for it.
        chapters: Headings that stand between the captions: start in seconds, title.
    """

    cues: tuple[Cue, ...]
    skipped: tuple[CaptionError, ...] = ()
    kind: str = ""
    encoding: str = ""
    remarks: tuple[str, ...] = ()
    chapters: tuple[tuple[float, str], ...] = ()


class NoSpeech(CaptionError):
    """A file is made like captions and holds something else.

    Attributes:
        chapters: What it holds if it is a list of chapters: start in seconds, title.
    """

    def __init__(
        self, source: str, reason: str, chapters: tuple[tuple[float, str], ...] = ()
    ) -> None:
        self.chapters = chapters
        super().__init__(source, 0, reason)


@dataclass(slots=True)
class Shown:
    """A caption as the file shows it, repeats included. Times in milliseconds."""

    start: int
    end: int | None  # None: until the next caption
    lines: list[list[Timed]]
    speaker: str = ""


class Problems:
    """The problems of one file, as errors that name it."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.found: list[CaptionError] = []

    def add(self, line: int, reason: str) -> None:
        """Add a problem, unless there are too many."""
        if len(self.found) < MAX_SKIPPED:
            self.found.append(CaptionError(self.source, line, reason))
