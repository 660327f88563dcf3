"""Split moments into sentences: those of notes, and passages of transcripts."""

from collections.abc import Sequence
from itertools import pairwise

import msgspec
import numpy as np

from ..index.chunk_text import has_japanese, title_prefix
from ..ranking.query import Query
from ..ranking.searcher import Found
from ..records import Chunk, Cue, Hit
from ..text.ngrams import bigrams
from ..text.rarity import idf
from ..text.sentences import split_sentences
from .evidence import Evidence

# A passage without a full stop ends at the cue that reaches this many words, or before a pause.
SPOKEN_WORDS, PAUSE = 24, 1.5  # words, seconds


class Passage(msgspec.Struct, frozen=True):
    """A sentence of a note, or a passage of a transcript, that may be an answer.

    Attributes:
        hit_index: Index of its hit, from 0.
        order: Position in the hit, from 0.
        score: Late-interaction score for the question.
    """

    text: str
    start: float
    end: float
    hit_index: int
    order: int
    score: float


def spoken_passages(cues: Sequence[Cue]) -> list[tuple[Cue, ...]]:
    """Return cues in groups that end with a sentence, before a pause, or at SPOKEN_WORDS words.

    >>> cues = [Cue(0, 2, "we cast"), Cue(2, 4, "the router."), Cue(4, 6, "so it is")]
    >>> [[cue.text for cue in group] for group in spoken_passages(cues)]
    [['we cast', 'the router.'], ['so it is']]
    >>> [len(group) for group in spoken_passages([Cue(0, 2, "we cast"), Cue(5, 6, "the router")])]
    [1, 1]
    """
    groups: list[tuple[Cue, ...]] = []
    open_cues: list[Cue] = []
    for cue in cues:
        if open_cues and cue.start - open_cues[-1].end >= PAUSE:
            groups.append(tuple(open_cues))
            open_cues = []
        open_cues.append(cue)
        words = sum(len(one.text.split()) for one in open_cues)
        if cue.text.rstrip().endswith((".", "?", "!", "。")) or words >= SPOKEN_WORDS:
            groups.append(tuple(open_cues))
            open_cues = []
    return [*groups, tuple(open_cues)] if open_cues else groups


def passages(hit: Hit, hit_index: int, found: Found, evidence: Evidence) -> list[Passage]:
    """Return the sentences of a hit with their scores.

    Args:
        hit: Its note is used if there is one, else its transcript.
        hit_index: Position of the hit, from 0.
        found: The question; its language is that of the sentences, even if its topic is a name in
            Latin letters.
    """
    query = found.query
    if hit.note is None:
        return _spoken(hit, hit_index, query, evidence)
    english = split_sentences(hit.note.text)
    scores = piece_scores(hit.note, english, query, evidence)
    texts = english
    if found.question.language == "ja" and hit.note.text_ja:
        texts = split_sentences(hit.note.text_ja)
        # The Japanese text has the same order, but not always the same number of sentences.
        spread = np.arange(len(texts)) * len(english) // max(1, len(texts))
        scores = scores[spread]
    return [
        Passage(text, hit.start, hit.end, hit_index, order, float(score))
        for order, (text, score) in enumerate(zip(texts, scores, strict=True))
    ]


def piece_scores(
    chunk: Chunk, pieces: Sequence[str], query: Query, evidence: Evidence
) -> np.ndarray:
    """Return the late-interaction score of consecutive pieces of a chunk, shape (n_pieces,).

    The stored tokens of the chunk are used; nothing is encoded again.
    """
    tokens = evidence.tokens_of([chunk])
    ends = np.cumsum(
        [len(ids) for ids in evidence.encoder.token_ids([title_prefix(chunk), *pieces])]
    )
    scores = np.zeros(len(pieces), np.float32)
    if not query.weights.any():
        return scores
    cosines = tokens @ query.tokens.T.astype(np.float32)
    for i, (begin, end) in enumerate(pairwise(ends)):
        # Text beyond the encoder's maximum length has no tokens.
        if begin < min(end, len(tokens)):
            best = cosines[begin:end].max(axis=0)
            scores[i] = best @ query.weights / query.weights.sum()
    return scores


def _shares_of_pairs(texts: Sequence[str], query: Query, evidence: Evidence) -> np.ndarray:
    """Return the share of a question's pairs of characters in each text, weighted by idf.

    For Japanese speech, whose token vectors by an English encoder mean nothing.
    """
    index = evidence.part.bigrams
    asked = {pair for pair in query.terms.get("bigrams", []) if index.count(pair)}
    rarity = dict(zip(asked, idf(np.array([*map(index.count, asked)]), index.size), strict=True))
    total = sum(rarity.values()) or 1.0
    return np.array(
        [sum(rarity[pair] for pair in asked & set(bigrams(text))) / total for text in texts],
        np.float32,
    )


def _spoken(hit: Hit, hit_index: int, query: Query, evidence: Evidence) -> list[Passage]:
    groups = spoken_passages(hit.chunk.cues)
    texts = [" ".join(cue.text.strip() for cue in group) for group in groups]
    reading = query.japanese or query
    by_words = reading.language == "ja" and not reading.has_pooled and has_japanese(hit.chunk)
    scores = (
        _shares_of_pairs(texts, reading, evidence)
        if by_words
        else piece_scores(hit.chunk, texts, query, evidence)
    )
    return [
        Passage(text, group[0].start, max(cue.end for cue in group), hit_index, order, float(score))
        for order, (text, group, score) in enumerate(zip(texts, groups, scores, strict=True))
    ]
