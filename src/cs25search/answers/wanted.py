"""The number, year or price that a question asks for, also searched for beyond the best moments.

An answer to "how many" must contain a number, one about money a sum. If no chosen moment has one,
further hits about the same thing are searched for it.
"""

import re
from collections.abc import Sequence

from msgspec.structs import replace

from ..question.intent import PERCENT
from ..question.read import Question
from ..ranking.searcher import Searcher
from ..records import Chunk, Hit, in_language
from ..text.topic_words import topic_words
from ..text.words import stem
from .evidence import chunks_of
from .findings import Findings, with_hits
from .opening import has_wanted
from .spans import NEAR

LOOKED_AT = 15  # hits
SHARE_JA = 0.7  # of a Japanese question's words; some of them only ask
MOST_WORDS = 12  # of a question for a year
_COUNTS = re.compile(r"^(?:(?:and|so|about|roughly|with|in|on|over|for|from|of) )*how many\b", re.I)


def find_wanted(searcher: Searcher, findings: Findings) -> Findings:
    """Return findings whose first moment contains the number, year or price that is asked for.

    Without such a moment, their status is `partly`. Other questions keep their findings. Numbers
    are looked for in questions that say what is counted.
    """
    question, found = findings.found.question, findings.found
    if findings.status != "answered" or not _is_sought(question):
        return findings
    hits = found.hits
    near = [hit for hit in hits if hit.score >= NEAR * hits[0].score] or hits[:1]
    if any(_has(hit, question) for hit in near):
        return findings
    further = searcher.find_again(found, found.filters, LOOKED_AT)
    chosen = next((hit for hit in further.hits if _answers(hit, question)), None)
    if chosen is None:
        return replace(findings, status="partly")
    moments = (chosen, *(hit for hit in hits if hit.start != chosen.start))[: len(hits)]
    return with_hits(findings, further, moments)


def _is_sought(question: Question) -> bool:
    """Return whether a number or year is all that a question asks for, not "why ... how many"."""
    if question.intent.counted == PERCENT or question.intent.wanted == "money":
        return True
    if question.intent.counted and question.language == "en":
        return _COUNTS.search(question.topic) is not None
    if question.intent.counted:
        return True
    return question.intent.wanted == "year" and len(question.topic.split()) <= MOST_WORDS


def _has(hit: Hit, question: Question) -> bool:
    return any(
        has_wanted(in_language(chunk.text, chunk.text_ja, question.language), question)
        for chunk in _texts(hit)
    )


def _answers(hit: Hit, question: Question) -> bool:
    """Return whether a moment has what is asked for and is about the same.

    A number belongs to what it counts: all words of the question must be in the moment or the
    questions that it answers. Of a question for a year, half are enough.
    """
    if not _has(hit, question):
        return False
    japanese = question.language == "ja"
    counted = stem(question.intent.counted.lower())
    question_words = set(topic_words(question.topic)) - {counted, "mani"}
    said = set(topic_words(" ".join(_about(chunk, question) for chunk in _texts(hit))))
    share = 0.5 if question.intent.counted in ("", PERCENT) else SHARE_JA if japanese else 1.0
    return len(question_words & said) >= share * len(question_words)


def _texts(hit: Hit) -> Sequence[Chunk]:
    return chunks_of(hit)[:1]  # the note, where there is one: an answer is made of it


def _about(chunk: Chunk, question: Question) -> str:
    if question.language == "ja":
        return " ".join([chunk.title_ja, chunk.text_ja, *chunk.asks_ja])
    return " ".join([chunk.title, chunk.text, *chunk.terms, *chunk.asks])
