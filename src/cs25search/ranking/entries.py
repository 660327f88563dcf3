"""Rank the entries of the handbook for a question.

A question is compared with the text of an entry and with each question that the entry answers: an
English one by its tokens, a Japanese one by its words and, in the English of the dictionary, by its
tokens.
"""

import math
from collections.abc import Iterable, Sequence

import msgspec
import numpy as np

from ..index.handbook import Handbook, entry_texts, words_asked
from ..index.late import token_cosines
from ..question.names import names_in
from ..records import Entry, Language
from ..text.japanese import is_japanese, japanese_words
from ..text.ngrams import bigrams, dice, ngrams
from ..text.rarity import rarity
from .query import Query

GRAMS = 0.4  # weight of shared n-grams beside late interaction
BOTH = 0.3  # weight of the lower of the scores of question and text; the higher one has 1
# Weight of the question's words that an entry has anywhere.
COVERED: dict[Language, float] = {"en": 0.2, "ja": 0.4}
IN_ENGLISH = 0.5  # weight of late interaction with a Japanese question read in English
REFINED = 50  # entries that are compared in English, the best ones by their words
MISSING = 0.2  # taken away for each name that an entry lacks
OFTEN = 0.06  # weight of how often people ask for it, by its logarithm
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
    names = {name for name in names_in(text) if not name.isdigit()}

    def match(place: int, translated: tuple[float, float]) -> Match:
        entry, ask = handbook.entries[place], nearness[place][1]
        lacks = MISSING * len(names - handbook.words[place] - handbook.words_ja[place])
        near = [one + IN_ENGLISH * other for one, other in
                zip(nearness[place], translated, strict=True)]  # fmt: skip
        score = max(near) + BOTH * min(near) + COVERED[language] * covered[place]
        score += WRITTEN if entry.kind != "slide" else 0.0
        score += OFTEN * math.log1p(entry.asked)
        return Match(entry, score - lacks, ask - lacks, covered[place])

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
    shared = handbook.grams.weighed(dict.fromkeys(grams, 1 / len(grams)))
    return _by_entry(
        [len(one.asks) for one in handbook.entries],
        forth + GRAMS * shared,
        both + GRAMS * handbook.grams.dice(grams),
    )


def _by_entry(
    asks: Sequence[int], texts: np.ndarray, questions: np.ndarray
) -> list[tuple[float, float]]:
    """Return, for each entry, the scores of its text and of its closest question; 0 without any.

    Args:
        asks: The number of questions of each entry.
        texts: How each text scores as a text, shape (n_texts,): that of the first entry, each of
            its questions, that of the next entry.
        questions: How each scores as a question, shape (n_texts,).
    """
    counts = 1 + np.array(asks)
    begins = np.cumsum(counts) - counts
    nearest = questions.copy()
    nearest[begins] = 0.0
    best = np.maximum.reduceat(nearest, begins)
    return list(zip(texts[begins].tolist(), best.tolist(), strict=True))


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
    return _by_entry([len(handbook.entries[n].asks) for n in places], forth, both)


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
    if not handbook.entries:
        return []
    asked, pairs = {*japanese_words(question)}, {*bigrams(question)}
    unseen = float(rarity(np.zeros(1), len(handbook.entries))[0])
    weights = {word: handbook.weights_said.get(word, unseen) for word in asked}
    total = sum(weights.values())
    held = handbook.words_said.weighed(weights)
    shared = handbook.pairs_said.weighed(dict.fromkeys(pairs, 1 / max(1, len(pairs))))
    sizes = total + handbook.sizes_said
    # A word of a text counts less than one of a question, because a text has many.
    return _by_entry(
        [len(one.asks_ja) for one in handbook.entries],
        0.7 * held / (total or 1.0) + GRAMS * shared,
        2 * held / np.where(sizes, sizes, 1.0) + GRAMS * handbook.pairs_said.dice(pairs),
    )
