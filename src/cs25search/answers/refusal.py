"""Do the lectures answer this question? A small logistic model over eight plain numbers.

What tells an unanswerable question is its weakest words: the one name that no lecture holds
matches nothing, however well the rest of the question matches something. The coefficients are
in refusal.json; benchmarks/fit_refusal.py found them and finds them again.
"""

import math
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import msgspec
import numpy as np

from ..records import Language
from .features import Features

FITTED = Path(__file__).with_name("refusal.json")


@dataclass(frozen=True, slots=True)
class Logistic:
    """The coefficients of one language, and from which probability on something is said.

    Attributes:
        coefficients: One for each of FEATURES, in that order.
        refuse_below: Under it, the lectures do not speak about the question.
        answer_from: From it on, they answer; in between, moments are shown and nothing is claimed.
    """

    coefficients: tuple[float, ...]
    intercept: float
    refuse_below: float
    answer_from: float

    def probability(self, features: Features) -> float:
        """Return how likely the question is answered, 0 to 1."""
        total = self.intercept + float(np.dot(self.coefficients, features.values()))
        return 1 / (1 + math.exp(-max(-60.0, min(60.0, total))))


@dataclass(frozen=True, slots=True)
class _File:
    about: str
    features: tuple[str, ...]
    en: Logistic
    ja: Logistic


@cache
def load_logistic(language: Language) -> Logistic:
    """Return the bundled coefficients for questions in a language."""
    file = msgspec.json.decode(FITTED.read_bytes(), type=_File)
    return file.ja if language == "ja" else file.en
