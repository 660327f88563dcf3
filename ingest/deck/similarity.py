"""How well the title of a lecture agrees with another title, with names and with speech."""

import math
import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Set
from functools import lru_cache

import msgspec

from cs25search.text.japanese import JAPANESE, is_japanese, japanese_words
from cs25search.text.words import fold

REPEATED = 2  # a word said once may be said in passing
FEWEST_IN_SERIES = 3  # titles; two may have words in common by chance

_STOP = frozenset("a an and applications at by for from in into of on or the to with".split())

# "Lecture 3", "week-03", "第3回", "03 Salt"
_NUMBER = re.compile(
    r"(?:^|(?<![a-z])(?:lecture|lec|chapter|week|session|class|lesson|part|episode|day)|第|#)"
    r"[\W_]{0,3}0*(?P<number>[1-9][0-9]{0,2})(?![0-9a-z])(?:\s*[回講話部])?",
    re.I,
)


class Speech(msgspec.Struct, frozen=True):
    """The words that are said in each video, and how rare a word is among the videos.

    Attributes:
        said: By video id.
        rarity: Inverse document frequency; a word that no video repeats is not in it.
        rarest: The rarity of such a word.
    """

    said: Mapping[str, frozenset[str]]
    rarity: Mapping[str, float]
    rarest: float

    def agreement(self, title: str, video_id: str) -> float:
        """Return the share of the words of a title that are said, rare words counting for more.

        >>> speech = read_speech({"a": "Salt,\\nmore salt.\\nBread,\\nbread", "b": "Bread\\nbread"})
        >>> [round(speech.agreement("Salt in bread", one), 2) for one in ("a", "b", "c")]
        [1.0, 0.21, 0.0]
        """
        said = self.said.get(video_id, frozenset())
        weights = {word: self.rarity.get(word, self.rarest) for word in words_of(title)}
        total = sum(weights.values())
        return sum(weights[word] for word in weights if word in said) / total if total else 0.0


def read_speech(spoken: Mapping[str, str]) -> Speech:
    """Return the words of what is said in some videos.

    Args:
        spoken: The text of each video, by its id.
    """
    said = {}
    for video_id, text in spoken.items():
        counts = Counter(_words(text))
        said[video_id] = frozenset(word for word, count in counts.items() if count >= REPEATED)
    videos = Counter(word for words in said.values() for word in words)
    rarity = {word: math.log((len(said) + 1) / (count + 0.5)) for word, count in videos.items()}
    return Speech(said, rarity, math.log((len(said) + 1) / 0.5))


def agreement(title: str, other: str) -> float:
    """Return the share of the words of a title that another one has.

    >>> agreement("Salt and water", "Lecture 2: salt"), agreement("塩の話", "塩について")
    (0.5, 0.5)
    """
    wanted = words_of(title)
    return len(wanted & words_of(other)) / len(wanted) if wanted else 0.0


def series_words(titles: Collection[str]) -> frozenset[str]:
    """Return the words that more than half of some titles have, such as the name of the series.

    >>> titles = ["Salt | Kitchen science", "Flour | Kitchen science", "Heat | Kitchen science"]
    >>> sorted(series_words(titles)), sorted(series_words(titles[:2]))
    (['kitchen', 'science'], [])
    """
    if len(titles) < FEWEST_IN_SERIES:
        return frozenset()
    counts = Counter(word for title in titles for word in words_of(title))
    return frozenset(word for word, count in counts.items() if 2 * count > len(titles))


def is_same(title: str, other: str, series: Set[str]) -> bool:
    """Return whether two titles have the same words, apart from numbers and those of the series.

    >>> series = frozenset({"chapter", "kitchen"})
    >>> is_same("Salt and water", "Salt, water | Chapter 12, Kitchen", series)
    True
    >>> is_same("Salt", "Salt and water | Chapter 12, Kitchen", series)
    False
    """
    one, two = (
        {word for word in words_of(text) - series if not word.isdecimal()}
        for text in (title, without_number(other))
    )
    return bool(one) and one == two


def number_in(title: str) -> int | None:
    """Return the number that a title gives its lecture, None if it gives none.

    >>> [number_in(title) for title in ("Lecture 3: salt", "03_salt", "第3回 塩", "GPT-3")]
    [3, 3, 3, None]
    """
    found = _NUMBER.search(fold(title))
    return int(found["number"]) if found else None


def without_number(title: str) -> str:
    """Return a title without its number.

    >>> without_number("Lecture 3: salt"), without_number("第3回　塩")
    (': salt', ' 塩')
    """
    return _NUMBER.sub("", fold(title))


@lru_cache(maxsize=10_000)
def words_of(text: str) -> frozenset[str]:
    """Return the words of a title that distinguish it from others, without plural s.

    >>> sorted(words_of("Doughs and 塩の話"))
    ['dough', '塩', '話']
    """
    return frozenset(_words(text))


def _words(text: str) -> Iterator[str]:
    """Yield the words of a text, without plural s and words that every text has."""
    folded = fold(text)
    for word in re.findall(r"\w+", JAPANESE.sub(" ", folded)):
        if word not in _STOP and len(word) > 1:
            yield word.removesuffix("s")
    for run in re.findall(f"{JAPANESE.pattern}+", folded):
        yield from japanese_words(run)


def is_named(speaker: str, text: str) -> bool:
    """Return whether a text has the last name of a speaker, or the whole name in Japanese.

    >>> is_named("Ada Byron", "With Lady Byron"), is_named("山田 花子", "講師は山田花子さんです")
    (True, True)
    """
    if is_japanese(speaker):
        return "".join(speaker.split()) in "".join(text.split())
    parts = speaker.split()
    return bool(parts) and bool(_names(parts[-1]) & _names(text))


def is_comparable(title: str, text: str) -> bool:
    """Return whether a text has words in the script of a title."""
    if is_japanese(title):
        return is_japanese(text)
    return re.search(r"[^\W\d]", JAPANESE.sub("", text)) is not None


def _names(text: str) -> set[str]:
    return {word for word in re.findall(r"[^\W\d_]+", text.lower()) if len(word) > 2}
