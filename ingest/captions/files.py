"""Raw captions: files given by the user, and the copies under index/NAME/captions/.

Every track is kept there unchanged, with a sidecar file that records its origin. So nothing is
fetched twice, and an ingest without `--captions` loses nothing.
"""

import hashlib
import math
import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path, PurePath
from types import MappingProxyType
from typing import Annotated, Any
from urllib.parse import parse_qs, urlsplit

import msgspec
from msgspec.structs import replace

from cs25search.course.settings import recording_id
from cs25search.errors import CaptionError, Cs25SearchError
from cs25search.integrity import replace_file
from cs25search.text.clean import printable

from ..languages import ORIGINAL, kind_of
from ..stored import Unusable, read_stored
from .ids import VIDEO_ID, judge_all
from .names import COMPANIONS, COPY, FORMATS, MEDIA, Name, read_name
from .parse import parse_captions
from .track import NoSpeech, Track

# The part before the first dot is an id, never a path, so a name cannot leave its folder.
NAME = re.compile(
    r"(?P<video_id>[A-Za-z0-9_-]{11,64})"
    r"(?:\.(?P<language>[A-Za-z]{2,3}(?:-[A-Za-z0-9_]{0,16}){0,6}))?"
    rf"\.(?P<format>{'|'.join(FORMATS)})"
)
TRANSCRIBE = "It contains recordings: --transcribe writes captions for them. Otherwise: "
DOCUMENTS = frozenset("docx doc rtf odt pages pdf".split())
SAVE_AS_TEXT = (
    "If it contains a transcript with times, open it and save it as plain text (.txt), or download "
    "it as .vtt."
)
RENAME = "If it contains captions, give it the extension of its format: .srt, .vtt, .json or .txt."
# Captions that are not read: pictures of text, formats of broadcasters, and tables.
OTHER_FORMATS = frozenset("sub idx sup scc stl cap pac mcc csv xlsx".split())
CONVERT = (
    "If it contains captions, export them as SRT or WebVTT where they come from, or convert them, "
    "for example with Subtitle Edit."
)
# The names that programs give to the transcript of every recording.
_OF_PROGRAMS = frozenset(
    "meeting_saved_closed_caption closed_caption audio_transcript whisper youtube".split()
)
COPY_FILE = "Copy the file itself into the folder."
OTHER_LANGUAGE = "Use --lang for another language; otherwise there is nothing to do."
OTHER_FILE = "Give the file that contains only the captions."
CHAPTERS_USED = ("is a list of chapters, which were used", "There is nothing to do.")
CHAPTERS_UNUSED = (
    "is a list of chapters, not speech, and was not used",
    "Give the captions too; chapters in the .info.json come first.",
)
ONE_VIDEO = (
    "Files that are named only by their language were taken for one video. If they are of several, "
    "give each a title: talk.en.vtt."
)
MACHINE_TRANSLATED = "machine-translated"
_Preference = tuple[bool, int, bool, bool, int, str]  # lower is better
MOST_BYTES = 50_000_000  # of one caption file; a day of word-timed speech needs a fifth of it
ABOUT_LETTERS = 1000  # characters kept of a description


class Origin(msgspec.Struct, frozen=True):
    """The origin of a track and what is known about its video; the sidecar of a kept track."""

    video_id: str
    kind: str  # local | manual | automatic | dubbed | automatic, and the model that heard it
    name: str  # file name of the kept raw bytes
    language: str  # "" if unknown
    client: str = (
        ""  # the client that fetched it; youtube-transcript-api's snippets are kept as json3
    )
    title: str = ""
    duration: float = 0.0  # seconds; 0 if unknown
    upload_date: str = ""  # ISO 8601
    chapters: tuple[tuple[float, str], ...] = ()  # start in seconds, title
    about: str = ""  # the beginning of the description
    wanted: str = ""  # --lang of the ingest that fetched it
    made: str = ""  # of a local file, if known: automatic | dubbed | machine-translated
    remark: str = ""  # on its file name, for the closing table
    file: str = ""  # the user's name of a local file


@dataclass(frozen=True)  # not a Struct, which compares all its fields
class RawTrack:
    """Captions of one video as bytes. `path` is the user's file, if they were read from one."""

    origin: Origin
    data: bytes
    path: Path | None = field(default=None, compare=False)

    @property
    def sha256(self) -> str:
        """The sha256 of the bytes, in hex."""
        return hashlib.sha256(self.data).hexdigest()

    @property
    def source(self) -> str:
        """The name of the file in errors."""
        return self.origin.file or self.origin.name

    @cached_property
    def parsed(self) -> Track:
        """The captions, parsed when they are first needed.

        Raises:
            CaptionError: As from `parse_captions`.
        """
        return parse_captions(self.data, self.source)

    def with_origin(self, origin: Origin) -> "RawTrack":
        """Return the same captions with another origin; what was parsed is not parsed again."""
        other = RawTrack(origin, self.data, self.path)
        if "parsed" in vars(self) and other.source == self.source:
            vars(other)["parsed"] = self.parsed
        return other


class MediaFile(msgspec.Struct, frozen=True):
    """An audio or video file, and what is known about it."""

    path: Path
    origin: Origin


class LeftOut(msgspec.Struct, frozen=True):
    """A file that was left out.

    Attributes:
        failed: Whether it should contain captions; False if a better file of the video was used.
    """

    name: str
    reason: str
    cure: str
    failed: bool = True


def read_captions(
    given: Path,
    languages: Sequence[str] = ("en",),
    ids: Mapping[Path, str] = MappingProxyType({}),
    known: Collection[str] = (),
) -> tuple[list[RawTrack], list[LeftOut]]:
    """Return the best caption file of each video in a folder, or one file, and the files left out.

    Among several files of one video, the preferred language comes first, then a track without a
    name of its own, then a file without a language, then the most detailed format; a machine
    translation comes last. Videos and pictures are ignored.

    Args:
        languages: The preferred one first, as `parse_languages` returns them.
        ids: The ids of some files, by resolved path; those of others are read from their names.
        known: YouTube ids of the course.

    Raises:
        Cs25SearchError: The folder or file does not exist, or contains no captions.
    """
    if not given.exists():
        raise Cs25SearchError(
            f"{given} does not exist.\nGive a caption file, or the folder with your caption "
            "files: cs25search ingest --captions DIR"
        )
    root = given if given.is_dir() else given.parent
    files = _files_below(given) if given.is_dir() else [given]
    found: dict[str, list[tuple[_Preference, Path, Origin]]] = {}
    left_out = []
    named: dict[Path, Name] = {}
    verdicts = judge_all(_stems(given, root, files), known)
    for path in files:
        shown = path.relative_to(root)
        if not _is_inside(path, root):
            left_out.append(LeftOut(str(shown), "is not a file of this folder", COPY_FILE))
        elif (name := read_name(shown, verdicts)) is not None:
            named[path] = name
        elif cure := _cure_of_other(path):
            reason = "does not have the name of a caption file"
            is_slides = path.name.lower().endswith(".pdf")  # more often than a transcript
            left_out.append(LeftOut(str(shown), reason, cure, failed=not is_slides))
    copies = _copies(named)
    for path, name in _with_titles(named, root).items():
        shown = path.relative_to(root)
        if first := copies.get(path):
            reason = f"has the same content as {first.name}"
            left_out.append(LeftOut(str(shown), reason, OTHER_LANGUAGE, failed=False))
            continue
        origin = _origin(path, name, ids.get(path.resolve(), ""))
        preference = (
            origin.made == MACHINE_TRANSLATED,
            _place_of(name.language, origin, languages),
            name.has_own_name,
            name.language != "",
            FORMATS.index(name.format),
            str(shown),
        )
        found.setdefault(origin.video_id, []).append((preference, path, origin))
    if not found and (not left_out or given.is_dir()):
        raise Cs25SearchError(
            f"{given} contains no caption file.\n"
            f"{TRANSCRIBE if find_media(given) else ''}Name each file by its YouTube id, such as "
            "VIDEOID.en.srt, or as yt-dlp does, "
            f"with one of the extensions .{', .'.join(FORMATS)}. See docs/captions.md."
        )
    tracks = []
    for same in found.values():  # in the order of the files; ids depend on where the folder is
        taken, others = _best(sorted(same, key=lambda one: one[0]), root)
        tracks += taken
        left_out += others
    return _told_apart(tracks, root), left_out


def _told_apart(tracks: Sequence[RawTrack], root: Path) -> list[RawTrack]:
    """Return tracks with the names of their folders in the titles of recordings that need them.

    Programs name all transcripts alike, and people name their folders: "Week 1/lecture.srt".
    """
    same: defaultdict[str, list[RawTrack]] = defaultdict(list)
    for track in tracks:
        if not VIDEO_ID.fullmatch(track.origin.video_id):
            same[track.origin.title].append(track)
    titles = {}
    for title, group in same.items():
        is_of_program = title.replace(" ", "_").lower() in _OF_PROGRAMS
        if len(group) == 1 and not is_of_program:
            continue
        for track, folder in zip(group, _folders(group, root), strict=True):
            if folder:
                titles[track.origin.video_id] = folder if is_of_program else f"{folder}: {title}"
    return [
        track.with_origin(
            replace(track.origin, title=titles.get(track.origin.video_id, track.origin.title))
        )
        for track in tracks
    ]


def _folders(group: Sequence[RawTrack], root: Path) -> list[str]:
    """Return the nearest folder of each track that tells it from the others, "" if there is none.

    If no folder alone does, all folders on the way are named.
    """
    above = [
        [root.resolve().name, *track.path.relative_to(root).parts[:-1]] if track.path else []
        for track in group
    ]
    for depth in range(1, max(map(len, above), default=0) + 1):
        names = [folders[-depth] if len(folders) >= depth else "" for folders in above]
        if len(set(names)) == len(names):
            return names
    return ["/".join(folders[1:]) for folders in above]


def _stems(given: Path, root: Path, files: Sequence[Path]) -> list[PurePath]:
    """Return the paths of captions and recordings without language and extension.

    For one file, those of its folder, so that a file means the same alone and in its folder.
    """
    if not given.is_dir():
        files = [path for path in sorted(root.iterdir()) if not path.name.startswith(".")]
    stems: list[PurePath] = []
    for path in (path.relative_to(root) for path in files):
        name = read_name(path.with_suffix(".json") if MEDIA.search(path.name) else path)
        if name:
            stems.append(path.with_name(COPY.sub("", name.stem) or "captions"))
    return stems


def _copies(named: Mapping[Path, Name]) -> dict[Path, Path]:
    """Return the files that a browser saved twice, and the first of each.

    Files with such names may differ: "captions (1).srt" is often of another lecture.
    """
    first: dict[tuple[Path, str, str, int], Path] = {}
    copies = {}
    for path, name in sorted(named.items(), key=lambda one: len(one[0].name)):
        key = (path.parent, COPY.sub("", name.stem), name.format, path.stat().st_size)
        original = first.setdefault(key, path)
        is_copy = original != path and COPY.search(name.stem) and name.language == (
            named[original].language
        )  # fmt: skip
        if is_copy and path.read_bytes() == original.read_bytes():
            copies[path] = original
    return copies


def _with_titles(named: Mapping[Path, Name], root: Path) -> dict[Path, Name]:
    """Return names with better titles.

    A number given by a browser is dropped if no other file has the name. Files named only by their
    language are of one video, which their folder names.
    """
    stems: defaultdict[tuple[Path, str], set[str]] = defaultdict(set)
    for path, name in named.items():
        stems[path.parent, COPY.sub("", name.stem)].add(name.stem)
    better = {}
    by_language = [path for path, name in named.items() if not (name.stem or name.title)]
    for path, name in named.items():
        if len(stems[path.parent, COPY.sub("", name.stem)]) == 1:
            name = replace(name, title=COPY.sub("", name.title))
        if not (name.stem or name.title or name.video_id):
            remark = ONE_VIDEO if len(by_language) > 1 else ""
            name = replace(name, title=root.resolve().name, remark=remark)
        better[path] = name
    return better


def _place_of(language: str, origin: Origin, wanted: Sequence[str]) -> int:
    """Return the position of a file's language in the list, or the list's length if not in it."""
    for place, code in enumerate(wanted):
        if code == ORIGINAL:
            if origin.made == "automatic" or (language.endswith("-orig") and not origin.made):
                return place
        elif language and _base(language) == _base(code):
            return place
    return len(wanted)


def _base(language: str) -> str:
    """Return a language code without region.

    >>> _base("en-US"), _base("EN")
    ('en', 'en')
    """
    return language.split("-")[0].lower()


def find_media(given: Path) -> list[MediaFile]:
    """Return the audio and video files of a folder, or the one given.

    If there are several files of one recording, the first is used.
    """
    root = given if given.is_dir() else given.parent
    files = _files_below(given) if given.is_dir() else [given]
    found: dict[str, MediaFile] = {}
    for path in files:
        name = read_name(path.relative_to(root).with_suffix(".json"))
        if MEDIA.search(path.name) and name and _is_inside(path, root):
            origin = _origin(path, name)
            found.setdefault(origin.video_id, MediaFile(path, origin))
    return list(found.values())


def _best(
    same: list[tuple[_Preference, Path, Origin]], root: Path
) -> tuple[list[RawTrack], list[LeftOut]]:
    """Return the first readable file of a video, and why the others are left out."""
    taken: RawTrack | None = None
    half: list[tuple[str, RawTrack]] = []
    chapters: list[tuple[str, tuple[tuple[float, str], ...]]] = []
    others: list[LeftOut] = []
    # Not every list of chapters says that it is one.
    for _, path, origin in sorted(same, key=lambda one: _is_called_chapters(one[1])):
        shown = str(path.relative_to(root))
        is_chapters = _is_called_chapters(path)
        if taken and origin.language != taken.origin.language and not is_chapters:
            others.append(_not_needed(shown, taken))
            continue
        if path.stat().st_size > MOST_BYTES:
            reason = f"has {path.stat().st_size:,} bytes, too many for captions"
            others.append(LeftOut(shown, reason, OTHER_FILE))
            continue
        track = RawTrack(origin, path.read_bytes(), path)
        try:
            parsed = track.parsed
        except NoSpeech as error:
            if error.chapters:
                chapters.append((shown, error.chapters))
            else:
                others.append(LeftOut(shown, error.reason, OTHER_FILE, failed=not error.is_usual))
        except CaptionError as error:
            where = f"line {error.line}: " if error.line else ""
            others.append(LeftOut(shown, f"{where}{error.reason}", error.cure))
        else:
            if is_chapters and (taken or half):
                chapters.append((shown, tuple((cue.start, cue.text) for cue in parsed.cues)))
            elif parsed.broken_off:
                half.append((shown, track))
            elif taken:
                others.append(_not_needed(shown, taken))
            else:
                taken = track
    if half and not taken:
        taken = half.pop(0)[1]
    others += [_not_needed(shown, taken, "breaks off; ") for shown, _ in half if taken]
    is_lacking = taken is not None and not taken.origin.chapters
    for place, (shown, _) in enumerate(chapters):
        is_used = is_lacking and place == 0
        others.append(
            LeftOut(shown, *(CHAPTERS_USED if is_used else CHAPTERS_UNUSED), failed=False)
        )
    if not taken:
        return [], others
    if chapters and is_lacking:
        taken = taken.with_origin(replace(taken.origin, chapters=chapters[0][1]))
    return [taken], [replace(one, failed=False) for one in others]


def _not_needed(shown: str, taken: RawTrack, why: str = "") -> LeftOut:
    reason = f"{why}{taken.origin.file} of the same video was used"
    return LeftOut(shown, reason, OTHER_LANGUAGE, failed=False)


def _is_called_chapters(path: Path) -> bool:
    """Return whether a file is named like a list of chapters."""
    return "chapter" in path.name.lower()


def _files_below(folder: Path) -> list[Path]:
    """Return the files of a folder and its subfolders in order, without hidden ones."""
    return [
        path
        for path in sorted(folder.rglob("*"))
        if not any(part.startswith(".") for part in path.relative_to(folder).parts)
        and (path.is_symlink() or not path.is_dir() or read_name(PurePath(path.name)))
    ]


def _cure_of_other(path: Path) -> str:
    """Return what to do about a file that is not captions; "" if it is common beside them."""
    name = path.name.lower()
    ending = name.rpartition(".")[2]
    if name.startswith("readme"):
        return ""
    if ending in DOCUMENTS:
        return SAVE_AS_TEXT
    if ending in OTHER_FORMATS:
        return CONVERT
    if ending in COMPANIONS or name.endswith((".info.json", ".live_chat.json", ".origin.json")):
        return ""
    return RENAME


def _origin(path: Path, name: Name, given_id: str = "") -> Origin:
    """Return what is known about a file's video from its name and the .info.json beside it.

    Args:
        given_id: The id of the video if it is known from elsewhere.
    """
    info = _info_beside(path, name)
    on_youtube = info is not None and info.site.lower().startswith("youtube")
    video_id = name.video_id
    if info and on_youtube and VIDEO_ID.fullmatch(info.id):
        video_id = info.id
    elif info and info.site:
        video_id = ""
    title = (info.title.strip() if info else "") or name.title
    if given_id:
        video_id = given_id
    elif not video_id:
        video_id = recording_id(path.parent.resolve() / name.stem, title)
    language = f".{name.language}" if name.language else ""
    origin = Origin(
        video_id,
        "local",
        f"{video_id}{language}.{name.format}",
        name.language,
        title=title,
        remark="" if given_id or info else name.remark,
        made=MACHINE_TRANSLATED if name.is_translated else "",
        file=path.name,
    )
    if info is None:
        return origin
    date = info.upload_date
    return replace(
        origin,
        duration=info.duration or 0.0,
        upload_date=f"{date[:4]}-{date[4:6]}-{date[6:]}" if re.fullmatch("[0-9]{8}", date) else "",
        chapters=tuple(
            sorted((one.start_time, " ".join(one.title.split())) for one in info.chapters)
        ),
        about=" ".join(f"{info.channel} {info.description}".split())[:ABOUT_LETTERS],
        made=_made(info, name.code) or ("" if name.code in info.subtitles else origin.made),
    )


def _made(info: "_Info", language: str) -> str:
    """Return how YouTube made captions, from yt-dlp's lists of them; "" if people did or unknown.

    Captions in another language than the spoken one are a translation if they were requested as
    one, else they come from a dubbed soundtrack.
    """
    forms = info.automatic_captions.get(language)
    if not forms or language in info.subtitles:
        return ""
    if any("tlang" in parse_qs(urlsplit(form.url or "").query) for form in forms):
        return MACHINE_TRANSLATED
    heard = [code for code in info.automatic_captions if code.endswith("-orig")]
    # Several are called original if a soundtrack was dubbed.
    return kind_of(language, True, info.language or (heard[0] if len(heard) == 1 else ""))


class _Chapter(msgspec.Struct):
    start_time: Annotated[float, msgspec.Meta(ge=0, le=1e6)]
    title: str


class _Form(msgspec.Struct):
    url: str | None = None


class _Info(msgspec.Struct):
    """The fields of yt-dlp's --write-info-json that are used."""

    id: str = ""
    title: str = ""
    site: str = msgspec.field(name="extractor", default="")
    channel: str = ""
    duration: Annotated[float, msgspec.Meta(ge=0, le=1e6)] | None = None
    upload_date: str = ""
    description: str = ""
    chapters: list[_Chapter] = []
    language: str = ""
    subtitles: dict[str, Any] = {}
    automatic_captions: dict[str, list[_Form]] = {}


def _info_beside(path: Path, name: Name) -> _Info | None:
    """Return the .info.json of yt-dlp beside a caption file, None if there is none."""
    for stem in dict.fromkeys((name.stem, path.name.partition(".")[0], name.video_id)):
        beside = path.with_name(f"{stem}.info.json")
        if not stem or not beside.is_file() or beside.stat().st_size > MOST_BYTES:
            continue
        try:
            found: dict[str, Any] = msgspec.json.decode(beside.read_bytes(), type=dict[str, Any])
            # yt-dlp writes null for unknown values.
            return msgspec.convert(
                {key: one for key, one in found.items() if one is not None}, _Info
            )
        except (OSError, msgspec.DecodeError):
            continue
    return None


_Stamp = tuple[tuple[int, ...], ...]
# The stored tracks that this process has read, by sidecar, and the `_stamp` of their files.
_tracks: dict[Path, tuple["RawTrack", _Stamp]] = {}


def store_track(folder: Path, track: RawTrack) -> None:
    """Keep a track, replacing an earlier one of the video. Equal bytes are not written again.

    Invisible characters in the texts of its origin are removed: JSON cannot contain lone
    surrogates, which occur in file names in another encoding.

    Raises:
        ValueError: Its name is not of the form NAME, so it could be outside the folder.
    """
    if not _names(track.origin):
        raise ValueError(f"{track.origin.name!r} is not a valid name for {track.origin.video_id!r}")
    track = track.with_origin(_visible(track.origin))
    old: RawTrack | None = None
    with suppress(OSError, ValueError, RecursionError):
        old = _read(_sidecar(folder, track.origin.video_id))
    if old == track:
        return
    _tracks.pop(_sidecar(folder, track.origin.video_id), None)
    folder.mkdir(parents=True, exist_ok=True)
    replace_file(folder / track.origin.name, track.data)
    # The sidecar is written last: a track without one is ignored.
    replace_file(_sidecar(folder, track.origin.video_id), msgspec.json.encode(track.origin))
    if old and old.origin.name != track.origin.name:
        (folder / old.origin.name).unlink(missing_ok=True)


def remove_track(folder: Path, track: RawTrack) -> None:
    """Delete a stored track."""
    _sidecar(folder, track.origin.video_id).unlink(missing_ok=True)  # without it, it is ignored
    (folder / track.origin.name).unlink(missing_ok=True)


def _visible(origin: Origin) -> Origin:
    return replace(
        origin,
        title=printable(origin.title),
        about=printable(origin.about),
        chapters=tuple((start, printable(title)) for start, title in origin.chapters),
    )


def with_known(origin: Origin, known: Origin) -> Origin:
    """Return an origin whose missing fields are filled in from another one."""
    facts = ("title", "duration", "upload_date", "chapters", "about")
    return replace(
        origin, **{name: getattr(origin, name) or getattr(known, name) for name in facts}
    )


def stored_tracks(
    folder: Path,
    on_unusable: Callable[[Unusable], None] = lambda _: None,
    parsed: Iterable[RawTrack] = (),
) -> dict[str, RawTrack]:
    """Return all stored tracks by video id.

    Args:
        on_unusable: Called with each sidecar that is skipped.
        parsed: Tracks that this run has parsed, so that equal stored ones are not parsed again.
    """
    found = {
        track.origin.video_id: track
        for track in read_stored(folder.glob("*.origin.json"), _read, on_unusable)
    }
    for track in parsed:
        stored = found.get(track.origin.video_id)
        if stored and stored.data == track.data:
            found[track.origin.video_id] = track.with_origin(stored.origin)
    return found


def _read(sidecar: Path) -> RawTrack:
    """Return the track of a sidecar; files that have not changed are read once in a run.

    Raises:
        OSError, ValueError, RecursionError: It cannot be read.
    """
    before = _tracks.get(sidecar)
    if before and before[1] == _stamp(sidecar, sidecar.parent / before[0].origin.name):
        return before[0]
    origin = msgspec.json.decode(sidecar.read_bytes(), type=Origin)
    track = sidecar.parent / origin.name
    if not _names(origin) or not _is_inside(track):
        raise ValueError("it does not name a caption file beside it")
    if not all(0 <= time < math.inf for time in (origin.duration, *dict(origin.chapters))):
        raise ValueError("it contains a negative or infinite time")
    stamp = _stamp(sidecar, track)  # before the reading, so that a later change is noticed
    found = RawTrack(origin, track.read_bytes())
    _tracks[sidecar] = (found, stamp)
    return found


def _stamp(*paths: Path) -> _Stamp:
    """Return what differs when one of the files is removed, replaced or written to."""
    stamps: list[tuple[int, ...]] = []
    for path in paths:
        try:
            one = path.stat()
        except OSError:  # such as a track that another program replaced by one in another language
            stamps.append(())
            continue
        stamps.append((one.st_ino, one.st_size, one.st_mtime_ns, one.st_ctime_ns))
    return tuple(stamps)


def _names(origin: Origin) -> bool:
    match = NAME.fullmatch(origin.name)
    return match is not None and match["video_id"] == origin.video_id


def _is_inside(path: Path, root: Path | None = None) -> bool:
    """Return whether a path is inside a folder and not a link out of it."""
    return path.is_file() and path.resolve().is_relative_to((root or path.parent).resolve())


def _sidecar(folder: Path, video_id: str) -> Path:
    return folder / f"{video_id}.origin.json"
