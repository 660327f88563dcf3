"""Answers about the course itself: from its slides, lectures and facts.

A question is compared with those that the entries of the handbook answer. When one of them is
nearly the same, the entry answers; when the lectures themselves have no answer, a looser match
is enough. docs/answers.md says how the limits were found.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from ..course.read import load_course
from ..index.handbook import Match, match
from ..question.cleanup import topic_of
from ..question.read import Question, clean_question
from ..ranking.searcher import Found, Searcher
from ..ranking.source import Source
from ..records import Answer, Citation, Entry, Language, Sentence, Slide, Video, lecture_label
from ..text.sentences import split_sentences
from .citations import text_of
from .spans import defined_term

SURE: dict[Language, float] = {"en": 0.62, "ja": 0.78}
ENOUGH: dict[Language, float] = {"en": 0.55, "ja": 0.62}  # where no moment answers
SAME = 0.9  # where a term is to be defined and no moment does: "What is ..." is in many questions
NAMED = 0.1  # less is enough when the question names a lecture by its number
MOST_SLIDES = 3  # cited for a fact

_ORDINALS = "first second third fourth fifth sixth seventh eighth ninth tenth".split()
_KANJI = "一二三四五六七八九十"
_NUMBERED = re.compile(
    r"\b(?:lectures?|talks?|class|session|lec\.?) ?(?:no\.? ?|number |#)?(\d{1,2})\b"
    rf"|\b({'|'.join(_ORDINALS)}|\d{{1,2}}(?:st|nd|rd|th)) (?:lecture|talk|class|session)\b"
    rf"|第 ?(\d{{1,2}}|[{_KANJI}]) ?(?:回|講)|(?:講義|レクチャー) ?(\d{{1,2}})",
    re.I,
)


def named_lectures(question: str) -> list[int]:
    """Return the lectures that a question names by number, each once.

    >>> named_lectures("Summarise lecture 6"), named_lectures("the third lecture and lecture 6")
    ([6], [3, 6])
    >>> named_lectures("第3回の要点"), named_lectures("How long is a lecture?")
    ([3], [])
    """
    found = []
    for groups in _NUMBERED.findall(question):
        word = next(group for group in groups if group).lower()
        if word in _ORDINALS:
            found.append(_ORDINALS.index(word) + 1)
        elif word in _KANJI:
            found.append(_KANJI.index(word) + 1)
        else:
            found.append(int(re.sub(r"\D", "", word)))
    return list(dict.fromkeys(found))


def find_entry(searcher: Searcher, found: Found) -> Match | None:
    """Return the entry whose questions are nearest to one, with its score; None without any.

    Only entries about the lectures that were chosen, or else that the question names.
    """
    handbook, question = searcher.source.generation.handbook, found.question
    if not handbook.entries:
        return None
    as_typed = question.topic == question.text or question.language == "ja"
    query = found.query if as_typed else searcher.encode(clean_question(question.text))
    named = sorted(found.filters.lectures) or named_lectures(question.text)
    matches = match(handbook, question.text, query.tokens, query.ids, named)
    # An answer needs a question nearly like it, though not every entry near by its text has one.
    nearest = max((one.ask for one in matches), default=0.0)
    return replace(matches[0], ask=nearest) if matches else None


def answers_course(found: Match | None, question: Question, is_answered: bool) -> bool:
    """Return whether an entry answers a question, rather than a moment.

    Args:
        is_answered: Whether the moments found answer it.
    """
    if found is None:
        return False
    named = bool(named_lectures(question.text))
    has_topic = question.intent.of_lectures and topic_of(question.text) != question.text
    if is_answered and has_topic and not named and found.entry.kind != "fact":
        return False  # the best moment names its lecture and speaker
    limit = SURE[question.language] if is_answered else ENOUGH[question.language]
    if not is_answered and defined_term(question.text):
        limit = SAME
    return found.ask >= limit - (NAMED if named else 0.0)


def course_answer(source: Source, question: Question, found: Match) -> Answer:
    """Return what an entry says, cited by its slides or its lecture."""
    japanese = question.language == "ja"
    entry = found.entry
    citations = _citations(source, entry)
    numbers = tuple(citation.n for citation in citations)
    texts = split_sentences(entry.text_ja if japanese and entry.text_ja else entry.text)
    texts[0] = f"{_lead(source, entry, japanese)}{texts[0]}"
    sentences = [Sentence(text, numbers) for text in texts]
    video = citations[0].video
    for start, title, title_ja in entry.outline:
        one = Citation(len(citations) + 1, video, start, start, title, None, title_ja,
                       kind="lecture")  # fmt: skip
        citations.append(one)
        part = f"{one.time} {title_ja}。" if japanese else f"{one.time} {title}."
        sentences.append(Sentence(part, (one.n,)))
    return Answer(
        question=question.text,
        status="answered",
        text=text_of(sentences, question.language),
        sentences=tuple(sentences),
        citations=tuple(citations),
        probability=min(1.0, found.ask),
    )


def _lead(source: Source, entry: Entry, japanese: bool) -> str:
    """Return what stands in front: which lecture or slide speaks; a fact speaks for itself."""
    if entry.kind == "fact":
        return ""
    title = entry.title_ja if japanese and entry.title_ja else entry.title
    number = entry.number
    if entry.kind == "slide":
        return f"スライド{number}「{title}」：" if japanese else f"Slide {number}, {title}: "
    video = _video(source, number)
    names = () if entry.side == "who" or video is None else video.speakers
    if japanese:
        by = f"（{'、'.join(names)}）" if names else ""
        return f"{lecture_label(number, 'ja')}「{title}」{by}："
    by = f", by {', '.join(names)}" if names else ""
    return f"{lecture_label(number, 'en')}, {title}{by}: "


def _citations(source: Source, entry: Entry) -> list[Citation]:
    """Return the slides that an entry is from, else its lectures, else the deck as a whole."""
    slides = {slide.number: slide for slide in source.generation.slides}
    if cited := [slides[n] for n in entry.slides[:MOST_SLIDES] if n in slides]:
        return [_slide(source, n, slide) for n, slide in enumerate(cited, start=1)]
    if videos := [video for n in entry.lectures[:MOST_SLIDES] if (video := _video(source, n))]:
        return [
            Citation(n, video, 0.0, video.duration, entry.text, None, entry.text_ja, kind="lecture")
            for n, video in enumerate(videos, start=1)
        ]
    deck = _deck()
    return [Citation(1, deck, 0.0, 0.0, entry.text, None, entry.text_ja, kind="deck",
                     link=load_course().deck.url)]  # fmt: skip


def _slide(source: Source, n: int, slide: Slide) -> Citation:
    video = _video(source, slide.lecture) or _deck()
    return Citation(n, video, 0.0, 0.0, slide.summary, slide, slide.summary_ja, kind="slide",
                    link=slide.url)  # fmt: skip


def _deck() -> Video:
    deck = load_course().deck
    return Video("", deck.title, (deck.author,), 0.0)


def _video(source: Source, lecture: int | None) -> Video | None:
    videos: Sequence[Video] = source.generation.videos
    return next((one for one in videos if lecture and one.lecture == lecture), None)
