"""List the requested videos, and fetch those that are not on disk."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Literal

import msgspec
from msgspec.structs import replace

from cs25search import log

from ..captions.files import RawTrack, store_track, with_known
from ..languages import same_language
from .details import Details, Listing
from .failures import FetchError
from .fetch import Fetcher

Step = Literal["local", "cached", "fetch"]


class Requested(msgspec.Struct, frozen=True):
    """The requested videos, and the lists that failed, by playlist id.

    `hidden` contains the ids of private or deleted entries, which are not requested.
    """

    videos: tuple[Details, ...] = ()
    # Those that failed completely or partly.
    failed_lists: Mapping[str, FetchError] = msgspec.field(default_factory=dict)
    hidden: tuple[str, ...] = ()


def list_videos(
    fetcher: Fetcher,
    playlist_ids: Sequence[str],
    video_ids: Sequence[str],
    limit: int | None,
    known_ids: Mapping[str, Sequence[str]],
) -> Requested:
    """Return the videos of the playlists and the named ones, without duplicates.

    Args:
        limit: Only this many videos from the beginning of each playlist.
        known_ids: Videos known to be in a playlist, requested if the playlist is gone.
    """
    videos = {video_id: Details(video_id) for video_id in video_ids}
    failed: dict[str, FetchError] = {}
    hidden: dict[str, None] = {}
    for playlist_id in playlist_ids:
        try:
            listing = fetcher.fetch_playlist(playlist_id, limit)
        except FetchError as error:
            failed[playlist_id] = error
            known: Sequence[str] = ()
            if error.failure.kind == "video":  # gone or private, but YouTube is reachable
                known = known_ids.get(playlist_id, ())
            listing = Listing(tuple(Details(video_id) for video_id in known[:limit]))
        if listing.failure:
            failed[playlist_id] = FetchError(listing.failure)
        hidden |= dict.fromkeys(listing.hidden)
        videos |= {video.video_id: video for video in listing.videos}
    return Requested(tuple(videos.values()), failed, tuple(hidden))


def plan(
    videos: Iterable[Details], tracks: Mapping[str, RawTrack], wanted: Sequence[str], refresh: bool
) -> dict[str, Step]:
    """Return the source of each video's captions. Local files take precedence.

    A track is not fetched again if it is in the preferred language, or was the best available for
    the same languages.
    """
    steps: dict[str, Step] = {}
    for video in videos:
        track = tracks.get(video.video_id)
        if track and track.origin.kind == "local":
            steps[video.video_id] = "local"
        elif (
            track
            and not refresh
            and (
                same_language(track.origin.language, wanted[0])
                or track.origin.wanted == ",".join(wanted)
            )
        ):
            steps[video.video_id] = "cached"
        else:
            steps[video.video_id] = "fetch"
    return steps


def pull(
    fetcher: Fetcher,
    videos: Iterable[Details],
    folder: Path,
    wanted: Sequence[str],
    on_video: Callable[[Details], None],
) -> tuple[list[RawTrack], dict[str, FetchError]]:
    """Fetch the captions of videos and store each at once; return them and the failures.

    Args:
        folder: The folder of stored captions; see `files.store_track`.
        on_video: Called after each video.
    """
    fetched, failed = [], {}
    for video in videos:
        cause = None
        try:
            track = fetcher.fetch(video, wanted)
            store_track(folder, track)
            fetched.append(track)
        except FetchError as error:
            failed[video.video_id] = error
            cause = error.failure.cause
        log.write("ingest", step="video", video_id=video.video_id, error=cause)
        on_video(video)
    return fetched, failed


def learn(folder: Path, tracks: dict[str, RawTrack], videos: Iterable[Details]) -> None:
    """Add missing facts from a playlist to stored tracks."""
    for video in videos:
        if track := tracks.get(video.video_id):
            known = replace(
                track.origin,
                title=video.title,
                duration=video.duration,
                upload_date=video.upload_date,
                chapters=video.chapters,
                about=video.about,
            )
            tracks[video.video_id] = track.with_origin(with_known(track.origin, known))
            store_track(folder, tracks[video.video_id])
