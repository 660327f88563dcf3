"""Fetch videos one by one, trying each client in turn.

A client that YouTube blocks is not used again in this run.
"""

import time
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import msgspec
import tenacity
from msgspec.structs import replace

from cs25search.errors import CaptionError

from ..captions.files import NAME, Origin, RawTrack
from ..languages import BEST, KINDS, Rank
from . import failures
from .audio import Audio
from .details import Details, Listing, PartialList
from .failures import Failure, FetchError
from .transcript_api import TranscriptClient
from .ytdlp import YtDlpClient

TRIES = 3
GIVE_UP_AFTER = 2  # blocked or unreachable requests in a row
COOL_DOWN = 30  # multiplied by the seconds between two videos
T = TypeVar("T")


class Gate:
    """Calls one client, retries transient failures, and gives the client up when it is blocked.

    Args:
        name: The client's name, for remarks.
        pause: Seconds between two videos; waits after failures scale with it.
        remark: Called with a sentence before a wait and when the client is given up.
    """

    def __init__(self, name: str, pause: float, remark: Callable[[str], None]) -> None:
        self.name = name
        self.given_up: Failure | None = None
        self._pause, self._remark = pause, remark
        self._in_a_row = 0

    def ask(self, fetch: Callable[..., T], *arguments: Any) -> T:
        """Return the result of `fetch`.

        Raises:
            FetchError: It failed, or the client has been given up.
        """
        if self.given_up:
            raise FetchError(failures.not_asked(self.given_up))
        repeat = tenacity.Retrying(
            stop=tenacity.stop_after_attempt(TRIES),
            wait=tenacity.wait_exponential_jitter(multiplier=self._pause, jitter=self._pause),
            retry=tenacity.retry_if_exception(_may_pass),
            before_sleep=self._report,
            reraise=True,
        )
        try:
            given = repeat(fetch, *arguments)
        except FetchError as error:
            self._count(error.failure)
            raise
        self._in_a_row = 0
        return given

    def _report(self, state: tenacity.RetryCallState) -> None:
        if state.next_action:
            seconds = state.next_action.sleep
            self._remark(f"{self.name} did not get a proper answer. Next try in {seconds:.0f} s.")

    def _count(self, failure: Failure) -> None:
        """Give the client up after failures that further requests cannot fix."""
        if failure.kind == "video":
            self._in_a_row = 0
            return
        self._in_a_row += 1
        if self._in_a_row >= GIVE_UP_AFTER:
            self.given_up = failure
            self._remark(f"{self.name} is not used again in this run. {failure.cause}")
            self._remark(failure.cure)
        elif failure.kind == "blocked":
            seconds = self._pause * COOL_DOWN
            self._remark(f"{self.name}: {failure.cause} Cooling down for {seconds:.0f} s.")
            time.sleep(seconds)


class Fetcher:
    """Tries both clients in turn.

    Args:
        transcripts: The first client.
        ytdlp: The second client for captions; also used for playlists and chapters.
        pause: Seconds between two videos.
        remark: Called with each remark, a sentence.
    """

    def __init__(
        self,
        transcripts: TranscriptClient,
        ytdlp: YtDlpClient,
        pause: float,
        remark: Callable[[str], None],
    ) -> None:
        self._ytdlp, self._pause = ytdlp, pause
        self._gates = {client: Gate(client.name, pause, remark) for client in (transcripts, ytdlp)}
        self._fetched = 0

    def fetch_playlist(self, playlist_id: str, limit: int | None = None) -> Listing:
        """Return the videos of a playlist or channel.

        Args:
            limit: Stop after this many videos.

        Raises:
            FetchError: With cause and cure.
        """
        try:
            return self._gates[self._ytdlp].ask(self._ytdlp.fetch_playlist, playlist_id, limit)
        except PartialList as error:
            return error.listing

    def fetch(self, listed: Details, wanted: Sequence[str]) -> RawTrack:
        """Return the captions of a video, with the facts about it.

        Args:
            listed: The facts from the playlist.
            wanted: Languages, the preferred one first, such as ("ja", "en").

        Raises:
            FetchError: Neither client has them; the more specific cause of the two is raised.
        """
        self._wait()
        track, failed = self._captions(listed.video_id, wanted)
        origin = track.origin
        # The language comes from YouTube and becomes part of a path.
        if not NAME.fullmatch(origin.name):
            raise FetchError(failures.NOT_UNDERSTOOD, f"captions in {origin.language[:50]!r}")
        details = listed if self._ytdlp.name in failed else self._details(listed)
        facts = replace(
            origin,
            title=details.title or listed.title,
            duration=details.duration or listed.duration,
            upload_date=details.upload_date,
            chapters=details.chapters,
            about=details.about,
            wanted=",".join(wanted),
        )
        return track.with_origin(facts)

    def find_audio(self, listed: Details) -> tuple[Details, Audio]:
        """Return the facts about a video, and where its audio is.

        Args:
            listed: The facts from the playlist.

        Raises:
            FetchError: With cause and cure.
        """
        self._wait()
        audio = self._gates[self._ytdlp].ask(self._ytdlp.find_audio, listed.video_id)
        return self._details(listed), audio

    def _wait(self) -> None:
        """Wait between two videos, unless nothing more is asked of YouTube."""
        if self._fetched and not all(gate.given_up for gate in self._gates.values()):
            time.sleep(self._pause)
        self._fetched += 1

    def _captions(
        self, video_id: str, wanted: Sequence[str]
    ) -> tuple[RawTrack, dict[str, FetchError]]:
        """Return the best captions of both clients, and the failures by client.

        YouTube shows some clients fewer captions than others, so the second client is tried too
        unless the first one returned manual captions in the preferred language.
        """
        best: Readable | None = None
        found: dict[str, FetchError] = {}
        for client, gate in self._gates.items():
            above = best.rank if best else None
            if above == BEST:
                break
            if (
                best and best.track.origin.kind == "dubbed"
            ):  # to the other client it may look like speech
                above = (best.rank[0], KINDS.index("automatic"))
            try:
                best = gate.ask(_readable, client, video_id, wanted, above) or best
            except FetchError as error:
                found[client.name] = error
        if best is None:
            raise min(found.values(), key=_vagueness)
        return best.track, found

    def _details(self, listed: Details) -> Details:
        """Return more facts about a video; failures are ignored, because none is required."""
        try:
            return self._gates[self._ytdlp].ask(self._ytdlp.fetch_details, listed.video_id)
        except FetchError:
            return listed


class Readable(msgspec.Struct, frozen=True):
    """Captions that contain words, and how well they fit the wanted languages."""

    track: RawTrack
    rank: Rank


def _vagueness(error: FetchError) -> int:
    """Return how unspecific an error is; the most specific one is shown.

    A problem of the video is more specific than one of the connection, and any cause is more
    specific than missing captions.
    """
    failure = error.failure
    if failure is failures.NOT_UNDERSTOOD:
        return 4
    if failure.kind != "video":
        return 3
    if failure is failures.DISABLED:
        return 2
    unsure = failure in (failures.GONE, failures.OUTDATED)
    return int(unsure or failure.cause.startswith(failures.UNPLAYABLE.cause[:-1]))


def _readable(
    client: TranscriptClient | YtDlpClient,
    video_id: str,
    wanted: Sequence[str],
    above: Rank | None = None,
) -> Readable | None:
    """Return captions that contain words; unreadable ones must not be stored."""
    captions = client.fetch_captions(video_id, wanted, above)
    if captions is None:
        return None
    name = f"{video_id}.{captions.language}.json3"
    origin = Origin(video_id, captions.kind, name, captions.language, client=captions.client)
    track = RawTrack(origin, captions.data)
    try:
        if track.parsed.broken_off:
            raise track.parsed.broken_off  # half an answer; the next try may get all of it
    except CaptionError as error:
        found = CaptionError(f"{video_id} from {client.name}", error.line, error.reason)
        raise FetchError(failures.NOT_UNDERSTOOD, str(found)) from error
    return Readable(track, captions.rank)


def _may_pass(error: BaseException) -> bool:
    return isinstance(error, FetchError) and error.failure.kind == "transient"
