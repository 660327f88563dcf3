"""Which videos are asked for, which of them are on disk, and the fetching of the others."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from cs25search import log

from ..captions.files import RawTrack, keep, with_known
from .details import Details, Listing
from .failures import FetchError
from .fetch import Fetcher
from .languages import same_language

Step = Literal["local", "cached", "fetch"]


@dataclass(frozen=True, slots=True)
class Asked:
    """The videos asked for, and the lists that could not be had, by playlist id.

    `hidden` holds the ids of entries that are private or deleted: they are not asked for.
    """

    videos: tuple[Details, ...] = ()
    failed_lists: Mapping[str, FetchError] = field(default_factory=dict)  # whole or in part
    hidden: tuple[str, ...] = ()


def list_videos(
    fetcher: Fetcher,
    playlist_ids: Sequence[str],
    video_ids: Sequence[str],
    limit: int | None,
    known_ids: Mapping[str, Sequence[str]],
) -> Asked:
    """Return the videos to have: of the playlists and those named, each once.

    Args:
        limit: Only so many of a playlist, from its beginning.
        known_ids: Videos that are in a playlist for certain, asked for when it is gone.
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
            if error.failure.kind == "video":  # gone or private, but YouTube can be reached
                known = known_ids.get(playlist_id, ())
            listing = Listing(tuple(Details(video_id) for video_id in known[:limit]))
        if listing.failure:
            failed[playlist_id] = FetchError(listing.failure)
        hidden |= dict.fromkeys(listing.hidden)
        videos |= {video.video_id: video for video in listing.videos}
    return Asked(tuple(videos.values()), failed, tuple(hidden))


def plan(
    videos: Iterable[Details], tracks: Mapping[str, RawTrack], wanted: Sequence[str], refresh: bool
) -> dict[str, Step]:
    """Return for each video where its captions come from. Local files always win.

    A track is not fetched again if it is in the preferred language, or was the best that there
    was for the same languages.
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
) -> dict[str, FetchError]:
    """Fetch the captions of videos, keep each at once, and return what failed.

    Args:
        folder: The cache; see `cache.keep`.
        on_video: Called after each video.
    """
    failed = {}
    for video in videos:
        cause = None
        try:
            keep(folder, fetcher.fetch(video, wanted))
        except FetchError as error:
            failed[video.video_id] = error
            cause = error.failure.cause
        log.write("ingest", step="video", video_id=video.video_id, error=cause)
        on_video(video)
    return failed


def learn(folder: Path, tracks: dict[str, RawTrack], videos: Iterable[Details]) -> None:
    """Add to kept tracks what a playlist tells about their videos and they do not know yet."""
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
            tracks[video.video_id] = replace(track, origin=with_known(track.origin, known))
            keep(folder, tracks[video.video_id])
