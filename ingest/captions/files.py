"""Raw captions: files a user gives, and the copies under index/captions/.

Every track that was ever taken in is kept there as it came, with a sidecar that says where it
came from. So nothing is fetched twice, and an ingest without `--captions` loses nothing.
"""

import hashlib
import math
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path, PurePath
from typing import Annotated, Any

import msgspec

from cs25search.errors import CaptionError, Cs25SearchError
from cs25search.text.clean import printable

from ..kept import Unusable
from .names import COMPANIONS, FORMATS, MEDIA, VIDEO_ID, Name, read_name, recording_id
from .parse import parse_captions
from .track import NoSpeech

# The part before the first dot is an id, never a path: a name cannot leave its folder.
NAME = re.compile(
    r"(?P<video_id>[A-Za-z0-9_-]{11,64})"
    r"(?:\.(?P<language>[A-Za-z]{2,3}(?:-[A-Za-z0-9_]{0,16}){0,6}))?"
    rf"\.(?P<format>{'|'.join(FORMATS)})"
)
TRANSCRIBE = "It holds recordings: --transcribe writes captions for them. Else: "
RENAME = "If it holds captions, give it the ending of its kind: .srt, .vtt, .json or .txt."
COPY = "Copy the file itself into the folder."
OTHER_LANGUAGE = "Another language is taken with --lang; else there is nothing to do."
OTHER_FILE = "Give the file that holds the captions alone."
MOST_BYTES = 50_000_000  # of one caption file; a day of word-timed speech has a fifth of it
ABOUT_LETTERS = 1000  # kept of a description


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a track came from, and what is known of its video; the sidecar of a kept track."""

    video_id: str
    kind: str  # local | manual | automatic
    name: str  # file name under which the raw bytes are kept
    language: str  # "" when the name does not say
    client: str = ""  # who fetched it; youtube-transcript-api's snippets are kept as json3
    title: str = ""
    duration: float = 0.0  # seconds; 0 when not known
    upload_date: str = ""  # ISO 8601
    chapters: tuple[tuple[float, str], ...] = ()  # start in seconds, title
    about: str = ""  # the beginning of the description
    wanted: str = ""  # --lang of the ingest that fetched it


@dataclass(frozen=True, slots=True)
class RawTrack:
    """Captions of one video as they came, not parsed yet."""

    origin: Origin
    data: bytes

    @property
    def sha256(self) -> str:
        """Checksum of the bytes, in hex."""
        return hashlib.sha256(self.data).hexdigest()


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A file that was not taken in.

    Attributes:
        failed: It should have been captions; False when a better file of the video was taken.
    """

    name: str
    reason: str
    cure: str
    failed: bool = True


def read_captions(place: Path, language: str = "en") -> tuple[list[RawTrack], list[LeftOut]]:
    """Return the best caption file of each video in a folder or of one file, and what is left out.

    Of several files of one video the wanted language comes first, then a file that names no
    language, then the format that tells most. A video or picture beside captions is passed over.

    Raises:
        Cs25SearchError: There is no such folder or file, or no caption file in it.
    """
    if not place.exists():
        raise Cs25SearchError(
            f"{place} does not exist.\nGive a caption file, or the folder that holds your caption "
            "files: python -m ingest --captions DIR"
        )
    root = place if place.is_dir() else place.parent
    files = _files_below(place) if place.is_dir() else [place]
    found: dict[str, list[tuple[tuple[bool, bool, int, str], Path, Origin]]] = {}
    left_out = []
    for path in files:
        shown = path.relative_to(root)
        if not _is_inside(path, root):
            left_out.append(LeftOut(str(shown), "is not a file of this folder", COPY))
            continue
        name = read_name(shown)
        if name is None:
            if _is_other(path):
                left_out.append(LeftOut(str(shown), "is not called as caption files are", RENAME))
            continue
        origin = _origin(path, name)
        exact = name.language.split("-")[0].lower() == language.split("-")[0].lower()
        form = FORMATS.index(name.format)
        preference = (not exact, name.language != "", form, str(shown))
        found.setdefault(origin.video_id, []).append((preference, path, origin))
    if not found and (not left_out or place.is_dir()):
        raise Cs25SearchError(
            f"{place} holds no caption file.\n"
            f"{TRANSCRIBE if find_media(place) else ''}Name each file by its YouTube id, such as "
            "VIDEOID.en.srt, or as yt-dlp does, "
            f"and end it in one of .{', .'.join(FORMATS)}. See docs/captions.md."
        )
    tracks = []
    for _, same in sorted(found.items()):
        taken, others = _best(sorted(same, key=lambda one: one[0]), root)
        tracks += taken
        left_out += others
    return tracks, left_out


def find_media(place: Path) -> list[tuple[Path, Origin]]:
    """Return the audio and video files in a folder, or the one given, with what is known of each.

    Of several files of one recording the first is taken.
    """
    root = place if place.is_dir() else place.parent
    files = _files_below(place) if place.is_dir() else [place]
    found: dict[str, tuple[Path, Origin]] = {}
    for path in files:
        name = read_name(path.relative_to(root).with_suffix(".json"))
        if MEDIA.search(path.name) and name and _is_inside(path, root):
            origin = _origin(path, name)
            found.setdefault(origin.video_id, (path, origin))
    return list(found.values())


def _best(
    same: list[tuple[tuple[bool, bool, int, str], Path, Origin]], root: Path
) -> tuple[list[RawTrack], list[LeftOut]]:
    """Return the first of a video's files that can be read, and the others with the reason."""
    taken: RawTrack | None = None
    chapters: tuple[tuple[float, str], ...] = ()
    broken: list[LeftOut] = []
    others: list[LeftOut] = []
    for _, path, origin in same:
        shown = str(path.relative_to(root))
        if taken and not _is_called_chapters(path):
            reason = f"{taken.origin.name} of the same video was taken"
            others.append(LeftOut(shown, reason, OTHER_LANGUAGE, failed=False))
            continue
        if path.stat().st_size > MOST_BYTES:
            reason = f"has {path.stat().st_size:,} bytes, more than captions have"
            broken.append(LeftOut(shown, reason, OTHER_FILE))
            continue
        track = RawTrack(origin, path.read_bytes())
        try:
            parse_captions(track.data, shown)
        except NoSpeech as error:
            chapters = chapters or error.chapters
            others.append(LeftOut(shown, error.reason, OTHER_FILE, failed=not error.chapters))
        except CaptionError as error:
            where = f"line {error.line}: " if error.line else ""
            broken.append(LeftOut(shown, f"{where}{error.reason}", error.cure))
        else:
            taken = taken or track
    if taken:
        broken, others = (
            [replace(one, failed=False) for one in several] for several in (broken, others)
        )
        if not taken.origin.chapters:
            taken = replace(taken, origin=replace(taken.origin, chapters=chapters))
    return ([taken] if taken else []), broken + others


def _is_called_chapters(path: Path) -> bool:
    """Return whether a file is called as a list of chapters."""
    return "chapter" in path.name.lower()


def _files_below(folder: Path) -> list[Path]:
    """Return the files of a folder and its folders in order, hidden ones left out."""
    return [
        path
        for path in sorted(folder.rglob("*"))
        if not any(part.startswith(".") for part in path.relative_to(folder).parts)
        and (path.is_symlink() or not path.is_dir() or read_name(PurePath(path.name)))
    ]


def _is_other(path: Path) -> bool:
    """Return whether a file is neither captions nor what usually lies beside them."""
    name = path.name.lower()
    return not (
        name.endswith((".info.json", ".live_chat.json", ".origin.json"))
        or name.rpartition(".")[2] in COMPANIONS
    )


def _origin(path: Path, name: Name) -> Origin:
    """Return what is known of a file's video: from its name and the .info.json beside it."""
    info = _info_beside(path, name)
    on_youtube = info is not None and info.site.lower().startswith("youtube")
    video_id = name.video_id
    if info and on_youtube and VIDEO_ID.fullmatch(info.id):
        video_id = info.id
    elif info and info.site:
        video_id = ""
    title = (info.title.strip() if info else "") or name.title
    if not video_id:
        video_id = recording_id(path.parent.resolve() / name.stem, title)
    language = f".{name.language}" if name.language else ""
    origin = Origin(
        video_id, "local", f"{video_id}{language}.{name.format}", name.language, title=title
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
    )


class _Chapter(msgspec.Struct):
    start_time: Annotated[float, msgspec.Meta(ge=0, le=1e6)]
    title: str


class _Info(msgspec.Struct):
    """What yt-dlp's --write-info-json tells about a video."""

    id: str = ""
    title: str = ""
    site: str = msgspec.field(name="extractor", default="")
    channel: str = ""
    duration: Annotated[float, msgspec.Meta(ge=0, le=1e6)] | None = None
    upload_date: str = ""
    description: str = ""
    chapters: list[_Chapter] = []


def _info_beside(path: Path, name: Name) -> _Info | None:
    """Return the .info.json that yt-dlp wrote beside a caption file, None if there is none."""
    for stem in dict.fromkeys((name.stem, path.name.partition(".")[0], name.video_id)):
        beside = path.with_name(f"{stem}.info.json")
        if not stem or not beside.is_file() or beside.stat().st_size > MOST_BYTES:
            continue
        try:
            found: dict[str, Any] = msgspec.json.decode(beside.read_bytes(), type=dict[str, Any])
            # yt-dlp writes null for what it does not know.
            return msgspec.convert(
                {key: one for key, one in found.items() if one is not None}, _Info
            )
        except (OSError, msgspec.DecodeError):
            continue
    return None


def keep(folder: Path, track: RawTrack) -> None:
    """Keep a track; one already kept for this video is replaced. Equal bytes write nothing.

    Of the texts of its origin, what nobody sees is left out: JSON takes no half of a pair, as
    file names in another encoding hold.

    Raises:
        ValueError: Its name is not of the form NAME, so it could lie outside the folder.
    """
    if not _names(track.origin):
        raise ValueError(f"{track.origin.name!r} is no name for {track.origin.video_id!r}")
    track = replace(track, origin=_visible(track.origin))
    old = _read(_sidecar(folder, track.origin.video_id))
    if old == track:
        return
    folder.mkdir(parents=True, exist_ok=True)
    replace_file(folder / track.origin.name, track.data)
    # The sidecar comes last: a track without one does not count.
    replace_file(_sidecar(folder, track.origin.video_id), msgspec.json.encode(track.origin))
    if old and old.origin.name != track.origin.name:
        (folder / old.origin.name).unlink(missing_ok=True)


def _visible(origin: Origin) -> Origin:
    return replace(
        origin,
        title=printable(origin.title),
        about=printable(origin.about),
        chapters=tuple((start, printable(title)) for start, title in origin.chapters),
    )


def with_known(origin: Origin, known: Origin) -> Origin:
    """Return an origin with what is known of its video from elsewhere, where it lacks it."""
    facts = ("title", "duration", "upload_date", "chapters", "about")
    return replace(
        origin, **{name: getattr(origin, name) or getattr(known, name) for name in facts}
    )


def kept(
    folder: Path, on_unusable: Callable[[Unusable], None] = lambda _: None
) -> dict[str, RawTrack]:
    """Return all tracks kept, by video id.

    Args:
        on_unusable: Called with each sidecar that is left out.
    """
    tracks = {}
    for sidecar in sorted(folder.glob("*.origin.json")):
        if track := _read(sidecar):
            tracks[track.origin.video_id] = track
        else:
            on_unusable(Unusable(sidecar, "it names no captions that can be read"))
    return tracks


def _read(sidecar: Path) -> RawTrack | None:
    """Return the track of a sidecar, None if there is none that can be read."""
    try:
        origin = msgspec.json.decode(sidecar.read_bytes(), type=Origin)
        track = sidecar.parent / origin.name
        times = (origin.duration, *(start for start, _ in origin.chapters))
        is_sound = all(0 <= seconds < math.inf for seconds in times)
        if is_sound and _names(origin) and _is_inside(track):
            return RawTrack(origin, track.read_bytes())
    except (OSError, ValueError, RecursionError):
        pass
    return None


def _names(origin: Origin) -> bool:
    match = NAME.fullmatch(origin.name)
    return match is not None and match["video_id"] == origin.video_id


def _is_inside(path: Path, root: Path | None = None) -> bool:
    """Return whether a path is a file of a folder, not a link that leads out of it."""
    return path.is_file() and path.resolve().is_relative_to((root or path.parent).resolve())


def _sidecar(folder: Path, video_id: str) -> Path:
    return folder / f"{video_id}.origin.json"


def replace_file(path: Path, data: bytes) -> None:
    """Write a file whole or not at all."""
    fresh = path.with_name(f".{path.name}.new")
    fresh.write_bytes(data)
    fresh.replace(path)
