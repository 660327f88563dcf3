"""Facts about a YouTube video, and fetched captions."""

import re
from typing import Any, TypeGuard

import msgspec

from ..languages import BEST, CaptionKind, Rank
from .failures import Failure, FetchError

MOST_SECONDS = 1e6  # eleven days
MOST_CHAPTERS = 1000


class Details(msgspec.Struct, frozen=True):
    """Facts about a video; unknown ones are empty. Times in seconds."""

    video_id: str
    title: str = ""
    duration: float = 0.0
    upload_date: str = ""  # ISO 8601
    chapters: tuple[tuple[float, str], ...] = ()
    about: str = ""  # the shortened description, which often names the speakers


class Captions(msgspec.Struct, frozen=True):
    """Fetched captions."""

    data: bytes
    kind: CaptionKind
    language: str
    client: str  # the client that fetched them
    rank: Rank = BEST


class Listing(msgspec.Struct, frozen=True):
    """The videos of a playlist or channel, in order."""

    videos: tuple[Details, ...]
    hidden: tuple[str, ...] = ()  # ids of private or deleted entries
    failure: Failure | None = None  # why the list is incomplete
    title: str = ""


class PartialList(FetchError):
    """A list is incomplete.

    Attributes:
        listing: The part that was received.
    """

    def __init__(self, error: FetchError, listing: Listing) -> None:
        self.listing = listing
        super().__init__(error.failure, error.detail)


def read_details(info: dict[str, Any]) -> Details:
    """Return the facts from yt-dlp after checking them, because yt-dlp passes on raw values."""
    chapters = [
        (float(chapter["start_time"]), _line(chapter["title"], 200))
        for chapter in (info.get("chapters") or ())[:MOST_CHAPTERS]
        if chapter.get("title") and _is_time(chapter.get("start_time"))
    ]
    date = str(info.get("upload_date") or "")
    duration: object = info.get("duration")
    return Details(
        video_id=info["id"],
        title=_line(info.get("title"), 300),
        duration=duration if _is_time(duration) else 0.0,
        upload_date=f"{date[:4]}-{date[4:6]}-{date[6:]}" if re.fullmatch("[0-9]{8}", date) else "",
        chapters=tuple(sorted(chapters)),
        about=_line(info.get("description"), 1000),
    )


def _line(text: object, longest: int) -> str:
    """Return text on one line; characters that cannot be encoded are replaced."""
    plain = str(text or "").encode("utf-8", "replace").decode()
    return " ".join(plain.split())[:longest]


def _is_time(seconds: object) -> TypeGuard[float]:
    return isinstance(seconds, (int, float)) and 0 <= seconds <= MOST_SECONDS
