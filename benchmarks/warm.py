"""Warm queries, compared with the forward pass in float32; many threads; many processes."""

import statistics
import time
from pathlib import Path

from benchmarks.asking import Asker
from benchmarks.table import Row
from cs25search import Index
from cs25search.encoding.encoder import OnnxEncoder, onnx_forward
from cs25search.evaluation import EvalQuestion

SECONDS, ROUNDS = 4, 3
THREADS, PROCESSES = 16, 4


def warm_row(name: str, index: Index, questions: tuple[EvalQuestion, ...], most: float) -> Row:
    """Return the times of queries and of the float32 forward pass for the same queries.

    Args:
        most: The most times the forward pass that a median query may take.
    """
    queries = [question.q for question in questions]
    for query in queries[:20]:
        index.search(query)
    folder = index.path / "models" / index.encoder.key
    exact = OnnxEncoder(folder, onnx_forward(folder))
    forward, whole = [], []
    for query in queries * 3:  # alternating, so that noise affects both equally
        begin = time.perf_counter()
        exact.encode_query(query)
        between = time.perf_counter()
        index.search(query)
        whole.append(time.perf_counter() - between)
        forward.append(between - begin)
    halves = [statistics.median(times) * 1000 for times in (forward, whole)]
    tails = [statistics.quantiles(times, n=20)[-1] * 1000 for times in (forward, whole)]
    p50, p95 = halves[1] / halves[0], tails[1] / tails[0]
    return Row(
        f"warm query, {name}",
        f"the forward pass in float32: p50 {halves[0]:.1f}, p95 {tails[0]:.1f} ms",
        f"p50 {halves[1]:.1f}, p95 {tails[1]:.1f} ms",
        f"p50 {p50:.2f} ×, p95 {p95:.2f} ×",
        f"p50 ≤ {most} ×, p95 ≤ 2 ×",
        p50 <= most and p95 <= 2,
    )


def many_rows(folder: Path) -> list[Row]:
    """Return queries per second and memory of one process and of several on one index."""
    one, threaded = Asker(folder, 1), Asker(folder, THREADS)
    several = [Asker(folder, 1) for _ in range(PROCESSES)]
    rates: dict[str, list[float]] = {"one": [], "threads": [], "processes": []}
    for _ in range(ROUNDS):
        for name, askers in (("one", [one]), ("threads", [threaded]), ("processes", several)):
            for asker in askers:
                asker.send(f"ask {SECONDS}")
            rates[name].append(sum(asker.read()["asked"] for asker in askers) / SECONDS)
    base, threads, processes = (statistics.median(found) for found in rates.values())
    single, crowded = _memory(one), _memory(threaded)
    held = [_memory(asker) for asker in several]
    for asker in (one, threaded, *several):
        asker.close()
    weights = max(path.stat().st_size for path in folder.glob("models/*/model.onnx.data")) / 1e6
    mapped, shared = max(one["mapped"] for one in held), sum(one["share"] for one in held)
    peak = max(one["peak"] for one in [single, *held])
    return [
        Row(
            "peak memory of a query process, English and Japanese",
            f"the encoder's weights: {weights:.0f} MB",
            f"{peak:.0f} MB",
            f"{peak / weights:.2f} ×",
            "≤ 250 MB",
            peak <= 250,
        ),
        Row(
            f"queries per second, {THREADS} threads in one process",
            f"one thread: {base:.0f}",
            f"{threads:.0f}; peak memory {crowded['peak']:.0f} MB",
            f"{threads / base:.2f} ×",
            "≥ 1.8 × on two cores",
            threads / base >= 1.8,
        ),
        Row(
            f"queries per second, {PROCESSES} processes on one index",
            f"one process: {base:.0f}",
            f"{processes:.0f}",
            f"{processes / base:.2f} ×",
            "≥ 1.8 × on two cores",
            processes / base >= 1.8,
        ),
        Row(
            f"memory of mapped index files, {PROCESSES} processes together",
            f"what one of them has touched: {mapped:.1f} MB",
            f"{shared:.1f} MB",
            f"{shared / mapped:.2f} ×",
            "mapped once",
            shared <= 1.2 * mapped,
        ),
    ]


def _memory(asker: Asker) -> dict[str, float]:
    asker.send("memory")
    return asker.read()
