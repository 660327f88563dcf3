"""YouTube: links to ids, a playlist to its videos, a video to its captions and chapters.

Two clients are asked: youtube-transcript-api, which needs the fewest requests, and yt-dlp,
which knows more ways in and is the only one to tell titles, chapters and playlists.
"""

import contextlib
import io
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeGuard
from urllib.parse import parse_qs, urlsplit

import requests
import yt_dlp
from youtube_transcript_api import Transcript, YouTubeTranscriptApi
from youtube_transcript_api.proxies import GenericProxyConfig
from yt_dlp.networking import Request
from yt_dlp.networking.impersonate import ImpersonateTarget

from cs25search.errors import Cs25SearchError, LinkError
from cs25search.records import Cue

from ..captions.json3 import write_json3
from . import failures
from .failures import FetchError
from .limits import (
    PIECE,
    BoundedAdapter,
    BrowserRH,
    PlainRH,
    bounded,
    check_host,
    seconds_to_answer,
)

MOST_SECONDS = 1e6  # eleven days
MOST_CHAPTERS = 1000

VIDEO_ID = re.compile(r"[A-Za-z0-9_-]{11}")
# What yt-dlp takes for a list of videos, without the endless mixes (RD) and personal lists.
PLAYLIST_ID = re.compile(r"(?:PL|EC|UU|FL|OLAK5uy_)[A-Za-z0-9_-]{10,62}")
# No user name, port or escape has a place in it, so no part of a link can be taken for the host.
_LINK = re.compile(
    r"(?:https?://)?(?P<host>[a-z.-]+)(?P<path>/[A-Za-z0-9_/-]*)?"
    r"(?:\?(?P<query>[A-Za-z0-9_=&%.,+:@/-]*))?(?:#[!-~]*)?",
    re.I,
)
_HOSTS = {"youtube.com", "www.youtube.com", "m.youtube.com", "music.youtube.com"}
_EMBED_HOSTS = {"www.youtube-nocookie.com", "youtube-nocookie.com"}


@dataclass(frozen=True, slots=True)
class Details:
    """What YouTube tells about a video; empty where it does not. Times in seconds."""

    video_id: str
    title: str = ""
    duration: float = 0.0
    upload_date: str = ""  # ISO 8601
    chapters: tuple[tuple[float, str], ...] = ()
    about: str = ""  # the description, shortened; it often names the speakers


@dataclass(frozen=True, slots=True)
class Captions:
    """Captions as fetched."""

    data: bytes
    kind: str  # manual | automatic
    language: str
    client: str  # which of the two gave them


def parse_video_id(link: str) -> str:
    """Return the id in a video's address, or the id itself.

    Raises:
        LinkError: It is neither.

    >>> parse_video_id("https://youtu.be/U8J32Z3qV8s?t=540")
    'U8J32Z3qV8s'
    """
    text = link.strip()
    found = text if VIDEO_ID.fullmatch(text) else ""
    host, parts, query = _take_apart(text)
    if host == "youtu.be" and len(parts) == 1:
        found = parts[0]
    elif host in _HOSTS and parts == ["watch"]:
        found = query.get("v", "")
    elif host in _HOSTS | _EMBED_HOSTS and len(parts) == 2:
        named = parts[0] == "embed" or (host in _HOSTS and parts[0] in ("shorts", "live", "v"))
        found = parts[1] if named else ""
    if not VIDEO_ID.fullmatch(found):
        raise LinkError(link, "video", "--video https://www.youtube.com/watch?v=U8J32Z3qV8s")
    return found


def parse_playlist_id(link: str) -> str:
    """Return the id in a playlist's address, or the id itself.

    Raises:
        LinkError: It is neither, or an endless mix.

    >>> parse_playlist_id("https://www.youtube.com/watch?v=U8J32Z3qV8s&list=PLoROMvodv4rNiJRchCz")
    'PLoROMvodv4rNiJRchCz'
    """
    text = link.strip()
    found = text if PLAYLIST_ID.fullmatch(text) else ""
    host, parts, query = _take_apart(text)
    if (host in _HOSTS and parts in (["playlist"], ["watch"])) or (host == "youtu.be" and parts):
        found = query.get("list", "")
    if not PLAYLIST_ID.fullmatch(found):
        example = "--playlist https://www.youtube.com/playlist?list=PLoROMvodv4r..."
        raise LinkError(link, "playlist", example)
    return found


def _take_apart(text: str) -> tuple[str, list[str], dict[str, str]]:
    """Return host, parts of the path and query of a link; all empty for anything else."""
    match = _LINK.fullmatch(text)
    if not match:
        return "", [], {}
    query = parse_qs(match["query"] or "")
    parts = [part for part in (match["path"] or "").split("/") if part]
    return match["host"].lower(), parts, {key: values[0] for key, values in query.items()}


class _Remarks:
    """Collects what yt-dlp would print."""

    def __init__(self) -> None:
        self.warnings: list[str] = []

    def debug(self, message: str) -> None:
        """Drop progress."""

    def warning(self, message: str) -> None:
        """Keep a warning: with `ignore_no_formats_error` the true cause is only told here."""
        if "JavaScript runtime" not in message:  # needed for videos, not for captions
            self.warnings.append(message)

    def error(self, message: str) -> None:
        """Drop an error; it is raised too."""


class TranscriptClient:
    """youtube-transcript-api, one session for a whole ingest."""

    name = "youtube-transcript-api"

    def __init__(self, proxy: str = "", session: requests.Session | None = None) -> None:
        if session is None:
            session = requests.Session()
            session.adapters.clear()
            adapter = BoundedAdapter()
            adapter.seconds = seconds_to_answer()
            session.mount("https://", adapter)
        config = GenericProxyConfig(proxy, proxy) if proxy else None
        self._api = YouTubeTranscriptApi(proxy_config=config, http_client=session)

    def fetch_captions(self, video_id: str, language: str) -> Captions:
        """Return the captions of a video as json3, manual ones before automatic ones.

        Raises:
            FetchError: With cause and cure.
        """
        with explained():
            offered = list(self._api.list(video_id))
            best = _best_transcript(offered, language)
            if best is None:
                found = [transcript.language_code for transcript in offered]
                raise FetchError(failures.no_such_language(language, found))
            cues = [
                Cue(one.start, one.start + max(0.0, one.duration), one.text) for one in best.fetch()
            ]
        kind = "automatic" if best.is_generated else "manual"
        return Captions(write_json3(cues), kind, best.language_code, self.name)


def _best_transcript(offered: Sequence[Transcript], language: str) -> Transcript | None:
    """Return the wanted language, manual first; "en" also takes "en-US"."""
    fitting = [one for one in offered if same_language(one.language_code, language)]
    return min(
        fitting,
        key=lambda one: (one.is_generated, one.language_code != language, one.language_code),
        default=None,
    )


def same_language(code: str, wanted: str) -> bool:
    """Return whether captions in `code` serve who wants `wanted`.

    >>> same_language("en-GB", "en"), same_language("en", "en-GB"), same_language("eng", "en")
    (True, False, False)
    """
    return code == wanted or code.startswith(f"{wanted}-")


class YtDlpClient:
    """yt-dlp, one session for a whole ingest.

    Args:
        proxy: URL of a proxy, "" for the system's settings.
        cookies: A browser's cookies in Netscape form, "" for none.
    """

    name = "yt-dlp"

    def __init__(self, proxy: str = "", cookies: str = "") -> None:
        self._remarks = _Remarks()
        options: dict[str, Any] = {
            "logger": self._remarks,
            "quiet": True,
            "noprogress": True,
            "skip_download": True,
            "extract_flat": True,
            "ignore_no_formats_error": True,  # captions are all that is wanted
            "socket_timeout": seconds_to_answer(),
            "extractor_retries": 0,  # fetch.py repeats
            "cachedir": False,
            "extractor_args": {
                "youtube": {
                    "skip": ["hls", "dash", "translated_subs"],
                    "player_skip": ["js"],
                    # Half a playlist must be an error, not a short playlist.
                    "raise_incomplete_data": ["true"],
                },
            },
        }
        if os.environ.get("SSL_CERT_FILE") or os.environ.get("REQUESTS_CA_BUNDLE"):
            options["compat_opts"] = {"no-certifi"}  # who names certificates means them
        if proxy:
            options["proxy"] = proxy
        if cookies:
            options["cookiefile"] = io.StringIO(cookies)  # a path would be written back to
        self._ydl = yt_dlp.YoutubeDL(options)
        # In place of all its handlers, which also read files and ask any host.
        self._ydl._request_director = self._ydl.build_request_director(
            (PlainRH, BrowserRH),
            (lambda handler, _: 100 if isinstance(handler, PlainRH) else 0,),
        )
        self._seen: dict[str, dict[str, Any]] = {}

    def fetch_playlist(self, playlist_id: str) -> list[Details]:
        """Return the videos of a playlist in its order, each once.

        Raises:
            FetchError: With cause and cure.
        """
        info = self._extract(f"https://www.youtube.com/playlist?list={playlist_id}")
        entries = [entry for entry in info.get("entries") or () if entry]
        with explained():
            videos = {
                entry["id"]: _details(entry)
                for entry in entries
                if VIDEO_ID.fullmatch(str(entry.get("id", "")))
            }
        if not videos:
            raise FetchError(failures.PLAYLIST_EMPTY)
        return list(videos.values())

    def fetch_details(self, video_id: str) -> Details:
        """Return title, duration, upload date and chapters of a video.

        Raises:
            FetchError: With cause and cure.
        """
        info = self._video(video_id)
        with explained():
            return _details(info)

    def fetch_captions(self, video_id: str, language: str) -> Captions:
        """Return the captions of a video as json3, manual ones before automatic ones.

        Raises:
            FetchError: With cause and cure.
        """
        info = self._video(video_id)
        kind, code, url = _best_track(info, language)
        if not url:
            said = " ".join(self._remarks.warnings)
            offered = _languages(info)
            raise FetchError(
                failures.no_such_language(language, offered)
                if offered
                else failures.explain_message(said, otherwise=failures.DISABLED),
                said,
            )
        with explained():
            check_host(url)
            # YouTube serves captions more willingly to what looks like a browser.
            target = ImpersonateTarget()
            asks = (
                {"impersonate": target} if self._ydl._impersonate_target_available(target) else {}
            )
            answer = self._ydl.urlopen(Request(url, extensions=asks))
            data = bounded(iter(lambda: answer.read(PIECE), b""))
        if not data.strip():
            raise FetchError(failures.PO_TOKEN, "an empty caption file")
        return Captions(data, kind, code, self.name)

    def _video(self, video_id: str) -> dict[str, Any]:
        if video_id not in self._seen:
            info = self._extract(f"https://www.youtube.com/watch?v={video_id}")
            self._seen = {video_id: info}  # the last one: its captions may be asked for next
        return self._seen[video_id]

    def _extract(self, url: str) -> dict[str, Any]:
        self._remarks.warnings.clear()
        playlist = "/playlist" in url
        with explained():
            # Unprocessed, a video's formats are left alone.
            info = self._ydl.extract_info(url, download=False, process=playlist)
        if not isinstance(info, dict) or info.get("_type") in ("url", "url_transparent"):
            said = " ".join(self._remarks.warnings)
            raise FetchError(failures.explain_message(said, otherwise=failures.UNPLAYABLE), said)
        return info


def _details(info: dict[str, Any]) -> Details:
    """Return what yt-dlp told, checked: it passes on what it finds."""
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
    """Return text on one line; what no file can hold is replaced."""
    plain = str(text or "").encode("utf-8", "replace").decode()
    return " ".join(plain.split())[:longest]


def _is_time(seconds: object) -> TypeGuard[float]:
    return isinstance(seconds, (int, float)) and 0 <= seconds <= MOST_SECONDS


def _best_track(info: dict[str, Any], language: str) -> tuple[str, str, str]:
    """Return kind, language and address of the best captions; "" when there are none."""
    for kind, tracks in (
        ("manual", info.get("subtitles") or {}),
        ("automatic", info.get("automatic_captions") or {}),
    ):
        codes = sorted(tracks, key=lambda code: (code != language, code))
        for code in codes:
            if not same_language(code, language):
                continue
            for form in tracks[code]:
                url = str(form.get("url", ""))
                # "tlang" makes YouTube translate; only what was said is wanted.
                if form.get("ext") == "json3" and "tlang" not in parse_qs(urlsplit(url).query):
                    return kind, code.removesuffix("-orig"), url
    return "", "", ""


def _languages(info: dict[str, Any]) -> list[str]:
    """Return the languages in which a video has captions of its own."""
    spoken = [code for code in info.get("subtitles") or {} if code != "live_chat"]
    automatic = info.get("automatic_captions") or {}
    return [*spoken, *(code.removesuffix("-orig") for code in automatic if code.endswith("-orig"))]


def read_cookies(path: Path) -> str:
    """Return a file of cookies as browsers' extensions export them.

    Raises:
        Cs25SearchError: It cannot be read or is in another form.
    """
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Cs25SearchError(
            f"{path} cannot be read as cookies ({error}).\nExport them as a cookies.txt file."
        ) from None
    # Nothing of the content is repeated: it opens accounts.
    lines = text.splitlines()
    if not text.startswith(("# HTTP Cookie File", "# Netscape HTTP Cookie File")):
        wrong = "does not begin with '# Netscape HTTP Cookie File'"
    elif bad := [number for number, line in enumerate(lines, 1) if not _is_cookie(line)]:
        fields = "domain, TRUE or FALSE, path, TRUE or FALSE, a number, name, value"
        wrong = f"holds no cookie in line {bad[0]}, which is {fields}, with tabs between"
    else:
        return text
    raise Cs25SearchError(
        f"{path} {wrong}.\n"
        "Export the cookies of youtube.com in Netscape form: README.md, When YouTube says no."
    )


def _is_cookie(line: str) -> bool:
    """Return whether yt-dlp takes a line; others it would print, or stumble over."""
    line = line.removeprefix("#HttpOnly_")
    if not line.strip() or line.startswith("#"):
        return True
    fields = line.split("\t")
    if len(fields) != 7 or not re.fullmatch(r"(?:[0-9]+(?:\.[0-9]+)?)?", fields[4]):
        return False
    return (fields[1] == "TRUE") == fields[0].startswith(".")  # for the hosts below as well


@contextlib.contextmanager
def explained() -> Iterator[None]:
    """Turn what a client raises into a FetchError."""
    try:
        yield
    except FetchError:
        raise
    except failures.CLIENT_ERRORS as error:
        raise FetchError(failures.explain(error), f"{type(error).__name__}: {error}") from error
