"""make bench: the figures of the README, each beside its baseline in the same run."""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from benchmarks.corpora import cs25_notes
from benchmarks.eval import markdown, run_one, table
from benchmarks.rankers import rankers
from cs25search import Index, open_index
from cs25search.evaluate import Question

console = Console(width=100)


def main() -> None:
    """Build an index in an empty folder, then measure it."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "index"
        console.print(f"{os.cpu_count()} cores, Python {sys.version.split()[0]}")
        first = seconds_to_ingest(folder)
        shutil.rmtree(next(folder.glob("*/manifest.json")).parent)
        (folder / "CURRENT").unlink()
        console.print(f"first index build, encoder export included  {first:5.1f} s")
        console.print(
            f"the same with the encoder already exported   {seconds_to_ingest(folder):5.1f} s"
        )
        index = open_index(folder)
        corpus = cs25_notes()
        runs = [
            run_one(corpus, language, ranker)
            for language in corpus.languages
            for ranker in rankers(corpus, language, index.encoder, index)
        ]
        click.echo(markdown(table(runs)))
        console.print(speed(index, list(corpus.questions)))


def seconds_to_ingest(folder: Path) -> float:
    """Return how long the console program takes to build the bundled course."""
    begin = time.perf_counter()
    command = [sys.executable, "-m", "ingest", "--offline", "--index", str(folder)]
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - begin


def speed(index: Index, questions: list[Question]) -> Table:
    """Return the time of warm queries beside the encoder's own forward pass for the same query."""
    queries = [question.q for question in questions]
    for query in queries[:20]:
        index.search(query)
    forward, whole = [], []
    for query in queries * 3:  # alternating, so that noise hits both alike
        begin = time.perf_counter()
        index.encoder.encode_query(query)
        between = time.perf_counter()
        index.search(query)
        whole.append(time.perf_counter() - between)
        forward.append(between - begin)
    table = Table(title=f"warm query, {len(whole)} runs")
    for heading in ("", "p50 ms", "p95 ms"):
        table.add_column(heading, justify="right" if heading else "left")
    for name, times in (("encoder's forward pass", forward), ("query to hits", whole)):
        p50, p95 = statistics.median(times), statistics.quantiles(times, n=20)[-1]
        table.add_row(name, f"{p50 * 1000:.1f}", f"{p95 * 1000:.1f}")
    ratio = statistics.median(w / f for w, f in zip(whole, forward, strict=True))
    table.add_row("ratio, p50", f"{ratio:.2f} ×", "")
    return table


if __name__ == "__main__":
    main()
