"""What the user orders, checked before captions are read or anything is fetched or written."""

import re
from pathlib import Path
from typing import Any

import msgspec

from cs25search.course.read import Course, has_course, load_course
from cs25search.errors import CourseMissing, Cs25SearchError
from cs25search.language_model import Endpoint, read_endpoint
from cs25search.place import (
    Place,
    Shard,
    check_name,
    course_folder,
    existing_courses,
    read_place,
)

from .languages import parse_languages
from .milvus import parse_shard
from .notes.write import FIRST_TOKEN
from .youtube.limits import Network, read_network
from .youtube.links import parse_playlist_id, parse_video_id

# The port must be in range, because the clients print invalid addresses, password included.
PROXY = re.compile(
    r"https?://(?:[^\s@/]+@)?[A-Za-z0-9.-]+"
    r"(?::(?:[0-9]{1,4}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5]))?/?"
)


class Order(msgspec.Struct, frozen=True):
    """The options of an ingest, checked."""

    course: Course
    place: Place
    encoder_name: str  # as the user gave it
    playlist_ids: tuple[str, ...]  # the course's own if nothing is named
    named: bool  # whether the user named a playlist
    video_ids: tuple[str, ...]
    captions_dir: Path | None
    deck: Path | None  # given with --deck
    languages: tuple[str, ...]  # the preferred one first
    offline: bool
    refresh: bool
    limit: int | None
    dry_run: bool
    network: Network
    cookies: Path | None
    pause: float
    verbose: bool
    enrich: bool
    endpoint: Endpoint | None  # the language model that writes notes
    japanese: bool
    transcribe: bool
    speech_model: str
    shard: Shard | None  # the part of the videos for this worker, one of several

    @property
    def index_dir(self) -> Path:
        """Return the index folder of the course."""
        return self.place.folder

    @property
    def tracks(self) -> Path:
        """Return the folder of raw captions."""
        return self.index_dir / "captions"

    @property
    def contents(self) -> str:
        """Return what all shards together contain, as one text: playlists, videos, languages."""
        return " ".join((*self.playlist_ids, *self.video_ids, ",".join(self.languages)))

    @property
    def notes(self) -> Path:
        """Return the folder of the notes written by a language model."""
        return self.index_dir / "notes"


def read_order(
    name: str, playlists: tuple[str, ...], videos: tuple[str, ...], options: dict[str, Any]
) -> Order:
    """Return the order; links become ids, so that no URL given by the user is ever opened.

    Args:
        name: Of the course; if empty, as for `read_place`.

    Raises:
        Cs25SearchError: A link, the proxy, the language, the shard or CS25_TIMEOUT is invalid, or
            options do not fit together.
    """
    options = dict(options)
    place = read_place(
        options.pop("index_dir"), options.pop("store") or "", options.pop("uri"), course=name,
        writing=True,
    )  # fmt: skip
    course = find_course(place)
    settings = course.settings
    playlist_ids = tuple(parse_playlist_id(link) for link in playlists)
    video_ids = tuple(parse_video_id(link) for link in videos)
    if not playlist_ids and not video_ids:
        if settings.playlist:
            playlist_ids = (parse_playlist_id(settings.playlist),)
        else:
            video_ids = settings.on_youtube
    part = options.pop("part")
    options["encoder_name"] = options.pop("model")
    options["network"] = read_network(check_proxy(options.pop("proxy")))
    options["endpoint"] = read_endpoint(FIRST_TOKEN)
    options["languages"] = parse_languages(options.pop("language") or settings.language)
    options["shard"] = parse_shard(part) if part else None
    order = Order(
        course=course,
        place=place,
        playlist_ids=playlist_ids,
        named=bool(playlists),
        video_ids=video_ids,
        **options,
    )
    if order.shard and not order.place.is_milvus:
        raise Cs25SearchError(
            f"--shard {part} only works with Milvus.\n"
            "Add --store milvus --uri URI, or omit --shard."
        )
    has_files = order.captions_dir is not None or course.settings.media
    if order.transcribe and order.offline and not has_files:
        raise Cs25SearchError(
            "With --offline, --transcribe only works with recordings on disk.\n"
            "Give an audio or video file, or a folder of them: --captions FILE --transcribe"
        )
    if order.japanese and not order.enrich:
        raise Cs25SearchError("--japanese only works with --enrich.\nAdd --enrich.")
    return order


def find_course(place: Place) -> Course:
    """Return the course that is indexed at a place.

    Raises:
        Cs25SearchError: There is no such course, or one of its files is faulty.
    """
    check_name(place.course)  # "all" is a place to search, not one to write to
    folder = course_folder(place.course, place.courses)
    if not has_course(folder):
        raise CourseMissing(place.course, existing_courses(place))
    return load_course(folder)


def check_proxy(proxy: str) -> str:
    """Return the URL of a proxy, or "".

    Raises:
        Cs25SearchError: It is not the URL of an HTTP proxy.
    """
    if proxy and not PROXY.fullmatch(proxy):
        raise Cs25SearchError(
            "--proxy is not the address of an HTTP proxy.\n"  # it may hold a password
            "Write it as http://host:8080 or http://user:password@host:8080"
        )
    return proxy
