"""Every error this package raises on purpose.

Cs25SearchError
├── DataError       bundled lecture, slide or note file is wrong
├── FileError       a file of the user's cannot be read
│   ├── CaptionError
│   └── DeckError
├── LinkError       what should name a video or playlist does not
├── FetchError      YouTube gave nothing (ingest/failures.py, where cause and cure are told)
├── QuestionError   a query or a question file cannot be used
├── ModelError      the encoder is missing, altered or another one
├── IndexMissing    no index has been built yet
├── IndexDamaged    a file of the index is missing, altered or half written
├── StoreError      Milvus is not there, or not as it should be
└── OutputError     what a command prints cannot be written

The text says what is wrong with the value seen, where, and what to do next;
the same facts are fields.
"""

from pathlib import Path

REBUILD = "Rebuild the index: python -m ingest"


class Cs25SearchError(Exception):
    """Base of all errors meant for a user; `str()` is fit to be shown."""


class DataError(Cs25SearchError):
    """A bundled data file is wrong.

    Attributes:
        path: The file.
        place: Where in it, such as "note 3, field end".
    """

    def __init__(self, path: Path | str, place: str, problem: str) -> None:
        self.path, self.place, self.problem = path, place, problem
        super().__init__(
            f"{path}, {place}: {problem}.\nRestore the file: git checkout -- src/cs25search/data"
        )


class FileError(Cs25SearchError):
    """A text file given by the user cannot be read.

    Attributes:
        source: File name, or a name in angle brackets when parsed from memory.
        line: Line number from 1; 0 when the file as a whole is wrong.
        reason: What is wrong, with the value seen.
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
    """A text names no YouTube video or playlist.

    Attributes:
        link: The text.
    """

    def __init__(self, link: str, wanted: str, example: str) -> None:
        self.link = link
        super().__init__(
            f"{link[:100]!r} names no YouTube {wanted}.\nGive its id or its address: {example}"
        )


class QuestionError(Cs25SearchError):
    """A query or a file of questions cannot be used."""


class ModelError(Cs25SearchError):
    """The encoder is missing, altered, or not the one that built the index."""


class IndexMissing(Cs25SearchError):
    """No index has been built at `path`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        super().__init__(f"There is no index at {path} yet.\nBuild it: python -m ingest")


class IndexDamaged(Cs25SearchError):
    """A file of the live generation is missing, altered or half written."""

    def __init__(self, path: Path, problem: str) -> None:
        self.path, self.problem = path, problem
        super().__init__(f"{path} {problem}.\n{REBUILD}")


class StoreError(Cs25SearchError):
    """Milvus cannot be used.

    Attributes:
        uri: Which one, without its password.
        problem: What is wrong.
        cure: What to do.
    """

    def __init__(self, uri: str, problem: str, cure: str) -> None:
        self.uri, self.problem, self.cure = uri, problem, cure
        super().__init__(f"{f'Milvus at {uri} ' if uri else ''}{problem}.\n{cure}")


class OutputError(Cs25SearchError):
    """What a command prints cannot be written to stdout."""

    def __init__(self, error: OSError) -> None:
        super().__init__(
            f"stdout cannot be written: {error.strerror or error}. What was printed is not whole.\n"
            "Make room, or send the output somewhere else."
        )
