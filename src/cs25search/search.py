"""Query to hits: FAISS and BM25 propose, late interaction decides, one score comes out."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import threadpoolctl

from .build import lead
from .dense import cosines, top_k
from .encode import Encoder, OnnxEncoder, unit
from .errors import ModelError, QuestionError
from .fuse import fuse
from .late import maxsim
from .lexical import bigrams, is_japanese, japanese_words, ngrams
from .records import Chunk, Hit, Slide, Video
from .store import Generation, read_generation

MAX_QUERY = 2000  # characters; the encoder reads about 1,000 of them
CANDIDATES = 30  # from each first stage, and never fewer than three for each hit wanted

# Weights of the standardised scores: docs/evaluation.md says how they were found.
LATE, GRAMS, DENSE = 1.0, 0.3, 0.3
LATE_JA, BIGRAMS, WORDS = 1.7, 0.85, 1.0
SEGMENT = 24  # tokens of a transcript that make a segment of late interaction
SAME = 0.3  # share of the shorter chunk from which two chunks show one moment


@dataclass(frozen=True, slots=True)
class Probe:
    """A query as the rankers see it.

    Attributes:
        tokens: Unit vectors, shape (n_query, dim): of its tokens, or of its Japanese words.
        weights: How much each counts in late interaction, shape (n_query,).
        vector: What the first stage over vectors looks for, shape (dim,).
        late: Weight of late interaction in the score.
        dense: Weight of the cosine with `vector`.
        lexical: Weight and score of every chunk, shape (n_chunks,), for each lexical index.
    """

    tokens: np.ndarray
    weights: np.ndarray
    vector: np.ndarray
    late: float
    dense: float
    lexical: list[tuple[float, np.ndarray]]


def default_index_dir() -> Path:
    """Return the index folder: CS25_INDEX, else index/ in the project, else in this folder."""
    if given := os.environ.get("CS25_INDEX"):
        return Path(given)
    project = Path(__file__).resolve().parents[2]
    return (project if (project / "pyproject.toml").is_file() else Path.cwd()) / "index"


def open_index(path: Path | str | None = None, encoder: Encoder | None = None) -> "Index":
    """Open the live generation of an index.

    Args:
        path: The index folder; see `default_index_dir`.
        encoder: Only to share a loaded one; it must be the one that built the index.

    Raises:
        IndexMissing: Nothing has been built at `path`.
        IndexDamaged: A file is not the one that was written.
        ModelError: The encoder is missing, altered, or another than the one that built the index.
    """
    folder = Path(path) if path is not None else default_index_dir()
    generation = read_generation(folder)
    key = generation.manifest.model_key
    if encoder is None:
        # One core a query: the passes are too short to share, and a waiting thread spins.
        threadpoolctl.threadpool_limits(limits=1, user_api="blas")
        encoder = OnnxEncoder(folder / "models" / key, threads=1)
    if encoder.key != key:
        raise ModelError(
            f"The index in {folder} was built with {key}; a query with {encoder.key} would give "
            "nonsense.\nRebuild the index with the model you want: python -m ingest --model NAME"
        )
    return Index(folder, generation, encoder)


class Index:
    """An open index. Searching changes nothing, so threads may share it."""

    def __init__(self, path: Path, generation: Generation, encoder: Encoder) -> None:
        self.path = path
        self.generation = generation
        self.encoder = encoder
        self._token_ends = np.cumsum(generation.rows["tokens"])
        self._lecture = np.array([video.lecture or 0 for video in generation.videos])
        self._slides_of: dict[int | None, list[int]] = {}
        for row, slide in enumerate(generation.slides):
            self._slides_of.setdefault(slide.lecture, []).append(row)

    def search(self, query: str, k: int = 5, lectures: Iterable[int] = ()) -> list[Hit]:
        """Return the moments that answer `query`, best first, no two of the same half minute.

        Args:
            query: A question or key words, English or Japanese.
            k: How many at most.
            lectures: Only these lectures of the deck; all videos when empty.

        Returns:
            Up to `k` hits; none when the query has no word to look for.

        Raises:
            QuestionError: The query is empty or longer than MAX_QUERY characters, `k` is less
                than 1, or a lecture is not in the index.
        """
        query = check_query(query)
        if k < 1:
            raise QuestionError(f"k is {k}; ask for at least 1 hit.")
        allowed = self._rows_of(lectures)
        if not any(character.isalnum() for character in query):
            return []
        probe = self._probe(query)
        rows = self._candidates(probe, allowed, max(CANDIDATES, 3 * k))
        if not len(rows):
            return []
        late, begins = self._late(probe, rows)
        dense = cosines(probe.vector, self.generation.vectors, rows)
        lexical = [(weight, scores[rows]) for weight, scores in probe.lexical]
        scores = fuse([(probe.late, late), (probe.dense, dense), *lexical])
        hits: list[Hit] = []
        for position in np.argsort(-scores, kind="stable"):
            row = int(rows[position])
            chunk = self.generation.chunks[row]
            if not any(_same_moment(hit, chunk) for hit in hits):
                start = self._start(chunk, int(begins[position]))
                slide = self._slide(row, probe)
                hits.append(
                    Hit(
                        video=self._video(row),
                        chunk=chunk,
                        start=start,
                        end=chunk.end,
                        quote=chunk.text,
                        slide=slide,
                        score=float(scores[position]),
                        rank=len(hits) + 1,
                    )
                )
                if len(hits) == k:
                    break
        return hits

    def _rows_of(self, lectures: Iterable[int]) -> np.ndarray | None:
        """Return the rows of these lectures, None for all."""
        wanted = sorted(set(lectures))
        if not wanted:
            return None
        known = sorted(set(self._lecture[self._lecture > 0].tolist()))
        if unknown := [number for number in wanted if number not in known]:
            raise QuestionError(
                f"Lecture {unknown[0]} is not in the index; it holds {', '.join(map(str, known))}."
            )
        return np.flatnonzero(np.isin(self._lecture[self.generation.rows["video"]], wanted))

    def _probe(self, query: str) -> Probe:
        """Return a query in the forms in which the rankers compare it."""
        generation = self.generation
        if not is_japanese(query):
            encoding = self.encoder.encode_query(query)
            weights = generation.token_idf[encoding.ids]
            grams = generation.grams.scores(ngrams(query))
            return Probe(encoding.tokens, weights, encoding.vector, LATE, DENSE, [(GRAMS, grams)])
        words = japanese_words(query)
        tokens, weights = generation.bridge.look_up(words)
        vector = unit(weights @ tokens)
        lexical = []
        for weight, index, terms in (
            (BIGRAMS, generation.bigrams, bigrams(query)),
            (WORDS, generation.words, words),
        ):
            scores = np.zeros(len(generation.rows), np.float32)
            scores[generation.rows["japanese"]] = index.scores(terms)
            lexical.append((weight, scores))
        return Probe(tokens, weights, vector, LATE_JA, 0.0, lexical)

    def _candidates(self, probe: Probe, allowed: np.ndarray | None, count: int) -> np.ndarray:
        """Return the rows that any first stage proposes, in ascending order."""
        proposed = (
            [top_k(probe.vector, self.generation.vectors, count)] if len(probe.tokens) else []
        )
        for _, scores in probe.lexical:
            rows = np.flatnonzero(scores > 0)
            if len(rows) > count:
                rows = np.argpartition(-scores, count)[:count]
            proposed.append(rows)
        if allowed is not None and any(len(rows) for rows in proposed):
            return allowed  # a few lectures are few enough to score whole
        return np.unique(np.concatenate(proposed))

    def _late(self, probe: Probe, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return late-interaction scores of rows, and the token where each one's match begins."""
        if not probe.weights.any():
            return np.zeros(len(rows), np.float32), np.zeros(len(rows), np.int64)
        lengths = self.generation.rows["tokens"][rows].astype(np.int64)
        ends = self._token_ends[rows]
        packed = np.concatenate(
            [self.generation.tokens[end - n : end] for end, n in zip(ends, lengths, strict=True)]
        )
        # A note is about one thing; of a transcript, the stretch that matches counts.
        segments = np.maximum(1, np.rint(lengths / SEGMENT).astype(np.int64))
        segments[self.generation.rows["note"][rows]] = 1
        return maxsim(probe.tokens, probe.weights, packed, lengths, segments)

    def _video(self, row: int) -> Video:
        return self.generation.videos[int(self.generation.rows["video"][row])]

    def _start(self, chunk: Chunk, token: int) -> float:
        """Return the start of the cue that holds a token of the chunk as it was encoded."""
        if not chunk.cues:
            return chunk.start
        pieces = self.encoder.token_ids([lead(chunk), *(cue.text for cue in chunk.cues)])
        ends = np.cumsum([len(ids) for ids in pieces])[1:]
        cue = min(int(np.searchsorted(ends, token, side="right")), len(chunk.cues) - 1)
        return max(chunk.start, chunk.cues[cue].start)

    def _slide(self, row: int, probe: Probe) -> Slide | None:
        """Return the slide of the row's lecture that is nearest to query and chunk together."""
        lecture = self._video(row).lecture
        if lecture is None or lecture not in self._slides_of:
            return None
        slides = self._slides_of[lecture]
        both = probe.vector + self.generation.vectors.reconstruct(row)
        return self.generation.slides[
            slides[int(np.argmax(self.generation.slide_vectors[slides] @ both))]
        ]


def check_query(query: str) -> str:
    """Return the query without control characters and surplus blanks.

    Raises:
        QuestionError: Nothing is left, or more than MAX_QUERY characters.
    """
    # Lone surrogates cannot be encoded, control characters cannot be meant.
    clean = "".join(c if c.isprintable() else " " for c in query)
    clean = " ".join(clean.split())
    if not clean:
        raise QuestionError("The question is empty. Type what you want to find.")
    if len(clean) > MAX_QUERY:
        raise QuestionError(
            f"The question has {len(clean)} characters; at most {MAX_QUERY} are searched. "
            "Ask for one thing at a time."
        )
    return clean


def _same_moment(hit: Hit, chunk: Chunk) -> bool:
    """Return whether a chunk shows the moment of a hit: a third of the shorter one is shared."""
    if hit.video.video_id != chunk.video_id:
        return False
    shared = min(hit.chunk.end, chunk.end) - max(hit.chunk.start, chunk.start)
    return shared > SAME * min(hit.chunk.end - hit.chunk.start, chunk.end - chunk.start)
