"""A course as entries of a handbook: its slides, lectures and facts."""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

import msgspec

from ..records import About, Entry, Language, Lecture, Section, Slide
from ..text.words import ORDINALS
from ..times import clock
from .read import Fact

# What is asked about any lecture by its number or its speaker, by side of the lecture; what it is
# called is replaced by its number (question/lecture_nouns.py).
LECTURE_ASKS = Path(__file__).with_name("lecture-asks.json")

_WHO = re.compile(r"\b(?:who|lecturer|speaker)\b|誰|講師", re.I)
_SIDES = {
    "who": r"\bwho (?:gives|speaks|presents|is the speaker)|\bhow (?:long|many minutes)"
    r"|何分|講演者|登壇|話している人|誰が話",
    "before": r"\b(?:read|background|paper|prerequisite)|予習|予備知識|論文を",
    "difficulty": r"\b(?:hard|difficult|advanced|follow)\b|難し|難易度|ついていける",
    "good_for": r"\b(?:should|which|good) (?:lecture|talk|\w+ people)|\bwho (?:should|can)"
    r"|向け|向いて|どの回|どの講義|役立|おすすめの回",
    "verdict": r"\b(?:worth|star|starred)\b|価値|★",
}


# What is asked about any course as a whole, if its author wrote no facts about it.
COURSE_ASKS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "count": (
        ("How many lectures are in the course?", "How many lectures are there?",
         "number of lectures in total", "How long is the course?",
         "How many hours is the whole course?"),
        ("講義は全部で何回ありますか", "講義はいくつありますか", "全何回のシリーズ？",
         "コース全体の長さは？", "全部で何時間ですか"),
    ),
    "about": (
        ("What is this course about?", "What does the course cover?", "topics of the course",
         "Summarise the course"),
        ("この講座は何についてですか", "どんな講義ですか", "このコースの内容は？",
         "コースの概要を教えて", "何についての講義ですか"),
    ),
    "who": (
        ("Who are the speakers?", "Who teaches the course?", "Who gives the lectures?",
         "list of speakers", "Who are the lecturers?"),
        ("講師は誰ですか", "誰が講義していますか", "講演者の一覧",
         "話している人の名前を全部教えて"),
    ),
}  # fmt: skip
MOST_TITLES = 12  # named as what a course without a description is about


@cache
def lecture_asks() -> dict[str, dict[Language, tuple[str, ...]]]:
    """Return what is asked about any lecture, by side and language, English first."""
    sides = dict[str, dict[Language, tuple[str, ...]]]
    return msgspec.json.decode(LECTURE_ASKS.read_bytes(), type=sides)


def course_entries(about: About, facts: Sequence[Fact], slides: Sequence[Slide]) -> list[Entry]:
    """Return the entries of a course, lectures first: of equal matches the first counts.

    Args:
        slides: Those of the index; a deck given with --deck has its own.
    """
    lectures = [entry for lecture in about.lectures for entry in _lecture(lecture)]
    answers = [
        Entry("fact", n, "", "", fact.answer, fact.answer_ja, fact.q, fact.q_ja, fact.lectures,
              fact.slides, "" if fact.advice else "about", asked=fact.asked)
        for n, fact in enumerate(facts or _known_facts(about), start=1)
    ]  # fmt: skip
    return [*lectures, *answers, *(_slide(slide) for slide in slides if slide.asks)]


def _known_facts(about: About) -> Iterator[Fact]:
    """Yield what is known about any course: how many lectures, on what, and by whom."""
    lectures = [one for one in about.lectures if one.number]
    if not lectures:
        return
    length = clock(sum(one.length for one in lectures))
    answers = {
        "count": (f"Lectures: {len(lectures)}; {length} in all.",
                  f"全{len(lectures)}回、合計{length}です。"),
        "about": (about.about or _titles([one.title for one in lectures], "; "),
                  about.about_ja or about.about
                  or _titles([one.title_ja or one.title for one in lectures], "、")),
        "who": (_titles([", ".join(one.speakers) for one in lectures], "; "),
                _titles(["・".join(one.speakers) for one in lectures], "、")),
    }  # fmt: skip
    for side, (answer, answer_ja) in answers.items():
        if answer:
            asks, asks_ja = COURSE_ASKS[side]
            yield Fact(asks, answer, asks_ja, answer_ja)


def _titles(names: Sequence[str], between: str) -> str:
    """Return names of lectures in order, each different one once.

    >>> _titles(["Ada", "", "Ada", "Ben"], "; ")
    'Ada; Ben'
    """
    distinct = list(dict.fromkeys(filter(None, names)))
    more = " …" if len(distinct) > MOST_TITLES else ""
    return between.join(distinct[:MOST_TITLES]) + more


def _slide(slide: Slide) -> Entry:
    own = (slide.lecture,) if slide.lecture else ()
    more = " ".join([*slide.points, ", ".join(slide.terms)])
    return Entry("slide", slide.number, slide.title, slide.title_ja, slide.summary,
                 slide.summary_ja, slide.asks, slide.asks_ja, own, (slide.number,),
                 more=more)  # fmt: skip


def _lecture(lecture: Lecture) -> Iterator[Entry]:
    n = lecture.number
    if not n:
        return
    parts = lecture.outline or [Section(start, title) for start, title in lecture.chapters]
    outline = tuple((one.start, one.title, one.title_ja) for one in parts)
    summary = (lecture.summary, lecture.summary_ja)
    if not lecture.summary and outline:
        summary = (f"It has {len(outline)} parts.", f"{len(outline)}つの部分からなります。")
    texts = {
        "who": _who(lecture),
        "summary": summary,
        "verdict": (lecture.verdict, lecture.verdict_ja),
        "before": (lecture.before_watching, lecture.before_watching_ja),
        "difficulty": (lecture.difficulty_reason, lecture.difficulty_reason_ja),
        "good_for": (lecture.good_for, lecture.good_for_ja),
    }
    nth = ORDINALS[n - 1] if n <= len(ORDINALS) else f"{n}th"
    last = lecture.speakers[0].split()[-1] if lecture.speakers else ""
    for side, (text, text_ja) in texts.items():
        if not text:
            continue
        asks, asks_ja = (
            tuple(_filled(templates, names, n=n, title=title, who=last, nth=nth))
            for templates, names, title in zip(
                lecture_asks()[side].values(),
                (lecture.called, lecture.called_ja),
                (lecture.title, lecture.title_ja or lecture.title),
                strict=True,
            )
        )
        if side == "who" and not lecture.speakers:  # then only its length is known
            asks, asks_ja = (
                tuple(ask for ask in some if not _WHO.search(ask)) for some in (asks, asks_ja)
            )
        asks += tuple(ask for ask in lecture.asks if side_of(ask) == side)
        asks_ja += tuple(ask for ask in lecture.asks_ja if side_of(ask) == side)
        yield Entry("lecture", n, lecture.title, lecture.title_ja, text, text_ja, asks, asks_ja,
                    (n,), (), side, "", outline if side == "summary" else ())  # fmt: skip


def _filled(templates: Sequence[str], called: Sequence[str], **known: object) -> Iterator[str]:
    """Yield the questions about a lecture, one for each of its names where a template has one."""
    for template in templates:
        if known["who"] or "{who}" not in template:
            for name in called if "{called}" in template else ("",):
                yield template.format(called=name, **known)


def _who(lecture: Lecture) -> tuple[str, str]:
    """Return who speaks and for how long, in both languages."""
    length = clock(lecture.length)  # as the facts have it
    if not lecture.speakers:
        return f"It is {length} long.", f"長さは{length}です。"
    where, where_ja = "", ""
    if lecture.affiliation:
        where, where_ja = f" ({lecture.affiliation})", f"（{lecture.affiliation}）"
    return (
        f"{', '.join(lecture.speakers)}{where}; {length}.",
        f"{'、'.join(lecture.speakers)}{where_ja}、{length}。",
    )


def side_of(ask: str) -> str:
    """Return which side of a lecture a question about it is about, mostly its summary.

    >>> side_of("How long is lecture 3?"), side_of("第3回は難しい？どこが難しい？")
    ('who', 'difficulty')
    """
    return next((side for side, words in _SIDES.items() if re.search(words, ask, re.I)), "summary")
