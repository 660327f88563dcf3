"""Questions that the notes of a course answer, for the list below the search box."""

import gzip
import json
from collections.abc import Iterable
from dataclasses import dataclass

from ...records import Chunk, Language
from ...text.clean import clean

# Notes also list plain search terms; those would not read as questions.
ENDINGS = ("?", "？", "か")


@dataclass(frozen=True, slots=True)
class Suggestions:
    """What can be suggested for a question that is being typed.

    Attributes:
        questions: All of them.
        packed: The same as gzipped JSON, for the browser; empty without questions.
    """

    questions: frozenset[str]
    packed: bytes


NONE = Suggestions(frozenset(), b"")


def suggestions(notes: Iterable[Chunk], language: Language) -> Suggestions:
    """Return each question that notes answer once, in the order of the notes.

    >>> from cs25search.records import Chunk
    >>> note = Chunk("c", "v", 0, 9, "T", "note", asks=("What is BERT?", "BERT size"))
    >>> suggestions([note, note], "en").questions
    frozenset({'What is BERT?'})
    >>> suggestions([note], "ja") == NONE
    True
    """
    asks = (
        clean(one) for note in notes for one in (note.asks_ja if language == "ja" else note.asks)
    )
    different: dict[str, str] = {}  # of questions that differ in capitals only, the first one
    for one in asks:
        if one.endswith(ENDINGS):
            different.setdefault(one.casefold(), one)
    questions = list(different.values())
    if not questions:
        return NONE
    # Without a date in it, equal lists are one file for all sessions.
    packed = gzip.compress(json.dumps(questions, ensure_ascii=False).encode(), mtime=0)
    return Suggestions(frozenset(questions), packed)
