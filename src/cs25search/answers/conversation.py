"""Questions of a conversation: about its subject, and about the place of an answer."""

import numpy as np
from msgspec.structs import replace

from ..question.conversation import about_subject, names_nothing
from ..question.read import read_question
from ..ranking.explanations import share_covered
from ..ranking.filters import Filters
from ..ranking.searcher import Searcher
from ..records import Answer, Citation, Language, Sentence
from ..text.rarity import idf
from ..text.topic_words import topic_words
from ..wording import named_lecture
from .citations import text_of
from .explained import ANSWERS, nearest_explanation, told_explanation
from .findings import JUDGED, Findings, judge

MOST_PLACES = 3  # named
LESS = 0.1  # by which an answer may be less probable with the subject
OWN = 0.3  # least share of the words of a question alone that such an explanation has
CLEARLY = 0.05  # by which an explanation must be nearer with the subject


def in_conversation(searcher: Searcher, question: str, subject: str, filters: Filters) -> str:
    """Return a question, about the subject of the conversation if that fits.

    It fits if an explanation is nearer to both together than any is to the question alone, and has
    words of the question; clearly nearer, and not the one that answered before, if the question
    names something. One that names nothing also fits if it finds another lecture than the subject
    alone and the lecture of the subject with it. With the subject, an answer must be hardly less
    probable.
    """
    about = about_subject(question, subject)
    is_named = not names_nothing(question)
    if not about or (is_named and not searcher.source.generation.has_explanations):
        return question

    def look_for(text: str) -> Findings:
        read = read_question(text, follows=subject)
        return judge(searcher, searcher.find(read, filters, JUDGED))

    alone, both = look_for(question), look_for(about)
    if both.probability < alone.probability - LESS:
        return question
    beyond, is_new = _nearness(searcher, alone, both)
    if is_named:
        return about if alone.fits and is_new and beyond >= CLEARLY else question
    meant = lecture_of(look_for(subject))
    changes = meant and lecture_of(alone) != meant == lecture_of(both)
    return about if changes or beyond > 0 else question


def _nearness(searcher: Searcher, alone: Findings, both: Findings) -> tuple[float, bool]:
    """Return how much nearer an explanation is with the subject, and whether it is a new one.

    0 if it does not answer, or has too few words of the question alone.
    """
    near = nearest_explanation(searcher, both) if both.status == "answered" else None
    if near is None or near.score < ANSWERS["answered"]:
        return 0.0, False
    question, vocabulary = alone.found.question, alone.evidence.vocabulary
    own = topic_words(question.topic)
    counts = np.array([vocabulary.count(word, question.language) for word in own])
    rare = idf(counts, vocabulary.size).tolist()
    known = {word: weight for word, weight, count in zip(own, rare, counts, strict=True) if count}
    if share_covered(near.item, known, question.language) < OWN:
        return 0.0, False
    other = nearest_explanation(searcher, alone)
    is_new = near.item is not told_explanation(searcher, both)
    return near.score - (other.score if other else 0.0), is_new


def lecture_of(findings: Findings) -> str:
    """Return the id of the video of the first moment; "" without one."""
    hits = findings.found.hits
    return hits[0].video.video_id if hits else ""


def place_of(answer: Answer, language: Language) -> Answer:
    """Return the lectures and times that an answer cites; itself without any."""
    places: dict[str, Citation] = {}
    for one in answer.citations:
        if one.lecture and one.kind in ("note", "transcript", "lecture"):
            places.setdefault(_place(one, language), one)
    shown = list(places.items())[:MOST_PLACES]
    if answer.status != "answered" or not shown:
        return answer
    citations = tuple(replace(one, n=n) for n, (_, one) in enumerate(shown, start=1))
    sentences = tuple(Sentence(text, (n,)) for n, (text, _) in enumerate(shown, start=1))
    return replace(
        answer, sentences=sentences, citations=citations, text=text_of(sentences, language)
    )


def _place(one: Citation, language: Language) -> str:
    """Return the lecture and time of a citation as a sentence."""
    named = named_lecture(one.video, language, True)
    if one.kind == "lecture":
        return f"{named}。" if language == "ja" else f"{named}."
    return f"{named}、{one.time}から。" if language == "ja" else f"{named}, from {one.time}."
