"""The bundled course: ten lectures, 576 timed notes about them, and 33 slides of the deck.

The files under cs25/ were written for this project. They are checked on reading, so that a faulty
file causes an error that names file, note and field instead of a wrong answer later.

    lectures.json         the lectures with the deck author's verdict
    lectures-extra.json   their overview, outline, and questions about each lecture
    timeline/01.json ...  timed notes with the questions that each answers
    slides.json           the slides; slides-asks.json: the questions that each answers
    course.json           facts about the course and the deck, as questions and answers
    mentions.json         names, and the notes that mention each of them
    aliases.json          names of the same thing in both languages
"""

import re
from dataclasses import dataclass, fields, replace
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from ..errors import DataError
from ..records import Chunk, Slide, Video

DATA = Path(__file__).with_name("cs25")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Section:
    """An entry of a lecture's outline: the start of a part, in seconds, and its title."""

    start: float
    title: str
    title_ja: str


@dataclass(frozen=True, slots=True)
class Lecture:
    """One of the ten lectures with the deck author's verdict. Durations in seconds.

    `asks` are questions about the lecture as a whole.
    """

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
    before_watching_ja: str = ""
    difficulty_reason_ja: str = ""
    good_for_ja: str = ""
    summary: str = ""
    summary_ja: str = ""
    verdict: str = ""
    verdict_ja: str = ""
    outline: tuple[Section, ...] = ()
    asks: tuple[str, ...] = ()
    asks_ja: tuple[str, ...] = ()

    def video(self) -> Video:
        """Return the recording of this lecture."""
        return Video(
            self.video_id, self.title, self.speakers, self.duration_s, self.number, self.title_ja
        )


@dataclass(frozen=True, slots=True)
class Deck:
    """Who made the slides, and where they are published."""

    title: str
    author: str
    published: str
    url: str


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact about the course or the deck: questions in both languages, and the answer."""

    q: tuple[str, ...]
    q_ja: tuple[str, ...]
    answer: str
    answer_ja: str
    slides: tuple[int, ...]
    lectures: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Alias:
    """Names of the same thing. The first in each language is the usual one.

    Attributes:
        ambiguous: Whether one of its names also means something else.
    """

    id: str
    en: tuple[str, ...]
    ja: tuple[str, ...]
    ambiguous: bool = False


@dataclass(frozen=True, slots=True)
class Course:
    """Everything in the bundled course.

    `mentions` maps a name and a lecture number to the starts of the notes that mention it.
    """

    name: str
    term: str
    url: str
    playlist_id: str
    deck: Deck
    lectures: tuple[Lecture, ...]
    slides: tuple[Slide, ...]
    notes: tuple[Chunk, ...]
    facts: tuple[Fact, ...]
    mentions: dict[str, dict[int, tuple[float, ...]]]


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
class _LectureExtra:
    number: int
    before_watching_ja: str
    difficulty_reason_ja: str
    good_for_ja: str
    summary: str
    summary_ja: str
    verdict: str
    verdict_ja: str
    outline: tuple[Section, ...]
    asks: tuple[str, ...]
    asks_ja: tuple[str, ...]


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


@dataclass(frozen=True, slots=True)
class _SlideAsks:
    number: int
    asks: tuple[str, ...]
    asks_ja: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _FactFile:
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class _MentionFile:
    mentions: dict[str, dict[int, tuple[float, ...]]]


@dataclass(frozen=True, slots=True)
class _AliasFile:
    terms: tuple[Alias, ...]


@cache
def load_course(data: Path = DATA) -> Course:
    """Return the bundled course after checking it.

    Raises:
        DataError: A file is missing, is not valid JSON of the expected form, lacks a lecture or
            slide, names one that does not exist, or has a note that leaves a gap, overlaps its
            neighbour or is outside the video.
    """
    lecture_file = _read(data / "lectures.json", _LectureFile)
    lectures = lecture_file.lectures
    numbers = [lecture.number for lecture in lectures]
    if numbers != list(range(1, len(numbers) + 1)):
        raise DataError(
            data / "lectures.json", "lectures", f"numbers are {numbers}, not 1, 2, 3 and so on"
        )
    lectures = _with_extras(data / "lectures-extra.json", lectures)
    notes = tuple(note for lecture in lectures for note in _read_notes(data / "timeline", lecture))
    slide_file = _read(data / "slides.json", _SlideFile)
    deck = msgspec.convert(slide_file.deck, Deck)
    slides = _slides(data / "slides.json", slide_file, deck, numbers)
    slides = _with_asks(data / "slides-asks.json", slides)
    about = lecture_file.course
    return Course(
        about["name"], about["term"], about["url"], about["playlist_id"],
        deck, lectures, slides, notes,
        _read_facts(data / "course.json", numbers, [slide.number for slide in slides]),
        _read_mentions(data / "mentions.json", lectures, notes),
    )  # fmt: skip


@cache
def load_aliases(data: Path = DATA) -> tuple[Alias, ...]:
    """Return the names of things that the bundled course talks about.

    Raises:
        DataError: The file is missing or is not valid JSON of the expected form, a thing has no
            English name, or a name is empty.
    """
    path = data / "aliases.json"
    terms = _read(path, _AliasFile).terms
    for number, term in enumerate(terms, start=1):
        if not term.en:
            raise DataError(path, f"term {number}, field en", "is empty")
        _no_blank(path, f"term {number}", term, "en", "ja")
    return terms


def _read(path: Path, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(path.read_bytes(), type=kind)
    except OSError as error:
        raise DataError(path, "file", f"cannot be read ({error.strerror})") from error
    except msgspec.DecodeError as error:
        raise DataError(path, _place(str(error)), str(error).split(" - at")[0]) from error


def _place(message: str) -> str:
    """Return the place in a msgspec message in readable form, counting from 1.

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
                f"is {note.end:g}; it must be after {note.start:g} and not after the end of "
                f"the video, {lecture.duration_s:g}",
            )  # fmt: skip
        place = f"note {number}"
        _no_blank(
            path, place, note, "title", "summary", "title_ja", "summary_ja", "asks", "asks_ja"
        )
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


def _no_blank(path: Path, place: str, record: object, *names: str) -> None:
    """Raise a DataError if one of the fields is an empty text or contains one."""
    for field in names:
        value = getattr(record, field)
        texts = (value,) if isinstance(value, str) else value
        if not all(text.strip() for text in texts):
            raise DataError(path, f"{place}, field {field}", "is empty")


def _with_extras(path: Path, lectures: tuple[Lecture, ...]) -> tuple[Lecture, ...]:
    extras = _read(path, tuple[_LectureExtra, ...])
    _same_numbers(path, "lectures", [extra.number for extra in extras], len(lectures))
    for lecture, extra in zip(lectures, extras, strict=True):
        place = f"lecture {extra.number}"
        _no_blank(path, place, extra, *(x.name for x in fields(extra)[1:] if x.name != "outline"))
        starts = [section.start for section in extra.outline]
        if not starts or starts != sorted(set(starts)) or starts[-1] >= lecture.duration_s:
            raise DataError(
                path, f"{place}, field outline",
                f"starts are {starts}; they must increase and be before the end of the video, "
                f"{lecture.duration_s:g}",
            )  # fmt: skip
        for number, section in enumerate(extra.outline, start=1):
            _no_blank(path, f"{place}, section {number}", section, "title", "title_ja")
    return tuple(
        replace(lecture, **{x.name: getattr(extra, x.name) for x in fields(extra)})
        for lecture, extra in zip(lectures, extras, strict=True)
    )


def _with_asks(path: Path, slides: tuple[Slide, ...]) -> tuple[Slide, ...]:
    entries = _read(path, tuple[_SlideAsks, ...])
    _same_numbers(path, "slides", [entry.number for entry in entries], len(slides))
    for entry in entries:
        _no_blank(path, f"slide {entry.number}", entry, "asks", "asks_ja")
    return tuple(
        replace(slide, asks=entry.asks, asks_ja=entry.asks_ja)
        for slide, entry in zip(slides, entries, strict=True)
    )


def _read_facts(path: Path, lectures: list[int], slides: list[int]) -> tuple[Fact, ...]:
    facts = _read(path, _FactFile).facts
    for number, fact in enumerate(facts, start=1):
        _no_blank(path, f"fact {number}", fact, "q", "q_ja", "answer", "answer_ja")
        for field, known in (("lectures", lectures), ("slides", slides)):
            if unknown := [n for n in getattr(fact, field) if n not in known]:
                raise DataError(
                    path,
                    f"fact {number}, field {field}",
                    f"names {unknown[0]}, which does not exist",
                )
    return facts


def _read_mentions(
    path: Path, lectures: tuple[Lecture, ...], notes: tuple[Chunk, ...]
) -> dict[str, dict[int, tuple[float, ...]]]:
    mentions = _read(path, _MentionFile).mentions
    number = {lecture.video_id: lecture.number for lecture in lectures}
    begins = {(number[note.video_id], note.start) for note in notes}
    for name, places in mentions.items():
        for lecture, starts in places.items():
            for start in starts:
                if (lecture, start) not in begins:
                    raise DataError(
                        path, f"mentions of {name}",
                        f"lecture {lecture} has no note that starts at {start:g}",
                    )  # fmt: skip
    return mentions


def _same_numbers(path: Path, what: str, numbers: list[int], count: int) -> None:
    if numbers != list(range(1, count + 1)):
        raise DataError(path, what, f"numbers are {numbers}, not 1 to {count}")


def _slides(path: Path, file: _SlideFile, deck: Deck, lectures: list[int]) -> tuple[Slide, ...]:
    _same_numbers(path, "slides", [entry.number for entry in file.slides], file.deck["slides"])
    for entry in file.slides:
        if entry.lecture is not None and entry.lecture not in lectures:
            raise DataError(
                path,
                f"slide {entry.number}, field lecture",
                f"is {entry.lecture}, which does not exist",
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
