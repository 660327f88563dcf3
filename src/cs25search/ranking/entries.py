"""Rank the entries of the handbook for a question.

A question is compared with the text of an entry and with each question that the entry answers: an
English one by its tokens, a Japanese one by its words and, in the English of the dictionary, by its
tokens.
"""

from collections.abc import Iterable, Sequence

import msgspec
import numpy as np

from ..index.handbook import Handbook, Terms, entry_texts, words_asked
from ..index.late import token_cosines
from ..records import Entry, Language
from ..text.japanese import is_japanese, japanese_words
from ..text.ngrams import dice, ngrams
from ..text.rarity import rarity
from .query import Query

GRAMS = 0.4  # weight of shared n-grams beside late interaction
BOTH = 0.3  # weight of the lower of the scores of question and text; the higher one has 1
# Weight of the question's words that an entry has anywhere.
COVERED: dict[Language, float] = {"en": 0.2, "ja": 0.4}
IN_ENGLISH = 0.5  # weight of late interaction with a Japanese question read in English
REFINED = 50  # entries that are compared in English, the best ones by their words
WRITTEN = 0.06  # added for lectures and facts, which are written as answers, unlike slides


class Match(msgspec.Struct, frozen=True):
    """An entry and how well it matches a question.

    Attributes:
        score: By its closest question and its text; higher is better.
        ask: By its closest question alone: 1.4 for the same words, about .4 for other topics. That
            of a Japanese question is by words alone: in English, most questions are a bit alike.
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
    language: Language = "ja" if is_japanese(text) else "en"
    if language == "ja":
        nearness = _japanese(handbook, text)
    else:
        nearness = _english(handbook, text, query, least)
    if not nearness:
        return []
    chosen = set(lectures)
    covered = _covered(handbook, text)

    def match(place: int, translated: tuple[float, float]) -> Match:
        entry, ask = handbook.entries[place], nearness[place][1]
        near = [one + IN_ENGLISH * other for one, other in
                zip(nearness[place], translated, strict=True)]  # fmt: skip
        score = max(near) + BOTH * min(near) + COVERED[language] * covered[place]
        score += WRITTEN if entry.kind != "slide" else 0.0
        return Match(entry, score, ask, covered[place])

    places = [
        place
        for place, entry in enumerate(handbook.entries)
        if not chosen or chosen & {*entry.lectures}
    ]
    found = {place: match(place, (0.0, 0.0)) for place in places}
    if language == "ja":
        best = sorted(sorted(places, key=lambda place: -found[place].score)[:REFINED])
        found |= {
            place: match(place, translated)
            for place, translated in zip(
                best, _in_english(handbook, query.spoken, best), strict=True
            )
        }
    return sorted(found.values(), key=lambda one: -one.score)


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
    unseen = rarity(np.zeros(1), len(handbook.entries))
    weights = np.append(handbook.idf, unseen)[np.minimum(query.ids, len(handbook.idf))]
    forth, both = _late(handbook, query.tokens, weights)
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


def _in_english(
    handbook: Handbook, query: Query, places: Sequence[int]
) -> list[tuple[float, float]]:
    """Return, for some entries, late interaction with the text and with the closest question."""
    if not places or not query.weights.any() or not handbook.lengths.all():
        return [(0.0, 0.0)] * len(places)
    counts = np.array([1 + len(entry.asks) for entry in handbook.entries])
    firsts = np.cumsum(counts) - counts
    texts = np.concatenate([np.arange(firsts[n], firsts[n] + counts[n]) for n in places])
    forth, both = _late(handbook, query.tokens, query.weights, texts)
    begins = np.cumsum(counts[places]) - counts[places]
    both[begins] = 0.0
    nearest = np.maximum.reduceat(both, begins)
    return list(zip(forth[begins].tolist(), nearest.tolist(), strict=True))


def _late(
    handbook: Handbook, tokens: np.ndarray, weights: np.ndarray, texts: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Return late interaction of a question with texts and questions of the entries.

    Args:
        tokens: Of the question, shape (n_query, dim).
        weights: Of its tokens, shape (n_query,).
        texts: The numbers of these texts, shape (n_texts,); all if None.

    Returns:
        The weighted mean of the best cosine of each of its tokens, and the mean of this and the
        same over the tokens of each text; both of shape (n_texts,).
    """
    packed, ids, lengths = handbook.tokens, handbook.ids, handbook.lengths
    if texts is not None:
        ends = np.cumsum(lengths)
        rows = np.concatenate([np.arange(ends[n] - lengths[n], ends[n]) for n in texts])
        packed, ids, lengths = packed[rows], ids[rows], lengths[texts]
    cosines = token_cosines(packed, tokens.astype(np.float32))
    begins = np.cumsum(lengths) - lengths
    forth = np.maximum.reduceat(cosines, begins, axis=0) @ weights / weights.sum()
    held = handbook.idf[ids]
    back = np.add.reduceat(cosines.max(axis=1) * held, begins) / np.add.reduceat(held, begins)
    return forth, (forth + back) / 2


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
