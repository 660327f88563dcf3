"""The bundled course: ten lectures, 576 timed notes about them, 33 slides of the deck.

The files under cs25/ were written for this project. They are checked as they are read, so
a wrong file is an error that names file, note and field rather than a wrong answer later.
"""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from ..errors import DataError
from ..records import Chunk, Slide, Video

DATA = Path(__file__).with_name("cs25")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Lecture:
    """One of the ten lectures with the deck author's verdict. Durations in seconds."""

    number: int
    title: str
    title_ja: str
    speakers: tuple[str, ...]
    affiliation: str
    video_id: str
    youtube_title: str
    duration_s: float
    deck_duration_s: float
    recommended: bool  # the star in the deck
    in_a_word: str
    in_a_word_ja: str
    before_watching: str
    difficulty: str
    difficulty_reason: str
    good_for: str

    def video(self) -> Video:
        """Return the recording of this lecture."""
        return Video(
            self.video_id, self.title, self.speakers, self.duration_s, self.number, self.title_ja
        )


@dataclass(frozen=True, slots=True)
class Deck:
    """Who made the slides, and where they are."""

    title: str
    author: str
    published: str
    url: str


@dataclass(frozen=True, slots=True)
class Course:
    """Everything that is bundled."""

    name: str
    term: str
    url: str
    playlist_id: str
    deck: Deck
    lectures: tuple[Lecture, ...]
    slides: tuple[Slide, ...]
    notes: tuple[Chunk, ...]


@dataclass(frozen=True, slots=True)
class _Note:
    start: float
    end: float
    title: str
    summary: str
    title_ja: str
    summary_ja: str
    terms: tuple[str, ...]
    qa: bool
    asks: tuple[str, ...]
    asks_ja: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Timeline:
    deck_lecture: int
    video_id: str
    duration_s: float
    notes: tuple[_Note, ...]


@dataclass(frozen=True, slots=True)
class _LectureFile:
    course: dict[str, str]
    lectures: tuple[Lecture, ...]


@dataclass(frozen=True, slots=True)
class _SlideEntry:
    number: int
    lecture: int | None
    kind: str
    title: str
    summary: str
    title_ja: str
    summary_ja: str
    points: tuple[str, ...]
    terms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _SlideFile:
    deck: dict[str, Any]
    slides: tuple[_SlideEntry, ...]


@cache
def load_course(data: Path = DATA) -> Course:
    """Return the bundled course, checked.

    Raises:
        DataError: A file is missing, is not the JSON it should be, lacks a lecture, or has a
            note that leaves a gap, overlaps its neighbour or lies outside the video.
    """
    lecture_file = _read(data / "lectures.json", _LectureFile)
    lectures = lecture_file.lectures
    numbers = [lecture.number for lecture in lectures]
    if numbers != list(range(1, len(numbers) + 1)):
        raise DataError(
            data / "lectures.json", "lectures", f"numbers are {numbers}, not 1, 2, 3 and so on"
        )
    notes = tuple(note for lecture in lectures for note in _read_notes(data / "timeline", lecture))
    slide_file = _read(data / "slides.json", _SlideFile)
    deck = msgspec.convert(slide_file.deck, Deck)
    slides = _slides(data / "slides.json", slide_file, deck, numbers)
    about = lecture_file.course
    return Course(
        about["name"], about["term"], about["url"], about["playlist_id"],
        deck, lectures, slides, notes,
    )  # fmt: skip


def _read(path: Path, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(path.read_bytes(), type=kind)
    except OSError as error:
        raise DataError(path, "file", f"cannot be read ({error.strerror})") from error
    except msgspec.DecodeError as error:
        raise DataError(path, _place(str(error)), str(error).split(" - at")[0]) from error


def _place(message: str) -> str:
    """Return the place in a msgspec message as a reader would say it, counting from 1.

    >>> _place("Expected `float`, got `str` - at `$.notes[2].end`")
    'note 3, field end'
    """
    found = re.search(r"at `\$\.?(.*)`", message)
    if not found:
        return "file"
    parts = [re.sub(r"(\w+?)s\[(\d+)\]", _from_one, part) for part in found[1].split(".")]
    if parts[-1] and " " not in parts[-1]:
        parts[-1] = f"field {parts[-1]}"
    return ", ".join(parts)


def _from_one(match: re.Match[str]) -> str:
    return f"{match[1]} {int(match[2]) + 1}"


def _read_notes(folder: Path, lecture: Lecture) -> list[Chunk]:
    path = folder / f"{lecture.number:02}.json"
    timeline = _read(path, _Timeline)
    if (timeline.deck_lecture, timeline.video_id) != (lecture.number, lecture.video_id):
        raise DataError(
            path,
            "field video_id",
            f"is lecture {timeline.deck_lecture}, {timeline.video_id}; lectures.json says "
            f"lecture {lecture.number}, {lecture.video_id}",
        )
    if not timeline.notes:
        raise DataError(path, "field notes", "is empty")
    begins = timeline.notes[0].start
    for number, note in enumerate(timeline.notes, start=1):
        if note.start != begins:
            raise DataError(
                path, f"note {number}, field start",
                f"is {note.start:g} but the note before ends at {begins:g}",
            )  # fmt: skip
        if not note.start < note.end <= lecture.duration_s:
            raise DataError(
                path, f"note {number}, field end",
                f"is {note.end:g}; it must lie after {note.start:g} and not after the end of "
                f"the video, {lecture.duration_s:g}",
            )  # fmt: skip
        for field in ("title", "summary", "title_ja", "summary_ja"):
            if not getattr(note, field).strip():
                raise DataError(path, f"note {number}, field {field}", "is empty")
        begins = note.end
    return [
        Chunk(
            chunk_id=f"{lecture.video_id}:{int(note.start)}n",
            video_id=lecture.video_id,
            start=note.start,
            end=note.end,
            text=note.summary,
            kind="note",
            title=note.title,
            text_ja=note.summary_ja,
            title_ja=note.title_ja,
            terms=note.terms,
            asks=note.asks,
            asks_ja=note.asks_ja,
            qa=note.qa,
        )
        for note in timeline.notes
    ]


def _slides(path: Path, file: _SlideFile, deck: Deck, lectures: list[int]) -> tuple[Slide, ...]:
    expected = list(range(1, file.deck["slides"] + 1))
    numbers = [entry.number for entry in file.slides]
    if numbers != expected:
        raise DataError(path, "slides", f"numbers are {numbers}, not 1 to {len(expected)}")
    for entry in file.slides:
        if entry.lecture is not None and entry.lecture not in lectures:
            raise DataError(
                path, f"slide {entry.number}, field lecture", f"is {entry.lecture}, no such lecture"
            )
    return tuple(
        Slide(
            number=entry.number,
            lecture=entry.lecture,
            title=entry.title,
            summary=entry.summary,
            url=f"{deck.url}?slide={entry.number}",
            title_ja=entry.title_ja,
            summary_ja=entry.summary_ja,
            kind=entry.kind,
            points=entry.points,
            terms=entry.terms,
        )
        for entry in file.slides
    )
