"""Captions through youtube-transcript-api, which needs the fewest requests."""

from collections.abc import Sequence

import requests
from youtube_transcript_api import Transcript, YouTubeTranscriptApi
from youtube_transcript_api.proxies import GenericProxyConfig

from cs25search.records import Cue

from ..captions.json3 import write_json3
from . import failures
from .details import Captions
from .failures import FetchError, explained
from .languages import same_language
from .limits import BoundedAdapter, seconds_to_answer


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
