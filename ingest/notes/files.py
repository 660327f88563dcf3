"""The notes by a language model, kept per window under index/NAME/notes/."""

import math
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import msgspec

from cs25search.course.read import TimedNote, note_chunk
from cs25search.integrity import replace_file
from cs25search.records import Chunk

from ..stored import Unusable, read_stored
from .windows import Window


class Written(msgspec.Struct, frozen=True):
    """The notes about one window and their author; a file in index/NAME/notes/."""

    key: str
    model: str
    version: int
    japanese: bool  # whether Japanese was requested
    notes: tuple[TimedNote, ...]


def store_notes(folder: Path, written: Written) -> None:
    """Keep the notes about a window, replacing those by another model."""
    folder.mkdir(parents=True, exist_ok=True)
    content = msgspec.json.format(msgspec.json.encode(written), indent=1)
    replace_file(folder / f"{written.key}.json", content + b"\n")


def stored_notes(
    folder: Path, on_unusable: Callable[[Unusable], None] = lambda _: None
) -> dict[str, Written]:
    """Return the kept notes by the key of their window.

    Args:
        on_unusable: Called with each file that is skipped.
    """
    found = read_stored(folder.glob("*.json"), _read, on_unusable)
    return {written.key: written for written in found}


def _read(path: Path) -> Written:
    written = msgspec.json.decode(path.read_bytes(), type=Written)
    if path.name != f"{written.key}.json":
        raise ValueError(f"it contains the notes of {written.key[:40]!r}")
    if not all(0 <= note.start < note.end < math.inf for note in written.notes):
        raise ValueError("a note ends before it starts")
    return written


def note_chunks(windows: Iterable[Window], stored: Mapping[str, Written]) -> list[Chunk]:
    """Return the kept notes about windows as chunks."""
    return [
        note_chunk(window.video_id, round(note.start * 1000), note, stored[window.key].model)
        for window in windows
        if window.key in stored
        for note in stored[window.key].notes
    ]
