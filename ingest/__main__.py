"""python -m ingest: the command line."""

import errno
import os
import sys
from pathlib import Path
from typing import Any

import click
from msgspec.structs import replace

from cs25search.errors import FAILED, Cs25SearchError
from cs25search.index.publish import generations, ingest_lock
from cs25search.options import index_dir_option, store_options
from cs25search.place import BUNDLED
from cs25search.progress import ProgressLine
from cs25search.terminal import Program, out

from .encoder import DEFAULT_ENCODER
from .new import course_of
from .old_layout import is_old, move_old, remove_old
from .order import Order, read_order
from .remarks import recorded, reported, show
from .report import NOTHING, SOME_FAILED, exit_code, table
from .speech import DEFAULT_SPEECH_MODEL
from .steps import dry_run, ingest
from .youtube.failures import FetchError

NO_SPACE = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


@click.command(cls=Program, context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("names", metavar="[COURSE]...", nargs=-1)
@click.option(
    "--playlist",
    "playlists",
    multiple=True,
    metavar="URL|ID",
    help="Fetch this playlist or channel; repeatable.  [default: the course's own]  "
    "E.g. --playlist https://www.youtube.com/playlist?list=ID",
)
@click.option(
    "--video",
    "videos",
    multiple=True,
    metavar="URL|ID",
    help="Fetch this video, and playlists only if named; repeatable.  "
    "E.g. --video https://youtu.be/ID",
)
@click.option(
    "--captions",
    "captions_dir",
    type=click.Path(path_type=Path),
    metavar="DIR|FILE",
    help="Use local captions instead of YouTube's: a file or a folder, with names as from yt-dlp "
    "or your own; see docs/captions.md.  E.g. --captions ~/captions",
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
    help="Let a language model write notes for videos that have none; see CS25_LLM_BASE_URL "
    "in the README.  E.g. --enrich --dry-run",
)
@click.option(
    "--japanese",
    is_flag=True,
    help="With --enrich: write notes in Japanese too.  E.g. --enrich --japanese",
)
@click.option(
    "--transcribe",
    is_flag=True,
    help="Write captions for videos, and for the audio and video files of --captions and of "
    "course.toml, that have none; needs the extra cs25search[speech].  "
    "E.g. --captions ~/recordings --transcribe",
)
@click.option(
    "--speech-model",
    default=DEFAULT_SPEECH_MODEL,
    metavar="NAME_OR_PATH",
    help="With --transcribe: a faster-whisper model.  [default: base]  E.g. --speech-model small",
)
@click.option(
    "--lang",
    "language",
    default="",
    help="Caption languages, the preferred one first; original means the spoken one.  "
    "[default: the course's, else en]  E.g. --lang ja,en",
)
@click.option(
    "--offline",
    is_flag=True,
    help="Use only bundled data and files on disk.  E.g. --offline --captions ~/captions",
)
@click.option(
    "--refresh",
    is_flag=True,
    help="Fetch captions again even if they are on disk.  E.g. --refresh --limit 3",
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
    help="Show what would be done, but write nothing.  E.g. --dry-run --lang ja",
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
    help="A browser's cookies for yt-dlp; the file is never changed.  E.g. --cookies cookies.txt",
)
@click.option(
    "--sleep",
    "pause",
    type=click.FloatRange(min=0, max=3600),
    default=1.0,
    metavar="S",
    help="Seconds between two videos; waits after failures scale with it.  E.g. --sleep 10",
)
@click.option(
    "-v", "--verbose", is_flag=True, help="Show the messages of the clients.  E.g. -v --limit 1"
)
@index_dir_option
@click.option(
    "--model",
    default=DEFAULT_ENCODER,
    metavar="NAME_OR_PATH",
    help="A sentence-transformers model, by hub name or folder; needs the extra "
    "cs25search[models].  [default: all-MiniLM-L6-v2]  E.g. --model ~/my-model",
)
@store_options
@click.option(
    "--shard",
    "part",
    default="",
    metavar="I/N",
    help="Only part I of N of the videos, so that N workers can write to one Milvus at once.  "
    "E.g. --store milvus --uri http://localhost:19530 --shard 1/4",
)
def main(
    names: tuple[str, ...], playlists: tuple[str, ...], videos: tuple[str, ...], **options: Any
) -> None:
    """Fetch the captions of a COURSE and index everything on disk; by default, the bundled course.

    A --playlist of no known course makes a new one, named after it. See docs/courses.md.

    Example: cs25search ingest

    Exit codes: 0 success, 1 nothing requested could be fetched, 2 wrong usage or another error, 3
    some failed and the rest is searchable. The existing index stays searchable in each case.
    """
    codes = []
    try:
        for name in names or (course_of(playlists, options),):
            codes.append(run(read_order(name, playlists, videos, options)))
    except Cs25SearchError as error:
        out(f"Error: {error}", err=True)
        sys.exit(NOTHING if isinstance(error, FetchError) else FAILED)
    except OSError as error:  # no space, no write permission, a file in place of a folder
        out(f"Error: {_refusal(error, options['index_dir'])}", err=True)
        sys.exit(FAILED)
    sys.exit(codes[0] if len(set(codes)) == 1 else SOME_FAILED)


def _refusal(error: OSError, index_dir: Path) -> str:
    """Return what the system refused, and the cure that fits the path it is about."""
    about = error.filename or index_dir
    path, index = Path(os.fsdecode(about)).absolute(), index_dir.absolute()
    is_about_index = path.is_relative_to(index) or index.is_relative_to(path)
    if error.errno not in NO_SPACE and path.is_relative_to(sys.prefix):
        cure = "This path belongs to the Python environment: install cs25search in a new one."
    elif error.errno in NO_SPACE or is_about_index:
        cure = "Free some space, check permissions, or give --index DIR."
    else:
        cure = "This path is outside the index folder: check the file or folder there."
    return f"{os.fsdecode(about)}: {error.strerror or error}.\nThe index is unchanged. {cure}"


def run(order: Order) -> int:
    """Run an ingest, show its closing table, and return its exit code."""
    if order.dry_run:
        show(dry_run(order))
        return 0
    root = order.place.root
    is_first = order.place.course == BUNDLED.name  # the only one that earlier versions had
    with_old = is_first and not order.place.is_milvus and is_old(root)
    if with_old:
        order = replace(order, place=replace(order.place, folder=move_old(root)))
        out(f"{root} has the layout of an earlier version. Its captions and notes are now in "
            f"{order.index_dir}, and the index is rebuilt.", err=True)  # fmt: skip
    if order.shard:  # one of several workers; they use no lock and record no progress
        with reported():
            rows, insisted = ingest(order)
        code = exit_code(rows, insisted)
    else:
        with ingest_lock(order.index_dir), recorded(order.index_dir) as record, reported():
            rows, insisted = ingest(order)
            code = exit_code(rows, insisted)
            record.write(ProgressLine(code=code))
    if with_old and generations(order.index_dir):
        remove_old(root)
    show(table(rows))
    return code


if __name__ == "__main__":
    main(prog_name="python -m ingest")
