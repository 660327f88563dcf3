"""Character n-grams.

N-grams still match after recognition errors ("gpd3" for "GPT-3") and inflection; pairs of
characters do the same for Japanese, which has no spaces.
"""

import re
from collections.abc import Sequence, Set

from .words import fold, run_together

_RUN = r"[a-z0-9]+|[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff々]+"


def ngrams(text: str, n: int = 4) -> list[str]:
    """Return the character n-grams of a text, ignoring spaces and punctuation.

    They run across words, so they also match when speech recognition splits words differently.

    >>> ngrams("a ViT-B")
    ['avit', 'vitb']
    """
    return _grams(run_together(text), n)


def grams_of(said: Sequence[str], n: int = 4) -> list[str]:
    """Return the character n-grams of the words of a text; see `ngrams`."""
    return _grams("".join(said), n)


def _grams(run: str, n: int) -> list[str]:
    return [run[i : i + n] for i in range(max(1, len(run) - n + 1))]


def bigrams(text: str) -> list[str]:
    """Return the pairs of adjacent characters of a Japanese text.

    A Latin word is kept whole; from four letters on, its 4-grams are added.

    >>> bigrams("GPT-3の文章"), bigrams("tokens")
    (['gpt', '3', 'の文', '文章'], ['tokens', 'toke', 'oken', 'kens'])
    """
    grams = []
    for run in re.findall(_RUN, fold(text)):
        if not run.isascii():
            grams += [run[i : i + 2] for i in range(max(1, len(run) - 1))]
        elif len(run) < 4:
            grams.append(run)
        else:
            grams += [run, *ngrams(run)]
    return grams


def dice(one: Set[str], other: Set[str]) -> float:
    """Return the Dice similarity of two sets, 0 to 1: twice the shared part over both sizes.

    >>> dice({"a", "b"}, {"b", "c"}), dice(set(), set())
    (0.5, 0.0)
    """
    return 2 * len(one & other) / max(1, len(one) + len(other))
