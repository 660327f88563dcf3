"""The steps of an ingest in order: copy local files, fetch, collect, write, report."""

import shlex
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import filelock
from msgspec.structs import replace

from cs25search import log
from cs25search.course.read import Course
from cs25search.encoding.encoder import Encoder
from cs25search.errors import Cs25SearchError, DataError
from cs25search.index.build import build_generation
from cs25search.index.files import read_generation, write_generation
from cs25search.index.generation import Generation
from cs25search.language_model import Endpoint
from cs25search.place import COURSE_FILE
from cs25search.times import is_youtube_id

from .captions.files import (
    LeftOut,
    MediaFile,
    Origin,
    RawTrack,
    find_media,
    read_captions,
    remove_track,
    store_track,
    stored_tracks,
    with_known,
)
from .collect import Collection, collect, inputs_key
from .deck.parse import ParsedDeck, read_deck, store_deck, stored_deck
from .encoder import lacks_openvino, load_encoder
from .kept_words import KeptWords
from .known import with_encodings
from .milvus import Input, Target, connect, part_of, write
from .notes.files import stored_notes
from .notes.write import Lost, Writer, enrich, missing, preview_notes, require_endpoint
from .order import Order
from .remarks import progress_bar, remarks, seconds_bar
from .report import (
    VideoRow,
    left_out_row,
    mark_fetched,
    mark_lost,
    preview,
    unusable_rows,
    write_report,
)
from .speech import RECOGNISER, Whisper, read_length, require_recogniser, transcribe
from .stored import Unusable
from .youtube.audio import Audio, fetch_audio
from .youtube.cookies import read_cookies
from .youtube.details import Details
from .youtube.failures import DISABLED, FetchError
from .youtube.fetch import Fetcher
from .youtube.limits import Network
from .youtube.pull import Requested, learn, list_videos, plan, pull
from .youtube.transcript_api import TranscriptClient
from .youtube.ytdlp import YtDlpClient

SLOW = 20.0  # seconds of encoding after which OpenVINO is worth installing
FASTER = (
    "This processor encodes several times as fast with OpenVINO: pip install 'cs25search[fast]'"
)
HEAR_IT = "Play the file to check that it contains speech."


@log.step
def ingest(order: Order) -> tuple[list[VideoRow], set[str]]:
    """Update captions and index.

    Returns:
        The contents and failures, one row per video; and the ids that the user named.
    """
    course = order.course
    for path in course.settings.media.values():
        if not path.is_file():
            remarks.print(
                f"{path} does not exist, so this recording cannot be played.", markup=False
            )
    endpoint = require_endpoint(order.endpoint) if order.enrich else None
    # Check these before an hour of work, not after it.
    if order.transcribe:
        require_recogniser()
    target = connect(order.place, order.shard, order.contents)
    with waiting_lock(order), remarks.status("Reading captions", step="read"):
        given, left_out = take_in(order)
    fetcher, requested = (None, Requested()) if order.offline else list_requested(order, course)
    fetched, failed = fetch(order, fetcher, requested) if fetcher else ([], {})
    if order.transcribe:  # after YouTube, which may have captions
        with waiting_lock(order):
            audio_files, unheard = (
                fetch_audio_files(order, fetcher, failed) if fetcher else ([], {})
            )
            transcribed, broken = transcribe_missing(order, audio_files)
        left_out += broken
        failed |= unheard | dict.fromkeys(failed.keys() & transcribed)
    unusable: list[Unusable] = []
    with remarks.status("Reading captions", step="read"):
        tracks = stored_tracks(order.tracks, unusable.append, parsed=[*given, *fetched])
        deck = find_deck(order, unusable.append)
        found = collect(course, tracks, deck, stored_notes(order.notes, unusable.append))
    if order.deck is not None:  # an unusable deck is not kept
        with waiting_lock(order):
            store_deck(order.index_dir, order.deck)
    for lecture in found.unmatched:
        remarks.print(f"No video matches lecture {lecture.number} of the deck: {lecture.title}.")
    lost: list[Lost] = []
    if not (endpoint and order.shard):  # shards become live together, so they wait for the notes
        bring_up_to_date(order, target, course, tracks, found)
    if endpoint:
        # The captions are already searchable while the language model writes.
        own = part_of(found, order.shard) if order.shard else found
        lost = write_missing_notes(order, endpoint, own)
        found = collect(course, tracks, deck, stored_notes(order.notes))
        bring_up_to_date(order, target, course, tracks, found)
    if order.shard:
        found = part_of(found, order.shard)
    rows = mark_lost(mark_fetched(found.rows, requested, failed), lost) + list(
        map(left_out_row, left_out)
    )
    rows += unusable_rows(unusable)
    with waiting_lock(order):
        write_report(order.index_dir, rows)
    insisted = set(order.video_ids)
    if order.named:
        insisted |= {video.video_id for video in requested.videos} | set(requested.failed_lists)
    return rows, insisted


@log.step
def take_in(order: Order) -> tuple[list[RawTrack], list[LeftOut]]:
    """Copy the user's caption files and deck to the index folder.

    Returns:
        The captions, and the files that should contain captions but were left out.

    Raises:
        Cs25SearchError: The captions or the deck cannot be used.
    """
    if order.deck is not None:
        read_deck(order.deck)
    tracks, left_out = given_tracks(order)
    before = stored_tracks(order.tracks)
    for track in tracks:
        old = before.get(track.origin.video_id)
        origin = with_known(track.origin, old.origin) if old else track.origin
        store_track(order.tracks, track.with_origin(origin))
    for old in _under_other_ids(order.course, before, tracks):
        remove_track(order.tracks, old)
    for one in left_out:
        if not one.failed:
            remarks.print(f"Left out {one.name}: {one.reason}.", markup=False)
    return tracks, [one for one in left_out if one.failed]


def _under_other_ids(
    course: Course, stored: Mapping[str, RawTrack], given: Sequence[RawTrack]
) -> list[RawTrack]:
    """Return the stored tracks of recordings whose captions are now given under another id.

    The id of a recording that is not on YouTube changes when its file is renamed or moved, and when
    course.toml begins or ceases to list it.
    """
    ids = {track.origin.video_id for track in given}
    ids |= {lecture.video_id for lecture in course.lectures}
    contents = {track.sha256 for track in given}
    return [
        track
        for video_id, track in stored.items()
        if video_id not in ids and not is_youtube_id(video_id) and track.sha256 in contents
    ]


def given_tracks(order: Order) -> tuple[list[RawTrack], list[LeftOut]]:
    """Return the caption files of --captions and of the course, and those left out.

    Raises:
        Cs25SearchError: A file or folder does not exist, or --captions contains no captions.
    """
    tracks: dict[str, RawTrack] = {}
    left_out: list[LeftOut] = []
    for path, ids, may_be_empty in _caption_places(order):
        found, others = read_given(path, order, ids, may_be_empty)
        tracks |= {track.origin.video_id: track for track in found}
        left_out += others
    return list(tracks.values()), left_out


def _caption_places(order: Order) -> Iterator[tuple[Path, Mapping[Path, str], bool]]:
    """Yield where captions are, the ids that course.toml gives them, and whether none is fine."""
    folder, recordings = order.course.folder, order.course.settings.recordings
    ids = {one.captions.resolve(): one.video_id for one in recordings if one.captions}
    own = folder / "captions"
    if own.is_dir():
        yield own, ids, True
    for number, path in ((one.number, one.captions) for one in recordings if one.captions):
        if not path.is_file():
            raise DataError(
                folder / COURSE_FILE,
                f"lecture {number}, field captions",
                f"names {path}, which does not exist. If it was renamed or moved: "
                f"cs25search new {folder.name} --captions {shlex.quote(str(path.parent))}",
            )
        path = path.resolve()
        if not path.is_relative_to(own.resolve()):
            yield path, ids, False
    if order.captions_dir is not None:
        yield order.captions_dir, ids, order.transcribe and bool(find_media(order.captions_dir))


def given_media(order: Order) -> list[MediaFile]:
    """Return the recordings of --captions and of the course, with their origins."""
    own = {path.resolve() for path in order.course.settings.media.values()}
    given = find_media(order.captions_dir) if order.captions_dir is not None else []
    found = [one for one in given if one.path.resolve() not in own]
    titles = {lecture.video_id: lecture.title for lecture in order.course.lectures}
    for video_id, path in order.course.settings.media.items():
        origin = Origin(video_id, "local", f"{video_id}.json", "", title=titles[video_id])
        found.append(MediaFile(path, origin))
    return found


def find_deck(order: Order, on_unusable: Callable[[Unusable], None]) -> ParsedDeck | None:
    """Return the deck of --deck, else of the course, else the kept one; None without one.

    Raises:
        DeckError: The deck of --deck or of the course cannot be read.
    """
    if order.deck is not None:
        return read_deck(order.deck)
    if order.course.settings.deck_file is not None:
        return read_deck(order.course.settings.deck_file)
    return stored_deck(order.index_dir, on_unusable)


def read_given(
    path: Path, order: Order, ids: Mapping[Path, str], may_be_empty: bool
) -> tuple[list[RawTrack], list[LeftOut]]:
    """Return what `read_captions` returns; nothing if there are no captions and that is allowed."""
    try:
        known = {one.video_id for one in order.course.lectures if is_youtube_id(one.video_id)}
        return read_captions(path, order.languages, ids, known)
    except Cs25SearchError:
        if not may_be_empty:
            raise
        return [], []


def without_captions(order: Order, tracks: Mapping[str, RawTrack]) -> list[MediaFile]:
    """Return the recordings to transcribe: those without captions.

    With --refresh, also those that were transcribed before.
    """
    return [
        one
        for one in given_media(order)
        if (old := tracks.get(one.origin.video_id)) is None
        or (order.refresh and old.origin.client == RECOGNISER)
    ]


def fetch_audio_files(
    order: Order, fetcher: Fetcher, failed: Mapping[str, FetchError | None]
) -> tuple[list[MediaFile], dict[str, FetchError | None]]:
    """Fetch the audio of videos that have no captions, unless a local file has it.

    Args:
        failed: What fetching captions said about each video; see `fetch`.

    Returns:
        The files, which are in the index folder, and why others could not be fetched.
    """
    own = {one.origin.video_id for one in given_media(order)}
    silent = [
        video_id
        for video_id, error in failed.items()
        if error and error.failure is DISABLED and video_id not in own
    ]
    found: list[MediaFile] = []
    problems: dict[str, FetchError | None] = {}
    for video_id in silent:
        try:
            details, audio = fetcher.find_audio(Details(video_id))
            path = order.index_dir / "speech" / f"{video_id}.{audio.extension}"
            if not path.exists():  # else an interrupted run has fetched it
                _fetch_audio(audio, path, order.network)
        except FetchError as error:
            problems[video_id] = error
            continue
        origin = Origin(
            video_id, "local", f"{video_id}.json", "",
            title=details.title, duration=details.duration, upload_date=details.upload_date,
            chapters=details.chapters, about=details.about,
        )  # fmt: skip
        found.append(MediaFile(path, origin))
    return found, problems


def _fetch_audio(audio: Audio, path: Path, network: Network) -> None:
    with progress_bar() as progress:
        task = progress.add_task(f"Fetching the audio of {path.stem}", total=None, step="audio")
        fetch_audio(
            audio, path, network, lambda done, of: progress.update(task, completed=done, total=of)
        )


def transcribe_missing(
    order: Order, audio_files: Sequence[MediaFile] = ()
) -> tuple[set[str], list[LeftOut]]:
    """Write captions for recordings that have none.

    Args:
        audio_files: Of videos; deleted when they have captions.

    Returns:
        The ids of those that have captions now, and the files that failed.
    """
    missing = [*without_captions(order, stored_tracks(order.tracks)), *audio_files]
    if not missing:
        remarks.print("No recording is left to transcribe.")
        return set(), []
    with remarks.status("Loading the speech model", step="speech_model"):
        recogniser = Whisper(order.speech_model, order.index_dir / "models", order.offline)
    done, failed = set(), []
    with seconds_bar() as progress:
        for one in missing:
            path = one.path
            task = progress.add_task(path.name, step="transcribe")
            try:
                progress.update(task, total=read_length(path) or None)
                track = transcribe(
                    one,
                    recogniser,
                    order.index_dir / "speech",
                    on_part=lambda seconds, task=task: progress.advance(task, seconds),  # type: ignore[misc]
                )
            except Cs25SearchError as error:
                failed.append(LeftOut(path.name, str(error).splitlines()[0].rstrip("."), HEAR_IT))
            except KeyboardInterrupt:
                remarks.print("Stopped. Finished parts are kept; run the same command to continue.")
                raise
            else:
                # YouTube is not asked again for the same languages.
                wanted = replace(track.origin, wanted=",".join(order.languages))
                store_track(order.tracks, track.with_origin(wanted))
                if one in audio_files:
                    path.unlink()
                done.add(one.origin.video_id)
                remarks.print(f"{path.name}: transcribed by {recogniser.name}.", markup=False)
    return done, failed


@log.step
def fetch(
    order: Order, fetcher: Fetcher, requested: Requested
) -> tuple[list[RawTrack], dict[str, FetchError | None]]:
    """Fetch what was requested and is not on disk.

    Returns:
        The captions, and for each of those videos either None or why fetching failed.
    """
    tracks = stored_tracks(order.tracks)
    learn(order.tracks, tracks, requested.videos)
    steps = plan(requested.videos, tracks, order.languages, order.refresh)
    missing = [video for video in requested.videos if steps[video.video_id] == "fetch"]
    with progress_bar() as progress:
        task = progress.add_task(
            "Fetching captions", total=len(missing), visible=bool(missing), step="fetch"
        )
        fetched, failed = pull(
            fetcher, missing, order.tracks, order.languages, lambda _: progress.advance(task)
        )
    if order.verbose:
        for name, error in {**requested.failed_lists, **failed}.items():
            remarks.print(f"{name}: {error.detail or error}")
    return fetched, {video.video_id: failed.get(video.video_id) for video in missing}


@log.step
def list_requested(order: Order, course: Course) -> tuple[Fetcher, Requested]:
    """Return the clients and the requested videos."""
    fetcher = make_fetcher(order.network, order.cookies, order.pause)
    known = {course.settings.playlist: list(course.settings.on_youtube)}
    with remarks.status("Reading the playlist", step="playlist"):
        requested = list_videos(fetcher, order.playlist_ids, order.video_ids, order.limit, known)
    if requested.hidden:
        names = ", ".join(requested.hidden)
        remarks.print(f"Private or deleted, so not requested: {names}.")
    if order.shard:
        own = tuple(video for video in requested.videos if order.shard.has(video.video_id))
        requested = replace(requested, videos=own)
    return fetcher, requested


def make_fetcher(network: Network, cookies: Path | None, pause: float) -> Fetcher:
    """Return the clients.

    Args:
        cookies: A browser's cookies.
        pause: Seconds between two videos.

    Raises:
        Cs25SearchError: The cookies cannot be read.
    """
    return Fetcher(
        TranscriptClient(network),
        YtDlpClient(network, read_cookies(cookies) if cookies else ""),
        pause,
        lambda sentence: remarks.print(sentence),
    )


def write_missing_notes(order: Order, endpoint: Endpoint, found: Collection) -> list[Lost]:
    """Let the language model write the missing notes; return what failed."""
    windows = missing(found.windows, stored_notes(order.notes), endpoint.model, order.japanese)
    if not windows:
        remarks.print(f"Every section without bundled notes has notes by {endpoint.model}.")
        return []
    try:
        with progress_bar() as progress:
            task = progress.add_task(
                f"{endpoint.model} writes notes", total=len(windows), step="notes"
            )
            writer = Writer(endpoint, order.japanese, order.pause)
            lost = enrich(writer, windows, order.notes, lambda _: progress.advance(task))
    except KeyboardInterrupt:
        remarks.print("Stopped. The notes so far are kept; run the same command to continue.")
        raise
    done = len(windows) - len(lost)
    remarks.print(f"{endpoint.model} wrote notes about {done} of {len(windows)} sections.")
    return lost


def dry_run(order: Order) -> str:
    """Return what an ingest would do, one line per video."""
    course = order.course
    tracks = stored_tracks(order.tracks)
    found, _ = given_tracks(order)
    tracks |= {track.origin.video_id: track for track in found}
    for one in without_captions(order, tracks) if order.transcribe else []:
        remarks.print(f"{one.path.name} would be transcribed by {order.speech_model}.")
    find_deck(order, lambda _: None)
    requested = Requested() if order.offline else list_requested(order, course)[1]
    shown = preview(
        requested, plan(requested.videos, tracks, order.languages, order.refresh), tracks
    )
    if not order.enrich:
        return shown
    written = stored_notes(order.notes)
    windows = collect(course, tracks, None, written).windows
    model = order.endpoint.model if order.endpoint else ""
    return f"{preview_notes(windows, written, model, order.japanese, course)}\n{shown}"


def bring_up_to_date(
    order: Order,
    target: Target | None,
    course: Course,
    tracks: Mapping[str, RawTrack],
    found: Collection,
) -> None:
    """Write the collection to Milvus if it is configured, else to the index folder."""
    if not found.chunks:
        nothing = f"{course.about.title} has no captions and no notes yet, so it has no index."
        if order.offline:
            raise Cs25SearchError(
                f"{nothing}\nRun it without --offline, or add captions: see docs/courses.md."
            )
        remarks.print(nothing)
        return
    if target:
        update_milvus(order, target, course, tracks, found)
    else:
        update(order, course, tracks, found)


@log.step
def update(order: Order, course: Course, tracks: Mapping[str, RawTrack], found: Collection) -> None:
    """Write a new generation of the index if the live one differs."""
    encoder = prepare_encoder(order)
    inputs = inputs_key(course, tracks, found, encoder.key)
    live = _live(order.index_dir)
    if live and live.manifest.inputs == inputs:
        remarks.print(f"The index in {order.index_dir} is up to date.")
        return
    with progress_bar() as progress:
        task = progress.add_task("Encoding", total=len(found.chunks), step="encode")
        words = KeptWords(order.index_dir)
        told = not lacks_openvino()

        def on_encoded(count: int) -> None:
            nonlocal told
            progress.advance(task, count)
            if not told and (progress.tasks[0].elapsed or 0.0) >= SLOW:
                told = True
                remarks.print(FASTER, markup=False)
            if progress.finished:
                progress.add_task("Counting words", total=None, step="count")

        generation = build_generation(
            found.content(inputs, words), encoder, order.encoder_name, live, on_encoded
        )
    with remarks.status("Writing the index", step="write"):
        name = write_generation(order.index_dir, generation)
        words.write()
    counts = f"{len(found.chunks)} chunks of {len(found.rows)} videos"
    remarks.print(f"Wrote {order.index_dir / name}: {counts}.")


@log.step
def update_milvus(
    order: Order,
    target: Target,
    course: Course,
    tracks: Mapping[str, RawTrack],
    found: Collection,
) -> None:
    """Write to Milvus what its live generation lacks."""
    with waiting_lock(order):
        encoder = prepare_encoder(order)
    with progress_bar() as progress:
        task = progress.add_task("Encoding", total=None, step="encode")
        done = write(
            target,
            Input(course, tracks, found, encoder, order.encoder_name, _live(order.index_dir)),
            on_chunks=lambda count: progress.update(task, total=count),
            on_encoded=lambda count: progress.advance(task, count),
        )
    if done.chunks is None:
        remarks.print(f"The index at {target.uri} is up to date.")
        return
    remarks.print(f"Wrote {done.chunks} chunks to {target.uri}, {done.name}.")
    if done.missing:
        several = ", ".join(map(str, done.missing))
        remarks.print(f"It becomes live when these shards are complete too: {several}.")
    else:
        remarks.print("It is live.")


def waiting_lock(order: Order) -> filelock.FileLock:
    """Return the lock under which workers change the captions, models and report of a folder."""
    order.index_dir.mkdir(parents=True, exist_ok=True)
    return filelock.FileLock(order.index_dir / "ingest.worker.lock")


@log.step
def prepare_encoder(order: Order) -> Encoder:
    """Return the encoder; exporting a model other than the default takes a while."""
    with remarks.status("Preparing the encoder", step="encoder"):
        encoder = load_encoder(order.encoder_name, order.index_dir / "models", order.offline)
        return with_encodings(encoder, order.course.folder)


def _live(index_dir: Path) -> Generation | None:
    with suppress(Cs25SearchError):  # missing or damaged, so everything is encoded again
        return read_generation(index_dir)
    return None
