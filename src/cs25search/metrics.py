"""Measures of a ranked list against the spans in which the answer is spoken.

A hit is relevant if it is in the right video and its time range overlaps the gold range.
"""

from collections.abc import Sequence


def overlaps(start: float, end: float, gold_start: float, gold_end: float) -> bool:
    """Return whether two time ranges share more than a boundary.

    >>> overlaps(0, 10, 9, 20), overlaps(0, 10, 10, 20)
    (True, False)
    """
    return start < gold_end and end > gold_start


def success_at_k(relevant: Sequence[bool], k: int) -> float:
    """Return 1 if any of the first k hits is relevant, else 0. (Recall@k is the share found.)

    >>> success_at_k([False, True], k=1), success_at_k([False, True], k=2)
    (0.0, 1.0)
    """
    return float(any(relevant[:k]))


def reciprocal_rank(relevant: Sequence[bool]) -> float:
    """Return 1 / rank of the first relevant hit, 0 if there is none (Voorhees, TREC-8, 1999).

    >>> reciprocal_rank([False, True, True]), reciprocal_rank([])
    (0.5, 0.0)
    """
    return next((1 / rank for rank, hit in enumerate(relevant, start=1) if hit), 0.0)
