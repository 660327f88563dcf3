"""Find the explanation whose question is the nearest to a question.

Only explanations from the notes of the best moments are compared, and those of what the lectures
do not touch on: so a question about one thing is seldom answered by an explanation of another that
is asked for in the same words.
"""

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import lru_cache
from statistics import fmean
from sys import intern

import msgspec
import numpy as np
from msgspec.structs import replace

from ..index.explanations import Explanations, bare_form
from ..index.generation import Generation
from ..index.late import token_cosines
from ..index.vocabulary import Vocabulary, idf_of
from ..question.aliases import with_english_names
from ..question.read import Question
from ..records import Explanation, Hit, Language, Moment
from ..text.japanese import is_japanese, japanese_words
from ..text.ngrams import bigrams, dice, ngrams
from ..text.topic_words import topic_words
from ..text.words import fold, stem, words
from .asked import has_name, in_places, latin_stems, rarities, shared
from .query import Query, name_forms

# What each adds to the score: shared n-grams, beside late interaction; the shared words of a
# Japanese question, its shared pairs of characters, and its words in English by late interaction;
GRAMS = 0.3
WORDS_JA, PAIRS_JA, IN_ENGLISH = 0.45, 0.2, 0.5
# the best moment that an explanation is from, by its share of the best score; the share of the
# question's words that it has, rare words counting more;
BEST_MOMENT, COVERED = 0.3, 0.5
# and what takes away: each name that its questions lack, and that the lectures leave it unsaid.
MISSING, UNSAID = 0.5, 0.2
MOST_MISSING = 3  # names
NAME = 4  # least number of letters of a name that no moment has
OFTEN = 0.04  # for how often people asked it, outside a conversation; not for the first hit
REFINED = 48  # explanations whose words and names are compared
# A question of a conversation: the share of how near an explanation is to it as typed, beside how
# near with its subject; what its words and its best moment add. Nothing is taken away for missing
# names or for what is left unsaid, because such a question seldom names anything. And what an
# explanation loses that is from other lectures.
ALONE, COVERED_IN_TURN, MOMENT_IN_TURN, ELSEWHERE = 0.4, 0.4, 0.2, 0.2
# The second part of a question: the weight of its score as typed and of that of the whole question,
# beside that of the part as completed.
PART_ALONE, PART_WHOLE = 0.3, 0.4
# Where the second hit scores this share of the first one, the explanation decides, if its score is
# at least SURE; it is from several good moments rather than from one, so their mean counts too.
CLOSE, SURE, MOMENTS = 0.8, 1.2, 0.3
FAMILIAR = 20_000  # texts whose words are kept; equal words are kept once


class Asked(msgspec.Struct, frozen=True):
    """A question to compare: read, encoded, and with the rarity of its words."""

    question: Question
    query: Query
    vocabulary: Vocabulary


class Near(msgspec.Struct, frozen=True):
    """An explanation and how near it is to a question.

    Attributes:
        score: By its nearest question, by the rank of its best moment, and by the words and names
            of the question that it has; at most 2.1.
        is_named: Whether its questions name what the question names and no moment does.
        likeness: How near its nearest question is, with what its words add in a conversation; at
            most 1.7.
        found: The score of its best moment as a share of the best one; 0 for one from none.
    """

    item: Explanation
    score: float
    is_named: bool = False
    likeness: float = 0.0
    found: float = 0.0

    @property
    def score_in_turn(self) -> float:
        """The score in a conversation, where nothing is taken away."""
        return self.likeness + MOMENT_IN_TURN * self.found


def prefer_explained(
    hits: Sequence[Hit],
    question: Question,
    query: Query,
    generation: Generation,
    vocabulary: Callable[[Sequence[str]], Vocabulary],
) -> list[Hit]:
    """Return the best hits, first the one that the nearest explanation is from.

    Only where the second one is close to the first. The score and rank of each place stay, so that
    scores are still comparable with further hits.

    Args:
        hits: Best first.
        vocabulary: Gives the words of the index, of which some are looked up.
    """
    best = hits[0].score if hits else 0.0
    if len(hits) < 2 or best <= 0 or hits[1].score < CLOSE * best:
        return list(hits)
    asked = Asked(question, query, vocabulary(words_to_have(question)))
    shares = shares_of(hits)
    known = [
        replace(
            one,
            score=one.score
            - _often(one.item)
            + MOMENTS * fmean(shares.get(note, 0.0) for note in notes),
        )
        for one in nearest_explanations(generation, asked, shares)
        if (notes := one.item.notes)
    ]
    best_known = max(known, key=lambda one: one.score, default=None)
    if best_known is None or not best_known.item.is_said or best_known.score < SURE:
        return list(hits)
    cited = [
        place
        for place, hit in enumerate(hits)
        if hit.note and (hit.video.video_id, hit.note.start) in best_known.item.notes
    ]
    if not cited:
        return list(hits)
    first = cited[0]
    return in_places([hits[first], *hits[:first], *hits[first + 1 :]], hits)


def shares_of(hits: Sequence[Hit]) -> dict[Moment, float]:
    """Return the notes of hits, with the score of each as a share of the best one."""
    best = max((hit.score for hit in hits), default=0.0)
    return {
        (hit.video.video_id, hit.note.start): hit.score / best if best > 0 else 0.0
        for hit in hits
        if hit.note
    }


def nearest_explanations(
    generation: Generation,
    asked: Asked,
    shares: Mapping[Moment, float],
    refined: int | None = REFINED,
) -> list[Near]:
    """Return the explanations from some notes, nearest first.

    One that has this very question counts as from the best moment.

    Args:
        shares: The notes of the best moments, with the score of each as a share of the best one.
        refined: How many are returned, None for all.
    """
    question, query = asked.question, asked.query
    explanations = generation.explanations
    if same := explanations.by_ask.get(bare_form(question.text)):
        shares = {**shares, **dict.fromkeys(same.notes, 1.0)}
    wanted = words_to_have(question)
    by_note = explanations.by_note
    named = _naming(explanations, wanted, asked)
    found_by = (place for note in (None, *shares) for place in by_note.get(note, ()))
    places = sorted(named.union(found_by))
    if not places:
        return []
    items = [explanations.items[place] for place in places]
    of_unknown = {id(explanations.items[place]) for place in named}
    if question.language == "ja":
        scores = _japanese(generation, places, question.searched, query)
    else:
        scores = _english(generation, places, question.searched, query)
    english = [word for word in wanted if word.isascii()]
    others = [word for word in wanted if not word.isascii()]
    rare_words = {
        **idf_of(english, asked.vocabulary, "en"),
        **idf_of(others, asked.vocabulary, "ja"),
    }
    names = name_forms(question.topic, generation)
    speakers = {
        video.video_id: {*map(stem, words(" ".join(video.speakers)))} for video in generation.videos
    }
    # Who speaks is in the questions about the speaker alone.
    everyone = set().union(*speakers.values())
    weights = {word: rare for word, rare in rare_words.items() if word not in everyone}
    known = [
        (item, float(likeness), _best_moment(item, shares))
        for item, likeness in zip(items, scores, strict=True)
    ]
    best = sorted(known, key=lambda one: -one[1] - BEST_MOMENT * one[2])[:refined]
    found = []
    for item, likeness, moment in best:
        covered = share_covered(item, weights, question.language)
        missing = min(_missing(item, names, speakers, question.language), MOST_MISSING)
        score = likeness + BEST_MOMENT * moment + COVERED * covered - MISSING * missing
        score += _often(item) - UNSAID * (not item.is_said)
        in_turn = likeness + COVERED_IN_TURN * covered
        is_named = id(item) in of_unknown
        found.append(Near(item, score, is_named, in_turn, moment if item.notes else 0.0))
    return sorted(found, key=lambda one: -one.score)


def _often(item: Explanation) -> float:
    """Return what is added for how often people asked it."""
    return OFTEN * math.log1p(item.asked)


def words_to_have(question: Question) -> list[str]:
    """Return the words of a question that an explanation should have, those in English as stems.

    What a Japanese question names is looked for in English.
    """
    if question.language == "en":
        return topic_words(question.topic)
    said = topic_words(with_english_names(question.topic))
    return [stem(word) if word.isascii() else word for word in said]


def nearest_in_turn(
    whole: Sequence[Near],
    alone: Sequence[Near],
    told: Collection[Explanation],
    videos: Collection[str],
) -> list[Near]:
    """Return the explanations that a question of a conversation may ask for, nearest first.

    With the subject alone, what was told before would be the nearest; without it, what is asked in
    the same words of another subject.

    Args:
        whole: All that were compared with the question and its subject.
        alone: The same, compared with the question as it was typed.
        told: The explanations that answered the questions before, which are not told again.
        videos: The ids of those that the conversation is about.
    """
    own = {id(one.item): one.likeness for one in alone}
    near = []
    for one in whole:
        if one.item in told:
            continue
        score = one.score_in_turn + ALONE * (own.get(id(one.item), 0.0) - one.likeness)
        near.append(replace(one, score=score - ELSEWHERE * _is_elsewhere(one.item, videos)))
    return sorted(near, key=lambda one: -one.score)


def _is_elsewhere(item: Explanation, videos: Collection[str]) -> bool:
    """Return whether an explanation is from other videos alone."""
    return bool(item.notes and videos) and not any(video in videos for video, _ in item.notes)


def nearest_of_part(
    part: Sequence[Near],
    alone: Sequence[Near],
    whole: Sequence[Near],
    videos: Collection[str],
) -> list[Near]:
    """Return the explanations that the second part of a question may ask for, nearest first.

    As completed from the first part, it may be about too much or too little of it; the whole
    question has all words. One that is far from one of them counts as the last one near it.
    Scores from a conversation are lower, but all those of `part` are, so their order stays.

    Args:
        part: The nearest to the part as completed.
        alone: The nearest to the part as it was typed.
        whole: The nearest to the whole question.
        videos: The ids of those that the first part is about.
    """
    near = ((part, 1.0), (alone, PART_ALONE), (whole, PART_WHOLE))
    items = {id(one.item): one for found, _ in near for one in found}
    scores = dict.fromkeys(items, 0.0)
    for found, weight in near:
        own = {id(one.item): one.score for one in found}
        last = min(own.values(), default=0.0)
        for key in items:
            scores[key] += weight * own.get(key, last)
    total = sum(weight for _, weight in near)
    known = [
        replace(one, score=scores[key] / total - ELSEWHERE * _is_elsewhere(one.item, videos))
        for key, one in items.items()
    ]
    return sorted(known, key=lambda one: -one.score)


def _naming(explanations: Explanations, wanted: Sequence[str], asked: Asked) -> set[int]:
    """Return the places of those whose questions name what no moment does: it is left unsaid."""
    unknown = [
        word
        for word in wanted
        if len(word) >= NAME and not asked.vocabulary.count(word, "en" if word.isascii() else "ja")
    ]
    return {
        place
        for place, text in enumerate(explanations.asked if unknown else ())
        if any(word in text for word in unknown)
    }


def _best_moment(item: Explanation, shares: Mapping[Moment, float]) -> float:
    """Return the share of its best moment; 1 for one from none, which needs no moment."""
    return max((shares.get(note, 0.0) for note in item.notes), default=1.0)


def share_covered(item: Explanation, weights: Mapping[str, float], language: Language) -> float:
    """Return the share of a question's words that an explanation has, rare words counting more.

    Args:
        weights: How rare each word of the question is.
    """
    texts = (*item.asks, *(part.text for part in item.parts))
    if language == "ja":
        texts += (*item.asks_ja, *(part.text_ja for part in item.parts))
    held, _ = _held(texts)
    return sum(weights[word] for word in weights.keys() & held) / (sum(weights.values()) or 1.0)


def _missing(
    item: Explanation,
    names: Sequence[set[str]],
    speakers: Mapping[str, set[str]],
    language: Language,
) -> int:
    """Return how many names of a question the questions of an explanation lack.

    Who speaks where its notes are need not be named: what is asked of Hinton's lecture.

    Args:
        names: The forms of each name, from `name_forms`.
        speakers: The stems of the names of the speakers, by video id.
    """
    if not names:
        return 0
    held, japanese = _held((*item.asks, *(item.asks_ja if language == "ja" else ())))
    held = held.union(*(speakers[video_id] for video_id, _ in item.notes if video_id in speakers))
    return sum(not has_name(forms, held, japanese) for forms in names)


def _english(generation: Generation, places: Sequence[int], text: str, query: Query) -> np.ndarray:
    """Return how near the nearest question of each explanation is, shape (n_places,)."""
    forth, back = _late(generation, places, query)
    grams = _grams(text)
    items = [generation.explanations.items[place] for place in places]
    shared = [dice(grams, _grams(ask)) for item in items for ask in item.asks]
    return _best_of((forth + back) / 2 + GRAMS * np.array(shared), [len(x.asks) for x in items])


def _japanese(generation: Generation, places: Sequence[int], text: str, query: Query) -> np.ndarray:
    """Return how near the nearest question of each explanation is, shape (n_places,)."""
    items = [generation.explanations.items[place] for place in places]
    own, pairs = _terms(text)
    terms = [[_terms(ask) for ask in item.asks_ja] for item in items]
    said = (words for asks in terms for words, _ in asks)
    weight = rarities(own.union(*said), generation.bridge)

    def near(words: frozenset[str], own_pairs: frozenset[str]) -> float:
        return WORDS_JA * shared(own, words, weight) + PAIRS_JA * dice(pairs, own_pairs)

    by_words = np.array([max((near(*ask) for ask in asks), default=0.0) for asks in terms])
    forth, _ = _late(generation, places, query.spoken)
    return by_words + IN_ENGLISH * _best_of(forth, [len(x.asks) for x in items])


def _late(
    generation: Generation, places: Sequence[int], query: Query
) -> tuple[np.ndarray, np.ndarray]:
    """Return late interaction with each English question of explanations, in both directions.

    Returns:
        The weighted mean, over the query's tokens, of the best cosine with a token of a question,
        and the same over the tokens of each question; both of shape (n_questions,).
    """
    explanations = generation.explanations
    firsts, ends = explanations.firsts, explanations.ends
    asked = np.concatenate([np.arange(firsts[place], firsts[place + 1]) for place in places])
    if not query.weights.any():
        return np.zeros(len(asked)), np.zeros(len(asked))
    rows = np.concatenate([np.arange(ends[ask], ends[ask + 1]) for ask in asked])
    lengths = explanations.lengths[asked]
    begins = np.cumsum(lengths) - lengths
    cosines = token_cosines(explanations.tokens[rows], query.tokens.astype(np.float32))
    forth = np.maximum.reduceat(cosines, begins, axis=0) @ query.weights / query.weights.sum()
    held = generation.token_idf[explanations.ids[rows]]
    back = np.add.reduceat(cosines.max(axis=1) * held, begins) / np.add.reduceat(held, begins)
    return forth, back


def _best_of(scores: np.ndarray, counts: Sequence[int]) -> np.ndarray:
    """Return the best of consecutive groups of scores, of `counts` scores each."""
    best: np.ndarray = np.maximum.reduceat(scores, np.cumsum([0, *counts])[:-1])
    return best


@lru_cache(maxsize=FAMILIAR)
def _held(texts: tuple[str, ...]) -> tuple[frozenset[str], str]:
    """Return the words of some texts in both languages, and the Japanese ones joined.

    A thing that a Japanese text names also counts by its English name.
    """
    english = " ".join(text for text in texts if not is_japanese(text))
    japanese = fold("。".join(text for text in texts if is_japanese(text)))
    named = with_english_names(japanese)
    own = [word for text in {japanese, named} if text for word in japanese_words(text)]
    held = [*map(stem, words(english)), *latin_stems(named), *own]
    return frozenset(map(intern, held)), japanese


@lru_cache(maxsize=FAMILIAR)
def _grams(text: str) -> frozenset[str]:
    return frozenset(map(intern, ngrams(text)))


@lru_cache(maxsize=FAMILIAR)
def _terms(text: str) -> tuple[frozenset[str], frozenset[str]]:
    words, pairs = japanese_words(text), bigrams(text)
    return frozenset(map(intern, words)), frozenset(map(intern, pairs))
