"""make eval: one table of every ranker on every corpus, and paired differences between two."""

import datetime
import os
import platform
import re
import sys
import time
from collections.abc import Iterator, Sequence
from importlib.metadata import version
from pathlib import Path

import click
import msgspec
import numpy as np
import threadpoolctl
from rich import box
from rich.console import Console
from rich.table import Table
from scipy.stats import bootstrap

from benchmarks import answers, fit_refusal
from benchmarks.baselines import BASELINES
from benchmarks.corpora import CS25_NOTES, Corpus, bench_folder, load_corpora
from benchmarks.rankers import SHIPPED, Ranker, open_cached, rankers
from cs25search import Hit
from cs25search.encoding.encoder import Encoder, OnnxEncoder
from cs25search.evaluation import ask_all, measure, success_at_k
from cs25search.place import read_place
from cs25search.records import Language
from ingest.encoder import DEFAULT_ENCODER, load_encoder

PROJECT = Path(__file__).parents[1]
DOCS = PROJECT / "docs/evaluation.md"
RESAMPLES = 2000
PACKAGES = ("numpy", "faiss-cpu", "onnxruntime", "bm25s", "sudachipy")
WIDTH = 220  # wide enough that no cell is broken: the table is Markdown
remarks = Console(stderr=True)


class Run(msgspec.Struct, frozen=True):
    """The results of one ranker on one corpus in one language; arrays have a value per question."""

    corpus: Corpus
    language: Language
    ranker: str
    size: int  # bytes
    success: dict[int, np.ndarray]  # by depth
    mrr: float
    lecture: float  # share of questions whose first hit is of the right video
    start_error: float | None  # seconds
    seconds: np.ndarray


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--corpus", "wanted", default="", help="Only corpora whose name holds this.")
@click.option(
    "--compare",
    nargs=2,
    type=click.Choice([*BASELINES, SHIPPED]),
    metavar="A B",
    help=f"Paired differences, ranker A minus B: {', '.join([*BASELINES, SHIPPED])}.",
)
@click.option("--write", is_flag=True, help="Put the tables into docs/evaluation.md.")
def main(wanted: str, compare: tuple[str, str] | None, write: bool) -> None:
    """Measure search on every corpus present, and answers and refusals on the bundled course.

    CS25_BENCH names the folder of the other corpora.
    """
    bench = bench_folder()
    every = load_corpora(bench)
    corpora = [corpus for corpus in every if wanted.lower() in corpus.name.lower()]
    if not corpora:
        names = ", ".join(corpus.name for corpus in every)
        raise click.UsageError(f"No corpus here is called {wanted!r}; there are: {names}.")
    is_alone = all(CS25_NOTES in (corpus.name, corpus.base) for corpus in every)
    if write and (wanted or compare or is_alone):
        raise click.UsageError(
            f"--write takes no --corpus and no --compare, and needs the corpora in {bench}: "
            "docs/evaluation.md holds the table over all of them."
        )
    runs, encoder = [], query_encoder()
    for run in run_all(corpora, encoder, compare or ()):
        remarks.print(f"{run.corpus.name}, {run.language}: {run.ranker}")
        runs.append(run)
    text = markdown(differences(runs, *compare) if compare else table(runs))
    click.echo(text)
    bundled = [corpus for corpus in corpora if corpus.name == CS25_NOTES]
    if compare or not bundled:
        return
    remarks.print("Answers and refusals")
    index = open_cached(bundled[0], encoder)
    unseen = fit_refusal.table(index, fit_refusal.open_spoken(encoder))
    others = [corpus for corpus in corpora if corpus.is_speech]
    asked = f"{answers.table(index)}\n\n{unseen}\n\n{fit_refusal.elsewhere(others, encoder)}"
    click.echo(f"\n{asked}")
    if write:
        write_between(DOCS, f"{facts()}\n\n{text}", "make eval")
        write_between(DOCS, asked, "make eval, answers")
        remarks.print(f"Wrote {DOCS.relative_to(PROJECT)}")


def query_encoder() -> Encoder:
    """Return the default encoder as a query uses it, on one core; exported if necessary."""
    models = read_place().folder / "models"
    key = load_encoder(DEFAULT_ENCODER, models, offline=True).key
    threadpoolctl.threadpool_limits(limits=1, user_api="blas")
    return OnnxEncoder(models / key)


def run_all(corpora: Sequence[Corpus], encoder: Encoder, only: Sequence[str] = ()) -> Iterator[Run]:
    """Yield a run of every ranker, or of the named ones, on every corpus and language."""
    for corpus in corpora:
        index = open_cached(corpus, encoder)
        for language in corpus.languages:
            for ranker in rankers(corpus, language, encoder, index):
                if not only or ranker.name in only:
                    yield run_one(corpus, language, ranker)


def run_one(corpus: Corpus, language: Language, ranker: Ranker) -> Run:
    """Ask every question of a corpus, and measure hits and time."""
    seconds = []

    def search(query: str) -> list[Hit]:
        begin = time.perf_counter()
        hits = ranker.search(query)
        seconds.append(time.perf_counter() - begin)
        return hits

    ranker.search("warm up" if language == "en" else "準備")
    scored = ask_all(corpus.questions, search, language)
    measured = measure(scored)
    return Run(
        corpus=corpus,
        language=language,
        ranker=ranker.name,
        size=ranker.size,
        success={k: np.array([success_at_k(s.relevant, k) for s in scored]) for k in (1, 5)},
        mrr=measured["mrr@10"] or 0.0,
        lecture=measured["lecture@1"] or 0.0,
        start_error=measured["start_error"] if corpus.timed else None,
        seconds=np.array(seconds),
    )


def interval(values: np.ndarray) -> tuple[float, float]:
    """Return the 95 % bootstrap interval of a mean; the same one in every run.

    >>> low, high = interval(np.array([1.0] * 60 + [0.0] * 40))
    >>> 0.49 <= low <= 0.52, 0.68 <= high <= 0.71
    (True, True)
    """
    rng = np.random.default_rng(0)
    found = bootstrap((values,), np.mean, n_resamples=RESAMPLES, method="percentile", rng=rng)
    return float(found.confidence_interval.low), float(found.confidence_interval.high)


def table(runs: Sequence[Run]) -> Table:
    """Return the table, one line per run."""
    shown = new_table(
        "corpus", "questions", "chunks", "ranker", "Success@1 (95 %)", "Success@5 (95 %)", "MRR@10",
        "video@1", "start, s", "p50 / p95, ms", "MB",
    )  # fmt: skip
    for run in runs:
        p50, p95 = np.percentile(run.seconds, [50, 95]) * 1000
        shown.add_row(
            run.corpus.name,
            f"{len(run.corpus.questions):,} {run.language}",
            f"{len(run.corpus.chunks):,}",
            f"**{run.ranker}**" if run.ranker == SHIPPED else run.ranker,
            *(share(run.success[k]) for k in (1, 5)),
            f"{run.mrr:.3f}",
            f"{run.lecture:.3f}",
            "" if run.start_error is None else f"{run.start_error:.1f}",
            f"{p50:.1f} / {p95:.1f}",
            f"{run.size / 1e6:.1f}",
        )
    return shown


def differences(runs: Sequence[Run], one: str, other: str) -> Table:
    """Return the paired differences, ranker `one` minus `other`, where both ran."""
    shown = new_table("corpus", "questions", f"{one} minus {other}, Success@1", "Success@5")
    by_name = {(run.corpus.name, run.language, run.ranker): run for run in runs}
    for (corpus, language, ranker), run in by_name.items():
        against = by_name.get((corpus, language, other))
        if ranker != one or against is None:
            continue
        changes = [run.success[k] - against.success[k] for k in (1, 5)]
        questions = f"{len(run.corpus.questions):,} {language}"
        shown.add_row(corpus, questions, *(_difference(change) for change in changes))
    return shown


def markdown(table: Table) -> str:
    """Return a table as Markdown text."""
    console = Console(width=WIDTH, color_system=None)
    with console.capture() as capture:
        console.print(table)
    return "\n".join(line.rstrip() for line in capture.get().splitlines() if line.strip())


def facts() -> str:
    """Return what a reader needs to repeat the table."""
    versions = ", ".join(f"{package} {version(package)}" for package in PACKAGES)
    return (
        f"`make eval WRITE=1` (`python -m benchmarks.eval --write`), "
        f"{datetime.datetime.now(datetime.UTC).date()}, {os.cpu_count()} cores "
        f"({platform.machine()}), one of them per query, Python {sys.version.split()[0]}, "
        f"{versions}."
    )


def write_between(path: Path, text: str, command: str) -> None:
    """Replace the text between the two markers of a command in a file.

    Raises:
        ValueError: The file lacks a marker.
    """
    begin, end = f"<!-- {command}: begin -->", f"<!-- {command}: end -->"
    content = path.read_text("utf-8")
    pattern = re.compile(f"{re.escape(begin)}.*{re.escape(end)}", re.S)
    if not pattern.search(content):
        raise ValueError(f"{path} lacks {begin} and {end}; put both where the table belongs.")
    path.write_text(pattern.sub(lambda _: f"{begin}\n{text}\n{end}", content), "utf-8")


def new_table(*headings: str) -> Table:
    """Return an empty Markdown table; names are to the left, figures to the right."""
    shown = Table(box=box.MARKDOWN)
    for heading in headings:
        left = heading in ("corpus", "ranker")
        shown.add_column(heading, justify="left" if left else "right", no_wrap=True)
    return shown


def share(values: np.ndarray) -> str:
    """Return a mean with its 95 % interval, for a table."""
    low, high = interval(values)
    return f"{values.mean():.3f} ({low:.2f}–{high:.2f})"


def _difference(values: np.ndarray) -> str:
    low, high = interval(values)
    return f"{values.mean():+.3f} ({low:+.3f} to {high:+.3f})"


if __name__ == "__main__":
    main(prog_name="python -m benchmarks.eval")
