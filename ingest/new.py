"""Create the folder of a course, or add new lectures to it: cs25search new."""

import math
import sys
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import click
from msgspec.structs import replace

from cs25search.course.read import course_names
from cs25search.course.settings import read_settings
from cs25search.errors import QuestionError
from cs25search.options import index_dir_option
from cs25search.place import (
    BUNDLED,
    COURSE_FILE,
    check_name,
    course_folder,
    courses_folder,
    is_name,
)
from cs25search.terminal import Program, out
from cs25search.text.words import slug
from cs25search.times import is_youtube_id

from .captions.files import LeftOut, RawTrack, read_captions
from .captions.names import MEDIA, in_title_order
from .course_file import FoundLecture, NewCourse, write_course
from .deck.match import Candidate, DeckLecture, match
from .deck.parse import ParsedDeck, read_deck
from .languages import parse_languages
from .order import check_proxy
from .report import SOME_FAILED
from .steps import make_fetcher
from .youtube.failures import FetchError
from .youtube.limits import read_network
from .youtube.links import parse_playlist_id


@click.command(cls=Program, context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("name")
@click.option("--playlist", metavar="URL|ID", help="A playlist or channel on YouTube.")
@click.option(
    "--captions",
    "captions_dir",
    type=click.Path(path_type=Path),
    metavar="DIR|FILE",
    help="A folder of caption files, or one file; they stay where they are.",
)
@click.option(
    "--deck",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The text of a SpeakerDeck deck.",
)
@click.option("--lang", "language", default="en", help="Caption languages, as for ingest.")
@index_dir_option
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
    missing titles, lengths and chapters are filled in, and nothing is overwritten. Exit code 3:
    some files could not be read.

    Example: cs25search new physics --captions ~/physics
    """
    check_name(name)
    folder = courses_folder(index_dir) / name
    if not (playlist or captions_dir or (deck and (folder / COURSE_FILE).is_file())):
        raise click.UsageError("Give --playlist URL or --captions DIR|FILE.")
    if name == BUNDLED.name:
        raise QuestionError(f"{name} is part of cs25search. Choose another name.")
    lectures: list[FoundLecture] = []
    title, playlist_id = "", ""
    left_out: list[LeftOut] = []
    if playlist:
        playlist_id = parse_playlist_id(playlist)
        title, listed = list_lectures(playlist_id)
        lectures += listed
    parsed = read_deck(deck) if deck else None
    if captions_dir:
        known = [one.video for one in lectures if one.video]
        tracks, left_out = read_captions(captions_dir, parse_languages(language), known=known)
        lectures = merged(lectures, from_captions(tracks))
        for one in left_out:
            out(f"Left out {one.name}: {one.reason}. {one.cure}", err=True)
        for track in tracks:
            if track.origin.remark:
                out(f"{track.origin.file}: {track.origin.remark}", err=True)
    if not lectures and (playlist or captions_dir):
        raise QuestionError(
            f"No lecture was found, so {name} was not made.\n"
            "Give a folder of caption files, or a playlist that can be listed now."
        )
    lectures = in_order(lectures, parsed)
    added, filled = write_course(folder, NewCourse(title, language, playlist_id, deck), lectures)
    named = read_settings(folder).deck_file
    if deck and named and named.resolve() != deck.resolve():
        out(f"{folder / COURSE_FILE} names another deck, {named}. To change it, edit [deck] file "
            "there.", err=True)  # fmt: skip
    what = f"{added} lecture{'' if added == 1 else 's'}"
    if filled:
        out(f"Filled in gaps of {filled} more.", err=True)
    out(f"Added {what} to {folder / COURSE_FILE}. Fill in the rest, then: cs25search ingest {name}")
    if any(one.failed for one in left_out):
        sys.exit(SOME_FAILED)


def course_of(playlists: Sequence[str], options: Mapping[str, Any]) -> str:
    """Return the course that an ingest without a name is for; "" for the default.

    A playlist of no known course becomes a course named after it.

    Raises:
        FetchError: The playlist of a new course cannot be listed now, so nothing is written.
        Cs25SearchError: A playlist's link or the language is invalid, the playlist is empty, or the
            run is offline.
    """
    if not playlists or options["part"]:
        return ""
    courses = courses_folder(options["index_dir"])
    playlist_id = parse_playlist_id(playlists[0])
    for folder in (BUNDLED, *(courses / name for name in course_names(courses))):
        known = read_settings(folder).playlist
        if known and parse_playlist_id(known) == playlist_id:
            return folder.name
    if options["dry_run"]:
        out("The playlist would become a separate course.", err=True)
        return ""
    parse_languages(options["language"] or "en")  # it is written to course.toml
    if options["offline"]:
        raise QuestionError(
            f"The playlist {playlist_id} belongs to no course, and --offline does not list it.\n"
            "Run it without --offline, or make a course of your captions: "
            "cs25search new NAME --captions DIR"
        )
    title, lectures = fetch_lectures(playlist_id, options)
    if not lectures:
        raise QuestionError(
            f"The playlist {playlist_id} has no public videos, so no course was made of it.\n"
            "Check the link, or give --cookies FILE of a browser that can see them."
        )
    name = free_name(title or playlist_id, courses)
    course = NewCourse(title, options["language"], playlist_id)
    write_course(course_folder(name, courses), course, lectures)
    out(
        f"The playlist becomes the course {name}: {course_folder(name, courses) / COURSE_FILE}",
        err=True,
    )
    return name


def list_lectures(playlist_id: str) -> tuple[str, list[FoundLecture]]:
    """Return the title of a playlist and its lectures; nothing if YouTube does not list it."""
    try:
        return fetch_lectures(playlist_id, {})
    except FetchError as error:
        out(f"The playlist cannot be listed now. {error.failure.cause}", err=True)
        return "", []


def fetch_lectures(playlist_id: str, options: Mapping[str, Any]) -> tuple[str, list[FoundLecture]]:
    """Return the title of a playlist and its lectures.

    Args:
        options: Of the ingest: proxy, cookies, pause.

    Raises:
        FetchError: YouTube does not list it now.
    """
    fetcher = make_fetcher(
        read_network(check_proxy(options.get("proxy", ""))),
        options.get("cookies"),
        options.get("pause", 1.0),
    )
    listing = fetcher.fetch_playlist(playlist_id)
    return listing.title, [
        FoundLecture(one.title, one.video_id, length=one.duration, chapters=one.chapters)
        for one in listing.videos
    ]


def from_captions(tracks: Iterable[RawTrack]) -> list[FoundLecture]:
    """Return the lectures that have these captions, in the order of their titles."""
    found = []
    for track in tracks:
        origin = track.origin
        parsed = track.parsed
        cues = parsed.cues
        length = origin.duration or max((cue.end for cue in cues), default=0.0)
        on_youtube = is_youtube_id(origin.video_id)
        speakers = tuple(dict.fromkeys(cue.speaker for cue in cues if cue.speaker))
        found.append(
            FoundLecture(
                origin.title,
                origin.video_id if on_youtube else "",
                track.path.resolve() if track.path else None,
                length,
                speakers,
                origin.chapters or parsed.chapters,
                None if on_youtube or not track.path else recording_beside(track.path),
                from_cues=not origin.duration,
                spoken="" if origin.title else "\n".join(cue.text for cue in cues),
            )
        )
    return in_title_order(found)


def recording_beside(captions: Path) -> Path | None:
    """Return the only audio or video file that is called like a caption file; absolute."""
    found = [
        path
        for path in captions.parent.iterdir()
        if MEDIA.search(path.name) and path.is_file()
        and captions.name.startswith(f"{path.stem}.")
    ]  # fmt: skip
    return found[0].resolve() if len(found) == 1 else None


def merged(
    listed: Sequence[FoundLecture], with_captions: Sequence[FoundLecture]
) -> list[FoundLecture]:
    """Return the lectures of a playlist, with their caption files, and those of other files."""
    files = {one.video: one.captions for one in with_captions if one.video}
    known = {one.video for one in listed}
    others = [one for one in with_captions if not one.video or one.video not in known]
    return [replace(one, captions=files.get(one.video)) for one in listed] + others


def in_order(lectures: list[FoundLecture], deck: ParsedDeck | None) -> list[FoundLecture]:
    """Return lectures in the order of a deck, with its numbers; those that it lacks come last."""
    if deck is None:
        return lectures
    by_key = {one.video or str(one.captions): one for one in lectures}
    candidates = [
        Candidate(key, one.title, one.length, from_cues=one.from_cues, spoken=one.spoken)
        for key, one in by_key.items()
    ]
    listed = [DeckLecture(x.number, x.title, x.speakers, x.duration) for x in deck.lectures]
    matched = match(candidates, listed).lectures
    numbers = {key: lecture.number for key, lecture in matched.items()}
    others = [one for one in candidates if one.video_id not in matched]
    left = [one for one in listed if one.number not in numbers.values()]
    pairs = list(zip(others, left, strict=False))
    if len(others) == len(left) and all(one.may_be(lecture) for one, lecture in pairs):
        numbers |= {one.video_id: lecture.number for one, lecture in pairs}  # what is left over
    numbered = [replace(one, number=numbers.get(key)) for key, one in by_key.items()]
    return sorted(numbered, key=lambda one: one.number or math.inf)


def free_name(title: str, courses: Path) -> str:
    """Return a name for a new course, from its title.

    >>> free_name("Physics 101: Mechanics!", Path("/nowhere")), free_name("物理", Path("/nowhere"))
    ('physics-101-mechanics', 'course')
    """
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode()
    name = slug(plain) or "course"
    if not is_name(name):
        name = f"course-{name}"
    number, free = 2, name
    while (courses / free).exists() or free == BUNDLED.name:
        free, number = f"{name}-{number}", number + 1
    return free
