"""Answers about the course itself: from its slides, lectures and facts.

A question is compared with those that the entries of the handbook answer. The score adds the
similarity of the closest question, a weight for words typical of questions about the course, and
the share of the question's words that the entry has. It must be higher if a moment answers.
docs/answers.md says how the limits were found.
"""

import re
from collections.abc import Sequence

from msgspec.structs import replace

from ..question.lecture_nouns import called_lectures, lectures_of_speakers, numbered, usual_wordings
from ..question.named import named_lectures, without_place
from ..question.read import Question
from ..ranking.entries import Match, rank_entries
from ..ranking.searcher import Found, Searcher
from ..ranking.source import Source
from ..records import (
    Answer,
    Citation,
    Deck,
    Entry,
    Language,
    Sentence,
    Slide,
    Video,
    in_language,
)
from ..text.sentences import split_sentences
from ..text.topic_words import topic_words
from ..wording import CLOSEST_ENTRIES, named_lecture
from .citations import text_of
from .compare import join_sides
from .course_words import about_course
from .definitions import defined_term
from .opening import has_wanted

TYPICAL = 0.36  # weight of a question that is surely about the course
WORDS_COVERED = 0.4  # weight of the share of the question's words that an entry has
ENOUGH = 1.14
LIKELY = 1.0  # for a question that is likely about the course, from ASKED
ANSWERED = 0.07  # how much more is needed where a moment answers
ADVICE = 0.1  # added to the score of a fact that advises, for a question that asks for a lecture
ADVISES = 1.25  # of a fact, for a question that asks for a lecture about something
ADVISES_ASK = 0.75  # score of the closest question of such a fact
MOST = 0.9  # share of the words of a question that a fact or an overview must have
DEFINED = 1.2  # score of the closest question of a fact that says what a thing is
SAME = 1.0  # the score of a question that is nearly the same
SAME_FIRST = 0.1  # added to the score of its entry
ASKED_OF_IT = 0.85  # the same for a lecture, about which the same is asked as about others
ASKED = 0.585  # least score of the closest question of a slide
OF_IT = 0.35  # added to the score of an entry about the lecture that a question names, and no other
SURELY_OF_COURSE = 0.25  # of TYPICAL, from which a definition is about the course
OF_COURSE = 0.18  # of TYPICAL, from which a question is likely about the course
# Least score of the closest question of an entry that is told although it does not surely answer,
# and how much less than the best one the second may score.
CLOSEST: dict[Language, float] = {"en": 0.45, "ja": 0.43}
TOLD = 0.95  # probability from which a moment answers a question for a lecture about something
MOST_CLOSE, LESS_CLOSE = 2, 0.1
IDENTICAL = 1.4  # the score of a question that is the same, or names its slide by number
MOST_POINTS = 2  # of a slide, added to its summary
MOST_SLIDES = 3  # cited for a fact


# A summary asked for in these words is the overview alone, without the outline.
_BRIEF = re.compile(
    r"\b(?:short|shortly|brief|briefly|concise|concisely|quick|quickly|nutshell|tl;?dr"
    r"|(?:one|a|two|few) (?:sentences?|words?|lines?))\b"
    r"|短[いくめ]|手短|簡潔|簡単に|一言|ひとこと|一文|ざっくり|ざっと",
    re.I,
)


def find_entry(searcher: Searcher, found: Found) -> Match | None:
    """Return the entry whose questions are nearest to one, with its score; None if none is near."""
    return best_entry(find_entries(searcher, found))


def best_entry(matches: Sequence[Match]) -> Match | None:
    """Return the best of the entries that match a question; None if there are none."""
    if not matches:
        return None
    # It may match in several wordings of the question.
    asks = [one.ask for one in matches if one.entry is matches[0].entry]
    return replace(matches[0], ask=max(asks))


def find_entries(searcher: Searcher, found: Found) -> list[Match]:
    """Return the entries that match a question, best first.

    Only entries about the lectures that were chosen or that the question names.
    """
    handbook, question = searcher.source.generation.handbook, found.question
    if not handbook.entries:
        return []
    as_typed = question.searched == question.text or question.language == "ja"
    query = found.query if as_typed else searcher.encode(question.clean)
    if question.slide:
        for entry in handbook.entries:
            if entry.kind == "slide" and entry.number == question.slide:
                return [Match(entry, IDENTICAL, IDENTICAL, 1.0)]
    lectures = found.filters.lectures
    # Even with all words of the question, no entry can answer below this.
    typical = _weight_of(question)
    least = (LIKELY if typical >= OF_COURSE else ENOUGH) - WORDS_COVERED - typical
    matches = rank_entries(handbook, question.text, query, lectures, least)
    by_number = with_numbers(searcher, question.text)
    for worded in dict.fromkeys([*usual_wordings(question.text), by_number]):
        if worded == question.text:
            continue
        other = query if question.language == "ja" else searcher.encode(worded)
        matches += rank_entries(handbook, worded, other, lectures, least)
    matches.sort(key=lambda one: -one.score)
    lectures_known = searcher.source.generation.about.lectures
    named = {*named_lectures(by_number)} or lectures_of_speakers(question.text, lectures_known)
    # A question about one lecture is not answered by an entry about several. Which lecture to
    # watch, a fact says that advises, if another one is not much nearer.
    of_it, advice = OF_IT * bool(named), ADVICE * question.intent.lecture
    matches.sort(
        key=lambda one: (
            -one.score
            - of_it * ({*one.entry.lectures} == named)
            - advice * (one.entry.side != "about")
            - SAME_FIRST * (one.ask >= (ASKED_OF_IT if one.entry.kind == "lecture" else SAME))
        )
    )
    return matches


def with_numbers(searcher: Searcher, text: str) -> str:
    """Return a question with numbers in place of what lectures are called: *the MoE lecture*."""
    return numbered(text, called_lectures(searcher.source.generation.about.lectures))


def answers_course(found: Match | None, question: Question, is_answered: bool) -> bool:
    """Return whether an entry answers a question, rather than a moment.

    Args:
        is_answered: Whether the moments found answer it.
    """
    if found is None:
        return False
    if found.entry.side == "who" and found.covered >= MOST and _names_speaker(question, found):
        return True  # who a speaker is, and where
    is_fact, advises = found.entry.kind == "fact", found.entry.side != "about"
    typical = _weight_of(question)
    is_course = typical >= OF_COURSE
    is_double = found.ask >= SAME or (is_fact and found.covered >= MOST)
    is_double = is_double or (found.entry.side == "who" and found.ask >= ASKED_OF_IT)
    if is_fact and question.intent.lecture:
        is_near = found.ask >= ADVISES_ASK and entry_score(found, question) >= ADVISES
        is_double = found.ask >= ASKED_OF_IT or (advises and is_near)
    if is_answered and question.has_lecture_topic and not question.lectures and not is_double:
        return False  # the best moment names its lecture and speaker
    defines = defined_term(question.text)
    lacks_words = found.entry.kind == "lecture" and found.covered < MOST
    is_beside = found.entry.kind == "slide" or lacks_words
    if is_answered and defines and is_beside and not (is_course or question.slide):
        return False  # what a thing is, a moment says better than an impression or an overview
    texts = f"{found.entry.text} {found.entry.text_ja}"
    lacks_year = question.intent.wanted == "year" and not has_wanted(texts, question)
    if is_answered and lacks_year:
        return False
    is_same = found.ask >= {"fact": SAME, "lecture": ASKED_OF_IT}.get(found.entry.kind, IDENTICAL)
    if defines and is_fact and found.ask < DEFINED and typical < SURELY_OF_COURSE:
        return False  # nor does a fact, unless this is what it was written for
    if is_same and found.entry.kind == "lecture" and question.lectures:
        return True
    if is_answered and not (is_course or question.lectures or is_same):
        return False
    if found.entry.kind == "slide" and found.ask < ASKED:
        return False
    # Japanese questions are compared by their words, which is less sure.
    is_likely = typical >= (OF_COURSE if question.language == "en" else SURELY_OF_COURSE)
    is_likely = is_likely and found.ask >= ASKED
    enough = (LIKELY if is_likely else ENOUGH) + ANSWERED * is_answered
    return entry_score(found, question) >= enough


def asks_about_course(searcher: Searcher, found: Found, is_answered: bool) -> bool:
    """Return whether an entry answers a question that has words typical of the course, or that are
    nearly all in the entry.
    """
    question = found.question
    entry = find_entry(searcher, found)
    if entry is None or (_weight_of(question) < OF_COURSE and entry.covered < MOST):
        return False
    return answers_course(entry, question, is_answered)


def entry_score(found: Match, question: Question) -> float:
    """Return how well an entry answers a question; comparable with the score of an explanation."""
    return found.ask + _weight_of(question) + WORDS_COVERED * found.covered


def _names_speaker(question: Question, found: Match) -> bool:
    """Return whether a question names a speaker of an entry about one lecture, and no lecture."""
    speakers = topic_words(found.entry.text.split(" (")[0])
    return not question.intent.of_lectures and not {*speakers}.isdisjoint(
        topic_words(" ".join(re.findall(r"[A-Za-z]+", question.text)))
    )


def _weight_of(question: Question) -> float:
    """Return what the question scores for being about the course: 0 to TYPICAL."""
    worded = map(without_place, usual_wordings(question.text))
    return TYPICAL * max(map(about_course, worded))


def course_answer(source: Source, question: Question, found: Match) -> Answer:
    """Return what an entry says, cited by its slides or its lecture."""
    japanese = question.language == "ja"
    entry = found.entry
    citations = _citations(source, entry)
    numbers = tuple(citation.n for citation in citations)
    texts = split_sentences(in_language(entry.text, entry.text_ja, question.language))
    name = _named_entry(source, entry, question.language)
    texts[0] = f"{name}{texts[0]}"
    texts += _points(source, entry, question)
    sentences = [Sentence(text, numbers) for text in texts]
    sentences[0] = replace(sentences[0], heading=name.rstrip())
    video = citations[0].video
    for start, title, title_ja in () if _BRIEF.search(question.text) else entry.outline:
        one = Citation(len(citations) + 1, video, start, start, title, None, title_ja,
                       kind="lecture")  # fmt: skip
        citations.append(one)
        said = in_language(title, title_ja, question.language)
        part = f"{one.time} {said}{'。' if japanese else '.'}"
        sentences.append(Sentence(part, (one.n,)))
    return Answer(
        question=question.text,
        status="answered",
        text=text_of(sentences, question.language),
        sentences=tuple(sentences),
        citations=tuple(citations),
        probability=min(1.0, found.ask),
    )


def closest_answer(
    source: Source, found: Found, near: Sequence[Match], probability: float, explained: float
) -> Answer | None:
    """Return what entries say that come closest to a question which none surely answers.

    Only where its words leave no doubt that it is about course or deck.

    Args:
        near: The entries that match it, from `find_entries`.
        probability: How likely the moments found answer it.
        explained: The score of the explanation that answers; 0 if none does.
    """
    question = found.question
    if _weight_of(question) < SURELY_OF_COURSE or found.turn:
        return None
    if probability >= TOLD and question.has_lecture_topic and not question.lectures:
        return None  # the best moment names its lecture and speaker
    least = CLOSEST[question.language]
    near = [one for one in near if one.ask >= least and one.score >= near[0].score - LESS_CLOSE]
    # An entry may match in several wordings of the question.
    told = list({one.entry.text: one for one in reversed(near)}.values())[::-1][:MOST_CLOSE]
    if not told or entry_score(told[0], question) <= explained:
        return None
    answers = [course_answer(source, question, one) for one in told]
    joined = join_sides(question, [""] * len(answers), answers)
    if joined is None:
        return None
    caveat = in_language(*CLOSEST_ENTRIES, question.language)
    sentences = (Sentence(caveat, ()), *joined.sentences)
    return replace(joined, sentences=sentences, text=text_of(sentences, question.language))


def _points(source: Source, entry: Entry, question: Question) -> list[str]:
    """Return the points of a slide with words of the question that its summary lacks."""
    missing = set(topic_words(question.text)) - set(topic_words(f"{entry.title} {entry.text}"))
    slides = [one for one in source.generation.slides if one.number == entry.number]
    if entry.kind != "slide" or question.language == "ja" or not slides:
        return []
    found = [point for point in slides[0].points if missing.intersection(topic_words(point))]
    return [point if point.endswith(".") else f"{point}." for point in found[:MOST_POINTS]]


def _named_entry(source: Source, entry: Entry, language: Language) -> str:
    """Return the prefix that names the lecture or slide; "" for a fact."""
    if entry.kind == "fact":
        return ""
    title = in_language(entry.title, entry.title_ja, language)
    number, japanese = entry.number, language == "ja"
    if entry.kind == "slide":
        return f"スライド{number}「{title}」：" if japanese else f"Slide {number}, {title}: "
    video = _video(source, number)
    lecture = Video("", entry.title, video.speakers if video else (), 0.0, number, entry.title_ja)
    # A summary names its speaker itself.
    text = in_language(entry.text, entry.text_ja, language)
    names_speaker = any(name.split()[-1] in text for name in lecture.speakers)
    named = named_lecture(lecture, language, entry.side != "who" and not names_speaker)
    return f"{named}{'：' if japanese else ': '}"


def _citations(source: Source, entry: Entry) -> list[Citation]:
    """Return the slides that an entry is from, else its lectures, else the deck as a whole."""
    slides = {slide.number: slide for slide in source.generation.slides}
    if cited := [slides[n] for n in entry.slides[:MOST_SLIDES] if n in slides]:
        return [slide_citation(source, n, slide) for n, slide in enumerate(cited, start=1)]
    if videos := [video for n in entry.lectures[:MOST_SLIDES] if (video := _video(source, n))]:
        return [
            Citation(n, video, 0.0, video.duration, entry.text, None, entry.text_ja, kind="lecture")
            for n, video in enumerate(videos, start=1)
        ]
    return [Citation(1, _deck(source), 0.0, 0.0, entry.text, None, entry.text_ja, kind="deck",
                     link=_about_deck(source).url)]  # fmt: skip


def slide_citation(source: Source, n: int, slide: Slide) -> Citation:
    """Return the citation of a slide, numbered n."""
    video = _video(source, slide.lecture) or _deck(source)
    return Citation(n, video, 0.0, 0.0, slide.summary, slide, slide.summary_ja, kind="slide",
                    link=slide.url)  # fmt: skip


def _about_deck(source: Source) -> Deck:
    return source.generation.about.deck or Deck(url=source.generation.about.url)


def _deck(source: Source) -> Video:
    about, deck = source.generation.about, _about_deck(source)
    author = (deck.author,) if deck.author else ()
    return Video("", deck.title or about.title, author, 0.0)


def _video(source: Source, lecture: int | None) -> Video | None:
    videos: Sequence[Video] = source.generation.videos
    return next((one for one in videos if lecture and one.lecture == lecture), None)
