"""Find the English word that a katakana word spells, by its sound.

The dictionary has everyday loan words but few names and terms: イプシロン, オイラー. Katakana keeps
the consonants of a foreign word and adds vowels between them, so the word of the index with the
same consonants and similar vowels is meant.
"""

import re
from collections.abc import Iterable
from functools import lru_cache

FEWEST = 3  # consonants (a vowel at the beginning counts); fewer are shared by too many words
KEPT = 50_000  # words whose sounds are kept

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
    ("c(?=[eiy])", "s"), ("g(?=[eiy])", "z"), ("gu(?=[ei])", "g"),
    ("l", "r"), ("[cq]", "k"), ("f", "h"), ("v", "b"), ("j", "z"), (r"(.)\1+", r"\1"),
)  # fmt: skip
# Katakana writes an r that no vowel follows (テンソル, tensor) or not (クォータニオン, quaternion).
_SILENT_R = (("[eiu]r(?![aeiouy])", "a"), ("r(?![aeiouy])", ""))
# The first letters that may spell a Japanese vowel. Katakana adds u, and o after t and d, where
# two consonants meet.
_SPELT_BY = {"a": "auo", "ai": "iy", "i": "iey", "u": "uo", "e": "eai", "o": "oau"}


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
    from rapidfuzz.distance import Levenshtein  # not needed by most queries

    latin = latin_of(word)
    wanted = sounds_of(latin)
    frame = consonants(wanted)
    if len(frame) < FEWEST:
        return ""
    # A katakana word is about as long as the word that it spells; comparing lengths first is fast.
    similar = (one for one in known if abs(len(one) - len(latin)) <= len(latin) // 2)
    found = [
        (Levenshtein.normalized_distance(wanted, sounds), one)
        for one in similar
        for sounds, own in _readings(one)
        if own == frame and _agree(wanted, sounds)
    ]
    return min(found, default=(1.0, ""))[1]


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
def _readings(word: str) -> tuple[tuple[str, str], ...]:
    """Return the sounds of a Latin word and their consonants, with each r and without silent ones.

    >>> _readings("quaternion"), _readings("epsilon")
    ((('katernion', 'ktrnn'), ('katanion', 'ktnn')), (('epsiron', 'apsrn'),))
    """
    readings = {sounds_of(word): None}
    if "r" in word:
        readings[sounds_of(word, silent_r=True)] = None
    return tuple((sounds, consonants(sounds)) for sounds in readings)


@lru_cache(maxsize=KEPT)
def sounds_of(word: str, silent_r: bool = False) -> str:
    """Return a Latin word with one spelling for what sounds alike to a Japanese ear.

    Args:
        silent_r: Leave out each r that no vowel follows.

    >>> sounds_of("epsilon"), sounds_of("ipushiron"), sounds_of("quaternion", silent_r=True)
    ('epsiron', 'ipusiron', 'katanion')
    """
    sounds = re.sub(r"[^a-z]", "", word)
    for letters, sound in _SILENT_R * silent_r + _SOUNDS:
        sounds = re.sub(letters, sound, sounds)
    return sounds


def consonants(sounds: str) -> str:
    """Return the consonants of `sounds_of`, and "a" for a vowel at the beginning.

    >>> consonants("epsiron"), consonants("katanion")
    ('apsrn', 'ktnn')
    """
    return ("a" if sounds[:1] in tuple("aeiou") else "") + re.sub("[aeiouy]", "", sounds)


def _agree(katakana: str, other: str) -> bool:
    """Return whether the vowels between equal consonants may be the same.

    >>> _agree("ipusiron", "epsiron"), _agree("karuman", "korumn"), _agree("kurisu", "kurious")
    (True, False, False)
    """
    own, others = (re.split("[^aeiouy]", sounds) for sounds in (katakana, other))
    before = ["", *re.sub("[aeiouy]", "", katakana)]  # the consonant before each vowel
    last = len(own) - 1
    return all(
        _is_spelt(vowel, consonant, letters) or (place == last and letters == "e")
        for place, (vowel, consonant, letters) in enumerate(zip(own, before, others, strict=True))
    )


def _is_spelt(vowel: str, consonant: str, letters: str) -> bool:
    """Return whether some letters may spell a Japanese vowel after a consonant."""
    if not vowel:
        return letters in ("", "e")
    if not letters:
        return vowel == "u" or (vowel == "o" and consonant in ("t", "d"))
    first = _SPELT_BY.get(vowel, _SPELT_BY[vowel[0]])
    return letters[0] in first and len(letters) <= len(vowel) + 1
