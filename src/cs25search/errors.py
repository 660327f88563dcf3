"""Every error this package raises on purpose.

Cs25SearchError
├── DataError       a file of a course is faulty: lectures, slides, notes
├── FileError       a file given by the user cannot be read
│   ├── CaptionError
│   └── DeckError
├── LinkError       a text is not a link to a video or playlist
├── FetchError      YouTube returned nothing; ingest/youtube/failures.py has the causes
├── CourseMissing   there is no course of this name
├── QuestionError   a query or a question file cannot be used
├── IngestNeeded    rebuilding the index of the course helps
│   ├── EncoderError    the encoder is missing, altered or a different one
│   ├── IndexMissing    no index has been built yet
│   └── IndexDamaged    a file of the index is missing, altered or half written
├── StoreError      Milvus cannot be used
└── OutputError     the output of a command cannot be written

The text says what is wrong with the value, where, and what to do next; the same facts are fields.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Self

FAILED = 2  # exit code of a program that an error or wrong usage stopped
INGEST = "cs25search ingest"  # the course may follow; unlike python -m, works in every folder


class Cs25SearchError(Exception):
    """Base of all errors meant for users; `str()` can be shown to them."""


class DataError(Cs25SearchError):
    """A data file of a course is faulty.

    Attributes:
        path: The file.
        place: Place in the file, such as "note 3, field end".
    """

    def __init__(self, path: Path | str, place: str, problem: str) -> None:
        self.path, self.place, self.problem = path, place, problem
        bundled = Path(path).is_relative_to(Path(__file__).parent)
        cure = "Install cs25search again." if bundled else "Correct the file; see docs/courses.md."
        super().__init__(f"{path}, {place}: {problem}.\n{cure}")


class FileError(Cs25SearchError):
    """A text file given by the user cannot be read.

    Attributes:
        source: File name, or a name in angle brackets if parsed from memory.
        line: Line number from 1; 0 if the whole file is affected.
        reason: What is wrong, with the value found.
    """

    cure: str

    def __init__(self, source: str, line: int, reason: str) -> None:
        self.source, self.line, self.reason = source, line, reason
        where = f"{source}, line {line}" if line else source
        super().__init__(f"{where}: {reason}.\n{self.cure}")


class CaptionError(FileError):
    """A caption file cannot be read."""

    cure = "Save the captions again as SRT or WebVTT in UTF-8, or remove the file."


class DeckError(FileError):
    """A slide-deck text cannot be read."""

    cure = "Copy the transcript from the deck's page on speakerdeck.com into a UTF-8 text file."


class LinkError(Cs25SearchError):
    """A text is not a link to a YouTube video or playlist.

    Attributes:
        link: The text.
    """

    def __init__(self, link: str, wanted: str, example: str) -> None:
        self.link = link
        super().__init__(
            f"{link[:100]!r} is not a YouTube {wanted}.\nGive its id or link: {example}"
        )


class QuestionError(Cs25SearchError):
    """A query or a file of questions cannot be used."""


class CourseMissing(Cs25SearchError):
    """There is no course of this name: neither its folder nor an index.

    Args:
        others: The names of the courses that exist.
    """

    def __init__(self, name: str, others: Sequence[str]) -> None:
        self.name, self.others = name, others
        super().__init__(
            f"There is no course {name}. There are: {', '.join(others)}.\n"
            f"Choose one of them, or make it: cs25search new {name} --captions DIR, "
            "or --playlist URL"
        )


class IngestNeeded(Cs25SearchError):
    """An error that rebuilding the index of the course fixes.

    Attributes:
        course: Its name, which the command in the text contains; "" for the default.
    """

    course: str = ""

    @property
    def command(self) -> str:
        """The command that builds the index of the course."""
        return f"{INGEST} {self.course}".rstrip()

    def of_course(self, name: str) -> Self:
        """Return the error with the name of the course in its command."""
        self.course = name
        return self

    def __str__(self) -> str:
        return super().__str__().replace(INGEST, self.command)


class EncoderError(IngestNeeded):
    """The encoder is missing, altered, or differs from the one that built the index."""


class IndexMissing(IngestNeeded):
    """No index has been built at `path`.

    Args:
        others: The courses that have an index.
    """

    def __init__(self, path: Path, others: Sequence[str] = ()) -> None:
        self.path, self.others = path, others
        there = f"\nThese courses have one: {', '.join(others)}." if others else ""
        super().__init__(f"There is no index at {path} yet.\nBuild it: {INGEST}{there}")


class IndexDamaged(IngestNeeded):
    """A file of the live generation is missing, altered or half written."""

    def __init__(self, path: Path, problem: str) -> None:
        self.path, self.problem = path, problem
        super().__init__(f"{path} {problem}.\n{rebuild()}")


class StoreError(Cs25SearchError):
    """Milvus cannot be used.

    Attributes:
        uri: The URI, without its password.
        problem: What is wrong.
        cure: What to do.
    """

    def __init__(self, uri: str, problem: str, cure: str) -> None:
        self.uri, self.problem, self.cure = uri, problem, cure
        super().__init__(f"{f'Milvus at {uri} ' if uri else ''}{problem}.\n{cure}")


class OutputError(Cs25SearchError):
    """The output of a command cannot be written to stdout."""

    def __init__(self, error: OSError) -> None:
        super().__init__(
            f"stdout cannot be written: {error.strerror or error}. The output is incomplete.\n"
            "Free some space, or send the output somewhere else."
        )


def rebuild(course: str = "") -> str:
    """Return what to do about a damaged index."""
    return f"Rebuild the index: {INGEST} {course}".rstrip()
