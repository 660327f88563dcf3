"""make scaling: how time, memory and disk grow from a thousand chunks to a million.

The chunks are made of sentences of the bundled notes, about five per chunk of 100 tokens: one is
drawn at random, the others from the 40 nearest to it. Each sentence is encoded once. A chunk has
the token vectors of its sentences, and their mean, weighted by length, as its pooled vector: not
what the encoder would return, but similar in length and spread. Everything else is the code of
ingest and search, in a separate process.
"""

import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import click
import msgspec
import numpy as np
import threadpoolctl
from msgspec.structs import asdict

from benchmarks.corpora import QUESTIONS
from cs25search.course.read import load_course
from cs25search.encoding.encoder import Encoder, Encoding, OnnxEncoder, unit
from cs25search.evaluation import read_questions
from cs25search.index import bm25
from cs25search.index.build import Content, build_generation
from cs25search.index.files import write_generation
from cs25search.index.vectors import top_k
from cs25search.ranking.rank import CANDIDATES
from cs25search.records import Chunk, Video
from cs25search.search import open_index
from cs25search.text.ngrams import ngrams
from cs25search.text.sentences import split_sentences
from ingest.encoder import DEFAULT_ENCODER, load_encoder

ROOT = Path(__file__).parents[1]
FIGURES = ROOT / "docs/scaling.json"
PLOT = ROOT / "docs/images/scaling.png"
DOCUMENT = ROOT / "docs/scaling.md"
BEGIN, END = "<!-- make scaling: begin -->", "<!-- make scaling: end -->"
SIZES = (1_000, 10_000, 100_000, 1_000_000)
TOKENS = 100  # of a chunk, on average
NEAREST = 40  # sentences that may follow another
LONGEST = 12  # sentences of a chunk
CHUNKS_PER_VIDEO = 100  # 40 seconds each: a lecture of an hour and more
SECONDS = 40.0
BLOCK = 50_000
RUNS = 3  # times every question is asked, after once to warm up
K = 10


class Recombined:
    """Chunks made of sentences, and an encoder for such chunks that replaces the real one."""

    multilingual = False

    def __init__(self, encoder: Encoder, n: int, notes: Sequence[Chunk]) -> None:
        """Take the sentences of notes for n chunks; there must be more than NEAREST."""
        self.encoder = encoder
        self.key, self.dim = encoder.key, encoder.dim
        self.vocabulary_size = encoder.vocabulary_size
        self.n = n
        texts = [text for note in notes for text in (*split_sentences(note.text), *note.asks)]
        self.sentences = list(dict.fromkeys(texts))
        self._number = {text: row for row, text in enumerate(self.sentences)}
        self.ids = encoder.token_ids(self.sentences)
        self.lengths = np.array([len(one) for one in self.ids])

    @cached_property
    def encodings(self) -> list[Encoding]:
        """The encoding of every sentence."""
        return [one for _, one in sorted(self.encoder.encode_documents(self.sentences),
                                         key=lambda pair: pair[0])]  # fmt: skip

    @cached_property
    def signs(self) -> list[np.ndarray]:
        """The signs of each sentence's tokens, as an index keeps them."""
        return [one.tokens > 0 for one in self.encodings]

    @cached_property
    def drawn(self) -> tuple[np.ndarray, np.ndarray]:
        """The sentences of each chunk, shape (n, LONGEST), and how many of them it has."""
        random = np.random.default_rng(0)
        vectors = np.array([one.vector for one in self.encodings])
        alike = vectors @ vectors.T
        np.fill_diagonal(alike, -1)
        near = np.argpartition(-alike, NEAREST, axis=1)[:, :NEAREST]
        first = random.integers(0, len(near), self.n)
        drawn = np.empty((self.n, LONGEST), np.int32)
        drawn[:, 0] = first
        for begin in range(0, self.n, BLOCK):
            some = slice(begin, begin + BLOCK)
            order = np.argsort(random.random((len(first[some]), NEAREST)), axis=1)
            drawn[some, 1:] = near[first[some, None], order[:, : LONGEST - 1]]
        # The sentence that reaches the length ends the chunk; half of it is too much, on average.
        enough = np.cumsum(self.lengths[drawn], axis=1) >= TOKENS - np.mean(self.lengths) / 2
        return drawn, np.where(enough.any(axis=1), enough.argmax(axis=1) + 1, LONGEST)

    def chunks(self) -> tuple[list[Video], list[Chunk]]:
        """Return the videos and their chunks."""
        drawn, counts = self.drawn
        videos = [
            Video(f"video{number:06d}", f"Video {number}", (), SECONDS * CHUNKS_PER_VIDEO)
            for number in range(-(-self.n // CHUNKS_PER_VIDEO))
        ]
        chunks = []
        for row, (sentences, count) in enumerate(zip(drawn.tolist(), counts.tolist(), strict=True)):
            number, place = divmod(row, CHUNKS_PER_VIDEO)
            text = "\n".join(self.sentences[one] for one in sentences[:count])
            start = SECONDS * place
            name = videos[number].video_id
            chunks.append(
                Chunk(f"{name}:{place}", name, start, start + SECONDS, text, "transcript")
            )
        return videos, chunks

    def pooled(self, begin: int, end: int) -> np.ndarray:
        """Return the pooled vectors of chunks, shape (end - begin, dim)."""
        drawn, counts = (part[begin:end] for part in self.drawn)
        weights = self.lengths[drawn] * (np.arange(LONGEST) < counts[:, None])
        vectors = np.array([one.vector for one in self.encodings], np.float32)
        total = np.zeros((len(drawn), self.dim), np.float32)
        for column in range(LONGEST):
            total += weights[:, column, None].astype(np.float32) * vectors[drawn[:, column]]
        pooled: np.ndarray = unit(total)
        return pooled

    def encode_query(self, text: str) -> Encoding:
        """Return the real encoding of a query."""
        return self.encoder.encode_query(text)

    def encode_documents(self, texts: Sequence[str]) -> Iterator[tuple[int, Encoding]]:
        """Yield the encodings of chunks, put together from those of their sentences."""
        for begin in range(0, len(texts), BLOCK):
            vectors = self.pooled(begin, begin + BLOCK)
            for row, vector in enumerate(vectors, start=begin):
                sentences = self._sentences_of(texts[row])
                signs = np.concatenate([self.signs[one] for one in sentences])
                yield row, Encoding(vector, signs, self._ids_of(sentences))

    def token_ids(self, texts: Sequence[str]) -> list[np.ndarray]:
        """Return the token ids of chunks."""
        return [self._ids_of(self._sentences_of(text)) for text in texts]

    def _ids_of(self, sentences: list[int]) -> np.ndarray:
        return np.concatenate([self.ids[one] for one in sentences])

    def _sentences_of(self, text: str) -> list[int]:
        return [self._number[sentence] for sentence in text.strip().split("\n")]


class Figures(msgspec.Struct, frozen=True):
    """What was measured at one size.

    Attributes:
        tokens: Of a chunk, on average.
        build_seconds: From chunks to a live generation, without reading the sentences.
        build_cpu: The same in seconds of processor time.
        build_megabytes: Peak memory of that process.
        disk_megabytes: Of the generation.
        open_seconds: The first time, when every file is checked, and the second time.
        p50, p95: Milliseconds of a warm query, ten hits.
        cpu: The same two in processor time, as on an idle machine.
        encode: Processor time of the encoder's pass in it, p50.
        exact: Processor time to compare a query with all vectors, p50.
        query_megabytes: Peak memory of that process, mapped files included.
        own_megabytes: The part of it that is not shared with the disk's cache.
        dense, lexical: Recall@10 of the first stages against exact ones.
        vectors: How the vectors are searched.
    """

    chunks: int
    tokens: float
    build_seconds: float
    build_cpu: float
    build_megabytes: float
    disk_megabytes: float
    open_seconds: tuple[float, float]
    p50: float
    p95: float
    cpu: tuple[float, float]
    encode: float
    exact: float
    query_megabytes: float
    own_megabytes: float
    dense: float
    lexical: float
    vectors: str


@click.command()
@click.argument("step", type=click.Choice(["all", "build", "ask", "compare"]), default="all")
@click.option("--size", default=1000)
@click.option("--folder", type=click.Path(path_type=Path))
@click.option("--models", type=click.Path(path_type=Path))
def main(step: str, size: int, folder: Path | None, models: Path | None) -> None:
    """Measure all SIZES and write the results into docs/; each step runs as a separate process."""
    if step != "all" and folder and models:
        encoder = OnnxEncoder(next(models.iterdir()))
        steps = {"build": build, "ask": ask, "compare": compare}
        click.echo(json.dumps(steps[step](encoder, size, folder)))
        return
    sizes = [int(size) for size in os.environ.get("SIZES", "").split(",") if size] or SIZES
    found = []
    with tempfile.TemporaryDirectory(dir=os.environ.get("SCRATCH")) as scratch:
        load_encoder(DEFAULT_ENCODER, Path(scratch) / "models", offline=True)
        for size in sizes:
            found.append(measure(size, Path(scratch) / str(size), Path(scratch) / "models"))
            click.echo(json.dumps(asdict(found[-1])))
    if tuple(sizes) == SIZES:
        write(found)


def measure(size: int, folder: Path, models: Path) -> Figures:
    """Return the figures of one size; each step runs in a separate process."""
    parts: dict[str, Any] = {}
    for step in ("build", "ask", "compare"):
        command = [sys.executable, "-m", "benchmarks.scaling", step, "--size", str(size)]
        command += ["--folder", str(folder), "--models", str(models)]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, cwd=ROOT)
        parts |= json.loads(done.stdout)
    return Figures(size, **parts)


def build(encoder: Encoder, size: int, folder: Path) -> dict[str, Any]:
    """Build and write an index."""
    source = Recombined(encoder, size, load_course().notes)
    videos, chunks = source.chunks()
    begin, cpu = time.perf_counter(), time.process_time()
    generation = build_generation(Content(videos, chunks), source, DEFAULT_ENCODER)
    write_generation(folder, generation)
    seconds, cpu = time.perf_counter() - begin, time.process_time() - cpu
    disk = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    return {
        "tokens": round(len(generation.tokens) / size, 1),
        "build_seconds": round(seconds, 1),
        "build_cpu": round(cpu, 1),
        "build_megabytes": memory()["VmHWM"],
        "disk_megabytes": round(disk / 1e6, 1),
        "vectors": generation.manifest.dense,
    }


def ask(encoder: Encoder, size: int, folder: Path) -> dict[str, Any]:
    """Open an index as a user's process does, and search it."""
    threadpoolctl.threadpool_limits(
        limits=1, user_api="blas"
    )  # as `open_index` for its own encoder
    seconds = []
    for _ in range(2):
        begin = time.perf_counter()
        index = open_index(folder, encoder, store="faiss")
        seconds.append(round(time.perf_counter() - begin, 2))
    questions = [question.q for question in read_questions(QUESTIONS).questions]
    whole, own, forward = [], [], []
    for number, question in enumerate(questions * (1 + RUNS)):
        begin, cpu = time.perf_counter(), time.process_time()
        index.search(question, k=K)
        end, between = time.perf_counter(), time.process_time()
        encoder.encode_query(question)
        if number >= len(questions):
            whole.append(1000 * (end - begin))
            own.append(1000 * (between - cpu))
            forward.append(1000 * (time.process_time() - between))
    used = memory()
    return {
        "open_seconds": seconds,
        "p50": round(statistics.median(whole), 1),
        "p95": round(statistics.quantiles(whole, n=20)[-1], 1),
        "cpu": (round(statistics.median(own), 1), round(statistics.quantiles(own, n=20)[-1], 1)),
        "encode": round(statistics.median(forward), 1),
        "query_megabytes": used["VmHWM"],
        "own_megabytes": used["RssAnon"],
    }


def compare(encoder: Encoder, size: int, folder: Path) -> dict[str, Any]:
    """Compare both first stages with exact ones over the original vectors and lists."""
    source = Recombined(encoder, size, load_course().notes)
    generation = open_index(folder, encoder, store="faiss").generation
    questions = [question.q for question in read_questions(QUESTIONS).questions]
    queries = np.array([encoder.encode_query(question).vector for question in questions])
    best = [np.zeros((len(queries), 0))] * 2  # scores and rows of the best so far
    seconds = np.zeros(len(queries[:K]))
    for begin in range(0, size, BLOCK):
        vectors = source.pooled(begin, begin + BLOCK)
        for number, query in enumerate(queries[:K]):
            start = time.process_time()
            np.argpartition(-(vectors @ query), K)[:K]
            seconds[number] += time.process_time() - start
        rows = np.broadcast_to(np.arange(begin, begin + len(vectors)), (len(queries), len(vectors)))
        both = [np.hstack(pair) for pair in zip(best, (queries @ vectors.T, rows), strict=True)]
        order = np.argpartition(-both[0], K, axis=1)[:, :K]
        best = [np.take_along_axis(one, order, axis=1) for one in both]
    dense = [
        len(set(exact) & set(top_k(query, generation.vectors, CANDIDATES)[:K].tolist()))
        for exact, query in zip(best[1].astype(int).tolist(), queries, strict=True)
    ]
    return {
        "exact": round(1000 * float(np.median(seconds)), 1),
        "dense": round(sum(dense) / K / len(queries), 4),
        "lexical": round(lexical_recall(generation.grams, questions), 4),
    }


def lexical_recall(grams: bm25.Lexical, questions: Sequence[str]) -> float:
    """Return the share of the ten best documents by BM25 that the limited search finds."""
    found, most = 0, 0
    for question in questions:
        terms = ngrams(question)
        scores = grams.scores(terms)
        ranked = grams.top(terms, CANDIDATES)
        ranked = ranked[np.argsort(-scores[ranked])[:K]]
        # The order of equal scores does not matter.
        worst = np.sort(scores)[-K:].min()
        found += int((scores[ranked] >= worst).sum())
        most += K
    return found / most


def memory() -> dict[str, float]:
    """Return this process's memory in MB, from /proc: the peak, and what it does not share."""
    lines = (line.split() for line in Path("/proc/self/status").read_text().splitlines())
    return {line[0].rstrip(":"): round(int(line[1]) / 1000) for line in lines
            if line[0] in ("VmHWM:", "RssAnon:")}  # fmt: skip


def exponent(sizes: Sequence[float], values: Sequence[float]) -> float:
    """Return b of values = a * sizes ** b, fitted on logarithms.

    >>> round(exponent([1, 10, 100], [3, 30, 300]), 3)
    1.0
    """
    both = [pair for pair in zip(sizes, values, strict=True) if pair[1] > 0]  # 0: too short to tell
    logarithms = np.log(both)
    slope, _ = np.polyfit(logarithms[:, 0], logarithms[:, 1], 1)
    return float(slope)


PANELS = {
    "query time, ms": ("p50", "p95", "exact"),
    "memory, MB": ("query_megabytes", "own_megabytes", "build_megabytes"),
    "disk, MB": ("disk_megabytes",),
    "build, s": ("build_seconds",),
}


def write(found: Sequence[Figures]) -> None:
    """Write the figures, the plot and the table of docs/scaling.md."""
    rows = [asdict(one) for one in found]
    FIGURES.write_text(json.dumps(rows, indent=1) + "\n")
    plot(found, PLOT)
    before, _, rest = DOCUMENT.read_text("utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    DOCUMENT.write_text(f"{before}{BEGIN}\n{table(found)}\n{END}{after}", "utf-8")


def plot(found: Sequence[Figures], path: Path) -> None:
    """Draw one panel each for time, memory, disk and build, both axes logarithmic."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    sizes = [one.chunks for one in found]
    figure, axes = pyplot.subplots(2, 2, figsize=(9, 6.5), layout="constrained")
    for (title, names), panel in zip(PANELS.items(), axes.flat, strict=True):
        for name in names:
            values = [getattr(one, name) for one in found]
            label = name.removesuffix("_megabytes").removesuffix("_seconds")
            panel.loglog(sizes, values, "o-", label=f"{label}, n^{exponent(sizes, values):.2f}")
        panel.set_title(title)
        panel.set_xlabel("chunks")
        panel.legend()
        panel.grid(alpha=0.3)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=110)


def table(found: Sequence[Figures]) -> str:
    """Return the figures as Markdown, a column for each size, the exponent last."""
    sizes = [one.chunks for one in found]
    lines = [
        f"`make scaling`, {os.cpu_count()} cores ({platform.machine()}), Python "
        f"{platform.python_version()}; {found[-1].tokens:.0f} tokens a chunk.",
        "",
        "| | " + " | ".join(f"{size:,}" for size in sizes) + " | exponent |",
        "|---|" + "---:|" * (len(sizes) + 1),
    ]
    names = {
        "query, p50, ms": "p50",
        "query, p95, ms": "p95",
        "the encoder's pass, p50, ms of processor time": "encode",
        "exact scan of the vectors alone, ms of processor time": "exact",
        "query process, most memory with mapped files, MB": "query_megabytes",
        "of which its own, MB": "own_megabytes",
        "disk, MB": "disk_megabytes",
        "build, s": "build_seconds",
        "build, s of processor time": "build_cpu",
        "build process, most memory, MB": "build_megabytes",
    }
    for label, name in names.items():
        values = [float(getattr(one, name)) for one in found]
        shown = [f"{value:,.0f}" if value >= 100 else f"{value:.1f}" for value in values]
        lines.append(f"| {label} | {' | '.join(shown)} | {exponent(sizes, values):.2f} |")
    spent = [f"{middle:.1f} / {most:.1f}" for middle, most in (one.cpu for one in found)]
    lines.append(f"| query, p50 / p95, ms of processor time | {' | '.join(spent)} | |")
    opened = [f"{first:.1f} / {second:.2f}" for first, second in (o.open_seconds for o in found)]
    lines.append(f"| open, first / second time, s | {' | '.join(opened)} | |")
    for label, name in {"dense, Recall@10": "dense", "lexical, Recall@10": "lexical"}.items():
        shown = [f"{getattr(one, name):.3f}" for one in found]
        lines.append(f"| {label} | {' | '.join(shown)} | |")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
