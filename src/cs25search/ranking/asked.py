"""Prefer the moment whose own question is the nearest to a Japanese question.

Each note has questions that it answers, and they are part of its text. In English, late interaction
finds the nearest one; in Japanese, words that a note has anywhere count the same. So the best hits
are compared again, by the words of each of their questions, and by the names in the question.
"""

import re
from collections.abc import Mapping, Sequence, Set
from functools import lru_cache

from msgspec.structs import replace

from ..encoding.bridge import Bridge
from ..index.chunk_text import japanese_text, words_of
from ..records import Hit
from ..text.japanese import is_japanese, japanese_words
from ..text.words import fold, stem

COMPARED = 5  # hits, the best ones
# Added to the score of a hit that has the question itself, and of one with all its names.
ASKED, NAMED = 6.0, 1.5
FAMILIAR = 5000  # questions whose words are kept
_LATIN = re.compile(r"[a-z0-9]+")


def prefer_asked(
    question: str, names: Sequence[set[str]], hits: Sequence[Hit], bridge: Bridge
) -> list[Hit]:
    """Return hits in the order of their scores and their nearest Japanese questions together.

    Hits whose notes have such questions change places with each other; the others, such as speech
    without notes, stay where they are. The score and rank of each place stay, so that scores are
    still comparable with further hits.

    Args:
        question: In Japanese.
        names: The forms of each name in it, from `name_forms`.
        hits: Best first.
        bridge: Says how rare each word is.
    """
    asked = _words(question)
    places = [place for place, hit in enumerate(hits) if _questions_of(hit)]
    total = {
        place: hits[place].score
        + ASKED * nearest(asked, hits[place], bridge)
        + NAMED * named(names, hits[place])
        for place in places
    }
    best = sorted(places, key=lambda place: -total[place])
    moved = dict(zip(places, best, strict=True))
    return in_places([hits[moved.get(place, place)] for place in range(len(hits))], hits)


def in_places(moved: Sequence[Hit], hits: Sequence[Hit]) -> list[Hit]:
    """Return hits in another order, each with the score and rank of the place that it now has."""
    return [
        replace(hit, score=place.score, rank=place.rank)
        for hit, place in zip(moved, hits, strict=True)
    ]


def nearest(words: frozenset[str], hit: Hit, bridge: Bridge) -> float:
    """Return how many words the nearest question of a hit's note shares, from 0 to 1.

    Rare words count more. A hit without Japanese questions has 0.
    """
    asks = [_words(ask) for ask in _questions_of(hit)]
    weights = rarities(words.union(*asks), bridge)
    return max((shared(words, ask, weights) for ask in asks), default=0.0)


def shared(one: frozenset[str], other: frozenset[str], weights: Mapping[str, float]) -> float:
    """Return twice the weight of the shared words over that of both texts, Dice's similarity."""
    both = sum(weights[word] for part in (one, other) for word in part)
    return 2 * sum(weights[word] for word in one & other) / both if both else 0.0


def named(names: Sequence[set[str]], hit: Hit) -> float:
    """Return the share of the names of a question that a hit's note has, from 0 to 1.

    Args:
        names: The forms of each name, from `name_forms`.
    """
    if hit.note is None or not names:
        return 0.0
    japanese = fold(japanese_text(hit.note))
    held = words_of(hit.note, "en") | latin_stems(japanese)
    return sum(has_name(forms, held, japanese) for forms in names) / len(names)


def has_name(forms: Set[str], held: Set[str], japanese: str) -> bool:
    """Return whether a text has a name in one of its forms.

    Args:
        held: The English stems of the text, and those of the Latin words in its Japanese version.
        japanese: Its Japanese version, folded.
    """
    return not forms.isdisjoint(held) or any(one in japanese for one in forms if is_japanese(one))


def latin_stems(japanese: str) -> set[str]:
    """Return the Latin words of a folded Japanese text, as English stems."""
    return {stem(run) for run in _LATIN.findall(japanese)}


def _questions_of(hit: Hit) -> Sequence[str]:
    return () if hit.note is None else hit.note.asks_ja


def rarities(words: frozenset[str], bridge: Bridge) -> dict[str, float]:
    """Return the idf of each word; that of the rarest word for those that no note has twice."""
    rarest = float(bridge.idf.max()) if len(bridge.idf) else 1.0
    return {
        word: float(bridge.idf[bridge.words[word]]) if word in bridge.words else rarest
        for word in words
    }


@lru_cache(maxsize=FAMILIAR)
def _words(text: str) -> frozenset[str]:
    return frozenset(japanese_words(text))
