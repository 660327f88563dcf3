"""python -m ingest: lectures in, index/ out."""

import hashlib
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from cs25search.build import BUILD_VERSION, build_generation
from cs25search.course import Course, load_course
from cs25search.encode import OnnxEncoder
from cs25search.errors import CaptionError, Cs25SearchError
from cs25search.records import Chunk, Cue, Video
from cs25search.search import default_index_dir
from cs25search.store import Generation, Source, ingest_lock, read_generation, write_generation
from cs25search.times import clock

from .cache import RawTrack, keep, kept, read_folder
from .captions import clip, parse_captions
from .chunks import build_chunks
from .model import DEFAULT_MODEL, load_encoder

# Progress and remarks go to stderr, the closing table to stdout.
remarks = Console(stderr=True)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the closing table: a video and what was indexed of it."""

    video: Video
    notes: int = 0
    track: str = ""  # where the transcript came from
    cues: int = 0
    problem: str = ""


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--offline", is_flag=True, help="Use only what is bundled or already on disk.")
@click.option(
    "--captions",
    "captions_dir",
    type=click.Path(path_type=Path),
    help="Add local caption files, named VIDEOID.en.srt, .vtt or .json3.",
)
@click.option(
    "--index",
    "index_dir",
    type=click.Path(path_type=Path),
    envvar="CS25_INDEX",
    default=default_index_dir,
    help="The index folder.  [default: index/ in the project]",
)
@click.option(
    "--model",
    default=DEFAULT_MODEL,
    show_default=True,
    metavar="NAME_OR_PATH",
    help="A sentence-transformers model on the hub or in a folder.",
)
def main(offline: bool, captions_dir: Path | None, index_dir: Path, model: str) -> None:
    """Build the index of the bundled course and of all captions on disk.

    Example: python -m ingest --captions ~/captions

    Exit codes: 0 fine, 2 wrong usage, 3 some captions could not be read and the rest is in.
    """
    try:
        with ingest_lock(index_dir):
            rows = ingest(index_dir, captions_dir, model, offline)
    except Cs25SearchError as error:
        click.echo(f"Error: {error}", err=True)
        sys.exit(2)
    Console(width=None if sys.stdout.isatty() else 140).print(table(rows))
    if any(row.problem for row in rows):
        sys.exit(3)


def ingest(index_dir: Path, captions_dir: Path | None, model: str, offline: bool) -> list[Row]:
    """Bring the index up to date and return what it holds, video by video."""
    course = load_course()
    tracks = take_in(index_dir / "captions", captions_dir)
    encoder = prepare_encoder(model, index_dir / "models", offline)
    inputs = fingerprint(course, tracks, encoder)
    live = _live(index_dir)
    rows, chunks, sources = collect(course, tracks)
    if live and live.manifest.inputs == inputs:
        remarks.print(f"The index in {index_dir} is up to date.")
        return rows
    with _progress() as progress:
        task = progress.add_task("Encoding", total=len(chunks))
        generation = build_generation(
            videos=[row.video for row in rows],
            slides=course.slides,
            chunks=chunks,
            sources=sources,
            inputs=inputs,
            encoder=encoder,
            model_name=model,
            previous=live,
            on_encoded=lambda count: progress.advance(task, count),
        )
    name = write_generation(index_dir, generation)
    remarks.print(f"Wrote {index_dir / name}: {len(chunks)} chunks of {len(rows)} videos.")
    return rows


def take_in(folder: Path, captions_dir: Path | None) -> dict[str, RawTrack]:
    """Keep the user's caption files with those kept before, and return them all."""
    if captions_dir is not None:
        tracks, left_out = read_folder(captions_dir)
        for track in tracks:
            keep(folder, track)
        if left_out:
            shown = ", ".join(left_out[:5]) + (" ..." if len(left_out) > 5 else "")
            remarks.print(f"Left out {len(left_out)} files of {captions_dir}: {shown}")
    return kept(folder)


def prepare_encoder(model: str, models: Path, offline: bool) -> OnnxEncoder:
    """Return the encoder; the first time this takes a while, so it is announced."""
    with remarks.status("Preparing the encoder (the first time, this takes some 15 seconds)"):
        return load_encoder(model, models, offline)


def fingerprint(course: Course, tracks: dict[str, RawTrack], encoder: OnnxEncoder) -> str:
    """Return a checksum over all that decides what the index will hold."""
    parts = [str(BUILD_VERSION), encoder.key, repr(course)]
    parts += [f"{video_id} {track.sha256}" for video_id, track in sorted(tracks.items())]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def collect(
    course: Course, tracks: dict[str, RawTrack]
) -> tuple[list[Row], list[Chunk], list[Source]]:
    """Return, for the lectures and then for other videos, table rows, chunks and sources."""
    videos = {lecture.video_id: lecture.video() for lecture in course.lectures}
    rows, chunks, sources = [], [], []
    for video_id in [*videos, *sorted(tracks.keys() - videos.keys())]:
        video = videos.get(video_id)
        notes = [note for note in course.notes if note.video_id == video_id]
        row = Row(video or Video(video_id, video_id, (), 0.0), notes=len(notes))
        chunks += notes
        if notes:
            sources.append(Source(video_id, "bundled notes", "", "", 0, len(notes)))
        if track := tracks.get(video_id):
            row, spoken = read_track(row, track)
            chunks += spoken
            name, kind = track.origin.name, f"{track.origin.kind} captions"
            sources.append(Source(video_id, kind, name, track.sha256, row.cues, len(spoken)))
        rows.append(row)
    return rows, chunks, sources


def read_track(row: Row, track: RawTrack) -> tuple[Row, list[Chunk]]:
    """Return the chunks of a track, and the row with what there is to say about it."""
    try:
        parsed = parse_captions(track.data, track.origin.name)
    except CaptionError as error:
        return replace(row, track=track.origin.name, problem=str(error).splitlines()[0]), []
    cues: Sequence[Cue] = parsed.cues
    video = row.video
    if video.duration:
        cues = clip(cues, video.duration)
    else:
        video = replace(video, duration=max((cue.end for cue in cues), default=0.0))
    problem = ""
    if not cues:
        problem = f"every cue lies after the end of the video, {clock(video.duration)}"
    elif parsed.skipped:
        first = str(parsed.skipped[0]).splitlines()[0]
        problem = f"{len(parsed.skipped)} cues left out; {first}"
    row = replace(row, video=video, track=track.origin.name, cues=len(cues), problem=problem)
    return row, build_chunks(video.video_id, cues, video.title)


def table(rows: list[Row]) -> Table:
    """Return the closing table."""
    shown = Table(title="What is indexed")
    for heading in ("Lecture", "Video", "Title", "Minutes", "Notes", "Transcript", "Cues"):
        right = heading in ("Lecture", "Minutes", "Notes", "Cues")
        shown.add_column(heading, justify="right" if right else "left", no_wrap=heading == "Video")
    if any(row.problem for row in rows):
        shown.add_column("Problem", overflow="fold")
    for row in rows:
        video = row.video
        cells = [
            str(video.lecture or "–"), video.video_id, video.title, f"{video.duration / 60:.0f}",
            str(row.notes or "–"), row.track or "–", str(row.cues or "–"),
        ]  # fmt: skip
        shown.add_row(*cells, *([row.problem] if len(shown.columns) > len(cells) else []))
    return shown


def _live(index_dir: Path) -> Generation | None:
    with suppress(Cs25SearchError):  # missing or damaged: everything is encoded again
        return read_generation(index_dir)
    return None


def _progress() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    return Progress(*columns, TimeRemainingColumn(), console=remarks)


if __name__ == "__main__":
    main(prog_name="python -m ingest")
