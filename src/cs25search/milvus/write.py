"""Write a generation to Milvus: rows, counts, and the switch when all shards are complete.

Workers share only the collections. Each writes the rows of its videos, then a report with its
counts. The worker that finds all reports adds them up and makes the generation live. Rows are keyed
by chunk, so a worker that was killed can simply be run again.
"""

import datetime
import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
import numpy as np
from msgspec.structs import replace

from ..encoding.dictionary import JapaneseHeld, build_dictionary
from ..encoding.encoder import Encoder
from ..index.chunk_text import encoded_text
from ..index.explanations import Explanations
from ..index.generation import JAPANESE_SPEECH, Generation, Manifest, counts_of
from ..index.handbook import Handbook
from ..place import Shard
from ..records import Entry, Explanation, Slide
from ..text.rarity import idf
from .connection import Connection, array_bytes
from .rows import (
    BUCKET,
    Counts,
    add_up,
    bucket_rows,
    chunk_rows,
    count_terms,
    part_of,
    video_rows,
)


@dataclass(frozen=True, slots=True)
class ShardReport:
    """The report of one worker."""

    manifest: Manifest
    vocabulary_size: int
    counts: dict[str, Counts]  # grams, bigrams, words, stems, tokens


@dataclass(frozen=True, slots=True)
class Head:
    """The description of a generation.

    Attributes:
        inputs: Checksum of the inputs of each shard, see `Manifest.inputs`.
        sizes: Number of documents by kind of term.
        means: Mean number of terms per document.
        buckets: Number of rows over which the terms of each kind are spread.
    """

    manifest: Manifest
    inputs: list[str]
    sizes: dict[str, int]
    means: dict[str, float]
    buckets: dict[str, int]


def generation_name(live: str | None, shard: Shard, what: str) -> str:
    """Return the name of the generation after the live one.

    All workers of the same ingest compute the same name without communicating.

    Args:
        what: Identifies the content: playlist, model.
    """
    number = int(live.partition("_")[0]) + 1 if live else 1
    digest = hashlib.blake2b(f"{shard.of} {what}".encode(), digest_size=5).hexdigest()
    return f"{number:06d}_{digest}"


def read_head(connection: Connection, name: str) -> Head | None:
    """Return the head of a generation, None if it is not completely written."""
    connection.load(name)
    content = connection.read_value(name, "head", fresh=True)
    return msgspec.json.decode(content, type=Head) if content else None


def copy(generation: Generation, encoder: Encoder, connection: Connection) -> str:
    """Copy a generation to Milvus, make it live there, and return its name there."""
    live = connection.live()
    inputs = generation.manifest.inputs
    head = read_head(connection, live) if live else None
    if live and head and head.inputs == [inputs]:
        return live
    name = generation_name(live, Shard(), inputs)
    write_shard(connection, name, generation, encoder, Shard())
    make_live(connection, name, 1)
    return name


def write_shard(
    connection: Connection, name: str, generation: Generation, encoder: Encoder, shard: Shard
) -> None:
    """Write the chunks of a shard's videos and its report.

    Args:
        name: From `generation_name`.
        generation: May contain more than the shard's videos; its `manifest.inputs` is recorded.
    """
    connection.create(name, generation.manifest.dim)
    inputs, has_course = generation.manifest.inputs, shard.number == 1
    own = [row for row, number in enumerate(generation.rows["video"])
           if shard.has(generation.videos[number].video_id)]  # fmt: skip
    part = part_of(generation, own)
    chunks = part.chunks
    texts = [encoded_text(chunk) for chunk in chunks]
    ids = encoder.token_ids(texts) if texts else []
    tokens = count_terms([[str(token) for token in one] for one in ids])
    connection.write(name, "chunks", chunk_rows(part, shard, connection.uri))
    connection.write(name, "side", video_rows(generation, shard))
    if has_course:
        write_course_parts(connection, name, generation)
    # Remains of a killed run with other captions.
    stale = f'shard == {shard.number} and inputs != "{inputs}"'
    connection.delete(name, "chunks", stale)
    connection.delete(name, "side", f'kind == "video" and {stale}')
    report = ShardReport(
        replace(
            generation.manifest,
            sources=(),
            files={},
            dense="In Milvus, by the index of its collection.",
            counts=counts_of(
                generation.rows[own],
                sum(shard.has(video.video_id) for video in generation.videos),
                len(generation.slides) if has_course else 0,
                len(generation.explanations.items) if has_course else 0,
            ),
        ),
        encoder.vocabulary_size,
        {**part.counts, "tokens": tokens},
    )
    connection.write_value(name, _report_name(shard), msgspec.json.encode(report))


def write_course_parts(connection: Connection, name: str, generation: Generation) -> None:
    """Write slides and bridge, which belong to the whole course."""
    bridge = generation.bridge
    connection.write_value(name, "about", msgspec.json.encode(generation.about))
    connection.write_value(name, "slides", msgspec.json.encode(list(generation.slides)))
    connection.write_value(name, "slide_vectors", array_bytes(generation.slide_vectors))
    connection.write_value(name, "bridge_words", msgspec.json.encode(list(bridge.words)))
    connection.write_value(name, "bridge_vectors", array_bytes(bridge.vectors))
    connection.write_value(name, "bridge_idf", array_bytes(bridge.idf))
    handbook, explanations = generation.handbook, generation.explanations
    _write_texts(connection, name, "handbook", handbook.entries, handbook)
    _write_texts(connection, name, "explanations", explanations.items, explanations)


def _write_texts(
    connection: Connection,
    name: str,
    what: str,
    records: Sequence[Entry] | Sequence[Explanation],
    encoded: Handbook | Explanations,
) -> None:
    """Write records, and tokens, ids and lengths of their encoded texts."""
    connection.write_value(name, what, msgspec.json.encode(list(records)))
    connection.write_value(name, f"{what}_tokens", array_bytes(encoded.tokens))
    connection.write_value(name, f"{what}_ids", array_bytes(encoded.ids))
    connection.write_value(name, f"{what}_lengths", array_bytes(encoded.lengths))


def make_live(connection: Connection, name: str, shards: int) -> list[Shard]:
    """Make a generation live if all shards have reported; return those that have not."""
    reports: list[ShardReport] = []
    missing: list[Shard] = []
    for number in range(1, shards + 1):
        content = connection.read_value(name, _report_name(Shard(number, shards)), fresh=True)
        if content is None:
            missing.append(Shard(number, shards))
        else:
            reports.append(msgspec.json.decode(content, type=ShardReport))
    if missing:
        return missing
    counts = add_up([report.counts for report in reports])
    buckets = {kind: len(one.seen) // BUCKET + 1 for kind, one in counts.items()}
    del buckets["tokens"]
    for kind, number_of_buckets in buckets.items():
        connection.write(name, "side", bucket_rows(kind, counts[kind].seen, number_of_buckets))
    seen = np.zeros(reports[0].vocabulary_size)
    for token, times in counts["tokens"].seen.items():
        seen[int(token)] = times
    rarity = idf(seen, counts["tokens"].size)
    connection.write_value(name, "token_idf", array_bytes(rarity))
    inputs = [report.manifest.inputs for report in reports]
    total: Counter[str] = Counter()
    for report in reports:
        total.update(report.manifest.counts)
    held = JapaneseHeld(
        lambda word: counts["words"].seen.get(word, 0), counts["bigrams"].seen.__contains__
    )
    dictionary = build_dictionary(
        set(counts["stems"].seen), held if JAPANESE_SPEECH in total else None
    )
    connection.write_value(name, "dictionary", dictionary.lines[:])
    head = Head(
        replace(
            reports[0].manifest,
            generation=name,
            created=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
            inputs=inputs[0]
            if shards == 1
            else hashlib.sha256("".join(inputs).encode()).hexdigest(),
            counts=dict(total),
        ),
        inputs,
        {kind: one.size for kind, one in counts.items()},
        {kind: one.length / max(1, one.size) for kind, one in counts.items()},
        buckets,
    )
    connection.write_value(name, "head", msgspec.json.encode(head))
    connection.make_live(name, total["chunks"])
    return []


def read_slides(content: bytes) -> tuple[Slide, ...]:
    """Return the slides that `write_course_parts` wrote."""
    return msgspec.json.decode(content, type=tuple[Slide, ...])


def _report_name(shard: Shard) -> str:
    return f"report/{shard}"
