"""How likely a question is about the course itself, rather than about what it teaches.

*Which talk should I watch first* is about the course, *why does the router need float32* is not. A
logistic model over words and pairs of neighbouring words tells, course_words.json, fitted by
benchmarks/fit_course_words.py.
"""

import math
from functools import cache
from itertools import pairwise
from pathlib import Path

import msgspec

from ..records import Language
from ..text.japanese import is_japanese, japanese_words, language_of
from ..text.words import words

FITTED = Path(__file__).with_name("course_words.json")


class CourseWords(msgspec.Struct, frozen=True):
    """The model of one language.

    Attributes:
        bias: The log-odds of a question without any of its terms.
        weights: What each term adds, before the question's terms are scaled to unit length.
    """

    bias: float
    weights: dict[str, float]


def course_terms(question: str) -> set[str]:
    """Return the words of a question and each two that are neighbours.

    >>> sorted(course_terms("Who runs it?"))
    ['it', 'runs', 'runs it', 'who', 'who runs']
    """
    found = japanese_words(question) if is_japanese(question) else words(question)
    return {*found, *map(" ".join, pairwise(found))}


def about_course(question: str) -> float:
    """Return how likely a question is about the course, 0 to 1.

    >>> about_course("What did the author think?") > 0.9, about_course("What is a gradient?") < 0.1
    (True, True)
    """
    model = _models()[language_of(question)]
    held = [model.weights[term] for term in course_terms(question) if term in model.weights]
    return 1 / (1 + math.exp(-model.bias - sum(held) / math.sqrt(len(held) or 1)))


@cache
def _models() -> dict[Language, CourseWords]:
    return msgspec.json.decode(FITTED.read_bytes(), type=dict[Language, CourseWords])
