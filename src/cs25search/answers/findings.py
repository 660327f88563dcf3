"""What was found for a question before anything is said: passages, and how likely they answer."""

from dataclasses import dataclass, replace

from ..ranking.lectures import advise
from ..ranking.searcher import Found, Searcher
from ..records import Status
from ..text.topic_words import topic_words
from .evidence import Evidence
from .features import build_features, other_version
from .passages import Passage, passages
from .refusal import load_logistic

MOMENTS = 5  # looked at for one answer


@dataclass(frozen=True, slots=True)
class Findings:
    """What was found for a question before anything is said.

    Attributes:
        found: The question and its moments, best first.
        passages: What the moments have to say, one by one, in the order in which it is said.
        probability: How likely they answer.
        status: What that allows to claim.
        evidence: The chunks of the moments.
    """

    found: Found
    passages: tuple[Passage, ...]
    probability: float
    status: Status
    evidence: Evidence


def judge(searcher: Searcher, found: Found) -> Findings:
    """Return the passages of what was found, and how likely they answer the question."""
    found = _moments(searcher, found)
    evidence = gather(searcher, found)
    if not found.hits:
        return Findings(found, (), 0.0, "not_in_lectures", evidence)
    language = found.query.language
    logistic = load_logistic(language)
    probability = logistic.probability(build_features(found, evidence))
    if other_version(found.question.text, evidence.vocabulary):
        probability = 0.0
    best = found.hits[0].note
    status: Status = "answered"
    if language == "ja" and probability and not (best and best.text_ja):
        status = "partly"  # no Japanese side to compare with: neither yes nor no can be said
    elif probability < logistic.refuse_below:
        status = "not_in_lectures"
    elif probability < logistic.answer_from:
        status = "partly"
    said = [
        passage
        for place, hit in enumerate(found.hits)
        for passage in passages(hit, place, found.query, evidence)
    ]
    return Findings(found, tuple(said), probability, status, evidence)


def gather(searcher: Searcher, found: Found) -> Evidence:
    """Return the chunks that an answer to a question may rest on."""
    words = topic_words(found.question.topic)
    vocabulary = searcher.source.vocabulary(found.part, words)
    return Evidence(found.part, searcher.encoder, vocabulary)


def _moments(searcher: Searcher, found: Found) -> Found:
    """Return the moments an answer looks at; for a question for a lecture, those of the best."""
    if found.question.intent.of_lectures and (number := _lecture_for(searcher, found)):
        filters = replace(found.filters, lectures=frozenset([number]))
        return searcher.find_again(found, filters, MOMENTS)
    return replace(found, hits=found.hits[:MOMENTS])


def _lecture_for(searcher: Searcher, found: Found) -> int | None:
    """Return the lecture that has most to say about a question, of those allowed."""
    allowed = found.filters.lectures
    numbers = [advice.lecture.number for advice in advise(searcher, found)]
    return next((number for number in numbers if not allowed or number in allowed), None)
