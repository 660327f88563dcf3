"""Write course.toml: the file of a new course, or the lectures that an existing one lacks."""

import re
from collections.abc import Sequence
from itertools import count
from pathlib import Path, PurePath

import msgspec
import tomlkit
from tomlkit.items import AoT, Array, Comment, Null, Table

from cs25search.course.settings import Recording, read_settings
from cs25search.integrity import replace_file
from cs25search.place import COURSE_FILE
from cs25search.times import clock

from .captions.names import read_name
from .deck.similarity import number_in

MOST = 3 / 4  # of the titles; fewer numbers may be about something else
LONGEST_NUMBER = 3  # digits; more are a year or a date
_UNTITLED = (
    '# title = ""',
    "# no title found; numbered in the order of the file names",
)
GAPS = {
    "title_ja": "the title in Japanese",
    "about": "one sentence for visitors: what can be asked here",
    "about_ja": "the same in Japanese",
    "rights": "who owns the lectures",
    "rights_ja": "the same in Japanese",
    "url": "the page of the course",
    "examples": 'questions to try, such as ["Why does bread rise?"]',
    "examples_ja": "the same in Japanese",
}


class FoundLecture(msgspec.Struct, frozen=True):
    """What is known about a lecture before anything is indexed."""

    title: str
    video: str = ""
    captions: Path | None = None  # absolute
    length: float = 0.0  # seconds
    speakers: tuple[str, ...] = ()
    chapters: tuple[tuple[float, str], ...] = ()
    media: Path | None = None  # absolute; a recording that is not on YouTube
    from_cues: bool = False  # whether the length is the end of the last cue
    spoken: str = ""
    number: int | None = None  # that of the deck


class NewCourse(msgspec.Struct, frozen=True):
    """What a new course is made from.

    Attributes:
        language: Preferred caption languages, as for --lang; "" for the default.
        playlist: The id of a playlist, or "".
    """

    title: str
    language: str = ""
    playlist: str = ""
    deck: Path | None = None


def write_course(
    folder: Path, course: NewCourse, lectures: Sequence[FoundLecture]
) -> tuple[int, int]:
    """Write course.toml, or add to it the lectures, titles, lengths and chapters that it lacks.

    Returns:
        How many lectures were added, and in how many others something was filled in.

    Raises:
        DataError: The existing file is faulty.
        OSError: The system refuses to write.
    """
    path = folder / COURSE_FILE
    if path.is_file():
        settings = read_settings(folder)
        document = tomlkit.parse(path.read_text("utf-8"))
    else:
        settings = None
        document = _fresh(folder.name, course)
    if course.playlist and "playlist" not in document:
        document.add("playlist", tomlkit.item(course.playlist))
    if course.deck and "deck" not in document:
        table = tomlkit.table()
        table.add("file", str(course.deck.resolve()))
        table.add(tomlkit.comment("url, author: where it is published, and by whom"))
        document.add("deck", table)
    tables = document.get("lecture")
    if not isinstance(tables, AoT):
        tables = tomlkit.aot()
    recordings = settings.recordings if settings else ()
    lacking, filled = [], 0
    for one in lectures:
        place = _place_of(recordings, one)
        if place is None:
            place = _place_of_renamed(recordings, tables, one)
        if place is None:
            lacking.append(one)
        else:
            is_moved = _follow(tables[place], recordings[place], one, folder)
            filled += _fill(tables[place], one) or is_moved
    numbers = _numbers(lacking, recordings)
    for number, one in sorted(zip(numbers, lacking, strict=True), key=lambda pair: pair[0]):
        tables.append(_table(number, one, folder))
    if lacking and "lecture" not in document:
        document.add("lecture", tables)
    folder.mkdir(parents=True, exist_ok=True)
    replace_file(path, tomlkit.dumps(document).encode())
    return len(lacking), filled


def _numbers(lacking: Sequence[FoundLecture], recordings: Sequence[Recording]) -> list[int]:
    """Return the numbers of new lectures: of the deck, in the names of their files, or the next.

    Where most have a number and the others none, the others follow.
    """
    taken = [one.number for one in recordings]
    follow_deck = any(one.number for one in lacking)
    known = [one.number if follow_deck else number_in(one.title) for one in lacking]
    if not follow_deck and all(one.captions for one in lacking):
        files = [read_name(PurePath(one.captions.name)) for one in recordings if one.captions]
        listed = [one.title for one in files if one]
        new = [one.title for one in lacking]
        found = numbers_in([*listed, *new])
        if found and len(listed) == len(taken) and found[: len(taken)] == taken:
            return found[len(taken) :]
        found = numbers_in(new)
        if found and not set(found) & set(taken):
            return found
    given = [one for one in known if one]
    least = 1 if follow_deck else MOST * len(lacking)
    if len(given) < max(least, 1) or len({*given, *taken}) < len(given) + len(taken):
        known, given = [None] * len(lacking), []
    following = count(max([*taken, *given], default=0) + 1)
    return [one or next(following) for one in known]


def numbers_in(titles: Sequence[str]) -> list[int]:
    """Return the lecture numbers in titles that differ after the same beginning; [] if unclear.

    >>> numbers_in(["CS25 Lecture 2", "CS25 lecture 10: Routers"]), numbers_in(["001 - Intro"])
    ([2, 10], [])
    """
    parts = [re.split(r"([0-9]+)", title.lower()) for title in titles]
    for place in range(1, min(map(len, parts), default=0), 2):
        if len(parts) < 2 or len({tuple(one[:place]) for one in parts}) > 1:
            break
        numbers = [int(one[place]) if len(one[place]) <= LONGEST_NUMBER else 0 for one in parts]
        if len(set(numbers)) == len(numbers):
            return numbers if min(numbers) > 0 else []
    return []


def _place_of(recordings: Sequence[Recording], one: FoundLecture) -> int | None:
    """Return where a lecture is listed, by id, file, or a file that has moved; else None."""
    for place, listed in enumerate(recordings):
        if one.video and one.video == listed.video_id:
            return place
        if one.captions and listed.captions:
            moved = not listed.captions.exists() and listed.captions.name == one.captions.name
            if moved or listed.captions.resolve() == one.captions:
                return place
    return None


def _place_of_renamed(
    recordings: Sequence[Recording], tables: AoT, one: FoundLecture
) -> int | None:
    """Return where a lecture is listed whose file is gone and has the same length; else None."""
    length = round(one.length, 1)
    places = [
        place
        for place, listed in enumerate(recordings)
        if listed.captions
        and not listed.captions.exists()
        and tables[place].get("duration") == length
    ]
    return places[0] if one.captions and length and len(places) == 1 else None


def _follow(table: Table, listed: Recording, one: FoundLecture, folder: Path) -> bool:
    """Name the captions of a lecture where they are now if their file is gone."""
    if not one.captions or not listed.captions or listed.captions.exists():
        return False
    table["captions"] = _shown(one.captions, folder)
    return True


def _fill(table: Table, one: FoundLecture) -> bool:
    """Add title, length and chapters where a lecture has none; return whether any was added."""
    found = {
        "title": one.title,
        "duration": round(one.length, 1),
        "chapters": _chapters(one) if one.chapters else None,
    }
    gaps = {key: value for key, value in found.items() if value and not table.get(key)}
    if "title" in gaps:
        body = table.value.body
        for place, (_, item) in enumerate(body):
            if isinstance(item, Comment) and item.as_string().strip() in _UNTITLED:
                body[place] = (None, Null())
    for key, value in gaps.items():
        table[key] = value
    return bool(gaps)


def _fresh(name: str, course: NewCourse) -> tomlkit.TOMLDocument:
    document = tomlkit.document()
    document.add(tomlkit.comment("See docs/courses.md. Lines after # are fields to fill in."))
    document.add("title", tomlkit.item(course.title or name))
    if course.language:
        document.add("language", tomlkit.item(course.language))
    for key, what in GAPS.items():
        empty = "[]" if key.startswith("examples") else '""'
        document.add(tomlkit.comment(f"{key} = {empty}  # {what}"))
    return document


def _shown(path: Path, folder: Path) -> str:
    """Return a path as course.toml names it: relative if it is in the folder of the course."""
    inside = path.is_relative_to(folder.resolve())
    return (path.relative_to(folder.resolve()) if inside else path).as_posix()


def _table(number: int, one: FoundLecture, folder: Path) -> Table:
    table = tomlkit.table()
    table.add("number", number)
    if one.video:
        table.add("video", one.video)
    if one.captions:
        table.add("captions", _shown(one.captions, folder))
    if one.title:
        table.add("title", one.title)
    else:
        for line in _UNTITLED:
            table.add(tomlkit.comment(line.removeprefix("# ")))
    if one.media:
        table.add("media", _shown(one.media, folder))
    table.add(tomlkit.comment('title_ja = ""'))
    if one.speakers:
        table.add("speakers", list(one.speakers))
    else:
        table.add(tomlkit.comment("speakers = []"))
    if one.length:
        table.add("duration", round(one.length, 1))
    if one.chapters:
        table.add("chapters", _chapters(one))
    return table


def _chapters(one: FoundLecture) -> Array:
    lines = tomlkit.array()
    for start, title in one.chapters:
        lines.append(f"{clock(start)} {title}")
    return lines.multiline(True)
