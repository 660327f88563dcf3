"""A Japanese question in English, word by word: what the English rankers are asked for."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from ..text.japanese import GRAMMAR, JAPANESE, morphemes
from .aliases import english_name

LONGEST = 6  # morphemes of a form
SECOND = 0.5  # weight of the second gloss of a form; of the first, and of Latin words, it is 1
_WORD = re.compile(r"[a-z0-9]")


@dataclass(frozen=True, slots=True)
class Translation:
    """An English word or phrase for a part of a question, and how much it counts."""

    text: str
    weight: float


def translate(question: str, look_up: Callable[[str], tuple[str, ...]]) -> list[Translation]:
    """Return English for the words of a Japanese question, in their order.

    The longest form that has a name in the aliases or an entry in the dictionary is taken.
    Latin words stay as they are; what neither knows is left out.

    Args:
        look_up: From a Japanese form to its English glosses, most usual first.

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
