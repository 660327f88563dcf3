"""Answer questions about a lecture's subject or speaker from moments about them."""

from msgspec.structs import replace

from ..index.chunk_text import words_of
from ..question.aliases import english_name
from ..question.reported import reported
from ..ranking.query import name_forms
from ..ranking.searcher import Found, Searcher
from ..records import Hit, Video
from ..text.words import stem, words
from .evidence import chunks_of
from .findings import Findings, judge_text, with_hits

LOOKED_AT = 15  # hits
NEAR_SUBJECT = 0.6  # least share of the best score of a moment about the subject


def find_named(searcher: Searcher, findings: Findings) -> Findings:
    """Return findings whose moments are about the subject or speaker that a question names.

    What is said about code in one lecture does not answer "What is the Perceiver written in?". A
    moment counts if it has the name, or is of the lecture with the name in its title or of the
    speaker; others are left out. Without such a moment, the status is `partly`.
    """
    found = findings.found
    if findings.status != "answered" or found.question.lectures:
        return findings
    generation, topic = searcher.source.generation, found.question.topic
    known = {word for video in generation.videos for word in _words_about(video)}
    speakers = {word for video in generation.videos for word in _stems(*video.speakers)}
    asked = [forms for forms in name_forms(topic, generation) if forms & known]
    asked += [{word} for word in _stems(topic) & speakers]

    def is_about(hit: Hit) -> bool:
        held = _words_about(hit.video)
        for chunk in chunks_of(hit):
            held = held | words_of(chunk, "en") | words_of(chunk, "ja")
        return all(forms & held for forms in asked)

    if not asked or all(map(is_about, found.hits)):
        return findings
    further = searcher.find_again(found, found.filters, LOOKED_AT)
    near = [hit for hit in further.hits if hit.score >= NEAR_SUBJECT * further.hits[0].score]
    about = tuple(hit for hit in near if is_about(hit))[: len(found.hits)]
    if not about:
        return replace(findings, status="partly")
    return with_hits(findings, further, about)


def said_by_speaker(searcher: Searcher, found: Found) -> Findings | None:
    """Return what a speaker says about a topic, for a question that asks for it.

    The topic is searched for in the speaker's lectures alone. None for other questions, and if the
    lectures do not answer it.
    """
    question = found.question
    if (asked := reported(question.text)) is None:
        return None
    who, topic = asked
    names = _stems(english_name(who) or who)
    spoken = frozenset(
        video.lecture
        for video in searcher.source.generation.videos
        if video.lecture and names and names <= _stems(*video.speakers)
    )
    spoken &= found.filters.lectures or spoken
    if not spoken:
        return None
    text = f"{topic}について" if question.language == "ja" else topic
    filters = replace(found.filters, lectures=spoken)
    findings = judge_text(searcher, text, filters)
    return findings if findings.status == "answered" else None


def _words_about(video: Video) -> set[str]:
    return _stems(video.title, *video.speakers)


def _stems(*texts: str) -> set[str]:
    return {stem(word) for word in words(" ".join(texts))}
