"""python -m ingest: lectures in, index/ out."""

import re
import sys
from collections.abc import Mapping
from contextlib import nullcontext, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import click
import filelock
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from cs25search import log
from cs25search.course.read import Course, load_course
from cs25search.encoding.encoder import OnnxEncoder
from cs25search.errors import Cs25SearchError
from cs25search.index.build import build_generation
from cs25search.index.files import read_generation, write_generation
from cs25search.index.generation import Generation
from cs25search.index.publish import ingest_lock
from cs25search.language_model import Endpoint, endpoint_from_environment
from cs25search.milvus.connection import Store
from cs25search.milvus.write import Shard
from cs25search.search import chosen_store, default_index_dir

from .captions.files import RawTrack, keep, kept, read_folder, with_known
from .collect import Collection, collect, fingerprint
from .deck.parse import keep_deck, kept_deck, read_deck
from .encoder import DEFAULT_MODEL, load_encoder
from .milvus import parse_shard, part_of, write
from .notes.windows import kept_notes
from .notes.write import Lost, enrich, missing, preview_notes, require_endpoint
from .report import Row, exit_code, mark, mark_lost, preview, table, write_report
from .youtube import clients as youtube
from .youtube.failures import FetchError
from .youtube.fetch import Fetcher
from .youtube.pull import Asked, learn, list_videos, plan, pull

# Progress and remarks go to stderr, the closing table to stdout.
remarks = Console(stderr=True, highlight=False, soft_wrap=True)

# The port in its range: the clients repeat an address that they cannot use, password included.
PROXY = re.compile(
    r"https?://(?:[^\s@/]+@)?[A-Za-z0-9.-]+"
    r"(?::(?:[0-9]{1,4}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5]))?/?"
)
LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*")


@dataclass(frozen=True, slots=True)
class Order:
    """What the user asked for."""

    index_dir: Path
    model: str
    playlist_ids: tuple[str, ...]  # the course's own when nothing is named
    named: bool  # the user named a playlist
    video_ids: tuple[str, ...]
    captions_dir: Path | None
    deck: Path | None
    language: str
    offline: bool
    refresh: bool
    limit: int | None
    dry_run: bool
    proxy: str
    cookies: Path | None
    pause: float
    verbose: bool
    enrich: bool
    japanese: bool
    store: str  # "faiss" or "milvus"
    uri: str
    shard: Shard | None  # one of many workers, each with a part of the videos

    @property
    def tracks(self) -> Path:
        """Return the folder of raw captions."""
        return self.index_dir / "captions"

    @property
    def notes(self) -> Path:
        """Return the folder of the notes that a model wrote."""
        return self.index_dir / "notes"


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--playlist",
    "playlists",
    multiple=True,
    metavar="URL|ID",
    help="Fetch this playlist; repeatable.  [default: CS25]  "
    "E.g. --playlist PLoROMvodv4rNiJRchCzutFw5ItR_Z27CM",
)
@click.option(
    "--video",
    "videos",
    multiple=True,
    metavar="URL|ID",
    help="Fetch this video, and no playlist unless it is named; repeatable.  "
    "E.g. --video https://youtu.be/U8J32Z3qV8s",
)
@click.option(
    "--captions",
    "captions_dir",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Local caption files win over YouTube's: VIDEOID.en.srt, .vtt or .json3.  "
    "E.g. --captions ~/captions",
)
@click.option(
    "--deck",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Take slides from the text of a SpeakerDeck deck.  E.g. --deck transcript.txt",
)
@click.option(
    "--enrich",
    is_flag=True,
    help="Let a language model write timed notes for videos without them; see CS25_LLM_BASE_URL "
    "in the README.  E.g. --enrich --dry-run",
)
@click.option(
    "--japanese",
    is_flag=True,
    help="With --enrich: notes in Japanese too.  E.g. --enrich --japanese",
)
@click.option("--lang", "language", default="en", help="Captions in this language.  E.g. --lang ja")
@click.option(
    "--offline",
    is_flag=True,
    help="Use only what is bundled or on disk.  E.g. --offline --captions ~/captions",
)
@click.option(
    "--refresh", is_flag=True, help="Fetch again what was fetched before.  E.g. --refresh --limit 3"
)
@click.option(
    "--limit",
    type=click.IntRange(min=1),
    metavar="N",
    help="Only the first N videos of the playlist.  E.g. --limit 10",
)
@click.option(
    "--dry-run",
    is_flag=True,
    help="Tell what would be done, write nothing.  E.g. --dry-run --lang ja",
)
@click.option(
    "--proxy",
    default="",
    metavar="URL",
    help="Reach YouTube through an HTTP proxy.  E.g. --proxy http://user:password@host:8080",
)
@click.option(
    "--cookies",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="A browser's cookies for yt-dlp, never written to.  E.g. --cookies cookies.txt",
)
@click.option(
    "--sleep",
    "pause",
    type=click.FloatRange(min=0, max=3600),
    default=1.0,
    metavar="S",
    help="Seconds between two videos; waits after failures grow with it.  E.g. --sleep 10",
)
@click.option(
    "-v", "--verbose", is_flag=True, help="Show what the clients said.  E.g. -v --limit 1"
)
@click.option(
    "--index",
    "index_dir",
    type=click.Path(path_type=Path),
    envvar="CS25_INDEX",
    default=default_index_dir,
    metavar="DIR",
    help="The index folder.  [default: index/ in the project]  E.g. --index /srv/index",
)
@click.option(
    "--model",
    default=DEFAULT_MODEL,
    metavar="NAME_OR_PATH",
    help="A sentence-transformers model on the hub or in a folder.  E.g. --model ~/my-model",
)
@click.option(
    "--store",
    envvar="CS25_STORE",
    default="",
    type=click.Choice(["", "faiss", "milvus"]),
    metavar="faiss|milvus",
    help="Where the index is written.  [default: faiss]  "
    "E.g. --store milvus --uri http://localhost:19530",
)
@click.option(
    "--uri",
    envvar="CS25_URI",
    default="",
    metavar="URI",
    help="Where Milvus is.  E.g. --store milvus --uri lectures.db",
)
@click.option(
    "--shard",
    "part",
    default="",
    metavar="I/N",
    help="Only part I of N of the videos, so that N workers may write to one Milvus at once.  "
    "E.g. --store milvus --uri http://localhost:19530 --shard 1/4",
)
def main(playlists: tuple[str, ...], videos: tuple[str, ...], **options: Any) -> None:
    """Fetch the captions of the CS25 lectures and build the index of all that is on disk.

    Example: python -m ingest

    Exit codes: 0 all in, 1 nothing asked for could be had, 2 wrong usage, 3 some failed and the
    rest is searchable. What is in the index stays searchable in each case.
    """
    try:
        order = check(playlists, videos, options)
        if order.dry_run:
            Console().print(dry_run(order), soft_wrap=True, highlight=False)
            return
        with nullcontext() if order.shard else ingest_lock(order.index_dir):
            rows, insisted = ingest(order)
    except Cs25SearchError as error:
        click.echo(f"Error: {error}", err=True)
        sys.exit(2)
    except OSError as error:  # no space, no right to write, a file where a folder should be
        click.echo(
            f"Error: {error.filename or order.index_dir}: {error.strerror or error}.\n"
            "What was indexed before is untouched. Make room or rights, or give --index DIR.",
            err=True,
        )
        sys.exit(2)
    Console(width=None if sys.stdout.isatty() else 160).print(table(rows))
    sys.exit(exit_code(rows, insisted))


def check(playlists: tuple[str, ...], videos: tuple[str, ...], options: dict[str, Any]) -> Order:
    """Return the order; links become ids, so that no part of the user's text is ever opened.

    Raises:
        Cs25SearchError: A link, the proxy, the language or the shard is none.
    """
    playlist_ids = tuple(youtube.parse_playlist_id(link) for link in playlists)
    video_ids = tuple(youtube.parse_video_id(link) for link in videos)
    if not playlist_ids and not video_ids:
        playlist_ids = (load_course().playlist_id,)
    part = options.pop("part")
    options["shard"] = parse_shard(part) if part else None
    options["store"] = chosen_store(options["store"])
    order = Order(playlist_ids=playlist_ids, named=bool(playlists), video_ids=video_ids, **options)
    if order.shard and order.store != "milvus":
        raise Cs25SearchError(
            f"--shard {part} is for a store that many write to.\n"
            "Add --store milvus --uri URI, or leave --shard away."
        )
    if order.proxy and not PROXY.fullmatch(order.proxy):
        raise Cs25SearchError(
            "What --proxy gives is not the address of an HTTP proxy.\n"  # it may hold a password
            "Write it as http://host:8080 or http://user:password@host:8080"
        )
    if not LANGUAGE.fullmatch(order.language):
        raise Cs25SearchError(
            f"--lang {order.language!r} is no language code.\nWrite it as en, ja or pt-BR."
        )
    if order.japanese and not order.enrich:
        raise Cs25SearchError("--japanese is about notes to be written.\nAdd --enrich.")
    return order


@log.step
def ingest(order: Order) -> tuple[list[Row], set[str]]:
    """Bring captions and index up to date.

    Returns:
        What the index holds and what failed, video by video; and the ids the user named.
    """
    course = load_course()
    endpoint = require_endpoint() if order.enrich else None
    # Before an hour of work, not after it.
    store = Store(order.uri) if order.store == "milvus" else None
    with waiting_lock(order):
        take_in(order)
    asked, failed = (Asked(), {}) if order.offline else fetch(order, course)
    tracks = kept(order.tracks)
    deck = kept_deck(order.index_dir)
    found = collect(course, tracks, deck, kept_notes(order.notes))
    for lecture in found.unmatched:
        remarks.print(f"No video is lecture {lecture.number} of the deck: {lecture.title}.")
    lost: list[Lost] = []
    if not (endpoint and order.shard):  # the last of many workers would start what all must join
        bring_up_to_date(order, store, course, tracks, found)
    if endpoint:
        # The captions are searchable by now, however long the model takes.
        own = part_of(found, order.shard) if order.shard else found
        lost = write_missing_notes(order, endpoint, own)
        found = collect(course, tracks, deck, kept_notes(order.notes))
        bring_up_to_date(order, store, course, tracks, found)
    if order.shard:
        found = part_of(found, order.shard)
    rows = mark_lost(mark(found.rows, asked, failed), lost)
    with waiting_lock(order):
        write_report(order.index_dir, rows)
    insisted = set(order.video_ids)
    if order.named:
        insisted |= {video.video_id for video in asked.videos} | set(asked.failed_lists)
    return rows, insisted


@log.step
def take_in(order: Order) -> None:
    """Keep the user's caption files and deck with what was kept before."""
    if order.deck is not None:
        keep_deck(order.index_dir, order.deck)
    if order.captions_dir is None:
        return
    tracks, left_out = read_folder(order.captions_dir, order.language)
    before = kept(order.tracks)
    for track in tracks:
        old = before.get(track.origin.video_id)
        origin = with_known(track.origin, old.origin) if old else track.origin
        keep(order.tracks, replace(track, origin=origin))
    if left_out:
        shown = ", ".join(left_out[:5]) + (" ..." if len(left_out) > 5 else "")
        remarks.print(f"Left out {len(left_out)} files of {order.captions_dir}: {shown}")


@log.step
def fetch(order: Order, course: Course) -> tuple[Asked, dict[str, FetchError | None]]:
    """Fetch what is asked for and not on disk.

    Returns:
        What was asked for, and for each video that was fetched None or why it failed.
    """
    fetcher, asked = ask(order, course)
    tracks = kept(order.tracks)
    learn(order.tracks, tracks, asked.videos)
    steps = plan(asked.videos, tracks, order.language, order.refresh)
    missing = [video for video in asked.videos if steps[video.video_id] == "fetch"]
    with _progress() as progress:
        task = progress.add_task("Fetching captions", total=len(missing), visible=bool(missing))
        failed = pull(
            fetcher, missing, order.tracks, order.language, lambda _: progress.advance(task)
        )
    if order.verbose:
        for name, error in {**asked.failed_lists, **failed}.items():
            remarks.print(f"{name}: {error.detail or error}", markup=False)
    return asked, {video.video_id: failed.get(video.video_id) for video in missing}


@log.step
def ask(order: Order, course: Course) -> tuple[Fetcher, Asked]:
    """Return the clients, and the videos that are asked for."""
    cookies = youtube.read_cookies(order.cookies) if order.cookies else ""
    fetcher = Fetcher(
        youtube.TranscriptClient(order.proxy),
        youtube.YtDlpClient(order.proxy, cookies),
        order.pause,
        lambda sentence: remarks.print(sentence, markup=False),
    )
    known = {course.playlist_id: [lecture.video_id for lecture in course.lectures]}
    with remarks.status("Reading the playlist"):
        asked = list_videos(fetcher, order.playlist_ids, order.video_ids, order.limit, known)
    if order.shard:
        own = tuple(video for video in asked.videos if order.shard.has(video.video_id))
        asked = replace(asked, videos=own)
    return fetcher, asked


def write_missing_notes(order: Order, endpoint: Endpoint, found: Collection) -> list[Lost]:
    """Let the model write the notes that are not there yet; return what failed."""
    windows = missing(found.windows, kept_notes(order.notes), endpoint.model, order.japanese)
    if not windows:
        remarks.print(f"Every stretch without bundled notes has notes by {endpoint.model}.")
        return []
    try:
        with _progress() as progress:
            task = progress.add_task(f"{endpoint.model} writes notes", total=len(windows))
            lost = enrich(
                endpoint, windows, order.notes, order.japanese, order.pause,
                lambda _: progress.advance(task),
            )  # fmt: skip
    except KeyboardInterrupt:
        remarks.print("Stopped. The notes so far are kept; the same command goes on from here.")
        raise
    done = len(windows) - len(lost)
    remarks.print(f"{endpoint.model} wrote notes about {done} of {len(windows)} stretches.")
    return lost


def dry_run(order: Order) -> str:
    """Return what an ingest would do, a line for each video."""
    course = load_course()
    tracks = kept(order.tracks)
    if order.captions_dir is not None:
        found, _ = read_folder(order.captions_dir, order.language)
        tracks |= {track.origin.video_id: track for track in found}
    if order.deck is not None:
        read_deck(order.deck)
    asked = Asked() if order.offline else ask(order, course)[1]
    shown = preview(asked, plan(asked.videos, tracks, order.language, order.refresh), tracks)
    if not order.enrich:
        return shown
    endpoint, written = endpoint_from_environment(), kept_notes(order.notes)
    windows = collect(course, tracks, None, written).windows
    model = endpoint.model if endpoint else ""
    return f"{preview_notes(windows, written, model, order.japanese, course)}\n{shown}"


def bring_up_to_date(
    order: Order,
    store: Store | None,
    course: Course,
    tracks: Mapping[str, RawTrack],
    found: Collection,
) -> None:
    """Write what was collected to Milvus, or without one to the index folder."""
    if store:
        update_store(order, store, course, tracks, found)
    else:
        update(order, course, tracks, found)


@log.step
def update(order: Order, course: Course, tracks: Mapping[str, RawTrack], found: Collection) -> None:
    """Write a new generation of the index if the live one holds anything else."""
    encoder = prepare_encoder(order.model, order.index_dir / "models", order.offline)
    inputs = fingerprint(course, tracks, found, encoder.key)
    live = _live(order.index_dir)
    if live and live.manifest.inputs == inputs:
        remarks.print(f"The index in {order.index_dir} is up to date.")
        return
    with _progress() as progress:
        task = progress.add_task("Encoding", total=len(found.chunks))
        generation = build_generation(
            videos=[row.video for row in found.rows],
            slides=found.slides,
            chunks=found.chunks,
            sources=found.sources,
            inputs=inputs,
            encoder=encoder,
            model_name=order.model,
            previous=live,
            on_encoded=lambda count: progress.advance(task, count),
        )
    name = write_generation(order.index_dir, generation)
    counts = f"{len(found.chunks)} chunks of {len(found.rows)} videos"
    remarks.print(f"Wrote {order.index_dir / name}: {counts}.")


@log.step
def update_store(
    order: Order,
    store: Store,
    course: Course,
    tracks: Mapping[str, RawTrack],
    found: Collection,
) -> None:
    """Write to Milvus what its live generation does not hold yet."""
    with waiting_lock(order):
        encoder = prepare_encoder(order.model, order.index_dir / "models", order.offline)
    with _progress() as progress:
        task = progress.add_task("Encoding", total=None)
        done = write(
            store,
            order.index_dir,
            course,
            tracks,
            found,
            encoder,
            order.model,
            order.shard or Shard(),
            " ".join((*order.playlist_ids, *order.video_ids, order.language)),
            _live(order.index_dir),
            on_chunks=lambda count: progress.update(task, total=count),
            on_encoded=lambda count: progress.advance(task, count),
        )
    if done.chunks is None:
        remarks.print(f"The index at {store.uri} is up to date.", markup=False)
        return
    remarks.print(f"Wrote {done.chunks} chunks to {store.uri}, {done.name}.", markup=False)
    if done.missing:
        several = ", ".join(map(str, done.missing))
        remarks.print(f"It becomes live when these shards have reported too: {several}.")
    else:
        remarks.print("It is live.")


def waiting_lock(order: Order) -> filelock.FileLock:
    """Return what lets one worker at a time change the captions, models and report of a folder."""
    order.index_dir.mkdir(parents=True, exist_ok=True)
    return filelock.FileLock(order.index_dir / "ingest.worker.lock")


@log.step
def prepare_encoder(model: str, models: Path, offline: bool) -> OnnxEncoder:
    """Return the encoder; the first time this takes a while, so it is announced."""
    with remarks.status("Preparing the encoder (the first time, this takes some 15 seconds)"):
        return load_encoder(model, models, offline)


def _live(index_dir: Path) -> Generation | None:
    with suppress(Cs25SearchError):  # missing or damaged: everything is encoded again
        return read_generation(index_dir)
    return None


def _progress() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    return Progress(
        *columns, TimeRemainingColumn(), console=remarks, disable=not remarks.is_terminal
    )


if __name__ == "__main__":
    main(prog_name="python -m ingest")
