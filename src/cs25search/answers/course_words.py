"""Words that distinguish questions about the course from questions about its subject.

"Author", "watch" and "star" are in questions about the course, "gradient" is not. How typical each
word is was counted: course_words.json, written by benchmarks/fit_course_words.py.
"""

from functools import cache
from pathlib import Path

import msgspec

from ..records import Language
from ..text.japanese import language_of
from ..text.topic_words import topic_words

COUNTED = Path(__file__).with_name("course_words.json")


def course_words(question: str) -> set[str]:
    """Return the words of a question as they are counted: English ones as stems.

    >>> sorted(course_words("Who runs the course?"))
    ['cours', 'run']
    """
    return set(topic_words(question))


def about_course(question: str) -> float:
    """Return how typical the most typical word is of questions about the course, 0 to 3.

    This is the logarithm of how many times more frequent the word is in questions about the course.

    >>> about_course("What did the author think?"), about_course("What is a gradient?")
    (3.0, 0.0)
    """
    weights = _weights()[language_of(question)]
    return max((weights.get(word, 0.0) for word in course_words(question)), default=0.0)


@cache
def _weights() -> dict[Language, dict[str, float]]:
    return msgspec.json.decode(COUNTED.read_bytes(), type=dict[Language, dict[str, float]])
