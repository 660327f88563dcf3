"""Query to hits: FAISS and BM25 propose, late interaction decides, one score comes out."""

import os
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from .build import GRAM
from .dense import cosines, top_k
from .encode import Encoder, Encoding, OnnxEncoder
from .errors import ModelError, QuestionError
from .fuse import fuse
from .late import maxsim
from .lexical import bigrams, is_japanese, ngrams
from .records import Chunk, Hit, Slide
from .store import Generation, read_generation

MAX_QUERY = 2000  # characters; the encoder reads about 1,000 of them
CANDIDATES = 100  # from each first stage

# Weights of the standardised scores: docs/evaluation.md says how they were found.
LATE, GRAMS, DENSE = 1.0, 0.3, 0.3


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
        encoder = OnnxEncoder(folder / "models" / key)
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
        rows = self._candidates(query, encoding, allowed)
        if not len(rows):
            return []
        scores = self._score(query, encoding, rows)
        hits: list[Hit] = []
        for position in np.argsort(-scores, kind="stable"):
            chunk = self.generation.chunks[int(rows[position])]
            if not any(_same_moment(hit, chunk) for hit in hits):
                row, score = int(rows[position]), float(scores[position])
                hits.append(self._hit(chunk, row, encoding, score, rank=len(hits) + 1))
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

    def _candidates(self, query: str, encoding: Encoding, allowed: np.ndarray | None) -> np.ndarray:
        """Return the rows that any first stage proposes, in ascending order."""
        if allowed is not None:
            return allowed  # one lecture is few enough to score whole
        lexical = self._lexical(query)
        proposed = [np.flatnonzero(lexical > 0)]
        if len(proposed[0]) > CANDIDATES:
            proposed = [np.argpartition(-lexical, CANDIDATES)[:CANDIDATES]]
        if not is_japanese(query):
            proposed.append(top_k(encoding.vector, self.generation.vectors, CANDIDATES))
        return np.unique(np.concatenate(proposed))

    def _lexical(self, query: str) -> np.ndarray:
        if is_japanese(query):
            return self.generation.bigrams.scores(bigrams(query))
        return self.generation.grams.scores(ngrams(query, GRAM))

    def _score(self, query: str, encoding: Encoding, rows: np.ndarray) -> np.ndarray:
        """Return one score per row, higher is better, shape (len(rows),)."""
        lexical = self._lexical(query)[rows]
        if is_japanese(query):  # an English encoder knows no Japanese
            return lexical
        return fuse(
            [
                (LATE, self._late(encoding, rows)),
                (GRAMS, lexical),
                (DENSE, cosines(encoding.vector, self.generation.vectors, rows)),
            ]
        )

    def _late(self, encoding: Encoding, rows: np.ndarray) -> np.ndarray:
        weights = self.generation.token_idf[encoding.ids]
        lengths = self.generation.rows["tokens"][rows]
        ends = self._token_ends[rows]
        packed = np.concatenate(
            [self.generation.tokens[end - n : end] for end, n in zip(ends, lengths, strict=True)]
        )
        return maxsim(encoding.tokens, weights, packed, lengths)

    def _hit(self, chunk: Chunk, row: int, encoding: Encoding, score: float, rank: int) -> Hit:
        video = self.generation.videos[int(self.generation.rows["video"][row])]
        slide = self._slide(video.lecture, row, encoding)
        return Hit(video, chunk, chunk.start, chunk.end, chunk.text, slide, score, rank)

    def _slide(self, lecture: int | None, row: int, encoding: Encoding) -> Slide | None:
        """Return the slide of this lecture that is nearest to query and chunk together."""
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
    """Return whether a chunk shows the moment of a hit: half of the shorter one is shared."""
    if hit.video.video_id != chunk.video_id:
        return False
    shared = min(hit.end, chunk.end) - max(hit.start, chunk.start)
    return shared > 0.5 * min(hit.end - hit.start, chunk.end - chunk.start)
