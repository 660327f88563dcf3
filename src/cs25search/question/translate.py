"""Translate a Japanese question word by word, for the English rankers."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from ..text.japanese import GRAMMAR, JAPANESE, morphemes
from .aliases import english_name

LONGEST = 6  # morphemes in a form
SECOND = 0.5  # weight of the second gloss of a form; the first one and Latin words have 1
_WORD = re.compile(r"[a-z0-9]")


@dataclass(frozen=True, slots=True)
class Translation:
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
