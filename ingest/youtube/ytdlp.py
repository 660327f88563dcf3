"""Fetch playlists, details and captions with yt-dlp.

It has more access methods than youtube-transcript-api, and only it gives titles, chapters and
playlists.
"""

import io
import re
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import parse_qs, urlsplit

import yt_dlp
from yt_dlp.networking import Request
from yt_dlp.networking.impersonate import ImpersonateTarget

from cs25search.times import is_youtube_id

from ..languages import Offer, Rank, kind_of, same_language, serving
from . import failures
from .audio import Audio, choose_audio
from .details import Captions, Details, Listing, PartialList, read_details
from .failures import FetchError, explained
from .limits import PIECE, USUAL, BrowserRH, Network, PlainRH, bounded, check_host

# Placeholders for hidden titles in playlists.
HIDDEN_TITLES = ("[Private video]", "[Deleted video]")
ORIGINAL_SOUND = 10  # yt-dlp's language_preference of the original soundtrack


class _Remarks:
    """Collects yt-dlp's messages."""

    def __init__(self) -> None:
        self.warnings: list[str] = []

    def debug(self, message: str) -> None:
        """Drop progress."""

    def warning(self, message: str) -> None:
        """Keep a warning: with `ignore_no_formats_error`, only warnings give the true cause."""
        if "JavaScript runtime" not in message:  # needed for videos, not for captions
            self.warnings.append(message)

    def error(self, message: str) -> None:
        """Drop an error, because it is also raised."""


class YtDlpClient:
    """yt-dlp with one session per ingest.

    Args:
        cookies: A browser's cookies in Netscape format, or "".
    """

    name = "yt-dlp"

    def __init__(self, network: Network = USUAL, cookies: str = "") -> None:
        self._remarks = _Remarks()
        options: dict[str, Any] = {
            "logger": self._remarks,
            "quiet": True,
            "noprogress": True,
            "skip_download": True,
            # Without this, yt-dlp does not report that captions need a PO token.
            "writesubtitles": True,
            "writeautomaticsub": True,
            "extract_flat": True,
            "ignore_no_formats_error": True,  # a video without formats may still have captions
            "socket_timeout": network.seconds,
            "extractor_retries": 0,  # fetch.py retries
            "cachedir": False,
            "extractor_args": {
                "youtube": {
                    "skip": ["hls", "dash", "translated_subs"],
                    "player_skip": ["js"],
                    # An incomplete playlist must be an error, not a short playlist.
                    "raise_incomplete_data": ["true"],
                },
            },
        }
        if network.own_certificates:
            options["compat_opts"] = {"no-certifi"}  # use the certificates named by the user
        if network.proxy:
            options["proxy"] = network.proxy
        if cookies:
            options["cookiefile"] = io.StringIO(cookies)  # yt-dlp would overwrite a file
        self._ydl = yt_dlp.YoutubeDL(options)
        # Replaces all handlers, which could also read files and contact any host.
        self._ydl._request_director = self._ydl.build_request_director(
            (PlainRH, BrowserRH),
            (lambda handler, _: 100 if isinstance(handler, PlainRH) else 0,),
        )
        self._seen: dict[str, dict[str, Any]] = {}
        self._said = ""  # yt-dlp's warnings about this video

    def fetch_playlist(self, playlist_id: str, limit: int | None = None) -> Listing:
        """Return the videos of a playlist or channel in order, without duplicates.

        Args:
            playlist_id: From `links.parse_playlist_id`.
            limit: Stop after this many videos.

        Raises:
            FetchError: With cause and cure.
            PartialList: Only the first part of the list was received.
        """
        is_channel = playlist_id.startswith("@") or "/" in playlist_id
        info = self._extract(
            f"https://www.youtube.com/{'' if is_channel else 'playlist?list='}{playlist_id}"
        )
        videos: dict[str, Details] = {}
        hidden: dict[str, None] = {}
        entries, count = 0, info.get("playlist_count")
        try:
            with explained():
                for entry in _entries(info):
                    entries += 1
                    if not is_youtube_id(str(entry.get("id", ""))):
                        continue
                    if entry.get("title") in HIDDEN_TITLES and not entry.get("duration"):
                        hidden[entry["id"]] = None
                    else:
                        videos[entry["id"]] = read_details(entry)
                    if len(videos) == limit:
                        break
        except FetchError as error:
            if not entries:
                raise
            failure = failures.truncated(entries, count)
            listing = Listing(tuple(videos.values()), tuple(hidden), failure)
            raise PartialList(error, listing) from error
        if not videos:
            raise FetchError(failures.PLAYLIST_EMPTY)
        whole = len(videos) == limit or not isinstance(count, int) or count <= entries
        return Listing(
            tuple(videos.values()),
            tuple(hidden),
            None if whole else failures.truncated(entries, count),
            str(info.get("title") or ""),
        )

    def fetch_details(self, video_id: str) -> Details:
        """Return title, duration, upload date and chapters of a video.

        Raises:
            FetchError: With cause and cure.
        """
        info = self._video(video_id)
        with explained():
            return read_details(info)

    def fetch_captions(
        self, video_id: str, wanted: Sequence[str], above: Rank | None = None
    ) -> Captions | None:
        """Return the best captions of a video as json3.

        Captions that YouTube gives only to browsers are skipped in favour of the next best.

        Args:
            wanted: Languages, the preferred one first.
            above: Only fetch captions that are better than this; return None if there are none.

        Raises:
            FetchError: With cause and cure.
        """
        info = self._video(video_id)
        with explained():
            spoken = _spoken_language(info)
            tracks = _tracks(info)
            offers = [
                Offer(code, kind_of(code, is_recognised, spoken), place)
                for place, (code, is_recognised, _) in enumerate(tracks)
            ]
            best = serving(offers, wanted, spoken)
            for rank, offer in best:
                if above is not None and rank >= above:
                    return None
                if data := self._read(tracks[offer.number][2]):
                    return Captions(data, offer.kind, offer.language, self.name, rank)
        if best:
            raise FetchError(failures.PO_TOKEN, "an empty caption file")
        said = self._said
        if _is_gated(said, wanted, offers):
            failure = failures.PO_TOKEN
        elif offers:
            failure = failures.no_such_language(wanted, offers)
        else:
            state = failures.LIVE_STATES.get(info.get("live_status") or "", failures.DISABLED)
            failure = failures.explain_message(said, otherwise=state)
        raise FetchError(failure, said)

    def find_audio(self, video_id: str) -> Audio:
        """Return where the audio of a video is.

        Raises:
            FetchError: With cause and cure.
        """
        info = self._video(video_id)
        with explained():
            return choose_audio(info)

    def _read(self, url: str) -> bytes:
        """Return the content of a YouTube URL; empty if it is only white space."""
        check_host(url)
        # YouTube is less likely to refuse captions to a browser.
        target = ImpersonateTarget()
        asks = {"impersonate": target} if self._ydl._impersonate_target_available(target) else {}
        answer = self._ydl.urlopen(Request(url, extensions=asks))
        data = bounded(iter(lambda: answer.read(PIECE), b""))
        return data if data.strip() else b""

    def _video(self, video_id: str) -> dict[str, Any]:
        if video_id not in self._seen:
            info = self._extract(f"https://www.youtube.com/watch?v={video_id}")
            self._seen = {video_id: info}  # the last one, whose captions may be requested next
            self._said = " ".join(self._remarks.warnings)
        return self._seen[video_id]

    def _extract(self, url: str) -> dict[str, Any]:
        self._remarks.warnings.clear()
        with explained():
            # Without processing, formats are not resolved, and a list is read page by page.
            info = self._ydl.extract_info(url, download=False, process=False)
        if not isinstance(info, dict) or info.get("_type") in ("url", "url_transparent"):
            said = " ".join(self._remarks.warnings)
            raise FetchError(failures.explain_message(said, otherwise=failures.UNPLAYABLE), said)
        return info


def _entries(info: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the entries of a list, page by page; a channel's tabs are nested lists."""
    for entry in info.get("entries") or ():
        if entry and entry.get("_type") == "playlist":
            yield from _entries(entry)
        elif entry:
            yield entry


def _tracks(info: dict[str, Any]) -> list[tuple[str, bool, str]]:
    """Return the captions of a video: language, whether they are automatic, URL."""
    tracks: dict[tuple[str, bool], str] = {}
    for is_recognised, listed in enumerate(
        (info.get("subtitles") or {}, info.get("automatic_captions") or {})
    ):
        for code, forms in listed.items():
            for form in forms:
                url = str(form.get("url", ""))
                # "tlang" requests a translation; only the original is wanted.
                if form.get("ext") == "json3" and "tlang" not in parse_qs(urlsplit(url).query):
                    key = (code.removesuffix("-orig"), bool(is_recognised))
                    tracks.setdefault(key, url)
    return [(*key, url) for key, url in tracks.items()]


def _spoken_language(info: dict[str, Any]) -> str:
    """Return the spoken language of a video, "" if yt-dlp does not say."""
    for form in info.get("formats") or ():
        if form.get("language") and form.get("language_preference") == ORIGINAL_SOUND:
            return str(form["language"])
    heard = [code for code in info.get("automatic_captions") or {} if code.endswith("-orig")]
    # Those of dubbed soundtracks are called original too.
    return heard[0].removesuffix("-orig") if len(heard) == 1 else ""


def _is_gated(said: str, wanted: Sequence[str], offers: Sequence[Offer]) -> bool:
    """Return whether yt-dlp reports that wanted captions need a PO token.

    >>> said = "a PO token was not provided. Subtitles for these languages are missing: fr, de-AT."
    >>> _is_gated(said, ["de"], []), _is_gated(said, ["en"], [Offer("es", "manual", 0)])
    (True, False)
    """
    if "po token" not in said.lower():
        return False
    listed = re.search(r"languages are missing: ([^.]+)\.", said)
    codes = listed[1].split(", ") if listed else []
    return not offers or any(same_language(code, one) for code in codes for one in wanted)
