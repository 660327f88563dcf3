"""Raw captions: files a user gives, and the copies under index/captions/.

Every track that was ever taken in is kept there as it came, with a sidecar that says where it
came from. So nothing is fetched twice, and an ingest without `--captions` loses nothing.
"""

import hashlib
import re
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from cs25search.errors import Cs25SearchError

# The part before the first dot is a YouTube id, never a path: a name cannot leave its folder.
NAME = re.compile(
    r"(?P<video_id>[A-Za-z0-9_-]{11})(?:\.(?P<language>[A-Za-z]{2,3}(?:-[A-Za-z0-9_]{0,16}){0,6}))?"
    r"\.(?P<format>json3|vtt|srt)"
)
FORMATS = ("json3", "vtt", "srt")  # json3 first: it times every word


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


@dataclass(frozen=True, slots=True)
class RawTrack:
    """Captions of one video as they came, not parsed yet."""

    origin: Origin
    data: bytes

    @property
    def sha256(self) -> str:
        """Checksum of the bytes, in hex."""
        return hashlib.sha256(self.data).hexdigest()


def read_folder(folder: Path, language: str = "en") -> tuple[list[RawTrack], list[str]]:
    """Return the best caption file of each video in a folder, and the names left out.

    Of several files of one video the wanted language comes first, then a file that names no
    language, then json3 before WebVTT before SRT.

    Raises:
        Cs25SearchError: There is no such folder, or no caption file in it.
    """
    if not folder.is_dir():
        raise Cs25SearchError(
            f"{folder} is not a folder.\nGive the folder that holds your caption files: "
            "python -m ingest --captions DIR"
        )
    best: dict[str, tuple[tuple[bool, bool, int, str], Path, re.Match[str]]] = {}
    left_out = []
    for path in sorted(folder.iterdir()):
        match = NAME.fullmatch(path.name)
        if not match or not _is_inside(path):
            left_out.append(path.name)
            continue
        spoken = match["language"] or ""
        form = FORMATS.index(match["format"])
        preference = (spoken.split("-")[0] != language, spoken != "", form, path.name)
        seen = best.get(match["video_id"])
        if seen and seen[0] < preference:
            left_out.append(path.name)
            continue
        if seen:
            left_out.append(seen[1].name)
        best[match["video_id"]] = (preference, path, match)
    if not best:
        raise Cs25SearchError(
            f"{folder} holds no caption file.\n"
            "Name each file by its YouTube id: VIDEOID.en.srt, VIDEOID.en.vtt or VIDEOID.en.json3"
        )
    tracks = [
        RawTrack(Origin(video_id, "local", path.name, match["language"] or ""), path.read_bytes())
        for video_id, (_, path, match) in sorted(best.items())
    ]
    return tracks, left_out


def keep(folder: Path, track: RawTrack) -> None:
    """Keep a track; one already kept for this video is replaced. Equal bytes write nothing.

    Raises:
        ValueError: Its name is not of the form NAME, so it could lie outside the folder.
    """
    if not _names(track.origin):
        raise ValueError(f"{track.origin.name!r} is no name for {track.origin.video_id!r}")
    old = _read(_sidecar(folder, track.origin.video_id))
    if old == track:
        return
    folder.mkdir(parents=True, exist_ok=True)
    replace_file(folder / track.origin.name, track.data)
    # The sidecar comes last: a track without one does not count.
    replace_file(_sidecar(folder, track.origin.video_id), msgspec.json.encode(track.origin))
    if old and old.origin.name != track.origin.name:
        (folder / old.origin.name).unlink(missing_ok=True)


def with_known(origin: Origin, known: Origin) -> Origin:
    """Return an origin with what is known of its video from elsewhere, where it lacks it."""
    facts = ("title", "duration", "upload_date", "chapters", "about")
    return replace(
        origin, **{name: getattr(origin, name) or getattr(known, name) for name in facts}
    )


def kept(folder: Path) -> dict[str, RawTrack]:
    """Return all tracks kept, by video id. A sidecar that cannot be read is left out."""
    tracks = (_read(sidecar) for sidecar in sorted(folder.glob("*.origin.json")))
    return {track.origin.video_id: track for track in tracks if track}


def _read(sidecar: Path) -> RawTrack | None:
    """Return the track of a sidecar, None if there is none that can be read."""
    try:
        origin = msgspec.json.decode(sidecar.read_bytes(), type=Origin)
        track = sidecar.parent / origin.name
        if _names(origin) and _is_inside(track):
            return RawTrack(origin, track.read_bytes())
    except (OSError, msgspec.DecodeError):
        pass
    return None


def _names(origin: Origin) -> bool:
    match = NAME.fullmatch(origin.name)
    return match is not None and match["video_id"] == origin.video_id


def _is_inside(path: Path) -> bool:
    """Return whether a path is a file of its own folder, not a link that leads out of it."""
    return path.is_file() and path.resolve().is_relative_to(path.parent.resolve())


def _sidecar(folder: Path, video_id: str) -> Path:
    return folder / f"{video_id}.origin.json"


def replace_file(path: Path, data: bytes) -> None:
    """Write a file whole or not at all."""
    fresh = path.with_name(f".{path.name}.new")
    fresh.write_bytes(data)
    fresh.replace(path)
