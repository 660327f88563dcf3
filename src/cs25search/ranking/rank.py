"""Rank rows for a query: FAISS and BM25 propose candidates, late interaction decides."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import takewhile
from typing import Literal

import numpy as np

from ..encoding.encoder import Encoder, Encoding, unit
from ..errors import ModelError
from ..index.bm25 import Lexical
from ..index.generation import Generation
from ..index.late import maxsim
from ..index.vectors import cosines, top_k
from ..question.translate import SECOND, translate
from ..text.japanese import is_japanese, japanese_words
from ..text.ngrams import bigrams, ngrams
from ..text.words import words
from .fuse import Part, fuse

CANDIDATES = 30  # from each first stage; they set the scale of the scores
DEEPER = 4  # factor by which each first stage proposes more when more hits are needed
SEGMENT = 24  # tokens per transcript segment in late interaction

# Weights of the standardised scores; docs/evaluation.md explains how they were chosen.
LATE, GRAMS, DENSE = 1.0, 0.3, 0.3
LATE_JA, BIGRAMS, WORDS = 1.7, 0.85, 1.0
# Share of a question's Japanese reading in the score of a chunk with Japanese text, and of one
# without; the rest comes from its English reading, scaled to the same spread.
SHARE_JA, SHARE_JA_SPOKEN = 0.5, 0.3
EVEN = 2.0

# Transcripts whose words match best are compared with the query letter by letter, if it has this
# many letters; an exact quotation comes first.
COMPARED, QUOTED, QUOTED_JA, AHEAD = 4, 16, 8, 0.001

Stage = Literal["grams", "bigrams", "words"]  # a lexical index of a generation


@dataclass(frozen=True, slots=True)
class Probe:
    """A query in the form that the rankers use.

    A Japanese question is read twice: in Japanese, for chunks with Japanese text, and in English,
    by the dictionary. The two scores of a chunk are added.

    Attributes:
        tokens: Unit vectors of its tokens or Japanese words, shape (n_query, dim).
        weights: Their weights in late interaction, shape (n_query,).
        vector: The vector for the dense first stage, shape (dim,).
        late: Weight of late interaction in the score.
        dense: Weight of the cosine with `vector`.
        lexical: For each lexical index of a generation, its name, its weight in the score, and the
            terms to look up.
        english: The English reading of a Japanese query by the dictionary, or None.
    """

    tokens: np.ndarray
    weights: np.ndarray
    vector: np.ndarray
    late: float
    dense: float
    lexical: list[tuple[Stage, float, list[str]]]
    phrase: str = ""  # the letters of the query if it is long enough to be a quotation
    english: "Probe | None" = None

    @property
    def views(self) -> "tuple[Probe, ...]":
        """The query itself and, if there is one, its English reading."""
        return (self, self.english) if self.english else (self,)

    @property
    def spoken(self) -> "Probe":
        """The form of the query that is compared with English speech."""
        return self.english or self


def read_query(query: str, generation: Generation, encoder: Encoder) -> Probe:
    """Return a query in the form that the rankers use.

    Raises:
        ModelError: The encoder returns vectors with NaN or infinity.
    """
    if is_japanese(query):
        return _read_japanese(query, generation, encoder)
    encoding = _encode(query, encoder)
    weights = generation.token_idf[encoding.ids]
    lexical: list[tuple[Stage, float, list[str]]] = [("grams", GRAMS, ngrams(query))]
    phrase = _phrase(query)
    return Probe(encoding.tokens, weights, encoding.vector, LATE, DENSE, lexical, phrase)


def _encode(text: str, encoder: Encoder) -> Encoding:
    encoding = encoder.encode_query(text)
    # For NaN, FAISS returns row -1, which numpy would take for the last row.
    if not (np.isfinite(encoding.vector).all() and np.isfinite(encoding.tokens).all()):
        raise ModelError(
            f"The encoder {encoder.key} returns vectors that are not numbers.\n"
            "Delete its folder under models/ in the index and export it again: python -m ingest"
        )
    return encoding


def depths() -> Iterator[int]:
    """Yield how many candidates each first stage proposes, as long as hits are missing.

    >>> [depth for depth, _ in zip(depths(), range(4))]
    [30, 120, 480, 1920]
    """
    depth = CANDIDATES
    while True:
        yield depth
        depth *= DEEPER


def rank(
    probe: Probe, generation: Generation, allowed: np.ndarray | None, deepest: float = np.inf
) -> Iterator[tuple[int, float]]:
    """Yield rows with their scores, best first.

    The first rows do not depend on how many are taken: the first candidates set the scale of the
    scores. Those of each further depth come after them, with scores no higher than the last one's.

    Args:
        allowed: Rows that pass a filter, ascending; None for all.
        deepest: The maximum depth of candidates.
    """
    ranked = np.zeros(0, np.int64)
    sample: list[Part] = []
    last = np.inf
    for depth in takewhile(lambda depth: depth <= deepest, depths()):
        rows = _candidates(probe, generation, allowed, depth)
        if len(ranked):
            rows = np.setdiff1d(rows, ranked)
        if len(rows):
            parts = _scores(probe, generation, rows)
            scores = np.minimum(fuse(parts, sample or parts), last)
            if not sample and probe.phrase:
                quoted = _quoted(probe, generation, rows, fuse(parts[-len(probe.lexical) :]))
                scores[quoted] = scores.max() + AHEAD
            sample = sample or parts
            order = np.argsort(-scores, kind="stable")
            yield from zip(rows[order].tolist(), scores[order].tolist(), strict=True)
            ranked, last = np.concatenate([ranked, rows]), scores.min()
        if depth >= len(generation.rows):
            return


def _quoted(
    probe: Probe, generation: Generation, rows: np.ndarray, lexical: np.ndarray
) -> list[int]:
    """Return which rows are transcripts that contain the query word for word.

    The encoder knows only English, so quotations in other languages must not depend on it.

    Args:
        lexical: Lexical scores of the rows, shape (len(rows),).
    """
    spoken = np.flatnonzero(~generation.rows["note"][rows])
    best = spoken[np.argsort(-lexical[spoken], kind="stable")][:COMPARED]
    texts = {int(i): generation.chunks[int(rows[i])].text for i in best}
    return [i for i, text in texts.items() if probe.phrase in _letters(text)]


def _phrase(query: str) -> str:
    """Return the letters of a query that is long enough to be a quotation, else "".

    >>> _phrase("Tuned with great care"), _phrase("attention heads"), _phrase("注意機構")
    ('tunedwithgreatcare', '', '')
    """
    letters = _letters(query)
    if is_japanese(query):
        return letters if len(letters) >= QUOTED_JA else ""
    return letters if len(letters) >= QUOTED and len(words(query)) > 3 else ""


def _letters(text: str) -> str:
    return "".join(words(text))


def score_rows(probe: Probe, generation: Generation, rows: np.ndarray) -> np.ndarray:
    """Return the scores of rows, shape (len(rows),); they are comparable within one call only."""
    return fuse(_scores(probe, generation, rows))


def _scores(probe: Probe, generation: Generation, rows: np.ndarray) -> list[Part]:
    """Return weights and scores of the rankers; those over Japanese text come last."""
    parts = _parts(probe, generation, rows)
    if not probe.english:
        return parts
    share = np.where(generation.rows["japanese"][rows], SHARE_JA, SHARE_JA_SPOKEN)
    english = _parts(probe.english, generation, rows)
    return [
        *(((1 - share) * EVEN * weight, scores) for weight, scores in english),
        *((share * weight, scores) for weight, scores in parts),
    ]


def _parts(probe: Probe, generation: Generation, rows: np.ndarray) -> list[Part]:
    late, _ = late_scores(probe, generation, rows)
    dense = cosines(probe.vector, generation.vectors, rows)
    # The pooled vector of a note describes its topic; that of a window mixes several topics.
    dense_weights = probe.dense * generation.rows["note"][rows]
    lexical = [
        (weight, _lexical(generation, name).scores_of(terms, rows))
        for name, weight, terms in probe.lexical
    ]
    return [(probe.late, late), (dense_weights, dense), *lexical]


def late_scores(
    probe: Probe, generation: Generation, rows: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return late-interaction scores of rows, and the token at which each match begins."""
    if not probe.weights.any():
        return np.zeros(len(rows), np.float32), np.zeros(len(rows), np.int64)
    facts = generation.rows[rows]
    lengths = facts["tokens"].astype(np.int64)
    packed = np.concatenate(
        [
            generation.tokens[start : start + n]
            for start, n in zip(facts["first_token"], lengths, strict=True)
        ]
    )
    # A note is about one topic; in a transcript, only the best passage counts.
    segments = np.maximum(1, np.rint(lengths / SEGMENT).astype(np.int64))
    segments[facts["note"]] = 1
    return maxsim(probe.tokens, probe.weights, packed, lengths, segments)


def _read_japanese(query: str, generation: Generation, encoder: Encoder) -> Probe:
    phrase = _phrase(query)
    spoken = japanese_words(query)
    tokens, weights = generation.bridge.look_up(spoken)
    lexical: list[tuple[Stage, float, list[str]]] = [
        ("bigrams", BIGRAMS, bigrams(query)),
        ("words", WORDS, spoken),
    ]
    if encoder.multilingual:  # it reads the question itself, which is better than word by word
        encoding = _encode(query, encoder)
        weights = generation.token_idf[encoding.ids]
        return Probe(encoding.tokens, weights, encoding.vector, LATE_JA, DENSE, lexical, phrase)
    return Probe(
        tokens, weights, unit(weights @ tokens), LATE_JA, 0.0, lexical, phrase,
        _read_in_english(query, generation, encoder),
    )  # fmt: skip


def _read_in_english(query: str, generation: Generation, encoder: Encoder) -> Probe | None:
    """Return a Japanese query as English words, None if none of its words is known."""
    translations = translate(query, generation.dictionary.look_up)
    if not translations:
        return None
    texts = [one.text for one in translations]
    encoding = _encode(" ".join(texts), encoder)
    lengths = [len(ids) for ids in encoder.token_ids(texts)]
    # The encoder truncates long texts.
    shares = np.repeat([one.weight for one in translations], lengths)[: len(encoding.ids)]
    weights = generation.token_idf[encoding.ids] * shares
    # BM25 counts a term as often as it occurs: the first gloss twice, the second once.
    grams = [gram for one in translations for gram in ngrams(one.text) * round(one.weight / SECOND)]
    return Probe(encoding.tokens, weights, encoding.vector, LATE, DENSE, [("grams", GRAMS, grams)])


def _candidates(
    probe: Probe, generation: Generation, allowed: np.ndarray | None, count: int
) -> np.ndarray:
    """Return the rows proposed by any first stage, ascending."""
    if not len(generation.rows):
        return np.zeros(0, np.int64)
    proposed = []
    for view in probe.views:
        if view.vector.any():
            proposed.append(top_k(view.vector, generation.vectors, count, allowed))
        for name, _, terms in view.lexical:
            proposed.append(_lexical(generation, name).top(terms, count, allowed))
    # With return_index, numpy.unique does not import numpy.ma, which saves .03 s of a cold start.
    return np.unique(np.concatenate(proposed), return_index=True)[0]


def _lexical(generation: Generation, name: Stage) -> Lexical:
    return {"grams": generation.grams, "bigrams": generation.bigrams, "words": generation.words}[
        name
    ]
