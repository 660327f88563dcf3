"""Write a generation to Milvus: rows, counts, and the switch when all shards are complete.

Workers share only the store. Each writes the rows of its videos, then a report with its counts. The
worker that finds all reports adds them up and makes the generation live. Rows are keyed by chunk,
so a worker that was killed can simply be run again.
"""

import base64
import datetime
import hashlib
import json
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import msgspec
import numpy as np

from ..encoding.dictionary import build_dictionary
from ..encoding.encoder import Encoder
from ..errors import StoreError
from ..index.bm25 import weight
from ..index.chunk_text import encoded_text, has_japanese, japanese_text
from ..index.generation import Generation, Manifest, Source
from ..records import Chunk, Slide, Video
from ..text.japanese import japanese_words
from ..text.ngrams import bigrams, ngrams
from ..text.rarity import idf
from ..text.words import stem, words
from .connection import Row, Store, array_bytes, dimension, side_row

BUCKET = 32  # terms per row of the side collection
MOST_BYTES = 65_535  # Milvus's limit for a VARCHAR


@dataclass(frozen=True, slots=True)
class Shard:
    """Part `number`, from 1, of a playlist cut into `of` parts by video id."""

    number: int = 1
    of: int = 1

    def has(self, video_id: str) -> bool:
        """Return whether a video is in this part; equal on every machine.

        >>> [Shard(n, 4).has("U8J32Z3qV8s") for n in (1, 2, 3, 4)].count(True)
        1
        """
        return zlib.crc32(video_id.encode()) % self.of == self.number - 1

    def __str__(self) -> str:
        return f"{self.number}/{self.of}"


@dataclass(frozen=True, slots=True)
class Counts:
    """The statistics over all documents that BM25 needs.

    Attributes:
        size: Number of documents.
        length: Total number of terms.
        seen: Number of documents that contain a term.
    """

    size: int
    length: int
    seen: dict[str, int]


@dataclass(frozen=True, slots=True)
class Report:
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


@dataclass(frozen=True, slots=True)
class VideoRow:
    """A video and the sources of its text, stored in one row."""

    video: Video
    sources: tuple[Source, ...]


def generation_name(live: str | None, shard: Shard, what: str) -> str:
    """Return the name of the generation after the live one.

    All workers of the same ingest compute the same name without communicating.

    Args:
        what: Identifies the content: playlist, model.
    """
    number = int(live.partition("_")[0]) + 1 if live else 1
    digest = hashlib.blake2b(f"{shard.of} {what}".encode(), digest_size=5).hexdigest()
    return f"{number:06d}_{digest}"


def read_head(store: Store, name: str) -> Head | None:
    """Return the head of a generation, None if it is not completely written."""
    store.load(name)
    content = store.read_value(name, "head", fresh=True)
    return msgspec.json.decode(content, type=Head) if content else None


def copy(generation: Generation, encoder: Encoder, store: Store) -> str:
    """Copy a generation to a store, make it live there, and return its name there."""
    live = store.live()
    inputs = generation.manifest.inputs
    head = read_head(store, live) if live else None
    if live and head and head.inputs == [inputs]:
        return live
    name = generation_name(live, Shard(), inputs)
    write_shard(store, name, generation, encoder, Shard())
    publish(store, name, 1)
    return name


def write_shard(
    store: Store, name: str, generation: Generation, encoder: Encoder, shard: Shard
) -> None:
    """Write the chunks of a shard's videos and its report.

    Args:
        name: From `generation_name`.
        generation: May contain more than the shard's videos; its `manifest.inputs` is recorded.
    """
    store.create(name, generation.manifest.dim)
    inputs = generation.manifest.inputs
    own = [row for row, number in enumerate(generation.rows["video"])
           if shard.has(generation.videos[number].video_id)]  # fmt: skip
    chunks = [generation.chunks[row] for row in own]
    documents = documents_of(chunks)
    counts = {kind: count_terms(terms) for kind, terms in documents.items()}
    texts = [encoded_text(chunk) for chunk in chunks]
    ids = encoder.token_ids(texts) if texts else []
    counts["tokens"] = count_terms([[str(token) for token in one] for one in ids])
    store.write(
        name, "chunks", chunk_rows(store.uri, generation, own, chunks, documents, counts, shard)
    )
    store.write(name, "side", _video_rows(generation, shard))
    if shard.number == 1:
        write_course(store, name, generation)
    # Remains of a killed run with other captions.
    stale = f'shard == {shard.number} and inputs != "{inputs}"'
    store.delete(name, "chunks", stale)
    store.delete(name, "side", f'kind == "video" and {stale}')
    notes = sum(chunk.kind == "note" for chunk in chunks)
    report = Report(
        replace(
            generation.manifest,
            sources=(),
            files={},
            dense="In Milvus, by the index of its collection.",
            counts={
                "videos": sum(shard.has(video.video_id) for video in generation.videos),
                "chunks": len(chunks),
                "notes": notes,
                "transcript_chunks": len(chunks) - notes,
                "slides": len(generation.slides) if shard.number == 1 else 0,
                "tokens": int(generation.rows["tokens"][own].sum()),
            },
        ),
        encoder.vocabulary_size,
        counts,
    )
    store.write_value(name, _report_name(shard), msgspec.json.encode(report))


def write_course(store: Store, name: str, generation: Generation) -> None:
    """Write slides and bridge, which belong to the whole course."""
    bridge = generation.bridge
    store.write_value(name, "slides", msgspec.json.encode(list(generation.slides)))
    store.write_value(name, "slide_vectors", array_bytes(generation.slide_vectors))
    store.write_value(name, "bridge_words", msgspec.json.encode(list(bridge.words)))
    store.write_value(name, "bridge_vectors", array_bytes(bridge.vectors))
    store.write_value(name, "bridge_idf", array_bytes(bridge.idf))
    handbook = generation.handbook
    store.write_value(name, "handbook", msgspec.json.encode(list(handbook.entries)))
    store.write_value(name, "handbook_tokens", array_bytes(handbook.tokens))
    store.write_value(name, "handbook_ids", array_bytes(handbook.ids))
    store.write_value(name, "handbook_lengths", array_bytes(handbook.lengths))


def publish(store: Store, name: str, shards: int) -> list[Shard]:
    """Make a generation live if all shards have reported; return those that have not."""
    reports: list[Report] = []
    missing: list[Shard] = []
    for number in range(1, shards + 1):
        content = store.read_value(name, _report_name(Shard(number, shards)), fresh=True)
        if content is None:
            missing.append(Shard(number, shards))
        else:
            reports.append(msgspec.json.decode(content, type=Report))
    if missing:
        return missing
    counts = _add_up([report.counts for report in reports])
    buckets = {kind: len(one.seen) // BUCKET + 1 for kind, one in counts.items()}
    del buckets["tokens"]
    for kind, number_of_buckets in buckets.items():
        store.write(name, "side", _bucket_rows(kind, counts[kind].seen, number_of_buckets))
    seen = np.zeros(reports[0].vocabulary_size)
    for token, times in counts["tokens"].seen.items():
        seen[int(token)] = times
    rarity = idf(seen, counts["tokens"].size)
    store.write_value(name, "token_idf", array_bytes(rarity))
    store.write_value(name, "dictionary", build_dictionary(set(counts["stems"].seen)).lines[:])
    inputs = [report.manifest.inputs for report in reports]
    total: Counter[str] = Counter()
    for report in reports:
        total.update(report.manifest.counts)
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
    store.write_value(name, "head", msgspec.json.encode(head))
    store.publish(name, total["chunks"])
    return []


def bucket_of(kind: str, term: str, buckets: int) -> str:
    """Return the id of the row with the number of chunks that contain a term."""
    return f"terms/{kind}/{zlib.crc32(term.encode()) % buckets}"


def read_slides(content: bytes) -> tuple[Slide, ...]:
    """Return the slides that `write_course` wrote."""
    return msgspec.json.decode(content, type=tuple[Slide, ...])


def _report_name(shard: Shard) -> str:
    return f"report/{shard}"


def documents_of(chunks: Sequence[Chunk]) -> dict[str, list[list[str]]]:
    """Return the terms of each document by kind, including Japanese ones if there are any."""
    texts = [encoded_text(chunk) for chunk in chunks]
    japanese = [japanese_text(chunk) for chunk in chunks if has_japanese(chunk)]
    return {
        "grams": [ngrams(text) for text in texts],
        "stems": [[stem(word) for word in words(text)] for text in texts],
        "bigrams": [bigrams(text) for text in japanese],
        "words": [japanese_words(text) for text in japanese],
    }


def count_terms(documents: Sequence[Sequence[str]]) -> Counts:
    """Return the statistics of documents given as terms."""
    seen: Counter[str] = Counter()
    for document in documents:
        seen.update(set(document))
    return Counts(len(documents), sum(map(len, documents)), dict(seen))


def _add_up(parts: Sequence[Mapping[str, Counts]]) -> dict[str, Counts]:
    total = {}
    for kind in parts[0]:
        seen: Counter[str] = Counter()
        for part in parts:
            seen.update(part[kind].seen)
        sizes, lengths = (
            sum(getattr(part[kind], name) for part in parts) for name in ("size", "length")
        )
        total[kind] = Counts(sizes, lengths, dict(seen))
    return total


def _bucket_rows(kind: str, seen: Mapping[str, int], buckets: int) -> Iterator[Row]:
    held: dict[str, dict[str, int]] = {
        bucket_of(kind, "", 1)[:-1] + str(i): {} for i in range(buckets)
    }
    for term, times in seen.items():
        held[bucket_of(kind, term, buckets)][term] = times
    for name, terms in held.items():
        yield side_row(name, "terms", json.dumps(terms, ensure_ascii=False))


def chunk_rows(
    uri: str,
    generation: Generation,
    own: Sequence[int],
    chunks: Sequence[Chunk],
    documents: Mapping[str, Sequence[list[str]]],
    counts: Mapping[str, Counts],
    shard: Shard = Shard(),
) -> Iterator[Row]:
    """Yield the row of each chunk.

    Args:
        uri: For errors.
        own: The row of each chunk in `generation`.
        documents: Their terms, from `documents_of`.
        counts: Their statistics.

    Raises:
        StoreError: A field is too long for Milvus.
    """
    partners = _partners(chunks)
    bilingual = 0
    for place, (row, chunk) in enumerate(zip(own, chunks, strict=True)):
        terms = {"grams": documents["grams"][place]}
        if has_japanese(chunk):
            terms |= {kind: documents[kind][bilingual] for kind in ("bigrams", "words")}
            bilingual += 1
        facts = generation.rows[row]
        video = generation.videos[facts["video"]]
        tokens = generation.tokens[facts["first_token"] : facts["first_token"] + facts["tokens"]]
        written = {
            "id": chunk.chunk_id,
            "video_id": chunk.video_id,
            "start": chunk.start,
            "end": chunk.end,
            "note": chunk.kind == "note",
            "qa": chunk.qa,
            "lecture": video.lecture or 0,
            "speakers": "\n".join(video.speakers).casefold(),
            "key": facts["key"].decode(),
            "partners": json.dumps(partners[chunk.chunk_id]),
            "chunk": msgspec.json.encode(chunk).decode(),
            "tokens": base64.b64encode(tokens.tobytes()).decode(),
            "run": "".join(words(encoded_text(chunk))),
            "spoken": "\n".join(terms.get("words", [])),
            "shard": shard.number,
            "inputs": generation.manifest.inputs,
            "vector": generation.vectors.reconstruct(row),
            "terms": _weights(terms, counts),
        }
        for name, value in written.items():
            if isinstance(value, str) and len(value.encode()) > MOST_BYTES:
                raise StoreError(
                    uri,
                    f"allows {MOST_BYTES:,} bytes in a field, but {name} of chunk "
                    f"{chunk.chunk_id} has {len(value.encode()):,}",
                    "Remove this video, shorten its captions, or use a smaller model.",
                )
        yield written


def _weights(terms: Mapping[str, list[str]], counts: Mapping[str, Counts]) -> dict[int, float]:
    """Return a chunk's sparse vector, BM25 without idf; Milvus requires it to be non-empty."""
    weights: dict[int, float] = defaultdict(float)
    for kind, document in terms.items():
        times = Counter(document)
        mean = counts[kind].length / counts[kind].size
        values = weight(np.array(list(times.values())), np.array(len(document)), mean)
        for term, value in zip(times, values.tolist(), strict=True):
            weights[dimension(kind, term)] += value
    return weights or {0: 1.0}


def _partners(chunks: Sequence[Chunk]) -> dict[str, list[str]]:
    """Return for each chunk those of the other kind with overlapping times."""
    videos: dict[str, list[Chunk]] = defaultdict(list)
    for chunk in chunks:
        videos[chunk.video_id].append(chunk)
    found = {}
    for together in videos.values():
        starts, ends = (np.array([getattr(c, edge) for c in together]) for edge in ("start", "end"))
        notes = np.array([chunk.kind == "note" for chunk in together])
        for chunk in together:
            beside = (starts < chunk.end) & (ends > chunk.start)
            beside &= notes != (chunk.kind == "note")
            found[chunk.chunk_id] = [together[i].chunk_id for i in np.flatnonzero(beside)]
    return found


def _video_rows(generation: Generation, shard: Shard) -> Iterator[Row]:
    sources: dict[str, list[Source]] = defaultdict(list)
    for source in generation.manifest.sources:
        sources[source.video_id].append(source)
    for video in generation.videos:
        if shard.has(video.video_id):
            body = msgspec.json.encode(VideoRow(video, tuple(sources[video.video_id])))
            yield side_row(f"video/{video.video_id}", "video", body.decode(), video.lecture or 0,
                           shard.number, generation.manifest.inputs)  # fmt: skip
