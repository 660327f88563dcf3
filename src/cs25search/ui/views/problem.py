"""Explain errors and what to do about them."""

from ...errors import (
    Cs25SearchError,
    EncoderError,
    IndexDamaged,
    IndexMissing,
    IngestNeeded,
    QuestionError,
)

# Errors by type, and the text that explains them.
_CAUSES: tuple[tuple[type[Cs25SearchError], str], ...] = (
    (IndexMissing, "index_missing"),
    (IndexDamaged, "index_damaged"),
    (EncoderError, "encoder"),
    (QuestionError, "bad_question"),
)


def explain(error: Cs25SearchError) -> tuple[str, str | None]:
    """Return the key of the text that explains an error, and the command that fixes it.

    >>> from cs25search.errors import QuestionError
    >>> explain(QuestionError("The question is empty."))
    ('bad_question', None)
    """
    key = next((key for kind, key in _CAUSES if isinstance(error, kind)), "other_problem")
    return key, error.command if isinstance(error, IngestNeeded) else None
