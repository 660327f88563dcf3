"""make bench: the figures of the README, each beside its baseline in the same run."""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.baselines import baselines
from cs25search import Hit, Index, open_index
from cs25search.evaluate import DEPTH, Question, ask_all, measure, read_questions

QUESTIONS = Path(__file__).parents[1] / "tests/data/questions.json"
console = Console(width=100)


def main() -> None:
    """Build an index in an empty folder, then measure it."""
    questions = read_questions(QUESTIONS).questions
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
        console.print(quality(index, list(questions)))
        console.print(speed(index, list(questions)))


def seconds_to_ingest(folder: Path) -> float:
    """Return how long the console program takes to build the bundled course."""
    begin = time.perf_counter()
    command = [sys.executable, "-m", "ingest", "--offline", "--index", str(folder)]
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - begin


def quality(index: Index, questions: list[Question]) -> Table:
    """Return the table of search quality, baselines first."""
    table = Table(title=f"{len(questions)} questions about CS25")
    for heading in ("ranker", "Success@1", "Success@5", "lecture right at rank 1", "MRR@10"):
        table.add_column(heading, justify="left" if heading == "ranker" else "right")
    generation = index.generation
    chunks = list(generation.chunks)
    video_of = {video.video_id: video for video in generation.videos}

    def hits(rows: list[int]) -> list[Hit]:
        found = enumerate((chunks[row] for row in rows[:DEPTH]), start=1)
        return [
            Hit(video_of[c.video_id], c, c, c.start, c.end, c.text, None, 1 / rank, rank)
            for rank, c in found
        ]

    for name, ranker in baselines(chunks, index.encoder).items():
        _add(table, name, questions, lambda query, ranker=ranker: hits(ranker(query)))
    _add(table, "cs25search", questions, lambda query: index.search(query, k=DEPTH))
    _add(
        table, "cs25search, in Japanese", questions,
        lambda query: index.search(query, k=DEPTH), "ja",
    )  # fmt: skip
    return table


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


def _add(table, name, questions, search, language="en") -> None:  # type: ignore[no-untyped-def]
    metrics = measure(ask_all(questions, search, language))
    columns = ("success@1", "success@5", "lecture@1", "mrr@10")
    table.add_row(name, *(f"{metrics[column]:.3f}" for column in columns))


if __name__ == "__main__":
    main()
