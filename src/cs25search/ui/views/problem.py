"""Explain errors and what to do about them."""

from ...errors import Cs25SearchError, IndexDamaged, IndexMissing, ModelError, QuestionError

REBUILD = "python -m ingest"

# Errors by type: the text that explains them, and whether rebuilding the index helps.
_CAUSES: tuple[tuple[type[Cs25SearchError], str, bool], ...] = (
    (IndexMissing, "index_missing", True),
    (IndexDamaged, "index_damaged", True),
    (ModelError, "model", True),
    (QuestionError, "bad_question", False),
)


def explain(error: Cs25SearchError) -> tuple[str, str | None]:
    """Return the key of the text that explains an error, and the command that fixes it.

    >>> from cs25search.errors import QuestionError
    >>> explain(QuestionError("The question is empty."))
    ('bad_question', None)
    """
    for kind, key, rebuild in _CAUSES:
        if isinstance(error, kind):
            return key, REBUILD if rebuild else None
    return "other_problem", None
