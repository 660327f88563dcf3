"""Fetch captions with youtube-transcript-api, which needs the fewest requests."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit
from xml.etree.ElementTree import ParseError

import requests
import youtube_transcript_api as yta
from youtube_transcript_api import Transcript, YouTubeTranscriptApi
from youtube_transcript_api.proxies import GenericProxyConfig

from cs25search.records import Cue

from ..captions.json3 import write_json3
from ..languages import Offer, Rank, kind_of, serving
from . import failures
from .details import Captions
from .failures import FetchError, explained
from .limits import USUAL, BoundedAdapter, Network


class TranscriptClient:
    """youtube-transcript-api with one session per ingest."""

    name = "youtube-transcript-api"

    def __init__(self, network: Network = USUAL, session: requests.Session | None = None) -> None:
        if session is None:
            session = requests.Session()
            session.adapters.clear()
            adapter = BoundedAdapter()
            adapter.seconds = network.seconds
            session.mount("https://", adapter)
        session.hooks["response"].append(self._keep_player)
        self._player: dict[str, Any] = {}
        proxy = network.proxy
        config = GenericProxyConfig(proxy, proxy) if proxy else None
        self._api = YouTubeTranscriptApi(proxy_config=config, http_client=session)

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
        self._player = {}
        with explained():
            try:
                offered = list(self._api.list(video_id))
            except yta.CouldNotRetrieveTranscript as error:
                failure = failures.explain_player(self._player) or failures.explain(error)
                raise FetchError(failure, f"{type(error).__name__}: {error}") from error
            spoken = spoken_language(self._player)
            offers = [
                Offer(
                    one.language_code, kind_of(one.language_code, one.is_generated, spoken), place
                )
                for place, one in enumerate(offered)
            ]
            best = serving(offers, wanted, spoken)
            if not best:
                raise FetchError(failures.no_such_language(wanted, offers))
            for rank, offer in best:
                if above is not None and rank >= above:
                    return None
                with suppress(yta.PoTokenRequired, EmptyCaptions):
                    data = write_json3(_cues(offered[offer.number]))
                    return Captions(data, offer.kind, offer.language, self.name, rank)
        raise FetchError(failures.PO_TOKEN, "every fitting track is for browsers only")

    def _keep_player(self, answer: requests.Response, **_: object) -> None:
        """Keep YouTube's answer about a video, because the library drops some reasons."""
        if urlsplit(answer.url or "").path == "/youtubei/v1/player":
            with suppress(ValueError):
                player = answer.json()
                self._player = player if isinstance(player, dict) else {}


class EmptyCaptions(Exception):
    """YouTube sent an empty body in place of captions, which is how it refuses some requests."""


def _cues(transcript: Transcript) -> list[Cue]:
    try:
        fetched = transcript.fetch()
    except ParseError as error:
        if error.position == (1, 0):
            raise EmptyCaptions from error
        raise
    return [Cue(one.start, one.start + max(0.0, one.duration), one.text) for one in fetched]


def spoken_language(player: dict[str, Any]) -> str:
    """Return the spoken language of a video, "" if the player does not say.

    The default soundtrack lists its captions; automatic ones are in the spoken language.
    """
    try:
        listed = player["captions"]["playerCaptionsTracklistRenderer"]
        tracks = listed["captionTracks"]
        audio_tracks = listed.get("audioTracks") or [{}]
        track = audio_tracks[listed.get("defaultAudioTrackIndex", 0)]
        own = [tracks[place] for place in track.get("captionTrackIndices", ())] or tracks
        heard = [one["languageCode"] for one in own if one.get("kind") == "asr"]
    except (LookupError, TypeError, AttributeError):
        return ""
    return str(heard[0]) if heard else ""
