"""Rank the rows of an index: FAISS and BM25 propose candidates, late interaction decides."""

from collections.abc import Iterator
from itertools import takewhile

import numpy as np

from ..index.generation import Generation, LexicalName
from ..index.late import maxsim
from ..index.vectors import cosines, distinct, top_k
from .fuse import Weighted, fuse
from .query import Query, is_quoted

CANDIDATES = 30  # from each first stage; they set the scale of the scores
DEEPER = 4  # factor by which each first stage proposes more when more hits are needed
SEGMENT = 24  # tokens per transcript segment in late interaction

# Weights of the standardised scores; docs/evaluation.md explains how they were chosen.
LATE, LATE_JA, DENSE = 1.0, 1.7, 0.3
LEXICAL: dict[LexicalName, float] = {"grams": 0.3, "bigrams": 0.85, "words": 1.0}

# Share of the Japanese reading of a question in the score of a bilingual note, of English speech,
# and of Japanese speech; the rest comes from its English reading, scaled to the same spread.
SHARE_JA, SHARE_JA_SPOKEN, SHARE_JA_ONLY = 0.5, 0.3, 1.0
EVEN = 2.0
SHARE_EN_SPOKEN = 0.4  # weight of an English question as it is in the score of Japanese speech

# The transcripts whose words match best are searched for the query itself; one that contains it
# comes first.
COMPARED, AHEAD = 4, 0.001


def depths() -> Iterator[int]:
    """Yield how many candidates each first stage proposes, for as long as hits are missing.

    >>> [depth for depth, _ in zip(depths(), range(4))]
    [30, 120, 480, 1920]
    """
    depth = CANDIDATES
    while True:
        yield depth
        depth *= DEEPER


def rank(
    query: Query, generation: Generation, allowed: np.ndarray | None, deepest: float = np.inf
) -> Iterator[tuple[int, float]]:
    """Yield rows with their scores, best first.

    However many are taken, the first are the same: the first candidates set the scale of the
    scores. Those of each further depth come after them, with scores of at most the last one's.

    Args:
        allowed: Ascending rows that a filter lets through; None for all.
        deepest: The greatest depth.
    """
    ranked = np.zeros(0, np.int64)
    extra = _quotations(query, generation, allowed)
    sample: list[Weighted] = []
    last = np.inf
    for depth in takewhile(lambda depth: depth <= deepest, depths()):
        rows = _candidates(query, generation, allowed, depth)
        if len(ranked):
            rows = np.setdiff1d(rows, ranked)
        elif len(extra):
            rows = np.union1d(rows, extra)
        if len(rows):
            parts = _scores(query, generation, rows)
            scores = np.minimum(fuse(parts, sample or parts), last)
            if not sample and query.phrases:
                quoted = _quoted(query, generation, rows, fuse(parts[-len(query.terms) :]))
                quoted += np.flatnonzero(np.isin(rows, extra)).tolist()
                scores[quoted] = scores.max() + AHEAD
            sample = sample or parts
            order = np.argsort(-scores, kind="stable")
            yield from zip(rows[order].tolist(), scores[order].tolist(), strict=True)
            ranked, last = np.concatenate([ranked, rows]), scores.min()
        if depth >= len(generation.rows):
            return


def _quoted(
    query: Query, generation: Generation, rows: np.ndarray, lexical: np.ndarray
) -> list[int]:
    """Return which of some rows are transcripts that contain the query word for word.

    So quotations in languages that the encoder does not know are found too.

    Args:
        lexical: The lexical score of each row, shape (len(rows),).
    """
    spoken = np.flatnonzero(~generation.rows["note"][rows])
    best = spoken[np.argsort(-lexical[spoken], kind="stable")][:COMPARED]
    return [int(i) for i in best if _contains(query, generation, int(rows[i]))]


def _quotations(query: Query, generation: Generation, allowed: np.ndarray | None) -> np.ndarray:
    """Return the transcripts that contain the question as typed, which `terms` may not propose."""
    proposed = [
        generation.lexical(name).top(terms, COMPARED, allowed)
        for name, terms in query.quotation.items()
    ]
    rows = np.unique(np.concatenate(proposed)) if proposed else np.zeros(0, np.int64)
    is_note = generation.rows["note"]
    found = [row for row in rows.tolist() if not is_note[row] and _contains(query, generation, row)]
    return np.array(found, np.int64)


def _contains(query: Query, generation: Generation, row: int) -> bool:
    return is_quoted(query, generation.chunks[row].text)


def score_rows(query: Query, generation: Generation, rows: np.ndarray) -> np.ndarray:
    """Return the score of each row, shape (len(rows),); only comparable within one call."""
    return fuse(_scores(query, generation, rows))


def _scores(query: Query, generation: Generation, rows: np.ndarray) -> list[Weighted]:
    """Return weight and scores of each ranker; those over Japanese text come last."""
    parts = _parts(query, generation, rows)
    if query.japanese:
        return _compared_in_japanese(query, query.japanese, parts, generation, rows)
    if not query.english:
        return parts
    facts = generation.rows[rows]
    share = np.where(
        facts["japanese"], np.where(facts["note"], SHARE_JA, SHARE_JA_ONLY), SHARE_JA_SPOKEN
    )
    english = _parts(query.english, generation, rows)
    return [
        *(((1 - share) * EVEN * weight, scores) for weight, scores in english),
        *((share * weight, scores) for weight, scores in parts),
    ]


def _compared_in_japanese(
    query: Query,
    japanese: Query,
    parts: list[Weighted],
    generation: Generation,
    rows: np.ndarray,
) -> list[Weighted]:
    """Return weight and scores of each ranker for an English question, its own last.

    Japanese speech is mostly compared with the Japanese reading, everything else only with the
    question as it is.
    """
    facts = generation.rows[rows]
    is_japanese = facts["japanese"] & ~facts["note"]
    share = np.where(is_japanese, SHARE_EN_SPOKEN, 1.0)
    return [
        *(
            (LEXICAL[name] * is_japanese, generation.lexical(name).scores_of(terms, rows))
            for name, terms in japanese.terms.items()
        ),
        *((share * weight, scores) for weight, scores in parts),
    ]


def _parts(query: Query, generation: Generation, rows: np.ndarray) -> list[Weighted]:
    """Return weight and scores of each ranker for one reading of a question."""
    late, _ = late_scores(query, generation, rows)
    dense = cosines(query.vector, generation.vectors, rows)
    # The pooled vector of a note represents its topic; a window of speech has no single topic.
    dense_weights = (DENSE if query.has_pooled else 0.0) * generation.rows["note"][rows]
    lexical = [
        (LEXICAL[name], generation.lexical(name).scores_of(terms, rows))
        for name, terms in query.terms.items()
    ]
    late_weight = LATE_JA if query.language == "ja" else LATE
    return [(late_weight, late), (dense_weights, dense), *lexical]


def late_of_candidates(
    query: Query, generation: Generation, allowed: np.ndarray | None
) -> np.ndarray:
    """Return the late-interaction scores of the first candidates, shape (n_candidates,)."""
    return late_scores(query, generation, _candidates(query, generation, allowed, CANDIDATES))[0]


def late_scores(
    query: Query, generation: Generation, rows: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return late-interaction scores of rows, and the token where each one's match begins."""
    if not query.weights.any():
        return np.zeros(len(rows), np.float32), np.zeros(len(rows), np.int64)
    facts = generation.rows[rows]
    lengths = facts["tokens"].astype(np.int64)
    packed = np.concatenate(
        [
            generation.tokens[start : start + n]
            for start, n in zip(facts["first_token"], lengths, strict=True)
        ]
    )
    # A note is about one thing; of a transcript, the best stretch counts.
    segments = np.maximum(1, np.rint(lengths / SEGMENT).astype(np.int64))
    segments[facts["note"]] = 1
    return maxsim(query.tokens, query.weights, packed, lengths, segments)


def _candidates(
    query: Query, generation: Generation, allowed: np.ndarray | None, count: int
) -> np.ndarray:
    """Return the rows proposed by any first stage, ascending."""
    if not len(generation.rows):
        return np.zeros(0, np.int64)
    proposed = []
    for view in query.views:
        if view.vector.any():
            proposed.append(top_k(view.vector, generation.vectors, count, allowed))
        for name, terms in view.terms.items():
            proposed.append(generation.lexical(name).top(terms, count, allowed))
    return distinct(np.concatenate(proposed))
