"""Baselines over the same chunks: BM25, dense vectors, and their RRF."""

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import faiss
import msgspec
import numpy as np

from cs25search.encoding.encoder import Encoder
from cs25search.index.bm25 import Lexical
from cs25search.index.chunk_text import encoded_text, japanese_text, title_prefix
from cs25search.index.vectors import build_dense, top_k
from cs25search.records import Chunk, Language
from cs25search.text.ngrams import bigrams
from cs25search.text.words import words

RRF_K = 60  # Cormack, Clarke and Büttcher, SIGIR 2009
DEPTH = 100  # rows of each ranking that are fused
BASELINES = ("BM25", "dense", "RRF", "BM25 on all", "RRF on all")  # on all that we index


class Baseline(msgspec.Struct, frozen=True):
    """A function that ranks rows, best first, and the bytes on disk that it searches."""

    rank: Callable[[str], list[int]]
    size: int


def baselines(
    chunks: Sequence[Chunk], language: Language, encoder: Encoder, cache: Path
) -> dict[str, Baseline]:
    """Return the rankers over title and text, and two of them also over asks and terms.

    Args:
        language: Of the questions. For Japanese, BM25 counts pairs of characters, over the
            Japanese side of a chunk where there is one; dense is the same English encoder.
        cache: Where vectors are kept for the next run.
    """
    english = [f"{title_prefix(chunk)} {chunk.text}" for chunk in chunks]
    japanese = [f"{chunk.title_ja} {chunk.text_ja}" for chunk in chunks]
    ours = [japanese_text(chunk) for chunk in chunks]
    dense = _dense(english, encoder, cache)
    bm25 = _bm25(_texts(chunks, english, japanese, language), language)
    found = {"BM25": bm25, "dense": dense, "RRF": _fused(bm25, dense)}
    if any(chunk.asks for chunk in chunks):
        everything = [encoded_text(chunk) for chunk in chunks]
        bm25 = _bm25(_texts(chunks, everything, ours, language), language)
        found["BM25 on all"] = bm25
        found["RRF on all"] = _fused(bm25, _dense(everything, encoder, cache))
    return found


def reciprocal_rank_fusion(rankings: Sequence[Sequence[int]]) -> list[int]:
    """Return rows ordered by the sum of 1 / (60 + rank) over rankings.

    By hand: row 7 gets 1/61 + 1/62, row 5 gets 1/62 and row 3 gets 1/61.

    >>> reciprocal_rank_fusion([[7, 5], [3, 7]])
    [7, 3, 5]
    """
    scores: dict[int, float] = {}
    for ranking in rankings:
        for rank, row in enumerate(ranking, start=1):
            scores[row] = scores.get(row, 0.0) + 1 / (RRF_K + rank)
    return sorted(scores, key=lambda row: -scores[row])


def _texts(
    chunks: Sequence[Chunk], english: list[str], japanese: list[str], language: Language
) -> list[str]:
    if language == "en":
        return english
    return [ja if c.text_ja else en for c, en, ja in zip(chunks, english, japanese, strict=True)]


def _bm25(texts: list[str], language: Language) -> Baseline:
    terms = words if language == "en" else bigrams
    index = Lexical.build(terms(text) for text in texts)

    def rank(query: str) -> list[int]:
        return [int(row) for row in np.argsort(-index.scores(terms(query)), kind="stable")]

    with TemporaryDirectory() as scratch:
        index.write(Path(scratch))
        size = sum(path.stat().st_size for path in Path(scratch).rglob("*") if path.is_file())
    return Baseline(rank, size)


def _dense(texts: list[str], encoder: Encoder, cache: Path) -> Baseline:
    index = _vectors(texts, encoder, cache)

    def rank(query: str) -> list[int]:
        return [int(row) for row in top_k(encoder.encode_query(query).vector, index, len(texts))]

    return Baseline(rank, index.ntotal * encoder.dim * 4)


def _vectors(texts: list[str], encoder: Encoder, cache: Path) -> faiss.Index:
    name = hashlib.sha256("\0".join([encoder.key, *texts]).encode()).hexdigest()[:16]
    path = cache / f"{name}.npy"
    if not path.is_file():
        vectors = np.zeros((len(texts), encoder.dim), np.float32)
        for row, encoding in encoder.encode_documents(texts):
            vectors[row] = encoding.vector
        cache.mkdir(parents=True, exist_ok=True)
        np.save(path, vectors)
    return build_dense(np.load(path))


def _fused(one: Baseline, other: Baseline) -> Baseline:
    def rank(query: str) -> list[int]:
        return reciprocal_rank_fusion([one.rank(query)[:DEPTH], other.rank(query)[:DEPTH]])

    return Baseline(rank, one.size + other.size)
