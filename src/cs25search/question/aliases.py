"""Names of the same thing in English and Japanese: aliases.json, written for machine learning."""

import re
from functools import cache
from pathlib import Path

import msgspec

from ..errors import DataError
from ..text.japanese import is_japanese
from ..text.topic_words import english_stems
from ..text.words import fold

FILE = Path(__file__).with_name("aliases.json")

SHORTEST = 2  # letters of a Japanese name that is looked for in a text

_KATAKANA = re.compile(r"[ァ-ヺー・]{3,}")
_MARKS = re.compile(r"[・＝=\s]")  # optional inside a name


class Alias(msgspec.Struct, frozen=True):
    """Names of the same thing. The first in each language is the usual one.

    Attributes:
        ambiguous: Whether one of its names also means something else.
    """

    id: str
    en: tuple[str, ...]
    ja: tuple[str, ...]
    ambiguous: bool = False


class _File(msgspec.Struct, frozen=True):
    terms: tuple[Alias, ...]


@cache
def load_aliases(path: Path = FILE) -> tuple[Alias, ...]:
    """Return the names.

    Raises:
        DataError: The file is missing or is not valid JSON of the expected form, a thing has no
            English name, or a name is empty.
    """
    try:
        terms = msgspec.json.decode(path.read_bytes(), type=_File).terms
    except (OSError, msgspec.DecodeError) as error:
        raise DataError(path, "file", f"cannot be read ({error})") from error
    for number, term in enumerate(terms, start=1):
        if not term.en:
            raise DataError(path, f"term {number}, field en", "is empty")
        if not all(name.strip() for name in (*term.en, *term.ja)):
            raise DataError(path, f"term {number}", "has an empty name")
    return terms


def names_of(term: str) -> list[str]:
    """Return a term and the other names of the same thing, unless one of them is ambiguous.

    >>> "offline reinforcement learning" in names_of("offline RL")
    True
    """
    return list(dict.fromkeys([term, *_together().get(fold(term), ())]))


def english_name(japanese: str) -> str:
    """Return the usual English name for a Japanese name; "" if there is none.

    >>> english_name("セルフ・アテンション"), english_name("犬")
    ('self-attention', '')
    """
    return _names().get(_plain(japanese), "")


def with_english_names(japanese: str) -> str:
    """Return a folded Japanese text with the English names of the things that it names.

    >>> with_english_names("インダクションヘッドの注意")
    ' induction head の attention '
    """
    known = _names()
    return _named().sub(lambda found: f" {fold(known[_plain(found[0])])} ", fold(japanese))


@cache
def _named() -> re.Pattern[str]:
    """Return a pattern of the Japanese names, the longest first, without ambiguous ones."""
    names = {
        fold(name)
        for term in load_aliases()
        for name in (() if term.ambiguous else term.ja)
        if len(name) >= SHORTEST and is_japanese(name)
    }
    return re.compile("|".join(map(re.escape, sorted(names, key=len, reverse=True))))


def japanese_names(english: str) -> tuple[str, ...]:
    """Return the Japanese names for an English name, by its stems without stop words.

    >>> japanese_names("cross entropi")[:2]
    ('交差エントロピー', 'クロスエントロピー')
    """
    return _in_japanese().get(english, ())


@cache
def _in_japanese() -> dict[str, tuple[str, ...]]:
    names: dict[str, tuple[str, ...]] = {}
    for term in load_aliases():
        for name in term.en:
            key = " ".join(english_stems(name))
            names.setdefault(key, term.ja)
    return names


@cache
def katakana_names() -> dict[str, str]:
    """Return all names in katakana, the usual ones first, and each without "・".

    >>> katakana_names()["セルフ・アテンション"]
    'セルフアテンション'
    """
    names = [name for n in range(9) for term in load_aliases() for name in term.ja[n : n + 1]]
    return {name: name.replace("・", "") for name in names if _KATAKANA.fullmatch(name)}


@cache
def _together() -> dict[str, list[str]]:
    """Return, for each name as compared, the names of the things that have it."""
    together: dict[str, list[str]] = {}
    for alias in load_aliases():
        own = [*alias.en, *alias.ja]
        for name in {} if alias.ambiguous else dict.fromkeys(map(fold, own)):
            together.setdefault(name, []).extend(own)
    return together


@cache
def _names() -> dict[str, str]:
    names: dict[str, str] = {}
    for term in load_aliases():
        for name in term.ja:
            names.setdefault(_plain(name), term.en[0])
    return names


def _plain(text: str) -> str:
    return _MARKS.sub("", fold(text))
