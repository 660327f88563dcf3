"""Questions of a conversation: about its subject, and about the place of an answer."""

from msgspec.structs import replace

from ..index.vocabulary import idf_of
from ..question.conversation import about_subject, names_nothing
from ..ranking.explanations import Near, share_covered
from ..ranking.filters import Filters
from ..ranking.searcher import Searcher
from ..records import Answer, Citation, Language, Sentence
from ..text.topic_words import topic_words
from ..wording import named_lecture
from .citations import text_of
from .explained import ANSWERS, told_by
from .findings import Findings, judge_text

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
    alone, both = (judge_text(searcher, text, filters) for text in (question, about))
    if both.probability < alone.probability - LESS:
        return question
    before = judge_text(searcher, subject, filters)
    told = told_by(before)
    alone, both = alone.after(told), both.after(told)
    near = _asked_for(alone, both)
    other = alone.nearest.score if alone.nearest else 0.0
    if is_named:
        is_clear = near and near.item != told and near.score - other >= CLEARLY
        return about if alone.fits and is_clear else question
    meant = _lecture_of(before)
    changes = meant and _lecture_of(alone) != meant == _lecture_of(both)
    return about if changes or (near and near.score > other) else question


def _asked_for(alone: Findings, both: Findings) -> Near | None:
    """Return the explanation that answers a question with its subject, if it has enough words.

    The words of the question alone, without those that the index lacks.
    """
    near = both.nearest if both.status == "answered" else None
    question, vocabulary = alone.found.question, alone.evidence.vocabulary
    language = question.language
    known = [word for word in topic_words(question.topic) if vocabulary.count(word, language)]
    if near is None or near.score < ANSWERS["answered"]:
        return None
    covered = share_covered(near.item, idf_of(known, vocabulary, language), language)
    return near if covered >= OWN else None


def _lecture_of(findings: Findings) -> str:
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
