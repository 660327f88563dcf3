"""course.toml: what a course is called, where it comes from, and its lectures.

The format is described in docs/courses.md.
"""

import hashlib
import re
from pathlib import Path, PurePath
from typing import Literal

import msgspec
from msgspec.structs import fields

from ..errors import DataError
from ..place import COURSE_FILE
from ..records import About, Deck, Lecture
from ..text.words import slug
from ..times import is_youtube_id, read_clock


# What an author may write. The records of an index have other fields too, which are derived or read
# from other files (ids, links, overviews), and which course.toml must reject as unknown.
class _DeckTable(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    file: str = ""
    title: str = ""
    author: str = ""
    url: str = ""


class _LectureTable(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    number: int = 0  # else its place in the file
    video: str = ""
    captions: str = ""
    media: str = ""
    title: str = ""
    title_ja: str = ""
    speakers: tuple[str, ...] = ()
    affiliation: str = ""
    duration: float = 0.0
    deck_duration: float = 0.0
    chapters: tuple[str, ...] = ()
    recommended: bool = False
    in_a_word: str = ""
    in_a_word_ja: str = ""
    before_watching: str = ""
    difficulty: Literal["", "easy", "moderate", "hard"] = ""
    difficulty_reason: str = ""
    good_for: str = ""


class _CourseTable(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    title: str = ""
    title_ja: str = ""
    language: str = "en"
    about: str = ""
    about_ja: str = ""
    rights: str = ""
    rights_ja: str = ""
    url: str = ""
    playlist: str = ""
    examples: tuple[str, ...] = ()
    examples_ja: tuple[str, ...] = ()
    deck: _DeckTable | None = None
    lectures: tuple[_LectureTable, ...] = msgspec.field(name="lecture", default=())


class Recording(msgspec.Struct, frozen=True):
    """Where the captions and the audio of a lecture are.

    Attributes:
        number: Of the lecture.
        video_id: The YouTube id, or an id made by ingest.
        captions: A file; None if they are fetched.
        media: A URL or a file; "" if unknown.
    """

    number: int
    video_id: str
    captions: Path | None
    media: str


class Settings(msgspec.Struct, frozen=True):
    """The contents of course.toml.

    Attributes:
        language: Preferred caption languages, as for --lang.
        playlist: The link or id of the playlist or channel; "" without one.
        deck_file: The text of the deck; None without one.
        recordings: One for each lecture.
    """

    about: About
    language: str = "en"
    playlist: str = ""
    deck_file: Path | None = None
    recordings: tuple[Recording, ...] = ()

    @property
    def on_youtube(self) -> tuple[str, ...]:
        """The ids of the lectures whose captions are fetched from YouTube."""
        return tuple(
            one.video_id
            for one in self.recordings
            if is_youtube_id(one.video_id) and not one.captions
        )

    @property
    def media(self) -> dict[str, Path]:
        """The local audio and video files by video id."""
        return {one.video_id: Path(one.media) for one in self.recordings if _is_local(one.media)}


def read_settings(folder: Path) -> Settings:
    """Return the settings of a course.

    Raises:
        DataError: course.toml is missing, is not valid TOML, or has an unknown or wrong field.
    """
    path = folder / COURSE_FILE
    table = _decode(path)
    numbers = [one.number or n for n, one in enumerate(table.lectures, start=1)]
    if len(set(numbers)) < len(numbers):
        raise DataError(path, "lecture", f"numbers are {numbers}; each must be different")
    for number, one in zip(numbers, table.lectures, strict=True):
        if number < 1:
            raise DataError(path, f"lecture {number}, field number", "must be 1 or more")
        if not (one.video or one.captions or one.media):
            raise DataError(path, f"lecture {number}", "has neither video, captions nor media")
        if one.video and not is_youtube_id(one.video):
            raise DataError(
                path, f"lecture {number}, field video", f"is {one.video[:100]!r}, not a YouTube id"
            )
    ids = [_video_id(one) for one in table.lectures]
    if twice := next((one for one in ids if ids.count(one) > 1), ""):
        raise DataError(path, "lecture", f"the recording {twice} is listed twice")
    deck = table.deck
    return Settings(
        about=About(
            name=folder.name,
            title=table.title or folder.name,
            title_ja=table.title_ja,
            about=table.about,
            about_ja=table.about_ja,
            rights=table.rights,
            rights_ja=table.rights_ja,
            url=_link(path, "url", table.url),
            examples=table.examples,
            examples_ja=table.examples_ja,
            deck=Deck(deck.title, deck.author, _link(path, "deck, field url", deck.url))
            if deck
            else None,
            lectures=tuple(
                _lecture(path, number, one)
                for number, one in sorted(zip(numbers, table.lectures, strict=True),
                                          key=lambda pair: pair[0])
            ),
        ),
        language=table.language,
        playlist=table.playlist,
        deck_file=folder / deck.file if deck and deck.file else None,
        recordings=tuple(
            Recording(number, _video_id(one), folder / one.captions if one.captions else None,
                      _media(folder, one))
            for number, one in zip(numbers, table.lectures, strict=True)
        ),
    )  # fmt: skip


def _decode(path: Path) -> _CourseTable:
    try:
        return msgspec.toml.decode(path.read_bytes(), type=_CourseTable)
    except OSError as error:
        raise DataError(path, "file", f"cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise DataError(path, "file", f"is not UTF-8 text ({error.reason})") from error
    except msgspec.ValidationError as error:
        raise DataError(path, place_of(str(error)), str(error).split(" - at")[0]) from error
    except msgspec.DecodeError as error:
        raise DataError(path, "file", f"is not valid TOML ({error})") from error


def _lecture(path: Path, number: int, table: _LectureTable) -> Lecture:
    names = {one.name for one in fields(Lecture)}
    given = {name: value for name, value in msgspec.structs.asdict(table).items() if name in names}
    chapters = tuple(_chapter(path, number, line) for line in table.chapters)
    own = {
        "number": number,
        "video_id": _video_id(table),
        "chapters": chapters,
        "media": _media(path.parent, table),
    }
    return Lecture(**given | own)


def _media(folder: Path, table: _LectureTable) -> str:
    """Return the URL of a recording, or its path with that of the course before it."""
    return str(folder / table.media) if _is_local(table.media) else table.media


def _is_local(media: str) -> bool:
    """Return whether a recording is a file rather than a URL."""
    return bool(media) and not media.lower().startswith(("http://", "https://"))


def _video_id(table: _LectureTable) -> str:
    if table.video:
        return table.video
    # Not by its title, which may be corrected later.
    path = PurePath(table.captions or table.media).with_suffix("")
    return recording_id(path, path.name.partition(".")[0])


def recording_id(path: PurePath, title: str) -> str:
    """Return a stable id for a recording that is not on YouTube.

    It is never eleven characters long, so it cannot be mistaken for a YouTube id.

    Args:
        path: The path of its caption file, without language and format.
    """
    readable = slug(title)
    digest = hashlib.blake2b(str(path).encode("utf-8", "surrogateescape"), digest_size=5)
    return f"{readable or 'recording'}-{digest.hexdigest()}"


def _chapter(path: Path, number: int, line: str) -> tuple[float, str]:
    """Return start and title of a line such as "1:05 Yeast"."""
    time, _, title = line.strip().partition(" ")
    seconds = read_clock(time)
    if seconds is None or not title.strip():
        raise DataError(
            path, f"lecture {number}, field chapters", f'has {line!r}; write "1:05:44 Title"'
        )
    return seconds, title.strip()


def _link(path: Path, place: str, link: str) -> str:
    """Return a link to a web page; other schemes could run scripts in the app."""
    if link and not re.match(r"https?://[^\s<>\"']+$", link):
        raise DataError(path, f"field {place}", f"is {link[:100]!r}, not a web address")
    return link


def place_of(message: str) -> str:
    """Return the place in a msgspec message in readable form, counting from 1.

    >>> place_of("Expected `float`, got `str` - at `$.notes[2].end`")
    'note 3, field end'
    """
    found = re.search(r"at `\$\.?(.*)`", message)
    if not found or not found[1]:
        return "file"
    parts = [re.sub(r"(\w+?)s?\[(\d+)\]", _from_one, part) for part in found[1].split(".")]
    if parts[-1] and " " not in parts[-1]:
        parts[-1] = f"field {parts[-1]}"
    return ", ".join(parts)


def _from_one(match: re.Match[str]) -> str:
    return f"{match[1]} {int(match[2]) + 1}"
