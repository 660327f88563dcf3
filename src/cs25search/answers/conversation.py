"""Questions of a conversation: about its subject, and about the place of an answer."""

import re

from msgspec.structs import replace

from ..question.cleanup import without_further
from ..question.conversation import about_subject, continues, names_nothing
from ..question.follow_up import WHY, is_bare, understood_as
from ..question.lecture_nouns import THE_LECTURE
from ..question.named import named_lectures
from ..question.read import read_question
from ..ranking.filters import Filters
from ..ranking.searcher import Found, Searcher, Turn
from ..records import Answer, Citation, Language, Sentence, in_language, lecture_label
from ..text.japanese import language_of
from ..text.sentences import split_sentences
from ..wording import named_lecture
from .citations import text_of
from .course import asks_about_course, find_entry, with_numbers
from .findings import JUDGED, Findings, judge, judge_text

MOST_PLACES = 3  # named
LESS = 0.1  # by which an answer may be less probable with the subject
FARTHER = 0.4  # by which an explanation may be less near with the subject than one without it


# A question about a lecture, from which the next one is completed; and why that lecture was named.
ABOUT_LECTURE: dict[Language, str] = {"en": "What is lecture {n} about?", "ja": "第{n}回の内容は？"}
WHY_LECTURE: dict[Language, str] = {
    "en": "Why lecture {n}: {before}",
    "ja": "なぜ第{n}回なのか：{before}",
}
_SPEAKER = re.compile(r"\b(?:he|she|him|his|her)\b|彼|その人", re.I)


def about_its_lecture(searcher: Searcher, question: str, context: str, filters: Filters) -> str:
    """Return a question that refers to the lecture with which one about the course was answered.

    "" if the question before names a lecture itself, or was not answered with just one, or if the
    course tells no answer about that lecture.

    Args:
        context: The question before, as it was understood.
    """
    before = without_further(context)[0]
    if named_lectures(before):
        return ""
    called = named_lectures(with_numbers(searcher, before))
    number = called[0] if len(called) == 1 else _lecture_told(searcher, before, filters)
    if not number:
        return ""
    language = language_of(before)
    if is_bare(question) and WHY.match(question):
        whole = WHY_LECTURE[language].format(n=number, before=before)
    else:
        whole = understood_as(question, ABOUT_LECTURE[language].format(n=number))
        whole = without_further(whole)[0]
        if _SPEAKER.search(question):
            label = lecture_label(number, language_of(question)).lower()
            said = (f"the speaker of {label}", f"{label}の講師")
            whole = whole.replace(label, in_language(*said, language_of(question)), 1)
    if whole == question:
        return ""
    return whole if _asked_of_course(searcher, whole, filters)[2] else ""


def _asked_of_course(
    searcher: Searcher, text: str, filters: Filters
) -> tuple[Found, Findings, bool]:
    """Return what is found for a question, and whether it is about the course.

    The findings may be of one lecture alone, where a question asks which one is about something.
    """
    found = searcher.find(read_question(text), filters, JUDGED)
    findings = judge(searcher, found)
    return found, findings, asks_about_course(searcher, found, findings.status == "answered")


def _lecture_told(searcher: Searcher, text: str, filters: Filters) -> int | None:
    """Return the lecture that answers a question about the course; None if several do, or none."""
    found, findings, is_of_course = _asked_of_course(searcher, text, filters)
    if is_of_course:
        entry = find_entry(searcher, found)
        first = named_lectures(split_sentences(entry.entry.text)[0]) if entry else ()
        numbers = {*first} or {*(entry.entry.lectures if entry else ())}
        return numbers.pop() if len(numbers) == 1 else None
    is_lecture = found.question.has_lecture_topic and findings.status == "answered"
    return findings.found.hits[0].video.lecture if is_lecture else None


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
    _, alone, is_of_course = _asked_of_course(searcher, question, filters)
    if is_of_course:
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
