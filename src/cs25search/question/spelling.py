"""Correct misspelt words of a question, from the words of an index.

Only words that neither a dictionary nor the index has are corrected, to a similar word of the
index. Words with a digit, or with a capital after their first letter, are names and left alone.
The words are Latin ones, in questions in any language.
"""

import re
from collections.abc import Callable, Mapping

from ..text.words import STOP_WORDS

SHORTEST = 5  # letters of a word to correct; shorter ones are similar to too many words
TWO_SLIPS_FROM = 7  # letters; two slips are corrected in such words, one in shorter words and names
PART = 4  # letters of each part of a compound
_WORD = re.compile(rf"(?<![A-Za-z0-9_@.\\/])[A-Za-z]{{{SHORTEST},}}(?![A-Za-z0-9_@\\/]|\.[A-Za-z])")
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
    """

    def corrected(match: re.Match[str]) -> str:
        typed, word = match[0], match[0].lower()
        if not _is_plain(typed) or word in counts:
            return typed
        is_name = typed[0].isupper() and not _BEGINS.search(question[: match.start()])
        found = _nearest(word, counts, _most_slips(len(word), is_name))
        if not found or is_word(word):
            return typed
        return found.capitalize() if typed[0].isupper() else found

    return _WORD.sub(corrected, question)


def _is_plain(word: str) -> bool:
    return word[1:].islower()


def _most_slips(length: int, is_name: bool) -> int:
    if length < TWO_SLIPS_FROM:
        return 0 if is_name else 1
    return 1 if is_name else 2


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
