"""List the slides that are about a thing."""

import re
from collections.abc import Iterable, Sequence

from ..question.aliases import names_of
from ..question.read import Question
from ..ranking.source import Source
from ..records import Answer, Language, Sentence, Slide, in_language
from ..text.japanese import is_japanese
from ..text.words import fold
from ..wording import english_list
from .citations import text_of
from .course import slide_citation

MOST = 4  # slides described; of others, only the numbers are given
SHORTEST = 2  # letters of a name
# Only a few questions ask for slides.
_ASKS = (
    r"\b(?:which|what|how many) (?:of the )?slides?\b(?! (?:say|state))"
    r"|\bwhere (?:in|on) the (?:slides|deck)\b|\b(?:all|any|list) (?:the )?slides\b"
    r"|どのスライド|スライド.{0,25}(?:何枚目|何ページ目|何番|どれ|どこ)|何(?:枚目|ページ目).{0,10}スライド"
)


def listed_thing(question: Question, slides: Sequence[Slide]) -> str:
    """Return the thing whose slides a question asks for, else "".

    A thing is what a slide has in its terms, or another name of it; the longest one counts.
    """
    if question.slide or not re.search(_ASKS, question.text, re.I):
        return ""
    text = fold(question.text)
    known = {name for slide in slides for term in slide.terms for name in names_of(term)}
    held = [name for name in known if len(name) >= SHORTEST and _holds([text], [fold(name)])]
    return max(held, key=lambda name: (len(name), name), default="")


def find_slides(slides: Iterable[Slide], thing: str) -> tuple[list[Slide], list[Slide]]:
    """Return the slides that are about a thing, and those that only name it.

    A slide about one lecture is about what its terms or title name. If there is none, every slide
    that names the thing is about it.
    """
    forms = [fold(name) for name in names_of(thing)]
    about, named = [], []
    for slide in slides:
        subjects = [*slide.terms, slide.title, slide.title_ja]
        if slide.lecture and _holds(subjects, forms):
            about.append(slide)
        elif _holds([*subjects, slide.summary, slide.summary_ja, *slide.points], forms):
            named.append(slide)
    return (about, named) if about else (named, [])


def slides_answer(source: Source, question: Question, thing: str) -> Answer | None:
    """Return an answer with a sentence for each slide about a thing; None if no slide names it."""
    about, named = find_slides(source.generation.slides, thing)
    if not about:
        return None
    language = question.language
    citations = [slide_citation(source, n, one) for n, one in enumerate(about[:MOST], start=1)]
    said = [Sentence(_line(one, language), (n,)) for n, one in enumerate(about[:MOST], start=1)]
    numbers = tuple(one.n for one in citations)
    shown = thing if is_japanese(question.text) == is_japanese(thing) else names_of(thing)[0]
    if language == "ja":
        begin = f"「{shown}」を扱うスライドは{_numbers(about, language)}です。"
        more = f"名前だけ出てくるのは{_numbers(named, language)}です。"
    else:
        begin = f"{shown} is on {_numbers(about, language)}."
        more = f"It is also named on {_numbers(named, language)}."
    said.insert(0, Sentence(begin, numbers))
    if named:
        said.append(Sentence(more, numbers))
    return Answer(
        question=question.text,
        status="answered",
        text=text_of(said, language),
        sentences=tuple(said),
        citations=tuple(citations),
        probability=1.0,
    )


def _line(slide: Slide, language: Language) -> str:
    title = in_language(slide.title, slide.title_ja, language)
    return (
        f"{slide.number}枚目：{title}。" if language == "ja" else f"Slide {slide.number}: {title}."
    )


def _numbers(slides: Sequence[Slide], language: Language) -> str:
    numbers = [str(slide.number) for slide in slides]
    if language == "ja":
        return "、".join(f"{number}枚目" for number in numbers)
    return f"slide{'s' if numbers[1:] else ''} {english_list(numbers)}"


def _holds(texts: Iterable[str], forms: Sequence[str]) -> bool:
    """Return whether a text has one of some folded names as a word.

    >>> _holds(["Lecture 8: GLOM"], ["glom"]), _holds(["glomeruli"], ["glom"])
    (True, False)
    """
    parts = [
        re.escape(form) if is_japanese(form) else rf"(?<![a-z0-9]){re.escape(form)}s?(?![a-z0-9])"
        for form in forms
    ]
    return re.search("|".join(parts), fold("\n".join(texts))) is not None
