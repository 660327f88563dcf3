"""Answers to questions about what is taught, read from the folder of a course.

    explanations/*.json     each file: explanations, and questions that are left unanswered

A note tells one moment; people ask about things, and the answer often lies in several moments. An
explanation is such an answer, written from the notes alone. Its notes are named by the number of
their lecture and the second at which they start: "5:400". `asked` is how many questions of
strangers it was found to answer.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec
from msgspec.structs import replace

from ..errors import DataError
from ..records import Chunk, Explanation, Lecture, Moment, Part
from .json_files import no_blank, read_json

FOLDER = "explanations"


class _Part(msgspec.Struct, frozen=True):
    en: str
    ja: str
    notes: tuple[str, ...]
    side: str = ""
    side_ja: str = ""


class _Explanation(msgspec.Struct, frozen=True):
    asks: tuple[str, ...]
    asks_ja: tuple[str, ...]
    answer: tuple[_Part, ...]
    asked: int = 0


class _Unsaid(msgspec.Struct, frozen=True):
    asks: tuple[str, ...]
    asks_ja: tuple[str, ...]
    en: str
    ja: str
    notes: tuple[str, ...] = ()
    asked: int = 0


class _File(msgspec.Struct, frozen=True):
    explanations: tuple[_Explanation, ...] = ()
    unsaid: tuple[_Unsaid, ...] = ()


def read_explanations(
    folder: Path, lectures: Sequence[Lecture], notes: Sequence[Chunk]
) -> tuple[Explanation, ...]:
    """Return the explanations in the folder of a course; none if it has no such files.

    Raises:
        DataError: A file cannot be read, is not of the expected form, has an answer without a note,
            or names a note that does not exist.
    """
    numbers = {lecture.video_id: lecture.number for lecture in lectures}
    known = {
        f"{numbers[note.video_id]}:{note.start:g}": (note.video_id, note.start) for note in notes
    }
    found: list[Explanation] = []
    for path in sorted((folder / FOLDER).glob("*.json")):
        file = read_json(path, _File) or _File()
        for number, one in enumerate(file.explanations, start=1):
            place = f"explanation {number}"
            if not one.answer or not all(part.notes for part in one.answer):
                raise DataError(
                    path, f"{place}, field answer", "has a part without a note, or none"
                )
            found.append(_explanation(path, place, one, one.answer, known))
        for number, other in enumerate(file.unsaid, start=1):
            part = _Part(other.en, other.ja, other.notes)
            one_part = _explanation(path, f"unsaid {number}", other, (part,), known)
            found.append(replace(one_part, is_said=False))
    return tuple(found)


def _explanation(
    path: Path,
    place: str,
    asked: _Explanation | _Unsaid,
    parts: Sequence[_Part],
    known: Mapping[str, Moment],
) -> Explanation:
    no_blank(path, place, asked, "asks", "asks_ja")
    if not asked.asks:
        raise DataError(path, f"{place}, field asks", "has no question")
    for part in parts:
        no_blank(path, place, part, "en", "ja")
        if unknown := [note for note in part.notes if note not in known]:
            raise DataError(path, f"{place}, field notes", f"names {unknown[0]}, which is no note")
    read = (
        Part(one.en, one.ja, tuple(known[note] for note in one.notes), one.side, one.side_ja)
        for one in parts
    )
    return Explanation(asked.asks, asked.asks_ja, tuple(read), asked=asked.asked)
