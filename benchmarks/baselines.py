"""What a user would do without us, over the same chunks: words BM25, dense vectors, their RRF."""

from collections.abc import Callable, Sequence

import numpy as np

from cs25search.dense import build_dense, top_k
from cs25search.encode import Encoder
from cs25search.lexical import Lexical, words
from cs25search.records import Chunk

Ranker = Callable[[str], list[int]]  # query to rows, best first
RRF_K = 60  # Cormack, Clarke and Büttcher, SIGIR 2009


def baselines(chunks: Sequence[Chunk], encoder: Encoder) -> dict[str, Ranker]:
    """Return the three rankers over title and text of each chunk."""
    texts = [f"{chunk.title}. {chunk.text}" for chunk in chunks]
    lexical = Lexical.build(words(text) for text in texts)
    vectors = np.zeros((len(texts), encoder.dim), np.float32)
    for row, encoding in encoder.encode_documents(texts):
        vectors[row] = encoding.vector
    index = build_dense(vectors)

    def bm25(query: str) -> list[int]:
        return [int(row) for row in np.argsort(-lexical.scores(words(query)), kind="stable")]

    def dense(query: str) -> list[int]:
        return [int(row) for row in top_k(encoder.encode_query(query).vector, index, len(texts))]

    def rrf(query: str) -> list[int]:
        return reciprocal_rank_fusion([bm25(query)[:100], dense(query)[:100]])

    return {"words BM25": bm25, "dense MiniLM, FAISS": dense, "RRF of both": rrf}


def reciprocal_rank_fusion(rankings: list[list[int]]) -> list[int]:
    """Return rows ordered by the sum of 1 / (60 + rank) over rankings."""
    scores: dict[int, float] = {}
    for ranking in rankings:
        for rank, row in enumerate(ranking, start=1):
            scores[row] = scores.get(row, 0.0) + 1 / (RRF_K + rank)
    return sorted(scores, key=lambda row: -scores[row])
