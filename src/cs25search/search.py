"""Query to hits: FAISS and BM25 propose, late interaction decides, one score comes out."""

import os
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import threadpoolctl

from .build import lead
from .dense import cosines, top_k
from .encode import Encoder, Encoding, OnnxEncoder
from .errors import ModelError, QuestionError
from .fuse import fuse
from .late import maxsim
from .lexical import bigrams, is_japanese, ngrams
from .records import Chunk, Hit, Slide, Video
from .store import Generation, read_generation

MAX_QUERY = 2000  # characters; the encoder reads about 1,000 of them
CANDIDATES = 30  # from each first stage, and never fewer than three for each hit wanted

# Weights of the standardised scores: docs/evaluation.md says how they were found.
LATE, GRAMS, DENSE = 1.0, 0.3, 0.3
SEGMENT = 24  # tokens of a transcript that make a segment of late interaction
SAME = 0.3  # share of the shorter chunk from which two chunks show one moment


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
        encoding = self.encoder.encode_query(query)
        lexical = self._lexical(query)
        rows = self._candidates(query, encoding, lexical, allowed, max(CANDIDATES, 3 * k))
        if not len(rows):
            return []
        late, begins = self._late(encoding, rows)
        scores = lexical[rows]
        if not is_japanese(query):  # an English encoder knows no Japanese
            dense = cosines(encoding.vector, self.generation.vectors, rows)
            scores = fuse([(LATE, late), (GRAMS, scores), (DENSE, dense)])
        hits: list[Hit] = []
        for position in np.argsort(-scores, kind="stable"):
            row = int(rows[position])
            chunk = self.generation.chunks[row]
            if not any(_same_moment(hit, chunk) for hit in hits):
                start = self._start(chunk, int(begins[position]))
                slide = self._slide(row, encoding)
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

    def _candidates(
        self,
        query: str,
        encoding: Encoding,
        lexical: np.ndarray,
        allowed: np.ndarray | None,
        count: int,
    ) -> np.ndarray:
        """Return the rows that any first stage proposes, in ascending order."""
        if allowed is not None:
            return allowed  # a few lectures are few enough to score whole
        proposed = np.flatnonzero(lexical > 0)
        if len(proposed) > count:
            proposed = np.argpartition(-lexical, count)[:count]
        if is_japanese(query):
            return np.sort(proposed)
        return np.union1d(proposed, top_k(encoding.vector, self.generation.vectors, count))

    def _lexical(self, query: str) -> np.ndarray:
        """Return the BM25 score of every row, shape (n_chunks,)."""
        if is_japanese(query):
            scores = np.zeros(len(self.generation.rows), np.float32)
            scores[self.generation.rows["japanese"]] = self.generation.bigrams.scores(
                bigrams(query)
            )
            return scores
        return self.generation.grams.scores(ngrams(query))

    def _late(self, encoding: Encoding, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return late-interaction scores of rows, and the token where each one's match begins."""
        lengths = self.generation.rows["tokens"][rows].astype(np.int64)
        ends = self._token_ends[rows]
        packed = np.concatenate(
            [self.generation.tokens[end - n : end] for end, n in zip(ends, lengths, strict=True)]
        )
        # A note is about one thing; of a transcript, the stretch that matches counts.
        segments = np.maximum(1, np.rint(lengths / SEGMENT).astype(np.int64))
        segments[self.generation.rows["note"][rows]] = 1
        weights = self.generation.token_idf[encoding.ids]
        return maxsim(encoding.tokens, weights, packed, lengths, segments)

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

    def _slide(self, row: int, encoding: Encoding) -> Slide | None:
        """Return the slide of the row's lecture that is nearest to query and chunk together."""
        lecture = self._video(row).lecture
        if lecture is None or lecture not in self._slides_of:
            return None
        slides = self._slides_of[lecture]
        both = encoding.vector + self.generation.vectors.reconstruct(row)
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
