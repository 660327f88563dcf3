"""Judge how likely the moments found for a question answer it."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from itertools import chain

import msgspec
from msgspec.structs import replace

from ..question.follow_up import is_bare
from ..question.read import read_question
from ..ranking.explanations import (
    REFINED,
    Asked,
    Near,
    nearest_explanations,
    nearest_in_turn,
    nearest_of_part,
    shares_of,
    words_to_have,
)
from ..ranking.filters import Filters
from ..ranking.lectures import rank_lectures
from ..ranking.query import Query
from ..ranking.searcher import Found, Searcher
from ..records import Explanation, Hit, Moment, Status
from ..text.topic_words import topic_words
from .evidence import Evidence
from .features import build_features, other_version, reading_of
from .passages import Passage, passages
from .refusal import load_logistic

JUDGED = 5  # moments from which an answer is made
COMPARED = 8  # explanations, the nearest ones
# Least score of an explanation that answers, by what the moments alone allow.
ANSWERS: dict[Status, float] = {"answered": 0.8, "partly": 0.9, "not_in_lectures": 1.05}
# The same in a conversation, where the question alone lowers the score.
IN_TURN: dict[Status, float] = {"answered": 0.6, "partly": 0.65, "not_in_lectures": 0.75}


class Findings(msgspec.Struct, frozen=True):
    """The moments found for a question, and how likely they answer it.

    Attributes:
        found: The question and its moments, best first.
        passages: The sentences of the moments, in order.
        probability: Probability that they answer, 0 to 1.
        status: The kind of answer that the probability allows.
        evidence: The chunks of the moments.
        compare: Returns the explanations that the question may ask for, nearest first; they are
            compared when it is first called. In a conversation, what was told is left out.
    """

    found: Found
    passages: tuple[Passage, ...]
    probability: float
    status: Status
    evidence: Evidence
    compare: Callable[[], Sequence[Near]]

    @property
    def nearest(self) -> Near | None:
        """The explanation that is the nearest to the question, if there are any."""
        return next(iter(self.compare()), None)

    @property
    def least(self) -> float:
        """The least score of an explanation that answers."""
        return (IN_TURN if self.found.turn else ANSWERS)[self.status]

    @property
    def told(self) -> Explanation | None:
        """The explanation that answers the question; None if moments do, or nothing."""
        near = self.nearest
        return near.item if near and near.score >= self.least else None

    @property
    def fits(self) -> bool:
        """Whether the moments may answer the question."""
        return self.status != "not_in_lectures"


def judge(searcher: Searcher, found: Found) -> Findings:
    """Return the sentences of the moments found, and how likely they answer the question."""
    found = _moments(searcher, found)
    evidence = gather(searcher, found)
    compare = cache(partial(_compare, searcher, found))
    if not found.hits:
        return Findings(found, (), 0.0, "not_in_lectures", evidence, compare)
    reading = reading_of(found)
    logistic = load_logistic(reading)
    topic = encode_topic(searcher, found)
    probability = logistic.probability(build_features(found, topic, evidence))
    if other_version(found.question.text, evidence.vocabulary):
        probability = 0.0
    status: Status = "answered"
    if reading == "ja_in_english" and topic.has_pooled:
        # A multilingual encoder reads the question itself; no refusal model was fitted for that.
        status = "partly"
    elif probability < logistic.refuse_below:
        status = "not_in_lectures"
    elif probability < logistic.answer_from:
        status = "partly"
    said = [
        passage
        for hit_index, hit in enumerate(found.hits)
        for passage in passages(hit, hit_index, found, evidence)
    ]
    return Findings(found, tuple(said), probability, status, evidence, compare)


def judge_text(searcher: Searcher, text: str, filters: Filters) -> Findings:
    """Return what is found for a text, and how likely it answers."""
    return judge(searcher, searcher.find(read_question(text), filters, JUDGED))


def in_whole(part: Findings, alone: Findings, whole: Findings, first: Findings) -> Findings:
    """Return what is found for the second part of a question, its explanations compared again.

    Args:
        part: The findings of the part as completed from the first one.
        alone: Those of the part as it was typed.
        whole: Those of the whole question.
        first: Those of the first part.
    """

    def compare() -> list[Near]:
        return nearest_of_part(part.compare(), alone.compare(), whole.compare(), _videos_of(first))

    return replace(part, compare=cache(compare))


def _compare(searcher: Searcher, found: Found) -> list[Near]:
    """Return the explanations that a question may ask for, nearest first."""
    question, turn = found.question, found.turn
    is_other = question.intent.of_lectures or found.filters.kind == "transcript"
    if is_other or not searcher.source.generation.has_explanations:
        return []
    if turn is None or question.further:
        return _near(searcher, found, shares_of(found.wide), REFINED)[:COMPARED]
    alone = searcher.find(read_question(turn.typed), found.filters, JUDGED)
    before = [judge_text(searcher, text, found.filters) for text in turn.before]
    found_by = [found, alone, *(one.found for one in before)]
    shares = [shares_of(one.wide) for one in found_by]
    # The explanations from the moments of each question, compared with two of them.
    others = dict.fromkeys(chain.from_iterable(shares), 0.0)
    whole, own = (
        _near(searcher, one, others | share, None)
        for one, share in zip((found, alone), shares, strict=False)
    )
    if is_bare(turn.typed):
        own = whole  # "and why?" says nothing alone
    told = [one.told for one in before if one.told and not question.asks_fact]
    videos = set().union(*map(_videos_of, before))
    return nearest_in_turn(whole, own, told, videos)[:COMPARED]


def _videos_of(findings: Findings) -> set[str]:
    """Return the ids of the videos that the answer is from."""
    if findings.told and findings.told.notes:
        return {video for video, _ in findings.told.notes}
    return {hit.video.video_id for hit in findings.found.hits[:1]}


def _near(
    searcher: Searcher, found: Found, shares: Mapping[Moment, float], refined: int | None
) -> list[Near]:
    known = searcher.source.vocabulary(words_to_have(found.question))
    asked = Asked(found.question, found.query, known)
    return nearest_explanations(searcher.source.generation, asked, shares, refined)


def with_hits(findings: Findings, found: Found, hits: tuple[Hit, ...]) -> Findings:
    """Return findings with other moments, whose chunks `found.part` has."""
    evidence = replace(findings.evidence, part=found.part)
    said = [
        passage
        for hit_index, hit in enumerate(hits)
        for passage in passages(hit, hit_index, found, evidence)
    ]
    return replace(
        findings, found=replace(found, hits=hits), passages=tuple(said), evidence=evidence
    )


def encode_topic(searcher: Searcher, found: Found) -> Query:
    """Return the topic of a question, encoded."""
    if found.question.topic == found.question.searched:
        return found.query
    return searcher.encode(found.question.topic)


def gather(searcher: Searcher, found: Found) -> Evidence:
    """Return the chunks that may support an answer."""
    words = topic_words(found.question.topic)
    return Evidence(found.part, searcher.encoder, searcher.source.vocabulary(words))


def _moments(searcher: Searcher, found: Found) -> Found:
    """Return the moments to answer from; if a lecture is asked for, those of the best one."""
    if found.question.intent.of_lectures and (number := _lecture_for(searcher, found)):
        filters = replace(found.filters, lectures=frozenset([number]))
        return searcher.find_again(found, filters, JUDGED)
    return replace(found, hits=found.hits[:JUDGED])


def _lecture_for(searcher: Searcher, found: Found) -> int | None:
    """Return the allowed lecture that matches a question best, None if there is none."""
    allowed = found.filters.lectures
    numbers = [one.lecture.number for one in rank_lectures(searcher, found)]
    return next((number for number in numbers if not allowed or number in allowed), None)
