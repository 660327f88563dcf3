"""A course: what is known about its lectures, slides and notes, read from a folder.

    course.toml           title, playlist, deck, lectures; see settings.py
    captions/             caption files; read by ingest
    deck.txt              the text of a deck; read by ingest
    notes/01.json ...     timed notes by lecture number, with the questions that each answers
    slides.json           summaries of slides; slides-asks.json: the questions that each answers
    overviews.json        overview and outline of the lectures, and questions about each lecture
    facts.json, facts/    facts about the course, as questions and answers
    explanations/         answers to questions about what is taught; see explanations.py

Everything but course.toml is optional. Files are checked on reading, so that a faulty file causes
an error that names file, note and field instead of a wrong answer later.
"""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import msgspec
from msgspec.structs import fields, replace

from ..errors import DataError
from ..place import BUNDLED, COURSE_FILE, is_name
from ..records import About, Chunk, Deck, Explanation, Lecture, Section, Slide
from ..times import slide_url
from .explanations import read_explanations
from .json_files import no_blank, read_json
from .settings import Settings, read_settings


class Fact(msgspec.Struct, frozen=True):
    """A fact about the course or the deck: questions in both languages, and the answer.

    `advice` is false if it recommends no lecture: the guide does not show it for a goal. `asked` is
    how many questions of strangers it was found to answer.
    """

    q: tuple[str, ...]
    answer: str
    q_ja: tuple[str, ...] = ()
    answer_ja: str = ""
    slides: tuple[int, ...] = ()
    lectures: tuple[int, ...] = ()
    advice: bool = True
    asked: int = 0


class Course(msgspec.Struct, frozen=True):
    """Everything in the folder of a course but its captions."""

    settings: Settings
    folder: Path
    slides: tuple[Slide, ...] = ()
    notes: tuple[Chunk, ...] = ()
    facts: tuple[Fact, ...] = ()
    explanations: tuple[Explanation, ...] = ()

    @property
    def about(self) -> About:
        """What an index keeps of it."""
        return self.settings.about

    @property
    def lectures(self) -> tuple[Lecture, ...]:
        """The lectures listed in course.toml, by number."""
        return self.about.lectures

    @property
    def deck(self) -> Deck:
        """Who made the slides."""
        return self.about.deck or Deck()


class TimedNote(msgspec.Struct, frozen=True):
    """A note about a part of a video; times in seconds."""

    start: float
    end: float
    title: str
    summary: str
    title_ja: str = ""
    summary_ja: str = ""
    terms: tuple[str, ...] = ()
    asks: tuple[str, ...] = ()
    asks_ja: tuple[str, ...] = ()


class _Note(TimedNote, frozen=True):
    qa: bool = False  # about a question from the audience


class _NoteFile(msgspec.Struct, frozen=True):
    notes: tuple[_Note, ...]
    video_id: str = ""


class _Overview(msgspec.Struct, frozen=True):
    """The fields of `Lecture` that overviews.json has; the others are in course.toml."""

    number: int
    summary: str = ""
    summary_ja: str = ""
    verdict: str = ""
    verdict_ja: str = ""
    before_watching_ja: str = ""
    difficulty_reason_ja: str = ""
    good_for_ja: str = ""
    outline: tuple[Section, ...] = ()
    asks: tuple[str, ...] = ()
    asks_ja: tuple[str, ...] = ()
    called: tuple[str, ...] = ()
    called_ja: tuple[str, ...] = ()


class _SlideEntry(msgspec.Struct, frozen=True):
    """A slide in slides.json; `Slide` also has its link and questions, from other files."""

    number: int
    title: str
    summary: str
    lecture: int | None = None
    title_ja: str = ""
    summary_ja: str = ""
    points: tuple[str, ...] = ()
    terms: tuple[str, ...] = ()


class _SlideAsks(msgspec.Struct, frozen=True):
    number: int
    asks: tuple[str, ...]
    asks_ja: tuple[str, ...] = ()


class _FactFile(msgspec.Struct, frozen=True):
    facts: tuple[Fact, ...]


@cache
def load_course(folder: Path = BUNDLED) -> Course:
    """Return the course in a folder after checking it.

    Raises:
        DataError: A file cannot be read, is not of the expected form, names a lecture or slide that
            does not exist, or has a note that overlaps its neighbour or is outside the video.
    """
    settings = read_settings(folder)
    lectures = settings.about.lectures
    numbers = [lecture.number for lecture in lectures]
    lectures = _with_overviews(folder / "overviews.json", lectures)
    notes = tuple(note for lecture in lectures for note in _read_notes(folder / "notes", lecture))
    slides = _read_slides(folder, settings.about.deck or Deck(), numbers)
    return Course(
        replace(settings, about=replace(settings.about, lectures=lectures)),
        folder,
        slides,
        notes,
        tuple(_read_facts(folder, numbers, [slide.number for slide in slides])),
        read_explanations(folder, lectures, notes),
    )


def has_course(folder: Path) -> bool:
    """Return whether a folder contains a course."""
    return (folder / COURSE_FILE).is_file()


def course_names(courses: Path) -> list[str]:
    """Return the names of the courses in a folder, in order; none if there is no such folder."""
    return [name for name in all_folders(courses) if is_name(name)]


def all_folders(courses: Path) -> list[str]:
    """Return the names of the folders with a course.toml, also those that no course can have."""
    return sorted(path.name for path in courses.glob("*") if has_course(path))


def _read_notes(folder: Path, lecture: Lecture) -> list[Chunk]:
    path = folder / f"{lecture.number:02}.json"
    file = read_json(path, _NoteFile)
    if file is None:
        return []
    if file.video_id not in ("", lecture.video_id):
        raise DataError(
            path,
            "field video_id",
            f"is {file.video_id}; {COURSE_FILE} says that lecture {lecture.number} is "
            f"{lecture.video_id or 'not on YouTube'}",
        )
    if not file.notes:
        raise DataError(path, "field notes", "is empty")
    in_japanese = any(note.summary_ja for note in file.notes)
    names = ["title", "summary", "asks", "asks_ja"] + ["title_ja", "summary_ja"] * in_japanese
    before = 0.0
    for number, note in enumerate(file.notes, start=1):
        place = f"note {number}"
        if note.start < before:
            raise DataError(
                path, f"{place}, field start",
                f"is {note.start:g} but the note before ends at {before:g}",
            )  # fmt: skip
        if not note.start < note.end <= (lecture.duration or note.end):
            raise DataError(
                path, f"{place}, field end",
                f"is {note.end:g}; it must be after {note.start:g} and not after the end of "
                f"the video, {lecture.duration:g}",
            )  # fmt: skip
        no_blank(path, place, note, *names)
        before = note.end
    return [
        replace(note_chunk(lecture.video_id, int(note.start), note), qa=note.qa)
        for note in file.notes
    ]


def note_chunk(video_id: str, place: int, note: TimedNote, model: str = "") -> Chunk:
    """Return a note as a chunk.

    Args:
        place: A number that no other note of the video has.
        model: The language model that wrote it; empty for a person.
    """
    return Chunk(
        chunk_id=f"{video_id}:{place}n",
        video_id=video_id,
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
        model=model,
    )


def _with_overviews(path: Path, lectures: tuple[Lecture, ...]) -> tuple[Lecture, ...]:
    found = read_json(path, tuple[_Overview, ...])
    if found is None:
        return lectures
    _same_numbers(path, "lectures", [one.number for one in found], [x.number for x in lectures])
    for lecture, one in zip(lectures, found, strict=True):
        place = f"lecture {one.number}"
        no_blank(path, place, one, "asks", "asks_ja", "called", "called_ja", "summary")
        starts = [section.start for section in one.outline]
        if starts != sorted(set(starts)) or (starts and starts[-1] >= lecture.duration > 0):
            raise DataError(
                path, f"{place}, field outline",
                f"starts are {starts}; they must increase and be before the end of the video, "
                f"{lecture.duration:g}",
            )  # fmt: skip
        for number, section in enumerate(one.outline, start=1):
            no_blank(path, f"{place}, section {number}", section, "title")
    return tuple(
        replace(lecture, **{x.name: getattr(one, x.name) for x in fields(one)})
        for lecture, one in zip(lectures, found, strict=True)
    )


def _read_slides(folder: Path, deck: Deck, lectures: list[int]) -> tuple[Slide, ...]:
    path = folder / "slides.json"
    entries = read_json(path, tuple[_SlideEntry, ...])
    if entries is None:
        return ()
    numbers = [entry.number for entry in entries]
    _same_numbers(path, "slides", numbers, list(range(1, len(entries) + 1)))
    for entry in entries:
        if entry.lecture is not None and entry.lecture not in lectures:
            raise DataError(
                path,
                f"slide {entry.number}, field lecture",
                f"is {entry.lecture}, which does not exist",
            )
    asks = _read_slide_asks(folder / "slides-asks.json", numbers)
    return tuple(
        Slide(
            number=entry.number,
            lecture=entry.lecture,
            title=entry.title,
            summary=entry.summary,
            url=slide_url(deck.url, entry.number),
            title_ja=entry.title_ja,
            summary_ja=entry.summary_ja,
            points=entry.points,
            terms=entry.terms,
            asks=asks[entry.number].asks if asks else (),
            asks_ja=asks[entry.number].asks_ja if asks else (),
        )
        for entry in entries
    )


def _read_slide_asks(path: Path, slides: list[int]) -> dict[int, _SlideAsks]:
    entries = read_json(path, tuple[_SlideAsks, ...])
    if entries is None:
        return {}
    _same_numbers(path, "slides", [entry.number for entry in entries], slides)
    for entry in entries:
        no_blank(path, f"slide {entry.number}", entry, "asks", "asks_ja")
    return {entry.number: entry for entry in entries}


def _read_facts(folder: Path, lectures: list[int], slides: list[int]) -> Iterator[Fact]:
    """Yield the facts of facts.json, then those of the files in facts/ by name."""
    for path in (folder / "facts.json", *sorted((folder / "facts").glob("*.json"))):
        file = read_json(path, _FactFile)
        for number, fact in enumerate(file.facts if file else (), start=1):
            no_blank(path, f"fact {number}", fact, "q", "q_ja", "answer")
            for name, known in (("lectures", lectures), ("slides", slides)):
                if unknown := [n for n in getattr(fact, name) if n not in known]:
                    raise DataError(
                        path,
                        f"fact {number}, field {name}",
                        f"names {unknown[0]}, which does not exist",
                    )
            yield fact


def _same_numbers(path: Path, what: str, numbers: list[int], expected: list[int]) -> None:
    if numbers != expected:
        raise DataError(path, what, f"numbers are {numbers}, not {expected}")
