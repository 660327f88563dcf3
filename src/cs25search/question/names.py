"""The names and numbers in a question."""

import re

from ..text.japanese import is_japanese, morphemes
from ..text.words import WORD, fold, stem, words

_KATAKANA_NAME = re.compile(r"[ァ-ヺー]{2,}")


def names_in(question: str) -> set[str]:
    """Return names and numbers: words with a capital or a digit, or in katakana.

    Katakana words that general Japanese has are not names: モデル and ルーター are everyday words.

    >>> sorted(names_in("Why, I ask, does Yann LeCun cite GPT-4?"))
    ['4', 'gpt', 'lecun', 'yann']
    >>> sorted(names_in("ヒントンのモデルはGPTよりルーターが速い？"))
    ['gpt', 'ヒントン']
    """
    if is_japanese(question):
        latin = {stem(run) for run in re.findall(r"[a-z0-9]+", fold(question))}
        parts = [one for one in morphemes(question) if one.is_name]
        return latin | {x.normal_form for x in parts if _KATAKANA_NAME.fullmatch(x.normal_form)}
    found: set[str] = set()
    for place, match in enumerate(WORD.finditer(question)):
        word = match[0]
        if word == "I":
            continue
        # The first word of a sentence is always capitalised.
        first = not place or re.search(r"[.!?:…]\s*$", question[: match.start()])
        if (
            re.search(r"\d", word)
            or word[1:] != word[1:].lower()
            or (word[0].isupper() and not first)
        ):
            found.update(stem(part) for part in words(word))
    return found
