"""Answers about the course itself: from its slides, lectures and facts.

A question is compared with those that the entries of the handbook answer. When one of them is
nearly the same, the entry answers; when the lectures themselves have no answer, a looser match
is enough. docs/answers.md says how the limits were found.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from ..course.read import load_course
from ..index.handbook import Entry, Match, match
from ..question.cleanup import topic_of
from ..records import Answer, Citation, Language, Sentence, Slide, Video
from ..text.japanese import is_japanese
from ..text.sentences import split_sentences
from .opening import asks_for_lecture
from .spans import defined_term, text_of

if TYPE_CHECKING:
    from ..search import Index

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


def find_entry(index: "Index", question: str, lectures: Iterable[int] = ()) -> Match | None:
    """Return the entry whose questions are nearest to one, with its score; None without any.

    Args:
        lectures: Only entries about these; those that the question names when empty.
    """
    generation = index.generation
    if not generation.handbook.entries:
        return None
    encoding = index.encoder.encode_query(question)
    named = [*lectures] or named_lectures(question)
    matches = match(generation.handbook, question, encoding.tokens, encoding.ids, named)
    # An answer needs a question nearly like it, though not every entry near by its text has one.
    nearest = max((one.ask for one in matches), default=0.0)
    return replace(matches[0], ask=nearest) if matches else None


def answers_course(found: Match | None, question: str, is_answered: bool) -> bool:
    """Return whether an entry answers a question, rather than a moment.

    Args:
        is_answered: Whether the moments found answer it.
    """
    if found is None:
        return False
    named = bool(named_lectures(question))
    has_topic = asks_for_lecture(question) and topic_of(question) != question
    if is_answered and has_topic and not named and found.entry.kind != "fact":
        return False  # the best moment names its lecture and speaker
    language: Language = "ja" if is_japanese(question) else "en"
    limit = SURE[language] if is_answered else ENOUGH[language]
    if not is_answered and defined_term(question):
        limit = SAME
    return found.ask >= limit - (NAMED if named else 0.0)


def course_answer(index: "Index", question: str, found: Match) -> Answer:
    """Return what an entry says, cited by its slides or its lecture."""
    japanese = is_japanese(question)
    entry = found.entry
    citations = _citations(index, entry)
    numbers = tuple(citation.n for citation in citations)
    texts = split_sentences(entry.text_ja if japanese and entry.text_ja else entry.text)
    texts[0] = f"{_lead(index, entry, japanese)}{texts[0]}"
    sentences = [Sentence(text, numbers) for text in texts]
    video = citations[0].video
    for start, title, title_ja in entry.outline:
        one = Citation(len(citations) + 1, video, start, start, title, None, title_ja,
                       kind="lecture")  # fmt: skip
        citations.append(one)
        part = f"{one.time} {title_ja}。" if japanese else f"{one.time} {title}."
        sentences.append(Sentence(part, (one.n,)))
    return Answer(
        question=question,
        status="answered",
        text=text_of(sentences, question),
        sentences=tuple(sentences),
        citations=tuple(citations),
        probability=min(1.0, found.ask),
    )


def _lead(index: "Index", entry: Entry, japanese: bool) -> str:
    """Return what stands in front: which lecture or slide speaks; a fact speaks for itself."""
    if entry.kind == "fact":
        return ""
    title = entry.title_ja if japanese and entry.title_ja else entry.title
    number = entry.number
    if entry.kind == "slide":
        return f"スライド{number}「{title}」：" if japanese else f"Slide {number}, {title}: "
    video = _video(index, number)
    names = () if entry.side == "who" or video is None else video.speakers
    if japanese:
        by = f"（{'、'.join(names)}）" if names else ""
        return f"第{number}回「{title}」{by}："
    by = f", by {', '.join(names)}" if names else ""
    return f"Lecture {number}, {title}{by}: "


def _citations(index: "Index", entry: Entry) -> list[Citation]:
    """Return the slides that an entry is from, else its lectures, else the deck as a whole."""
    slides = {slide.number: slide for slide in index.generation.slides}
    if cited := [slides[n] for n in entry.slides[:MOST_SLIDES] if n in slides]:
        return [_slide(index, n, slide) for n, slide in enumerate(cited, start=1)]
    if videos := [video for n in entry.lectures[:MOST_SLIDES] if (video := _video(index, n))]:
        return [
            Citation(n, video, 0.0, video.duration, entry.text, None, entry.text_ja, kind="lecture")
            for n, video in enumerate(videos, start=1)
        ]
    deck = _deck()
    return [Citation(1, deck, 0.0, 0.0, entry.text, None, entry.text_ja, kind="deck",
                     link=load_course().deck.url)]  # fmt: skip


def _slide(index: "Index", n: int, slide: Slide) -> Citation:
    video = _video(index, slide.lecture) or _deck()
    return Citation(n, video, 0.0, 0.0, slide.summary, slide, slide.summary_ja, kind="slide",
                    link=slide.url)  # fmt: skip


def _deck() -> Video:
    deck = load_course().deck
    return Video("", deck.title, (deck.author,), 0.0)


def _video(index: "Index", lecture: int | None) -> Video | None:
    videos: Sequence[Video] = index.generation.videos
    return next((one for one in videos if lecture and one.lecture == lecture), None)
