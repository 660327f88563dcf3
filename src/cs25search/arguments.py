"""Check the arguments of public functions."""

from typing import Any

import numpy as np

from .errors import QuestionError


def read_text(name: str, value: Any) -> str:
    """Return a text argument.

    Raises:
        QuestionError: It is not text.
    """
    if not isinstance(value, str):
        raise QuestionError(f"{name} is {value!r}; it must be text.")
    return value


def read_count(name: str, value: Any) -> int:
    """Return an argument that counts hits.

    Raises:
        QuestionError: It is not a whole number, or less than 1.
    """
    if not is_whole(value):
        raise QuestionError(f"{name} is {value!r}; it must be a whole number.")
    if value < 1:
        raise QuestionError(f"{name} is {value}; ask for at least 1 hit.")
    return int(value)


def is_whole(value: Any) -> bool:
    """Return whether a value is a whole number; True and False are not.

    >>> is_whole(5), is_whole(True), is_whole(5.0)
    (True, False, False)
    """
    return isinstance(value, int | np.integer) and not isinstance(value, bool)
