"""Questions of a conversation: about its subject, and about the place of an answer."""

from msgspec.structs import replace

from ..question.conversation import about_subject
from ..question.read import read_question
from ..ranking.filters import Filters
from ..ranking.searcher import Searcher
from ..records import Answer, Citation, Language, Sentence
from ..wording import named_lecture
from .citations import text_of
from .explained import ANSWERS, explanation_score
from .findings import JUDGED, Findings, judge

MOST_PLACES = 3  # named
LESS = 0.1  # by which an answer may be less probable with the subject


def in_conversation(searcher: Searcher, question: str, subject: str, filters: Filters) -> str:
    """Return a question that names nothing, about the subject of the conversation if that fits.

    It fits if the question alone finds another lecture than the subject and both together the
    lecture of the subject, with an answer that is hardly less probable; or if an explanation is
    nearer to both together than any is to the question alone.
    """
    about = about_subject(question, subject)
    if not about:
        return question

    def look_for(text: str) -> Findings:
        read = read_question(text, follows=subject)
        return judge(searcher, searcher.find(read, filters, JUDGED))

    alone, both = look_for(question), look_for(about)
    meant = lecture_of(look_for(subject))
    changes = meant and lecture_of(alone) != meant == lecture_of(both)
    if changes and both.probability >= alone.probability - LESS:
        return about
    nearness = explanation_score(searcher, both) if both.status == "answered" else 0.0
    is_nearer = nearness >= ANSWERS["answered"] and nearness > explanation_score(searcher, alone)
    return about if is_nearer else question


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
