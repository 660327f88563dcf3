"""The words of Japanese texts, kept in the index folder by text, so that each is split once.

SudachiPy takes most of the time in which the bundled course is indexed, and a text that has not
changed has the same words.
"""

from contextlib import suppress
from importlib.metadata import version
from pathlib import Path

import msgspec

from cs25search.index.build import BUILD_VERSION
from cs25search.index.chunk_text import text_key
from cs25search.integrity import replace_file
from cs25search.text.japanese import japanese_words

FILE = "japanese-words.json"


class _Kept(msgspec.Struct, frozen=True):
    """The file: what split the texts, and the words of each text by its key."""

    splitter: str = ""
    words: dict[str, list[str]] = {}


class KeptWords:
    """Gives the words of Japanese texts, and keeps those that an ingest has asked for."""

    def __init__(self, index_dir: Path) -> None:
        """Prepare to look texts up; a file that is damaged or of another splitter is ignored."""
        self._path = index_dir / FILE
        self._before: _Kept | None = None
        self._splitter = " ".join(
            [str(BUILD_VERSION), version("sudachipy"), version("sudachidict-small")]
        )
        self._words: dict[str, list[str]] = {}

    def __call__(self, text: str) -> list[str]:
        """Return the words of a text."""
        if self._before is None:
            self._before = self._read()
        key = text_key(text).decode()
        if key not in self._words:
            known = self._before.words.get(key)
            self._words[key] = japanese_words(text) if known is None else known
        return self._words[key]

    def write(self) -> None:
        """Keep the words of the texts that were asked for; without space, they are not kept."""
        if self._before is None or self._before.words == self._words:
            return
        with suppress(OSError):
            replace_file(self._path, msgspec.json.encode(_Kept(self._splitter, self._words)))

    def _read(self) -> _Kept:
        with suppress(OSError, msgspec.DecodeError):
            kept = msgspec.json.decode(self._path.read_bytes(), type=_Kept)
            if kept.splitter == self._splitter:
                return kept
        return _Kept()
