"""The size of an index in Milvus per chunk, and from it that of clusters of any size.

python -m benchmarks.past_one_machine --index DIR [--uri URI]

The index should contain transcripts; its notes are ignored. With --uri, questions are also sent to
that Milvus, and the client's cost of a query is printed. Prints the tables of docs/scaling.md.
"""

import argparse
import json
import math
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from statistics import fmean, median

import numpy as np

from cs25search import Index, open_index
from cs25search.index.chunk_text import encoded_text
from cs25search.milvus.connection import Connection, Row
from cs25search.milvus.rows import chunk_rows, part_of
from cs25search.place import Shard
from cs25search.text.ngrams import ngrams

QUESTIONS = Path(__file__).parents[1] / "tests/data/questions.json"
SAMPLE = 400  # chunks that are measured
NODE = 48e9  # bytes for the index on a node with 64 GB; the rest is for the system and in reserve
LINKS = 2 * 32 * 4  # bytes a vector of the HNSW graph with M = 32, bottom layer
POSTING = 8  # bytes of a term in a chunk: number of the chunk, weight
SIZES = {"ten thousand": 10**4, "ten million": 10**7}  # lectures of an hour


def measure(index: Index) -> dict[str, float]:
    """Return mean bytes of each field of a transcript's row, and its terms, by name."""
    generation = index.generation
    spoken = np.flatnonzero(~generation.rows["note"])
    if not len(spoken):
        sys.exit("The index holds no transcript: cs25search ingest --captions DIR")
    own = spoken[:: max(1, len(spoken) // SAMPLE)].tolist()
    sizes: Counter[str] = Counter()
    for row in chunk_rows(part_of(generation, own), Shard(), ""):
        sizes.update(_sizes(row))
    means = {name: size / len(own) for name, size in sizes.items()}
    seconds = sum(max(c.end for c in spoken_of) - min(c.start for c in spoken_of)
                  for spoken_of in _by_video(index))  # fmt: skip
    asked = [ngrams(question["q"]) for question in questions()]
    lists = [sum(generation.grams.count(term) for term in terms) for terms in asked]
    return means | {
        "chunks an hour": 3600 * len(spoken) / seconds,
        "terms of a question": fmean(map(len, asked)),
        "lists of a question": fmean(lists) / len(generation.rows),
    }


def questions() -> list[dict[str, str]]:
    """Return the bundled questions."""
    found: list[dict[str, str]] = json.loads(QUESTIONS.read_text("utf-8"))["questions"]
    return found


def _sizes(row: Row) -> dict[str, float]:
    sizes = {
        name: float(len(value.encode())) for name, value in row.items() if isinstance(value, str)
    }
    return sizes | {"vector": 4.0 * len(row["vector"]), "terms": float(POSTING * len(row["terms"]))}


def _by_video(index: Index) -> Iterator[list]:  # type: ignore[type-arg]
    for video in index.generation.videos:
        chunks = [c for c in index.chunks_of(video.video_id) if c.kind == "transcript"]
        if chunks:
            yield chunks


def encoding_rate(index: Index) -> float:
    """Return how many chunks one core encodes per second (CPU time)."""
    chunks = [c for own in _by_video(index) for c in own][:128]
    begin = time.process_time()
    for _ in index.encoder.encode_documents([encoded_text(chunk) for chunk in chunks]):
        pass
    return len(chunks) / (time.process_time() - begin)


def ask(index: Index, uri: str) -> list[str]:
    """Return lines with the cost of a query for the client: CPU, calls, bytes."""
    there = open_index(index.path, index.encoder, store="milvus", uri=uri)
    calls: Counter[str] = Counter()
    moved: list[int] = []
    for name in ("read", "search"):
        _count_calls(name, calls, moved)
    costs: dict[str, list[float]] = {"disk": [], "Milvus": []}
    for question in questions():
        for name, one in (("disk", index), ("Milvus", there)):
            begin = time.process_time()
            one.search(question["q"], 10)
            costs[name].append(time.process_time() - begin)
    n = len(questions())
    ratio = median(costs["Milvus"]) / median(costs["disk"])
    return [
        f"A query costs its client {1000 * median(costs['Milvus']):.0f} ms of CPU, "
        f"{ratio:.1f} times what the index on disk takes ({1000 * median(costs['disk']):.0f} ms);",
        f"{sum(calls.values()) / n:.1f} calls, {sum(moved) / n / 1e3:.0f} kB of rows.",
    ]


def _count_calls(name: str, calls: Counter[str], moved: list[int]) -> None:
    method = getattr(Connection, name)

    def counted(*arguments: object, **options: object) -> list[Row]:
        rows: list[Row] = method(*arguments, **options)
        calls[name] += 1
        moved.extend(4 * len(value) if isinstance(value, list) else len(str(value))
                     for row in rows for value in row.values())  # fmt: skip
        return rows

    setattr(Connection, name, counted)


def tables(sizes: dict[str, float], rate: float) -> Iterator[str]:
    """Yield the lines for docs/scaling.md."""
    an_hour = sizes.pop("chunks an hour")
    asked, lists = (sizes.pop(f"{what} of a question") for what in ("terms", "lists"))
    yield "| of a transcript chunk | bytes |"
    yield "|---|---|"
    names = {
        "vector": "vector, float32",
        "terms": f"terms, sparse, {sizes['terms'] / POSTING:.0f} of them",
        "tokens": "token vectors, one bit a dimension, base64",
        "chunk": "the chunk: text, cues and their times",
        "run": "its words run together, for names with versions",
    }
    for field, what in names.items():
        yield f"| {what} | {sizes[field]:,.0f} |"
    rest = sum(sizes.values()) - sum(sizes[field] for field in names)
    yield f"| ids, partners and filters | {rest:,.0f} |"
    yield f"| **together** | **{sum(sizes.values()):,.0f}** |"
    yield ""
    yield f"{an_hour:.0f} chunks a spoken hour; one core encodes {rate:.0f} of them a second."
    yield f"A question has {asked:.0f} n-grams; their lists have {lists:.1f} entries a chunk."
    yield ""
    yield f"| | {' | '.join(f'{name} lectures' for name in SIZES)} |"
    yield f"|---{'|---' * len(SIZES)}|"
    chunks = [an_hour * lectures for lectures in SIZES.values()]
    dim = sizes["vector"] / 4
    graph, binary = sizes["vector"] + LINKS, dim / 8 + 8
    stored = sum(sizes.values())
    lines = {
        "chunks": [f"{n / 1e6:,.1f} million" for n in chunks],
        "rows on disk or object storage": [_bytes(n * stored) for n in chunks],
        "vectors with HNSW, in memory": [_bytes(n * graph) for n in chunks],
        "vectors as one bit a dimension (IVF_RABITQ)": [_bytes(n * binary) for n in chunks],
        "terms, in memory": [_bytes(n * sizes["terms"]) for n in chunks],
        "nodes of 64 GB for HNSW and terms": [
            f"{math.ceil(n * (graph + sizes['terms']) / NODE):,}" for n in chunks
        ],
        "nodes of 64 GB for one-bit vectors, terms mapped from disk": [
            f"{math.ceil(n * binary / NODE):,}" for n in chunks
        ],
        "read for a question, if every list is": [_bytes(n * lists * POSTING) for n in chunks],
        "encoding, core hours": [f"{n / rate / 3600:,.0f}" for n in chunks],
    }
    for what, values in lines.items():
        yield f"| {what} | {' | '.join(values)} |"


def _bytes(size: float) -> str:
    """Return a size for people.

    >>> _bytes(3.46e12), _bytes(12e9), _bytes(5e6)
    ('3.5 TB', '12.0 GB', '0.0 GB')
    """
    return f"{size / 1e12:,.1f} TB" if size >= 1e12 else f"{size / 1e9:,.1f} GB"


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--index", type=Path)
    parser.add_argument("--uri", default="")
    arguments = parser.parse_args()
    index = open_index(arguments.index, store="faiss")
    sizes = measure(index)
    rates = [encoding_rate(index) for _ in range(3)]
    print("\n".join(tables(sizes, fmean(rates))))
    if arguments.uri:
        print("\n" + "\n".join(ask(index, arguments.uri)))


if __name__ == "__main__":
    main()
