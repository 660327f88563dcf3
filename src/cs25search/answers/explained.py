"""Answer from an explanation whose question is nearly the one that was asked.

A note tells one moment; what people ask is often said in two or three. So explanations are written
from the notes, with the questions that each answers. What the lectures leave unsaid has its
questions too, so that a reply can say so instead of showing a moment that is only near.
"""

from collections.abc import Collection, Mapping, Sequence

from ..question.read import Question
from ..ranking.query import letters_of
from ..ranking.searcher import Searcher
from ..records import Answer, Explanation, Hit, Moment, Part, Sentence, in_language
from ..text.sentences import split_sentences
from .citations import build_citation, text_of
from .compare import compared, join_sides, names_both
from .features import other_version
from .findings import Findings
from .opening import has_wanted

# Least score of what is left unsaid, asked alone; and if it names what the question names and no
# moment does.
LEFT_UNSAID, NAMED_UNSAID = 0.9, 0.5
LACKS_WANTED = 0.2  # what an explanation loses without the number, year or name asked for
WHOLE = 1.15  # least score of one that answers both parts of a question
SHOWN = 3  # closest moments shown beside what is left unsaid


def find_explanation(
    searcher: Searcher,
    findings: Findings,
    least: float = 0.0,
    shown: Collection[Moment] = (),
) -> Answer | None:
    """Return the answer of the explanation that a question asks for; None if there is none.

    Of a version that the lectures do not mention, only what they leave unsaid is told. A comparison
    is answered by what is about both sides.

    Args:
        least: The least score that is enough, if more than usual.
        shown: Moments that are known already; an explanation from no other one is left out.
    """
    found, question = findings.found, findings.found.question
    version = other_version(question.text, findings.evidence.vocabulary)
    pair = compared(question.text)
    near = [
        (one.score - LACKS_WANTED * (not _has_wanted(one.item, question)), one)
        for one in findings.compare()
        if (not shown or not {*one.item.notes} <= {*shown})
        and (not version or _leaves_unsaid(version, one.item))
        and (not pair or names_both(one.item, pair))
    ]
    if not near:
        return None
    score, best = max(near, key=lambda one: one[0])
    item = best.item
    enough = max(least, findings.least if item.is_said or found.turn else LEFT_UNSAID)
    if not item.is_said and (best.is_named or version):
        enough = NAMED_UNSAID
    if score < enough:
        return None
    hits = {(hit.video.video_id, hit.note.start): hit for hit in found.wide if hit.note}
    moments = {note: hits.get(note) or searcher.moment(found, note) for note in item.notes}
    there = {note: hit for note, hit in moments.items() if hit}
    if len(there) < len(moments):
        return None  # a filter leaves a note out
    if item.is_said:
        return _explained(question, item, there, findings.probability)
    others = [hit for hit in found.hits if hit.start not in {one.start for one in there.values()}]
    return _unsaid(findings, item, [*there.values(), *others][:SHOWN])


def _leaves_unsaid(version: str, item: Explanation) -> bool:
    """Return whether an item says that a version of a thing is not told: DALL-E 2, not DALL-E."""
    name = letters_of(version)
    return not item.is_said and any(name in letters_of(ask) for ask in item.asks)


def explains_both(whole: Findings, parts: Sequence[Findings]) -> bool:
    """Return whether the nearest explanation is about a whole question, not only one part of it.

    One that is nearer to a part alone answers that part.
    """
    nearest = whole.nearest
    alone = [part.nearest for part in parts]
    return nearest is not None and all(
        one is None or one.item is not nearest.item or one.score < nearest.score for one in alone
    )


def _has_wanted(item: Explanation, question: Question) -> bool:
    """Return whether an explanation has the number, year or name that a question asks for."""
    if not item.is_said or not question.asks_fact:
        return True
    said = (in_language(part.text, part.text_ja, question.language) for part in item.parts)
    return has_wanted(" ".join(said), question)


def _explained(
    question: Question, item: Explanation, hits: Mapping[Moment, Hit], probability: float
) -> Answer:
    """Return the answer of an explanation; one that compares two things has two sides."""
    sides = [in_language(part.side, part.side_ja, question.language) for part in item.parts]
    if len(sides) == 2 and all(sides):
        answers = [_answer(question, [part], hits, probability) for part in item.parts]
        if both := join_sides(question, (sides[0], sides[1]), answers):
            return both
    return _answer(question, item.parts, hits, probability)


def _answer(
    question: Question, parts: Sequence[Part], hits: Mapping[Moment, Hit], probability: float
) -> Answer:
    notes = dict.fromkeys(note for part in parts for note in part.notes)
    numbers = {note: n for n, note in enumerate(notes, start=1)}
    sentences = [
        Sentence(text, tuple(numbers[note] for note in part.notes))
        for part in parts
        for text in split_sentences(in_language(part.text, part.text_ja, question.language))
    ]
    return Answer(
        question=question.text,
        status="answered",
        text=text_of(sentences, question.language),
        sentences=tuple(sentences),
        citations=tuple(build_citation(n, hits[note]) for note, n in numbers.items()),
        probability=probability,
        is_explanation=True,
    )


def _unsaid(findings: Findings, item: Explanation, hits: Sequence[Hit]) -> Answer:
    """Return a reply that says what the lectures leave unsaid, with the closest moments."""
    part, question = item.parts[0], findings.found.question
    return Answer(
        question=question.text,
        status="partly" if part.notes and findings.fits else "not_in_lectures",
        text=in_language(part.text, part.text_ja, question.language),
        sentences=(),
        citations=tuple(build_citation(n, hit) for n, hit in enumerate(hits, start=1)),
        probability=findings.probability,
        unsaid=part.text,
        unsaid_ja=part.text_ja,
    )
