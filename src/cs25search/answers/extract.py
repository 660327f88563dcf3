"""Answer a question briefly with citations for every sentence, or refuse.

Without a language model, an answer consists of extracts: the best sentences of the best moments,
chosen by the same late interaction that found them.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ..question.follow_up import understood_as
from ..ranking.filters import read_filters, read_text
from ..ranking.moments import build_hits
from ..ranking.rank import rank, read_query
from ..records import Answer, Citation, Hit, Language, Sentence, Status
from ..text.japanese import is_japanese
from .compare import about, compared, has_both, join_sides, two_parts
from .course import answers_course, course_answer, find_entry
from .features import build_features, other_version
from .lists import find_mentions, list_answer, listed_name
from .opening import asks_for_lecture, lead_of
from .passages import Passage, passages
from .refusal import load_logistic
from .small_talk import is_small_talk, small_talk
from .spans import Span, choose_spans, text_of, with_lead

if TYPE_CHECKING:
    from ..search import Index

MOMENTS = 5  # considered for one answer
SHOWN = 3  # closest moments shown without an answer

NO_TEXT: dict[tuple[Status, Language], str] = {
    ("partly", "en"): "The lectures touch on this; these moments come closest.",
    ("partly", "ja"): "講義で触れられている話題です。最も近い場面は次のとおりです。",
    ("not_in_lectures", "en"): "I found no answer in the lectures. The closest moments:",
    ("not_in_lectures", "ja"): "講義の中に答えは見つかりませんでした。最も近い場面：",
}


@dataclass(frozen=True, slots=True)
class Findings:
    """What was found for a question.

    Attributes:
        hits: Best first.
        passages: The sentences of the hits, hit by hit, in their original order.
        probability: Probability that they answer the question.
        status: The status that follows from it.
        index: The index of the hits.
    """

    question: str
    hits: tuple[Hit, ...]
    passages: tuple[Passage, ...]
    probability: float
    status: Status
    index: "Index"


def answer(
    index: "Index",
    question: str,
    lectures: Iterable[int] = (),
    on_sentence: Callable[[Sentence], None] = lambda sentence: None,
    context: str = "",
) -> Answer:
    """Return what the lectures say about a question; see `Index.answer`."""
    if is_small_talk(read_text("The question", question)):
        return small_talk(question, index)
    asked = understood_as(question, context)
    said = _answer(index, asked, tuple(lectures), on_sentence)
    return said if asked == question else replace(said, question=question, understood=asked)


def _answer(
    index: "Index",
    question: str,
    lectures: tuple[int, ...],
    on_sentence: Callable[[Sentence], None],
) -> Answer:
    from ..language_model import endpoint_from_environment
    from .written import write_answer

    endpoint = endpoint_from_environment()
    findings = find(index, question, lectures)
    name = listed_name(question)
    if name and (mentions := find_mentions(index, name, lectures)):
        return list_answer(question, name, mentions)
    entry = find_entry(index, question, lectures)
    # A probability of 0 says that a name is asked for in a version that the lectures do not know.
    if (
        entry
        and (findings.probability or not findings.hits)
        and answers_course(entry, question, findings.status == "answered")
    ):
        return course_answer(index, question, entry)
    if both := _two_answers(index, findings, lectures):
        return both
    if findings.status != "answered":
        return _without_claim(findings)
    extract = build_extract(findings)
    if endpoint is None:
        return extract
    return write_answer(endpoint, findings.index, findings, extract, on_sentence)


def _two_answers(index: "Index", whole: Findings, lectures: tuple[int, ...]) -> Answer | None:
    """Return an answer to each of two things asked; None when one moment has both, or none."""
    question = whole.question
    japanese = is_japanese(question)
    if pair := compared(question):
        if whole.status == "answered" and has_both(build_extract(whole).sentences, pair):
            return None
        found = [find(index, about(side, japanese), lectures) for side in pair]
        parts = [build_extract(one) if one.status == "answered" else None for one in found]
        return join_sides(question, pair, parts)
    if parted := two_parts(question):
        asked = (parted[0], understood_as(parted[1], parted[0]))
        answers = [find(index, part, lectures) for part in asked]
        if all(one.status == "answered" for one in answers):
            return join_sides(question, ("", ""), [build_extract(one) for one in answers])
    return None


def find(index: "Index", question: str, lectures: Iterable[int] = ()) -> Findings:
    """Return moments and passages for a question, and the probability that they answer it.

    Raises:
        QuestionError: As for `Index.search`.
    """
    lectures = sorted(read_filters(lectures).lectures)
    asked = question
    question, _ = index.check(question, lectures)
    if asks_for_lecture(asked) and (number := _lecture_for(index, question, lectures)):
        lectures = [number]
    index = index.near(question, MOMENTS, lectures)
    question, allowed = index.check(question, lectures)
    if not any(character.isalnum() for character in question):
        return Findings(asked, (), (), 0.0, "not_in_lectures", index)
    generation, encoder = index.generation, index.encoder
    probe = read_query(question, generation, encoder)
    hits = build_hits(rank(probe, generation, allowed), probe, generation, encoder, MOMENTS)
    if not hits:
        return Findings(asked, (), (), 0.0, "not_in_lectures", index)
    vocabulary = index.vocabulary
    features = build_features(question, hits, probe, generation, encoder, vocabulary)
    language: Language = "ja" if is_japanese(question) else "en"
    logistic = load_logistic(language)
    probability = logistic.probability(features)
    if other_version(asked, vocabulary):
        probability = 0.0
    status: Status = "answered"
    if language == "ja" and probability and not (hits[0].note and hits[0].note.text_ja):
        status = "partly"  # no Japanese text to compare with: neither answer nor refusal
    elif probability < logistic.refuse_below:
        status = "not_in_lectures"
    elif probability < logistic.answer_from:
        status = "partly"
    said = [
        passage
        for place, hit in enumerate(hits)
        for passage in passages(
            hit, place, question, probe, vocabulary.rows[(hit.note or hit.chunk).chunk_id],
            generation, encoder,
        )
    ]  # fmt: skip
    return Findings(asked, tuple(hits), tuple(said), probability, status, index)


def build_extract(findings: Findings) -> Answer:
    """Return the answer that consists of sentences of the notes, or of words that were said."""
    spans = choose_spans(findings.question, findings.hits, findings.passages)
    citations = tuple(
        build_citation(n, findings.hits[span.place], span.passages)
        for n, span in enumerate(spans, start=1)
    )
    sentences = []
    first = spans[0].passages[0].text
    opening = lead_of(findings.question, findings.hits[spans[0].place], _joined(spans[0]))
    if opening and not first.startswith(opening.rstrip(".。")):
        sentences.append(Sentence(opening, (1,)))
    for n, span in enumerate(spans, start=1):
        texts = [passage.text for passage in span.passages]
        if not sentences or n > 1:
            texts[0] = with_lead(span.lead, texts[0])
        sentences += [Sentence(text, (n,)) for text in texts]
    return Answer(
        question=findings.question,
        status="answered",
        text=text_of(sentences, findings.question),
        sentences=tuple(sentences),
        citations=citations,
        probability=findings.probability,
    )


def _joined(span: Span) -> str:
    return " ".join(passage.text for passage in span.passages)


def build_citation(n: int, hit: Hit, cited: Sequence[Passage] = ()) -> Citation:
    """Return the citation of a moment; from a transcript, only the cited passages."""
    if hit.note is not None or not cited:
        quote_ja = hit.chunk.text_ja if hit.chunk.kind == "note" else ""
        model = hit.note.model if hit.note else ""
        note = hit.note if hit.note is not hit.chunk else None
        return Citation(
            n, hit.video, hit.start, hit.end, hit.quote, hit.slide, quote_ja, model,
            hit.chunk.kind, note,
        )  # fmt: skip
    start, end = min(p.start for p in cited), max(p.end for p in cited)
    quote = " ".join(p.text for p in sorted(cited, key=lambda p: p.order))
    return Citation(n, hit.video, start, end, quote, hit.slide, kind="transcript")


def _lecture_for(index: "Index", question: str, lectures: Iterable[int]) -> int | None:
    """Return the allowed lecture that best matches a question."""
    from ..ranking.lectures import advise

    numbers = [advice.lecture.number for advice in advise(index, question)]
    wanted = set(lectures)
    return next((number for number in numbers if not wanted or number in wanted), None)


def _without_claim(findings: Findings) -> Answer:
    language: Language = "ja" if is_japanese(findings.question) else "en"
    shown = enumerate(findings.hits[:SHOWN], start=1)
    return Answer(
        question=findings.question,
        status=findings.status,
        text=NO_TEXT[findings.status, language],
        sentences=(),
        citations=tuple(build_citation(n, hit) for n, hit in shown),
        probability=findings.probability,
    )
