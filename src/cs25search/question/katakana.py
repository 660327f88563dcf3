"""Find the English word that a katakana word spells, by its consonants.

The dictionary has everyday loan words but few names and terms: イプシロン, オイラー. Katakana keeps
the consonants of a foreign word and changes its vowels, so words of the index with the same
consonants are compared.
"""

import re
from collections.abc import Iterable
from functools import lru_cache

from rapidfuzz.distance import Levenshtein

FEWEST = 3  # consonants (a vowel at the beginning counts); fewer are shared by too many words
FARTHEST = 0.75  # share of letters that may differ; with equal consonants, mostly vowels do
KEPT = 50_000  # words whose consonants are kept

_KATAKANA = re.compile(r"[ァ-ヺー]{3,}")
_ROWS = {
    "": "アイウエオ", "k": "カキクケコ", "s": "サシスセソ", "t": "タチツテト", "n": "ナニヌネノ",
    "h": "ハヒフヘホ", "m": "マミムメモ", "r": "ラリルレロ", "g": "ガギグゲゴ", "z": "ザジズゼゾ",
    "d": "ダヂヅデド", "b": "バビブベボ", "p": "パピプペポ",
}  # fmt: skip
_LATIN = {
    kana: consonant + vowel
    for consonant, row in _ROWS.items()
    for kana, vowel in zip(row, "aiueo", strict=True)
} | {"シ": "shi", "チ": "chi", "ツ": "tsu", "フ": "fu", "ジ": "ji", "ヂ": "ji", "ヅ": "zu",
     "ギ": "gui", "ゲ": "gue",  # never as in "gist"
     "ヤ": "ya", "ユ": "yu", "ヨ": "yo", "ワ": "wa", "ヲ": "o", "ン": "n", "ヴ": "vu"}  # fmt: skip
# A small vowel replaces the vowel before it: ファ fa, シャ sha, ティ ti.
_SMALL = dict(zip("ァィゥェォャュョ", "aiueoauo", strict=True))
# Letters that sound alike to a Japanese ear, applied in order.
_SOUNDS = (
    ("tch|ch|ts", "t"), ("sh|th", "s"), ("ph", "h"), ("ck|qu", "k"), ("x", "ks"),
    ("c(?=[eiy])", "s"), ("g(?=[eiy])", "z"), ("r(?![aeiouy])", ""),
    ("l", "r"), ("[cq]", "k"), ("f", "h"), ("v", "b"), ("j", "z"),
)  # fmt: skip


def spelt_in_katakana(word: str, known: Iterable[str]) -> str:
    """Return the known word that a katakana word spells; "" if there is none.

    Args:
        known: Words in lower case.

    >>> known = ["epsilon", "absolute", "quaternion", "unison", "alpha"]
    >>> [spelt_in_katakana(word, known) for word in ("イプシロン", "クォータニオン", "アルファ")]
    ['epsilon', 'quaternion', 'alpha']
    >>> spelt_in_katakana("インテュイション", known), spelt_in_katakana("犬", known)
    ('', '')
    """
    if not _KATAKANA.fullmatch(word):
        return ""
    latin = latin_of(word)
    wanted = consonants(latin)
    if len(wanted) < FEWEST:
        return ""
    # A katakana word is about as long as the word that it spells; comparing lengths first is fast.
    similar = (one for one in known if abs(len(one) - len(latin)) <= len(latin) // 2)
    found = [(_distance(latin, one), one) for one in similar if consonants(one) == wanted]
    nearest, best = min(found, default=(1.0, ""))
    return best if nearest < FARTHEST else ""


def latin_of(katakana: str) -> str:
    """Return a katakana word in Latin letters; long vowels and doubled consonants are not marked.

    >>> latin_of("イプシロン"), latin_of("フェリックス"), latin_of("オイラー")
    ('ipushiron', 'ferikusu', 'oira')
    """
    latin = ""
    for kana in katakana:
        if kana in _SMALL:
            latin = latin[:-1] + _SMALL[kana]
        else:
            latin += _LATIN.get(kana, "")
    return latin


@lru_cache(maxsize=KEPT)
def consonants(word: str) -> str:
    """Return the consonants of a word as a Japanese ear hears them, and "a" for a first vowel.

    >>> consonants("epsilon"), consonants("ipushiron"), consonants("quaternion")
    ('apsrn', 'apsrn', 'ktnn')
    """
    sounds = word
    for letters, sound in _SOUNDS:
        sounds = re.sub(letters, sound, sounds)
    first = "a" if sounds[:1] in tuple("aeiou") else ""
    single = re.sub(r"(.)\1+", r"\1", sounds)
    return first + re.sub(r"[^a-z]|[aeiouyw]", "", single)


def _distance(latin: str, word: str) -> float:
    spelt, other = (one.replace("l", "r").replace("c", "k") for one in (latin, word))
    return Levenshtein.normalized_distance(spelt, other)
