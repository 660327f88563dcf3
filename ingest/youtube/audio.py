"""Fetch the audio of a video without captions, so that it can be transcribed.

YouTube serves audio from separate hosts and throttles requests for a whole file, so it is fetched
in ranges, as players do. An interrupted download resumes.
"""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import requests

from . import failures
from .failures import FetchError, explained
from .limits import BoundedAdapter, Network, check_host

PIECE_BYTES = 4_000_000
MOST_BYTES = 1_000_000_000  # some twelve hours at the lowest quality
_HOST = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)*\.googlevideo\.com")


class Audio(msgspec.Struct, frozen=True):
    """Where the audio stream of a video is.

    Attributes:
        form: YouTube's number of the format.
        extension: Of the file.
    """

    url: str
    form: str
    extension: str


def choose_audio(info: dict[str, Any]) -> Audio:
    """Return the smallest audio stream of a video that can be fetched as one file.

    Args:
        info: What yt-dlp says about the video.

    Raises:
        FetchError: There is none.
    """
    fit = [
        form
        for form in info.get("formats") or ()
        if form.get("vcodec") == "none"
        and form.get("acodec") not in (None, "none")
        and str(form.get("url", "")).startswith("https://")
    ]
    if not fit:
        raise FetchError(failures.NO_SOUND)
    # A dubbed soundtrack is not what was said.
    original = max(form.get("language_preference") or 0 for form in fit)
    spoken = [form for form in fit if (form.get("language_preference") or 0) == original]
    best = min(spoken, key=lambda form: form.get("abr") or 0)
    extension = re.sub(r"[^a-z0-9]", "", str(best.get("ext", "")))
    return Audio(best["url"], str(best.get("format_id", "")), extension or "m4a")


class SoundAdapter(BoundedAdapter):
    """Reaches the hosts of YouTube's audio only, within the limits for other answers."""

    def check(self, url: str) -> None:
        """Check that a URL is one of those hosts."""
        check_host(url, lambda host: _HOST.fullmatch(host) is not None)


def fetch_audio(
    audio: Audio,
    path: Path,
    network: Network,
    on_bytes: Callable[[int, int], None] = lambda done, of: None,
) -> None:
    """Write the audio of a video to a file; what an interrupted run has fetched is kept.

    Args:
        on_bytes: Called after each piece with the number of bytes so far, and of the whole file.

    Raises:
        FetchError: With cause and cure.
        OSError: The system refuses to write.
    """
    session = requests.Session()
    session.adapters.clear()
    adapter = SoundAdapter()
    adapter.seconds = network.seconds
    session.mount("https://", adapter)
    if network.proxy:
        session.proxies = {"https": network.proxy}
    begun = path.with_name(f"{path.name}.{re.sub('[^0-9a-z-]', '', audio.form)}.part")
    begun.parent.mkdir(parents=True, exist_ok=True)
    done, whole = begun.stat().st_size if begun.exists() else 0, MOST_BYTES
    with begun.open("ab") as file:
        while done < whole:
            with explained():
                piece, whole = _read_piece(session, audio.url, done)
            if whole > MOST_BYTES:
                raise FetchError(failures.TOO_LARGE)
            file.write(piece)
            done += len(piece)
            on_bytes(done, whole)
    begun.replace(path)


def _read_piece(session: requests.Session, url: str, start: int) -> tuple[bytes, int]:
    """Return a piece of a file, and the length of the whole.

    Raises:
        requests.exceptions.RequestException: It was not received.
    """
    wanted = {"Range": f"bytes={start}-{start + PIECE_BYTES - 1}", "Accept-Encoding": "identity"}
    answer = session.get(url, headers=wanted, allow_redirects=True)
    if answer.status_code == requests.codes.requested_range_not_satisfiable and start:
        return b"", start  # the file was complete
    answer.raise_for_status()
    placed = re.fullmatch(rf"bytes {start}-\d+/(\d+)", answer.headers.get("Content-Range", ""))
    if answer.status_code != requests.codes.partial_content or not placed or not answer.content:
        raise requests.exceptions.ContentDecodingError("the answer is not the piece asked for")
    return answer.content, int(placed[1])
