"""Create the folder of a course, or add new lectures to it: cs25search new."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import tomlkit
from tomlkit.items import AoT, Table

from cs25search.course.read import has_course
from cs25search.course.settings import read_settings
from cs25search.errors import QuestionError
from cs25search.integrity import replace_file
from cs25search.place import (
    BUNDLED,
    COURSE_FILE,
    check_name,
    course_folder,
    courses_folder,
    default_folder,
    is_name,
)
from cs25search.terminal import Program, out
from cs25search.times import clock, is_youtube_id

from .captions.files import RawTrack, read_captions
from .captions.names import in_title_order
from .captions.parse import parse_captions
from .deck.match import Candidate, match
from .deck.match import Lecture as DeckLecture
from .deck.parse import ParsedDeck, read_deck
from .order import check_proxy
from .steps import make_fetcher
from .youtube.failures import FetchError
from .youtube.languages import parse_languages
from .youtube.limits import read_network
from .youtube.links import parse_playlist_id

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


@dataclass(frozen=True, slots=True)
class Known:
    """What is known about a lecture before anything is indexed."""

    title: str
    video: str = ""
    captions: str = ""  # an absolute path
    length: float = 0.0  # seconds
    speakers: tuple[str, ...] = ()
    chapters: tuple[tuple[float, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Start:
    """What a new course is made from.

    Attributes:
        language: Preferred caption languages, as for --lang; "" for the default.
        playlist: The id of a playlist, or "".
    """

    title: str
    language: str = ""
    playlist: str = ""
    deck: Path | None = None


@click.command(cls=Program, context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("name")
@click.option("--playlist", metavar="URL|ID", help="A playlist or channel on YouTube.")
@click.option(
    "--captions",
    "captions_dir",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="A folder of caption files; they stay where they are.",
)
@click.option(
    "--deck",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The text of a SpeakerDeck deck.",
)
@click.option("--lang", "language", default="en", help="Caption languages, as for ingest.")
@click.option(
    "--index",
    "index_dir",
    type=click.Path(path_type=Path),
    envvar="CS25_INDEX",
    default=default_folder,
    metavar="DIR",
    help="The index folder; courses/ is beside it unless CS25_COURSES names another folder.",
)
def new(  # noqa: PLR0913 (an argument for each option)
    name: str,
    playlist: str | None,
    captions_dir: Path | None,
    deck: Path | None,
    language: str,
    index_dir: Path,
) -> None:
    """Make a course NAME: write its course.toml with everything that can be found out.

    What is not known is marked by comments. If the course exists, lectures that are new are added,
    and nothing is overwritten.

    Example: cs25search new physics --captions ~/physics
    """
    if not (playlist or captions_dir):
        raise click.UsageError("Give --playlist URL or --captions DIR.")
    check_name(name)
    if name == BUNDLED.name:
        raise QuestionError(f"{name} is part of cs25search. Choose another name.")
    folder = courses_folder(index_dir) / name
    lectures: list[Known] = []
    title, playlist_id = "", ""
    if playlist:
        playlist_id = parse_playlist_id(playlist)
        title, listed = list_lectures(playlist_id, {})
        lectures += listed
    parsed = read_deck(deck) if deck else None
    if captions_dir:
        tracks, left_out = read_captions(captions_dir, parse_languages(language))
        lectures += from_captions(tracks)
        for one in left_out:
            out(f"Left out {one.name}: {one.reason}.", err=True)
    if not lectures:
        raise QuestionError(
            f"No lecture was found, so {name} was not made.\n"
            "Give a folder of caption files, or a playlist that can be listed now."
        )
    lectures = in_order(lectures, parsed)
    added = write_course(folder, Start(title, language, playlist_id, deck), lectures)
    what = f"{added} lecture{'' if added == 1 else 's'}"
    out(f"Added {what} to {folder / COURSE_FILE}. Fill in the rest, then: cs25search ingest {name}")


def course_of(playlists: Sequence[str], options: Mapping[str, Any]) -> str:
    """Return the course that an ingest without a name is for; "" for the default.

    A playlist of no known course becomes a course named after it.

    Raises:
        Cs25SearchError: A playlist's link is invalid, or the new course cannot be written.
    """
    if not playlists or options["part"]:
        return ""
    courses = courses_folder(options["index_dir"])
    playlist_id = parse_playlist_id(playlists[0])
    for folder in (BUNDLED, *_folders(courses)):
        known = read_settings(folder).playlist
        if known and parse_playlist_id(known) == playlist_id:
            return folder.name
    if options["dry_run"]:
        out("The playlist would become a course of its own.", err=True)
        return ""
    title, lectures = list_lectures(playlist_id, options)
    name = free_name(title or playlist_id, courses)
    start = Start(title, options["language"], playlist_id)
    write_course(course_folder(name, courses), start, lectures)
    out(
        f"The playlist becomes the course {name}: {course_folder(name, courses) / COURSE_FILE}",
        err=True,
    )
    return name


def _folders(courses: Path) -> list[Path]:
    """Return the folders that contain a course."""
    if not courses.is_dir():
        return []
    return [path for path in sorted(courses.iterdir()) if is_name(path.name) and has_course(path)]


def list_lectures(playlist_id: str, options: Mapping[str, Any]) -> tuple[str, list[Known]]:
    """Return the title of a playlist and its lectures; nothing if YouTube does not list it.

    Args:
        options: Of the ingest: offline, proxy, cookies, pause.
    """
    if options.get("offline"):
        return "", []
    fetcher = make_fetcher(
        read_network(check_proxy(options.get("proxy", ""))),
        options.get("cookies"),
        options.get("pause", 1.0),
    )
    try:
        listing = fetcher.fetch_playlist(playlist_id)
    except FetchError as error:
        out(f"The playlist cannot be listed now. {error.failure.cause}", err=True)
        return "", []
    return listing.title, [
        Known(one.title, one.video_id, length=one.duration, chapters=one.chapters)
        for one in listing.videos
    ]


def from_captions(tracks: Iterable[RawTrack]) -> list[Known]:
    """Return the lectures that have these captions, in the order of their titles."""
    found = []
    for track in tracks:
        origin = track.origin
        cues = parse_captions(track.data, origin.name).cues
        length = origin.duration or max((cue.end for cue in cues), default=0.0)
        speakers = tuple(dict.fromkeys(cue.speaker for cue in cues if cue.speaker))
        found.append(
            Known(
                origin.title,
                origin.video_id if is_youtube_id(origin.video_id) else "",
                str(track.path.resolve()) if track.path else "",
                length,
                speakers,
                origin.chapters,
            )
        )
    return in_title_order(found)


def in_order(lectures: list[Known], deck: ParsedDeck | None) -> list[Known]:
    """Return lectures in the order of a deck, those that it does not list last."""
    if deck is None:
        return lectures
    by_key = {one.video or one.captions: one for one in lectures}
    candidates = [Candidate(key, one.title, one.length) for key, one in by_key.items()]
    listed = [DeckLecture(x.number, x.title, x.speakers, x.duration) for x in deck.lectures]
    matched = match(candidates, listed).lectures
    order = {key: lecture.number for key, lecture in matched.items()}
    return sorted(lectures, key=lambda one: order.get(one.video or one.captions, len(lectures) + 1))


def free_name(title: str, courses: Path) -> str:
    """Return a name for a new course, from its title.

    >>> free_name("Physics 101: Mechanics!", Path("/nowhere")), free_name("物理", Path("/nowhere"))
    ('physics-101-mechanics', 'course')
    """
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    name = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40].strip("-") or "course"
    if not is_name(name):
        name = f"course-{name}"
    number, free = 2, name
    while (courses / free).exists() or free == BUNDLED.name:
        free, number = f"{name}-{number}", number + 1
    return free


def write_course(folder: Path, start: Start, lectures: Sequence[Known]) -> int:
    """Write course.toml, or add to it the lectures that it lacks; return how many were added.

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
        document = _fresh(folder.name, start)
    if start.playlist and "playlist" not in document:
        document.add("playlist", tomlkit.item(start.playlist))
    if start.deck and "deck" not in document:
        table = tomlkit.table()
        table.add("file", str(start.deck.resolve()))
        table.add(tomlkit.comment("url, author: where it is published, and by whom"))
        document.add("deck", table)
    tables = document.get("lecture")
    if not isinstance(tables, AoT):
        tables = tomlkit.aot()
    recordings = settings.recordings if settings else ()
    known = {one.video_id for one in recordings}
    files = {one.captions.resolve() for one in recordings if one.captions}
    number = max((one.number for one in recordings), default=0)
    added = 0
    for one in lectures:
        if one.video in known or (one.captions and Path(one.captions) in files):
            continue
        added += 1
        tables.append(_table(number + added, one))
    if added and "lecture" not in document:
        document.add("lecture", tables)
    folder.mkdir(parents=True, exist_ok=True)
    replace_file(path, tomlkit.dumps(document).encode())
    return added


def _fresh(name: str, start: Start) -> tomlkit.TOMLDocument:
    document = tomlkit.document()
    document.add(tomlkit.comment("See docs/courses.md. Lines after # are fields to fill in."))
    document.add("title", tomlkit.item(start.title or name))
    if start.language:
        document.add("language", tomlkit.item(start.language))
    for key, what in GAPS.items():
        empty = "[]" if key.startswith("examples") else '""'
        document.add(tomlkit.comment(f"{key} = {empty}  # {what}"))
    return document


def _table(number: int, one: Known) -> Table:
    table = tomlkit.table()
    table.add("number", number)
    if one.video:
        table.add("video", one.video)
    if one.captions:
        table.add("captions", one.captions)
    if one.title:
        table.add("title", one.title)
    else:
        table.add(tomlkit.comment('title = ""'))
        table.add(tomlkit.comment("no title found; numbered in the order of the file names"))
    table.add(tomlkit.comment('title_ja = ""'))
    if one.speakers:
        table.add("speakers", list(one.speakers))
    else:
        table.add(tomlkit.comment("speakers = []"))
    if one.length:
        table.add("duration", round(one.length, 1))
    if one.chapters:
        lines = tomlkit.array()
        for start, title in one.chapters:
            lines.append(f"{clock(start)} {title}")
        table.add("chapters", lines.multiline(True))
    return table
