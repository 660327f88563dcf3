"""Decide whether the lectures answer a question, by a logistic model over ten features.

There is one for each reading, because speech matches a question less closely than notes do, and
Japanese speech cannot be compared by token vectors of an English encoder.

An unanswerable question is recognised by its weakest words: a name that no lecture mentions matches
nothing, however well the other words match. The coefficients are in refusal.json;
benchmarks/fit_refusal.py computes them.
"""

import math
from functools import cache
from pathlib import Path

import msgspec
import numpy as np

from .features import Features, Reading

FITTED = Path(__file__).with_name("refusal.json")


class Logistic(msgspec.Struct, frozen=True):
    """The coefficients and thresholds of one reading.

    Attributes:
        coefficients: One for each feature, in the order of FEATURES.
        refuse_below: Below this probability, the question is refused.
        answer_from: From this probability on, it is answered; in between, only moments are shown.
    """

    coefficients: tuple[float, ...]
    intercept: float
    refuse_below: float
    answer_from: float

    def probability(self, features: Features) -> float:
        """Return the probability that the question is answered, 0 to 1."""
        total = self.intercept + float(np.dot(self.coefficients, features.values()))
        return 1 / (1 + math.exp(-max(-60.0, min(60.0, total))))


class _File(msgspec.Struct, frozen=True):
    about: str
    features: tuple[str, ...]
    readings: dict[Reading, Logistic]


@cache
def load_logistic(reading: Reading) -> Logistic:
    """Return the bundled coefficients for what a question is compared with."""
    return msgspec.json.decode(FITTED.read_bytes(), type=_File).readings[reading]
