"""The rows of a generation in Milvus: chunks, videos, and counts of terms."""

import base64
import json
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import msgspec
import numpy as np

from ..errors import StoreError
from ..index.bm25 import weight
from ..index.chunk_text import encoded_text, has_japanese, japanese_text
from ..index.generation import Generation, TextSource
from ..place import Shard
from ..records import Chunk, Video
from ..text.japanese import japanese_words
from ..text.ngrams import bigrams, ngrams
from ..text.words import stem, words
from ..transcripts import speakers_of
from .connection import MOST_SPEAKERS, Row, dimension, side_row

BUCKET = 32  # terms per row of the side collection
MOST_BYTES = 65_535  # Milvus's limit for a VARCHAR


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
class StoredVideo:
    """A video and the sources of its text, stored in one row."""

    video: Video
    sources: tuple[TextSource, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """Some chunks of a generation, with what their rows are made of.

    Attributes:
        rows: The row of each chunk in the generation.
        documents: The terms of each document by kind, including Japanese ones if there are any.
        counts: Their statistics by kind.
    """

    generation: Generation
    rows: Sequence[int]
    chunks: Sequence[Chunk]
    documents: Mapping[str, Sequence[list[str]]]
    counts: Mapping[str, Counts]


def part_of(generation: Generation, rows: Sequence[int]) -> Part:
    """Return the chunks of some rows with their terms."""
    chunks = [generation.chunks[row] for row in rows]
    documents = _documents(chunks)
    counts = {kind: count_terms(terms) for kind, terms in documents.items()}
    return Part(generation, rows, chunks, documents, counts)


def _documents(chunks: Sequence[Chunk]) -> dict[str, list[list[str]]]:
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


def add_up(parts: Sequence[Mapping[str, Counts]]) -> dict[str, Counts]:
    """Return the statistics of several parts together."""
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


def bucket_of(kind: str, term: str, buckets: int) -> str:
    """Return the id of the row with the number of chunks that contain a term."""
    return f"terms/{kind}/{zlib.crc32(term.encode()) % buckets}"


def bucket_rows(kind: str, seen: Mapping[str, int], buckets: int) -> Iterator[Row]:
    """Yield rows with the number of chunks that contain each term, spread over buckets."""
    held: dict[str, dict[str, int]] = {
        bucket_of(kind, "", 1)[:-1] + str(i): {} for i in range(buckets)
    }
    for term, times in seen.items():
        held[bucket_of(kind, term, buckets)][term] = times
    for name, terms in held.items():
        yield side_row(name, "terms", json.dumps(terms, ensure_ascii=False))


def chunk_rows(part: Part, shard: Shard, uri: str) -> Iterator[Row]:
    """Yield the row of each chunk.

    Args:
        uri: For errors.

    Raises:
        StoreError: A field is too long for Milvus.
    """
    generation = part.generation
    partners = _partners(part.chunks)
    named = _named(part.chunks, partners)
    bilingual = 0
    for place, (row, chunk) in enumerate(zip(part.rows, part.chunks, strict=True)):
        terms = {"grams": part.documents["grams"][place]}
        if has_japanese(chunk):
            terms |= {kind: part.documents[kind][bilingual] for kind in ("bigrams", "words")}
            bilingual += 1
        facts = generation.rows[row]
        video = generation.videos[facts["video"]]
        written = {
            "id": chunk.chunk_id,
            "video_id": chunk.video_id,
            "start": chunk.start,
            "end": chunk.end,
            "note": chunk.kind == "note",
            "qa": chunk.qa,
            "lecture": video.lecture or 0,
            "speakers": _shortened([*named[chunk.chunk_id], *video.speakers]),
            "key": facts["key"].decode(),
            "partners": json.dumps(partners[chunk.chunk_id]),
            "chunk": msgspec.json.encode(chunk).decode(),
            "tokens": base64.b64encode(generation.tokens_of(row).tobytes()).decode(),
            "run": "".join(words(encoded_text(chunk))),
            "spoken": "\n".join(terms.get("words", [])),
            "shard": shard.number,
            "inputs": generation.manifest.inputs,
            "vector": generation.vectors.reconstruct(row),
            "terms": _weights(terms, part.counts),
        }
        for name, value in written.items():
            if isinstance(value, str) and len(value.encode()) > MOST_BYTES:
                raise StoreError(
                    uri,
                    f"allows {MOST_BYTES:,} bytes in a field, but {name} of chunk "
                    f"{chunk.chunk_id} has {len(value.encode()):,}",
                    "Remove this video, shorten its captions, or use a smaller encoder.",
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


def _named(
    chunks: Sequence[Chunk], partners: Mapping[str, Sequence[str]]
) -> dict[str, dict[str, None]]:
    """Return for each chunk the speakers whom its captions name, or those of the speech beside."""
    own = {chunk.chunk_id: speakers_of(chunk.cues) for chunk in chunks}
    return {
        name: dict.fromkeys(speaker for one in (name, *beside) for speaker in own[one])
        for name, beside in partners.items()
    }


def _shortened(names: Iterable[str]) -> str:
    """Return names in lower case, one per line; those past the limit of the field are left out."""
    kept = "\n".join(dict.fromkeys(name.casefold() for name in names)).encode()[:MOST_SPEAKERS]
    return kept.decode(errors="ignore")


def video_rows(generation: Generation, shard: Shard) -> Iterator[Row]:
    """Yield the row of each video of a shard."""
    sources: dict[str, list[TextSource]] = defaultdict(list)
    for source in generation.manifest.sources:
        sources[source.video_id].append(source)
    for video in generation.videos:
        if shard.has(video.video_id):
            body = msgspec.json.encode(StoredVideo(video, tuple(sources[video.video_id])))
            row = side_row(f"video/{video.video_id}", "video", body.decode(), video.lecture or 0)
            yield row | {"shard": shard.number, "inputs": generation.manifest.inputs}
