"""Search an index in Milvus like any other index.

For a question, Milvus returns the rows that its dense and lexical stages propose. They become a
small index in memory with the counts of the whole index, and that index is searched; so ranking,
moments and answers use the same code and the same numbers.
"""

import base64
import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, cached_property
from itertools import chain, islice

import msgspec
import numpy as np
from msgspec.structs import replace

from ..encoding.bridge import Bridge
from ..encoding.dictionary import Dictionary
from ..encoding.encoder import Encoder
from ..errors import StoreError
from ..index.bm25 import Lexical
from ..index.build import build_rows
from ..index.chunk_text import encoded_text, has_japanese, japanese_text
from ..index.explanations import Explanations, no_explanations
from ..index.generation import FORMAT, Generation
from ..index.handbook import Handbook, no_handbook
from ..index.vectors import build_dense
from ..index.vocabulary import Vocabulary
from ..index.word_counts import NO_COUNTS, count_words
from ..ranking.filters import Filters
from ..ranking.moments import build_hits
from ..ranking.query import Query
from ..ranking.rank import depths, rank
from ..records import About, Chunk, Entry, Explanation, Language, Video
from ..text.ngrams import bigrams, ngrams
from ..text.rarity import idf
from .connection import BUILD, MOST_ROWS, Connection, Row, dimension, read_array_bytes
from .rows import StoredVideo, bucket_of
from .write import Head, read_head, read_slides

MORE = 10  # additional candidates, so that rows with equal scores are not cut off
BATCH = 500  # ids per expression
MOST_NOTES = 2000  # kept in memory to show where a question is answered
ARRAYS = ("token_idf", "slide_vectors", "bridge_vectors", "bridge_idf")
VALUES = ("about", "slides", "bridge_words", "dictionary")
TEXTS = ("tokens", "ids", "lengths")  # of the handbook and of explanations
FIELDS = ("id", "chunk", "key", "tokens", "vector", "partners", "spoken")


class MilvusSource:
    """The generation in Milvus that was live when it was opened.

    `generation` has slides, bridge, counts and videos, but no chunks.
    """

    def __init__(
        self, connection: Connection, generation: Generation, head: Head, encoder: Encoder
    ) -> None:
        self.generation = generation
        self._connection = connection
        self._head = head
        self._encoder = encoder
        self._name = generation.manifest.generation

    def candidates(self, query: Query, filters: Filters, k: int) -> Generation:
        """Return a generation in memory that holds every row which decides the first `k` hits.

        Raises:
            StoreError: Milvus does not respond.
        """
        seen: dict[str, dict[str, int]] = {
            name: self._seen(name, terms)
            for view in query.views
            for name, terms in view.terms.items()
        }
        where = _expression(filters)
        for depth in depths():
            count = min(depth + MORE, MOST_ROWS)
            found, is_all = self._propose(query, seen, where, count)
            beside = {one for row in found.values() for one in json.loads(row["partners"])}
            rows = [*found.values(), *self._by_id(beside - found.keys()).values()]
            part = self._generation(rows, seen)
            if is_all or count == MOST_ROWS:
                break
            allowed = filters.rows(part)
            ranked = rank(query, part, allowed, depth)
            hits = build_hits(ranked, query, part, self._encoder, allowed)
            if sum(1 for _ in islice(hits, k)) == k:
                break
        return part

    def _propose(
        self, query: Query, seen: Mapping[str, Mapping[str, int]], where: str, count: int
    ) -> tuple[dict[str, Row], bool]:
        """Return the rows that the stages propose, by id, and whether these are all."""
        stages: list[dict[str, Row]] = []
        for view in query.views:
            if view.vector.any():
                stages.append(self._search(view.vector, count, where))
            for name, terms in view.terms.items():
                if weights := self._weights(name, terms, seen[name]):
                    stages.append(self._search(weights, count, where))
        found = {name: row for stage in stages for name, row in stage.items()}
        return found, all(len(stage) < count for stage in stages)

    def chunks_of(self, video_id: str, start: float, end: float) -> list[Chunk]:
        """Return the chunks of a video that overlap a time span, notes first."""
        where = f"video_id == {json.dumps(video_id)} and end > {start:f}"
        if end < math.inf:
            where += f" and start < {end:f}"
        rows = self._connection.read(self._name, "chunks", where, ["chunk"])
        return sorted((_chunk(row) for row in rows), key=_order)

    def with_notes(self) -> Generation:
        """Return all notes, or in a large index those of the deck."""
        return self._notes

    def words(self) -> Mapping[str, int]:
        """Return the words of the notes, counted when the first question needs them."""
        return self._words

    def vocabulary(self, words: Sequence[str]) -> Vocabulary:
        """Return the words of the whole index."""
        return StoredVocabulary(self, words)

    @cached_property
    def _words(self) -> Mapping[str, int]:
        return count_words(self._notes.chunks).words

    @cached_property
    def _notes(self) -> Generation:
        """The notes, fetched on first use."""
        few = self.generation.manifest.counts["notes"] <= MOST_NOTES
        where = "note == true" if few else "note == true and lecture > 0"
        rows = self._connection.read(self._name, "chunks", where, FIELDS)
        chunks = [_chunk(row) for row in rows]
        documents = {
            "grams": [ngrams(encoded_text(chunk)) for chunk in chunks],
            "bigrams": [bigrams(japanese_text(chunk)) for chunk in chunks],
            "words": [row["spoken"].split("\n") for row in rows],
        }
        seen = {
            name: self._seen(name, set(chain.from_iterable(terms)))
            for name, terms in documents.items()
        }
        return self._generation(rows, seen)

    def counts(self, kind: str, terms: Iterable[str]) -> dict[str, int]:
        """Return how many chunks of the whole index contain each term; others are left out."""
        return self._seen(kind, terms)

    def says(self, pattern: str, name: str) -> bool:
        """Return whether the joined words of a chunk match a pattern that contains `name`."""
        where = f"run like {json.dumps(f'%{name}%', ensure_ascii=False)}"
        rows = self._connection.read(self._name, "chunks", where, ["run"])
        return any(re.search(pattern, row["run"]) for row in rows)

    def encoded(self, keys: Iterable[bytes]) -> Generation:
        """Return the rows whose text has one of these keys, so that it is not encoded again."""
        rows: list[Row] = []
        for batch in _batches(sorted({key.decode() for key in keys})):
            rows += self._connection.read(
                self._name, "chunks", f"key in {json.dumps(batch)}", FIELDS
            )
        return self._generation(rows, {})

    def _generation(self, rows: list[Row], seen: Mapping[str, Mapping[str, int]]) -> Generation:
        whole = self.generation
        pairs = [(_chunk(row), row) for row in rows]
        videos = self._videos({chunk.video_id for chunk, _ in pairs})
        place = {video.video_id: n for n, video in enumerate(videos)}
        pairs.sort(key=lambda pair: (place[pair[0].video_id], *_order(pair[0])))
        chunks = [chunk for chunk, _ in pairs]
        rows = [row for _, row in pairs]
        width = whole.tokens.shape[1]
        packed = [
            np.frombuffer(base64.b64decode(row["tokens"]), np.uint8).reshape(-1, width)
            for row in rows
        ]
        vectors = np.array([row["vector"] for row in rows], np.float32)
        documents = {
            "grams": [ngrams(encoded_text(chunk)) if "grams" in seen else [] for chunk in chunks],
            "bigrams": [
                bigrams(japanese_text(chunk)) if has_japanese(chunk) and "bigrams" in seen else []
                for chunk in chunks
            ],
            "words": [
                row["spoken"].split("\n") if has_japanese(chunk) else [] for chunk, row in pairs
            ],
        }
        lexical = {
            name: Lexical.part(terms, seen.get(name, {}), self._head.sizes[name],
                               self._head.means[name])
            for name, terms in documents.items()
        }  # fmt: skip
        return replace(
            whole,
            videos=videos,
            chunks=chunks,
            rows=build_rows(videos, chunks, [row["key"].encode() for row in rows], packed),
            vectors=build_dense(vectors.reshape(-1, self._encoder.dim)),
            tokens=np.concatenate([whole.tokens, *packed]),
            grams=lexical["grams"],
            bigrams=lexical["bigrams"],
            words=lexical["words"],
        )

    def _videos(self, ids: set[str]) -> tuple[Video, ...]:
        """Return the known videos and those of other rows."""
        known = self.generation.videos
        missing = ids - {video.video_id for video in known}
        rows = []
        for batch in _batches(sorted(f"video/{one}" for one in missing)):
            rows += self._connection.read(
                self._name, "side", f"id in {json.dumps(batch)}", ["body"]
            )
        return (*known, *(read_video(row).video for row in rows))

    def _search(self, vector: np.ndarray | dict[int, float], k: int, where: str) -> dict[str, Row]:
        rows = self._connection.search(self._name, vector, k, where, FIELDS)
        return {row["id"]: row for row in rows}

    def _by_id(self, ids: set[str]) -> dict[str, Row]:
        rows = {}
        for batch in _batches(sorted(ids)):
            where = f"id in {json.dumps(batch)}"
            for row in self._connection.read(self._name, "chunks", where, FIELDS):
                rows[row["id"]] = row
        return rows

    def _seen(self, kind: str, terms: Iterable[str]) -> dict[str, int]:
        """Return how many chunks contain each term, without terms that none contains."""
        wanted = set(terms)
        buckets = {bucket_of(kind, term, self._head.buckets[kind]) for term in wanted}
        seen: dict[str, int] = {}
        for batch in _batches(sorted(buckets)):
            for row in self._connection.read(
                self._name, "side", f"id in {json.dumps(batch)}", ["body"]
            ):
                held = json.loads(row["body"])
                seen |= {term: held[term] for term in wanted & held.keys()}
        return seen

    def _weights(
        self, kind: str, terms: Sequence[str], seen: Mapping[str, int]
    ) -> dict[int, float]:
        """Return the query's sparse vector for BM25: the idf of each term."""
        weights: dict[int, float] = {}
        known = [term for term in terms if term in seen]
        rarity = idf(np.array([seen[term] for term in known]), self._head.sizes[kind])
        for term, value in zip(known, rarity.tolist(), strict=True):
            place = dimension(kind, term)
            weights[place] = weights.get(place, 0.0) + value
        return weights


class StoredVocabulary:
    """The word counts of a whole generation."""

    def __init__(self, source: MilvusSource, words: Sequence[str]) -> None:
        """Store what will be looked up; nothing is fetched yet.

        Args:
            words: Words whose counts are fetched in one go.
        """
        self._source = source
        self.size = source.generation.manifest.counts["chunks"]
        self._words = words
        self._known: dict[Language, dict[str, int]] = {}

    def count(self, word: str, language: Language) -> int:
        """Return how many chunks contain a word; see `Vocabulary.count`."""
        kind = "words" if language == "ja" else "stems"
        if language not in self._known:
            self._known[language] = self._source.counts(kind, self._words)
        if word not in self._words:
            return self._source.counts(kind, [word]).get(word, 0)
        return self._known[language].get(word, 0)

    def says(self, name: str) -> bool:
        """Return whether a chunk contains a name; see `Vocabulary.says`."""
        ending = r"(?!\d)" if name[-1].isdigit() else ""
        return self._source.says(re.escape(name) + ending, name)


@cache
def _watched(uri: str) -> Connection:
    return Connection(uri)


def live_store_name(uri: str) -> str:
    """Return the name of the live generation in Milvus; the connection is kept.

    Raises:
        StoreError: Milvus does not respond, or nothing has been built there.
    """
    connection = _watched(uri)
    if name := connection.live():
        return name
    raise StoreError(
        connection.uri, "contains no index yet", "Build it: " + BUILD.format(connection.uri)
    )


def read_whole(connection: Connection) -> tuple[Generation, Head]:
    """Return the live generation without its chunks, and its head.

    Raises:
        StoreError: Nothing has been built, or something is missing.
    """
    name = connection.live()
    if name is None:
        raise StoreError(
            connection.uri, "contains no index yet", "Build it: " + BUILD.format(connection.uri)
        )
    head = read_head(connection, name)
    if head is None or head.manifest.format != FORMAT:
        what = "is incomplete"
        if head:
            what = f"has format {head.manifest.format}; this version reads format {FORMAT}"
        raise StoreError(
            connection.uri,
            f"has generation {name}, which {what}",
            "Build it again: " + BUILD.format(connection.uri),
        )
    values = {value: connection.read_value(name, value) for value in (*ARRAYS, *VALUES)}
    for value, content in values.items():
        if content is None:
            raise StoreError(
                connection.uri,
                f"has generation {name}, which lacks {value}",
                "Build it again: " + BUILD.format(connection.uri),
            )
    there = {value: content or b"" for value, content in values.items()}
    arrays = {value: read_array_bytes(there[value]) for value in ARRAYS}
    words = msgspec.json.decode(there["bridge_words"], type=list[str])
    rows = connection.read(name, "side", 'kind == "video"', ["body"])
    videos = sorted((read_video(row) for row in rows), key=_video_order)
    dim = head.manifest.dim
    none = Lexical.build([])
    handbook = _read_handbook(connection, name)
    explanations = _read_explanations(connection, name)
    generation = Generation(
        manifest=replace(
            head.manifest, sources=tuple(source for one in videos for source in one.sources)
        ),
        about=msgspec.json.decode(there["about"], type=About),
        videos=tuple(one.video for one in videos),
        slides=read_slides(there["slides"]),
        chunks=(),
        rows=build_rows([], [], [], []),
        vectors=build_dense(np.zeros((0, dim), np.float32)),
        tokens=np.zeros((0, math.ceil(dim / 8)), np.uint8),
        token_idf=arrays["token_idf"],
        slide_vectors=arrays["slide_vectors"],
        grams=none,
        bigrams=none,
        words=none,
        word_counts=NO_COUNTS,
        bridge=Bridge(
            {word: row for row, word in enumerate(words)},
            arrays["bridge_vectors"],
            arrays["bridge_idf"],
        ),
        dictionary=Dictionary(there["dictionary"]),
        read_handbook=lambda: handbook,
        read_explanations=lambda: explanations,
    )
    return generation, head


def _read_handbook(connection: Connection, name: str) -> Handbook:
    """Return the handbook of a generation; an empty one when it was written without."""
    found = _read_texts(connection, name, "handbook")
    if found is None:
        return no_handbook()
    entries, arrays = found
    return Handbook(msgspec.json.decode(entries, type=tuple[Entry, ...]), *arrays)


def _read_explanations(connection: Connection, name: str) -> Explanations:
    """Return the explanations of a generation; none when it was written without."""
    found = _read_texts(connection, name, "explanations")
    if found is None:
        return no_explanations()
    items, arrays = found
    return Explanations(msgspec.json.decode(items, type=tuple[Explanation, ...]), *arrays)


def _read_texts(
    connection: Connection, name: str, what: str
) -> tuple[bytes, tuple[np.ndarray, np.ndarray, np.ndarray]] | None:
    """Return records as JSON, and tokens, ids and lengths of their texts; None if lacking."""
    records = connection.read_value(name, what)
    arrays = [connection.read_value(name, f"{what}_{part}") for part in TEXTS]
    if records is None or None in arrays:
        return None
    tokens, ids, lengths = (read_array_bytes(array or b"") for array in arrays)
    return records, (tokens, ids, lengths)


def _video_order(one: StoredVideo) -> tuple[int | float, str]:
    """Sort lectures of the deck in order, then other videos by id."""
    return one.video.lecture or math.inf, one.video.video_id


def _order(chunk: Chunk) -> tuple[bool, float, str]:
    """Sort the chunks of a video as `ingest` does: notes first."""
    return chunk.kind != "note", chunk.start, chunk.chunk_id


def read_video(row: Row) -> StoredVideo:
    """Return a video and its sources from a row of the side collection."""
    return msgspec.json.decode(row["body"], type=StoredVideo)


def _chunk(row: Row) -> Chunk:
    return msgspec.json.decode(row["chunk"], type=Chunk)


def _expression(filters: Filters) -> str:
    """Return the filters as a Milvus expression; "" for none.

    >>> _expression(Filters(frozenset([5]), "Barret", "note"))
    'lecture in [5] and speakers like "%barret%" and note == true'
    """
    parts = []
    if filters.lectures:
        parts.append(f"lecture in {sorted(filters.lectures)}")
    if filters.videos:
        parts.append(f"video_id in {json.dumps(sorted(filters.videos))}")
    if filters.speaker:
        # The pattern may match too much, because the index in memory filters again.
        name = filters.speaker.casefold().replace("\\", "_")
        parts.append(f'speakers like "%{json.dumps(name, ensure_ascii=False)[1:-1]}%"')
    if filters.kind:
        parts.append(f"note == {'true' if filters.kind == 'note' else 'false'}")
    if filters.qa:
        parts.append("qa == true")
    return " and ".join(parts)


def _batches(ids: Sequence[str]) -> list[list[str]]:
    return [list(ids[i : i + BATCH]) for i in range(0, len(ids), BATCH)]
