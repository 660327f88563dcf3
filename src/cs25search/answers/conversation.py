"""Questions of a conversation: about its subject, and about the place of an answer."""

from msgspec.structs import replace

from ..question.conversation import about_subject, continues, names_nothing
from ..question.lecture_nouns import THE_LECTURE
from ..question.named import named_lectures
from ..question.read import read_question
from ..ranking.filters import Filters
from ..ranking.searcher import Searcher, Turn
from ..records import Answer, Citation, Language, Sentence, lecture_label
from ..text.japanese import language_of
from ..wording import named_lecture
from .citations import text_of
from .course import asks_about_course, with_numbers
from .findings import JUDGED, Findings, judge, judge_text

MOST_PLACES = 3  # named
LESS = 0.1  # by which an answer may be less probable with the subject
FARTHER = 0.4  # by which an explanation may be less near with the subject than one without it


def in_conversation(searcher: Searcher, turn: Turn, whole: str, filters: Filters) -> str:
    """Return a question, about the subject of the conversation if that fits.

    It does not fit a question about the course. It fits if another explanation is nearly as near
    in this conversation as any is to the question alone. One that names nothing also fits if it
    finds another lecture than the subject alone and the lecture of the subject with it, if an
    answer is hardly less probable with it.

    Args:
        whole: The question, completed if its wording shows how.
    """
    question, subject = turn.typed, turn.before[-1]
    if THE_LECTURE.search(question) and (number := _number_of(searcher, subject, filters)):
        return THE_LECTURE.sub(lecture_label(number, language_of(question)).lower(), question)
    about = about_subject(question, subject)
    is_named = not (names_nothing(question) or continues(question))
    is_explained = searcher.source.generation.has_explanations
    if whole == question and not (about and (is_explained or not is_named)):
        return question
    alone = judge_text(searcher, question, filters)
    if asks_about_course(searcher, alone.found, alone.status == "answered"):
        return question
    if whole != question:
        return whole
    found = searcher.find(read_question(about), filters, JUDGED)
    both = judge(searcher, replace(found, turn=turn))
    near, other = both.nearest, alone.nearest
    if near and other and both.told:
        if is_named and near.item is other.item:
            return question
        return about if near.score > other.score_in_turn - FARTHER else question
    if is_named or both.probability < alone.probability - LESS:
        return question
    meant = _lecture_of(judge_text(searcher, subject, filters))
    return about if meant and _lecture_of(alone) != meant == _lecture_of(both) else question


def _number_of(searcher: Searcher, subject: str, filters: Filters) -> int | None:
    """Return the number of the lecture that a question names, or that its first moment is from."""
    if named := named_lectures(with_numbers(searcher, subject)):
        return named[0] if len(named) == 1 else None
    hits = judge_text(searcher, subject, filters).found.hits
    return hits[0].video.lecture if hits and not read_question(subject).intent.of_lectures else None


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
