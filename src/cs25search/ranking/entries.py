"""Rank the entries of the handbook for a question.

A question is compared with the text of an entry and with each question that the entry answers: an
English one by its tokens, a Japanese one by its words.
"""

from collections.abc import Iterable

import msgspec
import numpy as np

from ..index.handbook import Handbook, Terms, entry_texts, words_asked
from ..index.late import token_cosines
from ..records import Entry
from ..text.japanese import is_japanese, japanese_words
from ..text.ngrams import dice, ngrams
from ..text.rarity import rarity
from .query import Query

GRAMS = 0.4  # weight of shared n-grams beside late interaction
BOTH = 0.3  # weight of the lower of the scores of question and text; the higher one has 1
COVERED = 0.2  # weight of the question's words that an entry has anywhere
WRITTEN = 0.06  # added for lectures and facts, which are written as answers, unlike slides


class Match(msgspec.Struct, frozen=True):
    """An entry and how well it matches a question.

    Attributes:
        score: By its closest question and its text; higher is better.
        ask: By its closest question alone: 1.4 for the same words, about .4 for other topics.
        covered: Share of the question's words that the entry has, rare words counting more.
    """

    entry: Entry
    score: float
    ask: float
    covered: float


def rank_entries(
    handbook: Handbook,
    text: str,
    query: Query,
    lectures: Iterable[int] = (),
    least: float = 0.0,
) -> list[Match]:
    """Return the entries that match a question, best first; empty if no entry can score enough.

    Args:
        text: The question.
        query: The question, encoded.
        lectures: Only entries about one of these; all when empty.
        least: The least score of the closest question, `Match.ask`, that is of use.
    """
    if is_japanese(text):
        nearness = _japanese(handbook, text)
    else:
        nearness = _english(handbook, text, query, least)
    if not nearness:
        return []
    chosen = set(lectures)
    covered = _covered(handbook, text)
    matches = []
    for place, (entry, (own, ask)) in enumerate(zip(handbook.entries, nearness, strict=True)):
        if not chosen or chosen & {*entry.lectures}:
            score = max(own, ask) + BOTH * min(own, ask) + COVERED * covered[place]
            score += WRITTEN if entry.kind != "slide" else 0.0
            matches.append(Match(entry, score, ask, covered[place]))
    return sorted(matches, key=lambda one: -one.score)


def _covered(handbook: Handbook, question: str) -> list[float]:
    """Return which share of the question's words each entry has, rare words counting more."""
    held = handbook.words_ja if is_japanese(question) else handbook.words
    question_words = words_asked(question)
    counts = np.array([1 + sum(word in one for one in held) for word in question_words])
    weights = dict(zip(question_words, rarity(counts, len(held)).tolist(), strict=True))
    total = sum(weights.values()) or 1.0
    return [sum(weights[word] for word in question_words if word in one) / total for one in held]


def _english(
    handbook: Handbook, question: str, query: Query, least: float
) -> list[tuple[float, float]]:
    """Return, for each entry, the scores of its text and of its closest question.

    Returns an empty list, without computing all n-grams, if no question scores `least`.
    """
    if not len(query.tokens) or not handbook.lengths.all():
        return [(0.0, 0.0)] * len(handbook.entries)
    cosines = token_cosines(handbook.tokens, query.tokens.astype(np.float32))
    begins = np.cumsum(handbook.lengths) - handbook.lengths
    unseen = rarity(np.zeros(1), len(handbook.entries))
    weights = np.append(handbook.idf, unseen)[np.minimum(query.ids, len(handbook.idf))]
    forth = np.maximum.reduceat(cosines, begins, axis=0) @ weights / weights.sum()
    held = handbook.idf[handbook.ids]
    back = np.add.reduceat(cosines.max(axis=1) * held, begins) / np.add.reduceat(held, begins)
    both = (forth + back) / 2
    grams = set(ngrams(question))
    texts = entry_texts(handbook.entries)
    near = np.flatnonzero(both + GRAMS >= least).tolist()
    if all(both[one] + GRAMS * dice(grams, set(ngrams(texts[one]))) < least for one in near):
        return []
    nearness, place = [], 0
    for text, asks in handbook.grams:
        shared = len(grams & text) / len(grams)
        nearest = [
            float(both[place + n]) + GRAMS * dice(grams, ask) for n, ask in enumerate(asks, start=1)
        ]
        nearness.append((float(forth[place]) + GRAMS * shared, max(nearest, default=0.0)))
        place += 1 + len(asks)
    return nearness


def _japanese(handbook: Handbook, question: str) -> list[tuple[float, float]]:
    """Return what `_english` returns, by words and pairs of characters."""
    question_terms = Terms.of(japanese_words(question), question)
    counts = np.array([handbook.japanese_counts[word] for word in question_terms.words])
    rarities = rarity(counts, len(handbook.entries)).tolist()
    weight = dict(zip(question_terms.words, rarities, strict=True))
    total = sum(rarities)
    nearness = []
    for (text, asks), sizes in zip(handbook.japanese, handbook.japanese_sizes, strict=True):
        held = sum(weight[word] for word in question_terms.words & text.words) / (total or 1.0)
        shared = len(question_terms.pairs & text.pairs) / max(1, len(question_terms.pairs))
        nearest = [
            2 * sum(weight[word] for word in question_terms.words & ask.words) / (total + size or 1)
            + GRAMS * dice(question_terms.pairs, ask.pairs)
            for ask, size in zip(asks, sizes, strict=True)
        ]
        # A word of a text counts less than one of a question, because a text has many.
        nearness.append((0.7 * held + GRAMS * shared, max(nearest, default=0.0)))
    return nearness
