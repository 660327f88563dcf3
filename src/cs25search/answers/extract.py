"""Answer a question briefly with citations for every sentence, or refuse.

Without a language model, an answer consists of extracts: the best sentences of the best moments,
chosen by the same late interaction that found them.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..ranking.filters import read_filters, read_text
from ..ranking.moments import build_hits
from ..ranking.rank import rank, read_query
from ..records import Answer, Citation, Hit, Language, Sentence, Status
from ..text.japanese import is_japanese, japanese_words
from ..text.words import STOP_WORDS, stem, words
from .features import build_features, other_version
from .opening import asks_for_lecture, lead_of, leads_with
from .passages import Passage, passages
from .refusal import load_logistic
from .small_talk import is_small_talk, small_talk

if TYPE_CHECKING:
    from ..search import Index

MOMENTS = 5  # considered for one answer
SHOWN = 3  # closest moments shown without an answer
MOST_SENTENCES = 4
MOST_WORDS = 70  # of an English extract; in Japanese, two characters count as a word
NEAR = 0.7  # also quote a moment that scores at least this fraction of the best
SAME = 0.6  # share of common words from which a sentence counts as a repetition

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
) -> Answer:
    """Return what the lectures say about a question; see `Index.answer`."""
    from ..language_model import endpoint_from_environment
    from .written import write_answer

    if is_small_talk(read_text("The question", question)):
        return small_talk(question, index)
    endpoint = endpoint_from_environment()
    findings = find(index, question, lectures)
    if findings.status != "answered":
        return _without_claim(findings)
    extract = build_extract(findings)
    if endpoint is None:
        return extract
    return write_answer(endpoint, findings.index, findings, extract, on_sentence)


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
    """Return the answer made of sentences from the notes or the transcripts."""
    chosen = choose(findings.question, findings.passages, [hit.score for hit in findings.hits])
    places = list(dict.fromkeys(passage.place for passage in chosen))
    numbers = {place: n for n, place in enumerate(places, start=1)}
    spans = {place: [p for p in chosen if p.place == place] for place in places}
    citations = tuple(
        build_citation(numbers[place], findings.hits[place], spans[place]) for place in places
    )
    sentences = [Sentence(p.text, (numbers[p.place],)) for p in chosen]
    first = findings.hits[chosen[0].place]
    lead = lead_of(findings.question, first, chosen[0].text)
    if lead and not chosen[0].text.startswith(lead.rstrip(".。")):
        sentences = [Sentence(lead, (1,)), *sentences]
    del sentences[MOST_SENTENCES:]
    return Answer(
        question=findings.question,
        status="answered",
        text=text_of(sentences, findings.question),
        sentences=tuple(sentences),
        citations=citations,
        probability=findings.probability,
    )


def choose(question: str, said: Sequence[Passage], scores: Sequence[float]) -> list[Passage]:
    """Return the sentences of an answer in the order shown.

    The best moment and those with nearly the same score each contribute their best sentence. The
    remaining space is filled with further sentences of the best moment. If a question asks for a
    name or a number, a sentence that has one comes first.

    Args:
        scores: Scores of the moments, best first.
    """
    best = sorted((p for p in said if p.place == 0), key=lambda p: -p.score)[: MOST_SENTENCES - 1]
    speaking = best[:1]
    for place, score in enumerate(scores[1:], start=1):
        if score >= NEAR * scores[0]:
            other = max((p for p in said if p.place == place), key=lambda p: p.score)
            if not any(repeats(other.text, p.text) for p in [*best, *speaking]):
                speaking.append(other)
    kept: list[Passage] = []
    for passage in [*speaking, *best[1:]]:
        length = sum(length_of(p.text) for p in [*kept, passage])
        if len(kept) < MOST_SENTENCES and (not kept or length <= MOST_WORDS):
            kept.append(passage)
    return sorted(kept, key=lambda p: (p.place, not leads_with(question, p.text), p.order))


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
    quote = " … ".join(p.text for p in sorted(cited, key=lambda p: p.order))
    return Citation(n, hit.video, start, end, quote, hit.slide, kind="transcript")


def text_of(sentences: Sequence[Sentence], question: str) -> str:
    """Return sentences with their citation numbers as one text.

    >>> text_of([Sentence("It is float32.", (1,)), Sentence("It is fast.", (1, 2))], "Why?")
    'It is float32. [1] It is fast. [1][2]'
    >>> text_of([Sentence("速い。", (1,))], "なぜ？")
    '速い。[1]'
    """
    marked = [
        f"{sentence.text}{'' if sentence.text.endswith('。') else ' '}"
        + "".join(f"[{n}]" for n in sentence.citations)
        for sentence in sentences
    ]
    return ("" if is_japanese(question) else " ").join(marked)


def repeats(text: str, other: str) -> bool:
    """Return whether a sentence mostly repeats another.

    >>> repeats("The router runs in float32.", "Only the router runs in float32, he says.")
    True
    """
    mine, theirs = content(text), content(other)
    return len(mine & theirs) >= SAME * max(1, min(len(mine), len(theirs)))


def content(text: str) -> set[str]:
    """Return the content words of a text, English ones as stems."""
    if is_japanese(text):
        return set(japanese_words(text))
    return {stem(word) for word in words(text) if word not in STOP_WORDS}


def length_of(text: str) -> float:
    """Return the length of a sentence in words; two Japanese characters count as one.

    >>> length_of("It is float32."), length_of("速い。")
    (3, 1.5)
    """
    return len(re.sub(r"\s", "", text)) / 2 if is_japanese(text) else len(text.split())


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
