"""Playlists, details and captions through yt-dlp.

It knows more ways in than youtube-transcript-api, and alone gives titles, chapters and playlists.
"""

import io
import os
from typing import Any
from urllib.parse import parse_qs, urlsplit

import yt_dlp
from yt_dlp.networking import Request
from yt_dlp.networking.impersonate import ImpersonateTarget

from . import failures
from .details import Captions, Details, read_details
from .failures import FetchError, explained
from .languages import same_language
from .limits import PIECE, BrowserRH, PlainRH, bounded, check_host, seconds_to_answer
from .links import VIDEO_ID


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
                entry["id"]: read_details(entry)
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
            return read_details(info)

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
