"""The result of an ingest per video: closing table, index/NAME/last-ingest.json, exit code."""

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
from msgspec.structs import replace
from rich.table import Table

from cs25search.integrity import replace_file
from cs25search.progress import REPORT
from cs25search.records import Video
from cs25search.text.clean import clean, printable
from cs25search.text.clean import lines as printed
from cs25search.wording import recording_title

from .captions.files import LeftOut, RawTrack
from .notes.write import TRY_AGAIN, Lost
from .stored import Unusable
from .youtube.failures import FetchError
from .youtube.pull import Requested, Step

ALL_IN, NOTHING, SOME_FAILED = 0, 1, 3
MOST_TIMES = 6  # shown for one reason


class VideoRow(msgspec.Struct, frozen=True):
    """A row of the closing table: a video and what was indexed of it."""

    video: Video
    notes: int = 0
    models: tuple[str, ...] = ()  # language models that wrote the notes; empty if people did
    # manual | automatic | dubbed | local, with what else is known of it | failed | "" if only notes
    # were wanted
    source: str = ""
    cached: bool = False  # not fetched in this run
    track: str = ""  # file name of the captions
    cues: int = 0
    cause: str = ""  # why something failed
    cure: str = ""  # what to do about it
    remark: str = ""  # anything unusual about the captions that is not a failure
    doubt: str = ""  # why it is uncertain which lecture of the deck this is, or how it was found


def exit_code(rows: Sequence[VideoRow], insisted: Collection[str]) -> int:
    """Return the exit code of the ingest.

    Args:
        insisted: Videos (or a playlist that could not be read) that the user named.
    """
    named = [row for row in rows if row.video.video_id in insisted]
    if named and all(row.source == "failed" and not row.notes for row in named):
        return NOTHING
    return SOME_FAILED if any(row.cause for row in rows) else ALL_IN


def table(rows: Sequence[VideoRow]) -> Table:
    """Return the closing table."""
    shown = Table(title="What is indexed")
    for heading in ("Lecture", "Video", "Title", "Minutes", "Notes", "Source", "Cues"):
        right = heading in ("Lecture", "Minutes", "Notes", "Cues")
        shown.add_column(heading, justify="right" if right else "left", no_wrap=heading == "Video")
    with_advice = any(advice(row) for row in rows)
    if with_advice:
        shown.add_column("What to do", overflow="fold")
    for row in rows:
        video = row.video
        source = row.source
        if row.cached and not source.startswith("local"):
            source += ", cached"
        cells = [
            str(video.lecture or "–"), video.video_id, recording_title(video, "en"),
            f"{video.duration / 60:.0f}", _notes(row), source or "–", str(row.cues or "–"),
        ]  # fmt: skip
        cells += [advice(row)] if with_advice else []
        shown.add_row(*(clean(cell) for cell in cells))
    return shown


def _notes(row: VideoRow) -> str:
    return " ".join([str(row.notes), "by", ", ".join(row.models)] if row.models else
                    [str(row.notes or "–")])  # fmt: skip


def advice(row: VideoRow) -> str:
    """Return the text in the table's last column."""
    return " ".join(part for part in (row.cause, row.cure, row.remark, row.doubt) if part)


def write_report(index_dir: Path, rows: Sequence[VideoRow]) -> None:
    """Write the table as JSON, without times and cache state: equal runs give equal files."""
    content = msgspec.json.format(msgspec.json.encode([_plain(row) for row in rows]), indent=1)
    path = index_dir / REPORT
    if path.is_file() and path.read_bytes() == content + b"\n":
        return
    replace_file(path, content + b"\n")


def _plain(row: VideoRow) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "video_id": row.video.video_id,
        "title": row.video.title,
        "lecture": row.video.lecture,
        "minutes": round(row.video.duration / 60, 1),
        "notes": row.notes,
        "notes_by": list(map(printable, row.models)),
        "source": row.source,
        "cues": row.cues,
        "cause": row.cause,
        "what_to_do": row.cure,
        "remark": row.remark,
        "match": row.doubt,
    }
    # JSON cannot contain lone surrogates, which occur in file names in another encoding.
    return {
        name: printable(fact) if isinstance(fact, str) else fact for name, fact in facts.items()
    }


def mark_fetched(
    rows: list[VideoRow], requested: Requested, fetched: Mapping[str, FetchError | None]
) -> list[VideoRow]:
    """Return the rows of the index with the events of this run, and rows for failures."""
    titles = {video.video_id: video for video in requested.videos}
    marked = []
    for row in rows:
        video_id = row.video.video_id
        error = fetched.get(video_id)
        if error:
            # The captions of an earlier run are kept; only fetching them again failed.
            source = row.source or "failed"
            cause, cure = error.failure.cause, error.failure.cure
            row = replace(row, source=source, cause=cause, cure=cure)
        elif video_id in fetched:
            row = replace(row, cached=False)
        marked.append(row)
    known = {row.video.video_id for row in rows}
    for video_id, error in fetched.items():
        if error and video_id not in known:
            listed = titles[video_id]
            marked.append(_failed(video_id, listed.title or video_id, listed.duration, error))
    for playlist_id, error in requested.failed_lists.items():
        marked.append(_failed(playlist_id, "The playlist", 0.0, error))
    return marked


def mark_lost(rows: list[VideoRow], lost: Sequence[Lost]) -> list[VideoRow]:
    """Return the rows with the sections that got no notes, and why."""
    marked = []
    for row in rows:
        own = [one for one in lost if one.window.video_id == row.video.video_id]
        if own:
            said = "; ".join(_lost(own, reason) for reason in dict.fromkeys(x.reason for x in own))
            count = f"{len(own)} sections have" if own[1:] else "1 section has"
            cause = f"{row.cause} {count} no notes: {said.rstrip('.')}.".lstrip()
            row = replace(row, cause=cause, cure=f"{row.cure} {TRY_AGAIN}".lstrip())
        marked.append(row)
    return marked


def _lost(lost: Sequence[Lost], reason: str) -> str:
    """Return the times of the sections with the same reason, and the reason."""
    times = [one.window.time for one in lost if one.reason == reason]
    shown = ", ".join(times[:MOST_TIMES]) + (" and so on" if times[MOST_TIMES:] else "")
    return f"{shown}: {reason.rstrip('.')}"


def unusable_rows(unusable: Sequence[Unusable]) -> list[VideoRow]:
    """Return a row for each file kept in the index folder that was skipped."""
    return [
        VideoRow(
            Video(one.path.name, "Kept in the index", (), 0.0),
            source="failed",
            cause=one.cause,
            cure=one.cure,
        )
        for one in unusable
    ]


def _failed(video_id: str, title: str, duration: float, error: FetchError) -> VideoRow:
    video = Video(video_id, title, (), duration)
    return VideoRow(video, source="failed", cause=error.failure.cause, cure=error.failure.cure)


def left_out_row(one: LeftOut) -> VideoRow:
    """Return the row of a file that should contain captions but was left out."""
    video = Video(one.name, "A caption file", (), 0.0)
    return VideoRow(video, source="failed", cause=f"Left out: {one.reason}.", cure=one.cure)


def preview(requested: Requested, steps: Mapping[str, Step], tracks: Mapping[str, RawTrack]) -> str:
    """Return what an ingest would do, one line per video."""
    lines = [f"{steps[one.video_id]:<9} {one.video_id}  {one.title}" for one in requested.videos]
    for video_id in sorted(tracks.keys() - steps.keys()):
        lines.append(f"{'on disk':<9} {video_id}  {tracks[video_id].origin.kind}")
    for playlist_id, error in requested.failed_lists.items():
        lines.append(f"{'failed':<9} {playlist_id}  {error.failure.cause} {error.failure.cure}")
    count = sum(step == "fetch" for step in steps.values())
    return printed([*lines, f"{count} videos would be fetched. Nothing was written."])
