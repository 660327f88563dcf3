"""make bench: speed and size, each figure with a floor from the same run.

The row of a million chunks is taken from docs/scaling.json, written by `make scaling`, which takes
longer.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import click
import msgspec
from rich.console import Console

from benchmarks.bench_app import question_row
from benchmarks.corpora import cs25_notes
from benchmarks.embedding import (
    batch_encoder,
    embedding_rows,
    has_bfloat16,
    overhead_row,
    size_rows,
)
from benchmarks.eval import markdown as quality_markdown
from benchmarks.eval import run_one, write_between
from benchmarks.eval import table as quality_table
from benchmarks.fifty import fifty_lectures
from benchmarks.growth import growth_row
from benchmarks.install import install_row
from benchmarks.page_run import passes_row
from benchmarks.rankers import rankers
from benchmarks.scaling import Figures
from benchmarks.silence import silence_row
from benchmarks.startup import page_rows, startup_rows
from benchmarks.table import Row, facts, markdown
from benchmarks.warm import many_rows, warm_row
from cs25search import open_index
from cs25search.place import BUNDLED

PROJECT = Path(__file__).parents[1]
DOCS = PROJECT / "docs/performance.md"
SCALING = PROJECT / "docs/scaling.json"
remarks = Console(stderr=True, highlight=False, soft_wrap=True)


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--write", is_flag=True, help="Put the table into docs/performance.md.")
def main(write: bool) -> None:
    """Build indexes in an empty folder, measure them, print the tables."""
    before = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "index" / BUNDLED.name
        with_encoder, without = first_builds(folder)
        lines = [
            facts(),
            f"First index build of the bundled course: {with_encoder:.0f} s, encoder included; "
            f"{without:.0f} s with the encoder there.",
        ]
        click.echo("\n".join(lines))
        click.echo(quality(folder))
        rows = []
        running = page_rows(Path(scratch) / "run", has_bfloat16())
        for row in chain(running, measure(folder, Path(scratch) / "fifty")):
            remarks.print(f"{row.what}: {row.ratio}")
            rows.append(row)
    table = markdown(rows)
    click.echo(table)
    if write:
        load = f"Load of the machine: {before:.1f} before, {os.getloadavg()[0]:.1f} at the end."
        text = "\n\n".join([f"`make bench WRITE=1`, {lines[0]} {load}", lines[1], table])
        write_between(DOCS, text, "make bench")
        remarks.print(f"Wrote {DOCS.relative_to(PROJECT)}")


def first_builds(folder: Path) -> tuple[float, float]:
    """Return how long the bundled course takes encoder included, and without it."""
    with_encoder = seconds_to_ingest(folder)
    shutil.rmtree(next(folder.glob("*/manifest.json")).parent)
    (folder / "CURRENT").unlink()
    return with_encoder, seconds_to_ingest(folder)


def seconds_to_ingest(folder: Path) -> float:
    """Return how long the console program takes to build the bundled course's own folder."""
    begin = time.perf_counter()
    command = [sys.executable, "-m", "ingest", "--offline", "--index", str(folder.parent)]
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - begin


def quality(folder: Path) -> str:
    """Return the README's table: success of the search and of the usual alternatives."""
    index, corpus = open_index(folder), cs25_notes()
    runs = [
        run_one(corpus, language, ranker)
        for language in corpus.languages
        for ranker in rankers(corpus, language, index.encoder, index)
    ]
    return quality_markdown(quality_table(runs))


def measure(folder: Path, other: Path) -> Iterator[Row]:
    """Yield the rows of the table as they are measured.

    Args:
        folder: The index of the bundled course.
        other: The folder in which the index of fifty lectures is built.
    """
    bundled, fifty = cs25_notes(), fifty_lectures()
    index = open_index(folder)
    yield from startup_rows(folder)
    yield passes_row(index)
    yield warm_row("bundled course", index, bundled.questions, most=1.0)
    encoder = batch_encoder(folder / "models")
    (other / "models").mkdir(parents=True)
    (other / "models" / encoder.key).symlink_to(folder / "models" / encoder.key)
    building = overhead_row(fifty, encoder, other)
    large = open_index(other)
    yield warm_row(
        f"fifty lectures, {len(fifty.chunks):,} chunks", large, fifty.questions, most=1.2
    )
    yield from embedding_rows(bundled, encoder, index)
    yield overhead_row(bundled, encoder, folder.with_name("again"))
    yield building
    yield growth_row(folder / "models" / encoder.key)
    yield silence_row(folder / "models" / encoder.key)
    yield from many_rows(folder)
    yield from size_rows("bundled course", index.generation)
    yield from size_rows("fifty lectures", large.generation)
    yield million_row()
    yield question_row(folder, index)
    yield install_row()


def million_row() -> Row:
    """Return the row of a million chunks from the last `make scaling`."""
    what, target = "one million chunks, p95 of a query", "≤ 150 ms, Recall@10 ≥ .98, ≤ 4 GB"
    found = (
        msgspec.json.decode(SCALING.read_bytes(), type=list[Figures]) if SCALING.is_file() else []
    )
    for one in found:
        if one.chunks == 1_000_000:
            met = one.p95 <= 150 and one.dense >= 0.98 and one.query_megabytes <= 4000
            return Row(
                f"{what} (`make scaling`)",
                f"exact scan of the vectors: {one.exact:.0f} ms",
                f"{one.p95:.0f} ms, Recall@10 {one.dense:.3f}, {one.query_megabytes:,.0f} MB; "
                f"built in {one.build_seconds / 60:.0f} min, {one.disk_megabytes:,.0f} MB on disk",
                f"{one.p95 / one.exact:.2f} ×",
                target,
                met,
            )
    return Row(
        what, "exact scan of the vectors", "not measured yet: `make scaling`", "–", target, None
    )


if __name__ == "__main__":
    main(prog_name="python -m benchmarks.bench")
