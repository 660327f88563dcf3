"""Build an answer from sentences of the best moments, without a language model."""

from ..index.vocabulary import idf_of
from ..records import Answer, Sentence
from ..text.topic_words import topic_words
from .citations import build_citation, text_of
from .findings import Findings
from .opening import opening_of
from .spans import Span, as_heading, choose_spans, with_lead

NEAR_BEGINNING = 40  # characters of a first sentence in which an opening is not said again


def build_extract(findings: Findings) -> Answer:
    """Return the answer made of sentences from the notes or the transcripts."""
    question, hits = findings.found.question, findings.found.hits
    spans = choose_spans(question, hits, findings.passages, _weights(findings))
    citations = tuple(
        build_citation(n, hits[span.hit_index], span.passages)
        for n, span in enumerate(spans, start=1)
    )
    sentences = []
    first = with_lead(spans[0].lead, spans[0].passages[0].text)
    opening = opening_of(question, hits[spans[0].hit_index], _joined(spans[0]))
    named = opening.rstrip(".。")
    said = spans[0].passages[0].text.casefold().find(named.casefold())
    is_named = bool(opening) and 0 <= said <= NEAR_BEGINNING
    if opening and not (is_named or first.startswith(named)):
        sentences.append(Sentence(opening, (1,)))
    for n, span in enumerate(spans, start=1):
        texts = [passage.text for passage in span.passages]
        if span.lead and (n > 1 or not (sentences or is_named)):
            text = with_lead(span.lead, texts.pop(0))
            sentences.append(Sentence(text, (n,), heading=as_heading(span.lead)))
        sentences += [Sentence(text, (n,)) for text in texts]
    return Answer(
        question=question.text,
        status="answered",
        text=text_of(sentences, question.language),
        sentences=tuple(sentences),
        citations=citations,
        probability=findings.probability,
    )


def _weights(findings: Findings) -> dict[str, float]:
    """Return the idf of each word of the question."""
    question = findings.found.question
    return idf_of(topic_words(question.topic), findings.evidence.vocabulary, question.language)


def _joined(span: Span) -> str:
    return " ".join(passage.text for passage in span.passages)
