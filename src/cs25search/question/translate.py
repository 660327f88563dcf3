"""Translate a question word by word: Japanese for the English rankers, and the other way round."""

import re
from collections.abc import Callable

import msgspec

from ..text.japanese import GRAMMAR, JAPANESE, morphemes
from ..text.topic_words import english_stems
from .aliases import english_name, japanese_names

LONGEST = 6  # morphemes in a form
LONGEST_ENGLISH = 4  # words in a phrase, without stop words
FORMS = 2  # Japanese forms for an English word or phrase
SECOND = 0.5  # weight of the second gloss of a form; the first one and Latin words have 1
_WORD = re.compile(r"[a-z0-9]")


class Translation(msgspec.Struct, frozen=True):
    """An English word or phrase for a part of a question, and how much it counts."""

    text: str
    weight: float


def translate(question: str, look_up: Callable[[str], tuple[str, ...]]) -> list[Translation]:
    """Return English for the words of a Japanese question, in order.

    The longest form with a name in the aliases or an entry in the dictionary is used. Latin words
    are kept; words that neither has are left out.

    Args:
        look_up: Returns the English glosses of a Japanese form, most common first.

    >>> glosses = {"重み": ("weight", "importance"), "割る": ("divide",)}
    >>> found = translate("MoEの重みを割る", lambda form: glosses.get(form, ()))
    >>> [(one.text, one.weight) for one in found]
    [('moe', 1.0), ('weight', 1.0), ('importance', 0.5), ('divide', 1.0)]
    """
    parts = morphemes(question)
    found: list[Translation] = []
    place = 0
    while place < len(parts):
        part = parts[place]
        length = 1
        if not JAPANESE.search(part.surface):
            if _WORD.search(part.surface):
                found.append(Translation(part.surface, 1.0))
        elif part.kind not in GRAMMAR and not part.is_light:
            for length in range(min(LONGEST, len(parts) - place), 0, -1):
                run = parts[place : place + length]
                surface = "".join(one.surface for one in run)
                if name := english_name(surface):
                    found.append(Translation(name, 1.0))
                    break
                forms = [surface, surface.removesuffix(run[-1].surface) + run[-1].dictionary_form]
                if length == 1:
                    forms.append(part.normal_form)
                if glosses := next(filter(None, map(look_up, forms)), ()):
                    weighed = zip(glosses, (1.0, SECOND), strict=False)
                    found += [Translation(gloss, weight) for gloss, weight in weighed]
                    break
        place += length
    return found


class InJapanese(msgspec.Struct, frozen=True):
    """A word or phrase of an English question, and Japanese forms for it, the likeliest first.

    Attributes:
        stems: Of the word or phrase, without stop words.
        forms: Empty for a word that is not known.
    """

    stems: tuple[str, ...]
    forms: tuple[str, ...]


def translate_to_japanese(
    question: str, look_up: Callable[[str], tuple[str, ...]]
) -> list[InJapanese]:
    """Return Japanese for the words of an English question, in order.

    The longest phrase with a name in the aliases or an entry in the dictionary is used.

    Args:
        look_up: Returns the Japanese forms of an English phrase, by its stems.

    >>> forms = {"chain rule": ("連鎖律",), "chain": ("鎖",), "help": ("助ける",)}
    >>> found = translate_to_japanese("Where does the chain rule help?", lambda k: forms.get(k, ()))
    >>> [(one.stems, one.forms) for one in found]
    [(('chain', 'rule'), ('連鎖律',)), (('help',), ('助ける',))]
    """
    stems = english_stems(question)
    found: list[InJapanese] = []
    while stems:
        for length in range(min(LONGEST_ENGLISH, len(stems)), 0, -1):
            phrase = " ".join(stems[:length])
            forms = (*japanese_names(phrase)[:FORMS], *look_up(phrase))
            if forms or length == 1:
                found.append(InJapanese(tuple(stems[:length]), tuple(dict.fromkeys(forms))[:FORMS]))
                del stems[:length]
                break
    return found
