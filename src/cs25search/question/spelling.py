"""Correct misspelt words of a question, from the words of an index.

Only words that neither a dictionary nor the index has are corrected, to a similar word of the
index. Words with a digit, and short ones with a capital after their first letter, are names and
left alone.
Katakana words are corrected to similar names of aliases.json.
"""

import re
from collections.abc import Callable, Mapping

from ..text.japanese import morphemes
from ..text.words import STOP_WORDS
from .aliases import katakana_names

SHORTEST = 5  # letters of a word to correct; shorter ones are similar to too many words
# One slip is corrected in each five letters, two at most: two slips apart, ChatGPT is a chatbot.
LETTERS, MOST_SLIPS = 5, 2
NAME_FROM, JOINED_FROM = 7, 8  # letters of a name in which one slip is corrected; of HumanEval
PART = 4  # letters of each part of a compound
_WORD = re.compile(rf"(?<![A-Za-z0-9_@.\\/])[A-Za-z]{{{SHORTEST},}}(?![A-Za-z0-9_@\\/]|\.[A-Za-z])")
SHORTEST_KANA, TWO_SLIPS_KANA = 4, 8  # letters, without long vowels
_KANA = re.compile(r"[ァ-ヺー・]{4,}")
# Ways to write the same sound: "ー" and "・" are often left out, small vowels written large.
_SAME_SOUND = str.maketrans("ァィゥェォヴ", "アイウエオブ", "ー・")
_BEGINS = re.compile(r"(?:^|[.!?:。！？]\s*)$")

IsWord = Callable[[str], bool]


def unknown_words(question: str, is_word: IsWord) -> list[str]:
    """Return the words of a question that may be misspelt, in lower case.

    Args:
        is_word: Whether a word is a usual one.

    >>> unknown_words("Why does the ruoter of GPT3 run nn.Linear?", {"linear"}.__contains__)
    ['ruoter']
    """
    return [
        match[0].lower()
        for match in _WORD.finditer(question)
        if _is_plain(match[0]) and not is_word(match[0].lower())
    ]


def correct(question: str, counts: Mapping[str, int], is_word: IsWord) -> str:
    """Return a question with its misspelt words corrected.

    Args:
        counts: The words of the index in lower case, and how many chunks have each.
        is_word: Whether a dictionary, or the index in another form, has a word. Only asked for
            words that are similar to one of the index.

    >>> counts = {"router": 20, "rooster": 1, "attention": 300, "transformer": 200}
    >>> correct("Why does the ruoter need Atention?", counts, set().__contains__)
    'Why does the router need Attention?'
    >>> correct("スイッチtrasformerのrooster", counts, set().__contains__)
    'スイッチtransformerのrooster'
    >>> correct("HumanEvel, ChatGPD", {"humaneval": 9, "chatgpt": 1}, set().__contains__)
    'HumanEval, ChatGPD'
    """

    def corrected(match: re.Match[str]) -> str:
        typed, word = match[0], match[0].lower()
        if not _is_plain(typed) or word in counts:
            return typed
        is_joined = not typed[1:].islower()
        is_name = typed[0].isupper() and not _BEGINS.search(question[: match.start()])
        is_name = is_name or is_joined
        found = _nearest(word, counts, _most_slips(len(word), is_name))
        if not found or is_word(word):
            return typed
        if is_joined and len(found) == len(typed):
            return "".join(
                new.upper() if old.isupper() else new for old, new in zip(typed, found, strict=True)
            )
        return found.capitalize() if typed[0].isupper() else found

    return _WORD.sub(corrected, question)


def correct_katakana(question: str, is_known: IsWord) -> str:
    """Return a question with its misspelt katakana words corrected.

    Args:
        is_known: Whether the index has a morpheme that no dictionary has.

    >>> correct_katakana("トランスフォマーの計算量", set().__contains__)
    'トランスフォーマーの計算量'
    >>> correct_katakana("アテンッションとエキスバート", set().__contains__)
    'アテンションとエキスパート'
    >>> correct_katakana("コンピュータとチャットボットとエンコード", set().__contains__)
    'コンピュータとチャットボットとエンコード'
    """

    def corrected(match: re.Match[str]) -> str:
        typed = match[0]
        if _plain(typed) in katakana_names().values():
            return typed
        parts = morphemes(typed)
        strange = [one.surface for one in parts if one.is_name]
        if not strange or all(map(is_known, strange)):
            return typed
        return _nearest_name(typed)

    return _KANA.sub(corrected, question)


def _nearest_name(typed: str) -> str:
    """Return the name that sounds most like a katakana word within some slips, else the word."""
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    sound = typed.translate(_SAME_SOUND)
    if len(sound) < SHORTEST_KANA - 1:
        return typed
    slips = 0 if len(sound) < SHORTEST_KANA else 1 if len(sound) < TWO_SLIPS_KANA else 2
    names = {name: plain.translate(_SAME_SOUND) for name, plain in katakana_names().items()}
    near = process.extract(sound, names, scorer=OSA.distance, score_cutoff=slips, limit=None)
    likely = [(distance, other[:1] != sound[:1], place) for place, (other, distance, _) in
              enumerate(near) if other not in sound or other == sound]  # fmt: skip
    return near[min(likely)[2]][2] if likely else typed


def _plain(name: str) -> str:
    return name.replace("・", "")


def _is_plain(word: str) -> bool:
    """Return whether a word may be corrected.

    >>> [_is_plain(word) for word in ("router", "HumanEvel", "ChatGPT", "BACKPROP")]
    [True, True, False, False]
    """
    return word[1:].islower() or (len(word) >= JOINED_FROM and not word.isupper())


def _most_slips(length: int, is_name: bool) -> int:
    if is_name:
        return 1 if length >= NAME_FROM else 0
    return min(length // LETTERS, MOST_SLIPS)


def _nearest(word: str, counts: Mapping[str, int], slips: int) -> str:
    """Return the most likely word of the index within some slips; "" without one.

    A slip is a letter too much, missing, wrong, or swapped with the next (optimal string
    alignment). One slip is likelier than two, then a word with the same first letter, then a
    common one.
    """
    from rapidfuzz import process  # not needed by most queries
    from rapidfuzz.distance import OSA

    near = process.extract(word, counts.keys(), scorer=OSA.distance, score_cutoff=slips, limit=None)
    likely = [
        (distance, other[0] != word[0], -counts[other], other)
        for other, distance, _ in near
        # PyTorch is not a misspelling of torch.
        if other not in STOP_WORDS and not (distance > 1 and other in word)
    ]
    return min(likely)[-1] if likely else ""


def is_compound(word: str, is_word: IsWord) -> bool:
    """Return whether a word is two words run together, each with at least four letters.

    >>> is_compound("timestamps", {"time", "stamps"}.__contains__)
    True
    """
    return any(
        is_word(word[:place]) and is_word(word[place:])
        for place in range(PART, len(word) - PART + 1)
    )
