"""The captions of one video, and the records that format readers return."""

import msgspec

from cs25search.errors import CaptionError
from cs25search.records import Cue

from .clocks import BROKEN_OFF

MAX_SKIPPED = 100  # further problems are not listed, so that a hostile file cannot fill memory
MAX_HOURS = 9999
Timed = tuple[int | None, str]  # start in milliseconds if known, and text


class Track(msgspec.Struct, frozen=True):
    """The captions of one video.

    Attributes:
        cues: Sorted by start; each spoken word is in one of them.
        skipped: Problems of captions that were left out, at most MAX_SKIPPED.
        kind: The format, as named in docs/captions.md.
        encoding: The encoding if it was guessed, else "".
        remarks: Sentences about unusual captions that were kept.
        chapters: Headings between the captions: start in seconds, title.
    """

    cues: tuple[Cue, ...]
    skipped: tuple[CaptionError, ...] = ()
    kind: str = ""
    encoding: str = ""
    remarks: tuple[str, ...] = ()
    chapters: tuple[tuple[float, str], ...] = ()

    @property
    def broken_off(self) -> CaptionError | None:
        """Where the file ends within a caption or is broken from some place on; None if whole."""
        return next((one for one in self.skipped if BROKEN_OFF in one.reason), None)


class NoSpeech(CaptionError):
    """A file has a caption format but contains something else.

    Attributes:
        chapters: Its contents if it is a list of chapters: start in seconds, title.
        is_usual: Whether such a file is usual beside captions, so that nothing has to be done.
    """

    def __init__(
        self,
        source: str,
        reason: str,
        chapters: tuple[tuple[float, str], ...] = (),
        *,
        is_usual: bool = False,
    ) -> None:
        self.chapters = chapters
        self.is_usual = is_usual or bool(chapters)
        super().__init__(source, 0, reason)


class NoTimes(CaptionError):
    """A transcript says nothing about when its words are said."""

    cure = (
        "Copy or save the transcript with its times, or let --transcribe write captions from the "
        "recording."
    )


class Shown(msgspec.Struct):
    """A caption as in the file, including repeats. Times in milliseconds."""

    start: int
    end: int | None  # None: until the next caption
    lines: list[list[Timed]]
    speaker: str = ""


class Problems:
    """Collects the problems of one file as errors."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.found: list[CaptionError] = []

    def add(self, line: int, reason: str) -> None:
        """Add a problem, unless there are too many."""
        if len(self.found) < MAX_SKIPPED:
            self.found.append(CaptionError(self.source, line, reason))
