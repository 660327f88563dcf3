"""Which lectures fit a goal: those that the course names for it, else those with moments about it.

A course may state which lecture suits whom ("I work on images", "I am a beginner", "good Q&A").
Such a fact comes first, because it judges whole lectures. Moments show where to begin, and how many
minutes of a lecture are about the goal.
"""

import re
from collections.abc import Callable, Iterable, Sequence

import msgspec
from msgspec.structs import replace

from ..question.cleanup import topic_of
from ..ranking.entries import rank_entries
from ..ranking.lectures import RankedLecture, lectures_of, rank_lectures
from ..ranking.searcher import Found, Searcher
from ..records import Chunk, Entry, Fit, Guide, Hit, Language, Lecture, Pick
from ..text.topic_words import topic_words
from .findings import judge

# A goal fits from this probability on; lower than for a question, because goals are vaguer.
FITS_A_GOAL = 0.06
PICKS = 3  # lectures
BEGINNINGS = 3  # of each, to begin at
# Limits found with 60 goals in both languages, see tests/test_guide.py: scores and similarity of
# the closest question below which a fact is about something else.
FACT_SCORE: dict[Language, float] = {"en": 0.87, "ja": 1.1}
FACT_ASK = 0.35
MOST_LECTURES = 6  # a fact about more lectures does not help to choose
PART_SECONDS, PART_SHARE = 90.0, 0.08  # of a lecture; less than both is only a mention
WHOLE_SHARE, WHOLE_SECONDS = 0.4, 600.0  # of a lecture; either is enough to be about the goal
LEAST = 0.05  # share of the matching material; lectures with less are left out
APART = 90.0  # seconds; moments this close together are one stretch
END = 0.9  # share of a lecture after which no pick begins
SHORT = 1800.0  # seconds of a short lecture
MARGIN = 60.0  # seconds by which a lecture may exceed the time that a visitor has

_TIME = re.compile(
    r"(?P<minutes>\d{1,3}) ?(?:min(?:ute)?s?\b|分)"
    r"|(?P<hours>\d{1,2}|an|one|two) ?(?:hours?\b|時間)",
    re.IGNORECASE,
)


_WITHIN = re.compile(
    r"(?:\b(?:in|within|under|for|only|i(?:['’]ve| have)(?: only| just)?)\s+)*"
    rf"(?:{_TIME.pattern})(?:以内|程度|ぐらい|くらい|だけ|しか(?:ない|無い))*[でにの]?[、,]?",
    re.IGNORECASE,
)


class _Aspect(msgspec.Struct, frozen=True):
    """What a goal asks of a lecture other than a topic.

    Attributes:
        words: What a goal about it says.
        asks: A question about it in English and Japanese, to find the course's fact about it.
        has: Whether a lecture has it, for courses without such a fact.
    """

    words: re.Pattern[str]
    asks: dict[Language, str]
    has: Callable[[Lecture], bool]


_ASPECTS = {
    "short": _Aspect(
        re.compile(
            rf"{_TIME.pattern}|\bshort on time|\b(?:no|little|not much) time|\bin a hurry"
            r"|\bquick(?:ly)?|\boverview|時間[がはも]?(?:あまり|それほど)?(?:ない|無い)|急いで|ざっと|手短に?",
            re.IGNORECASE,
        ),
        {"en": "I'm short on time, what should I watch?", "ja": "時間がないときは何を見ればいい？"},
        lambda lecture: 0 < lecture.duration <= SHORT,
    ),
    "beginner": _Aspect(
        re.compile(
            r"\b(?:beginners?|newbie|newcomer|new to|no background|know nothing)\b"
            r"|\bwhere\b.*\b(?:start|begin)\b|初心者|初学者|入門|初めて|はじめて|[どこれ]から見",
            re.IGNORECASE,
        ),
        {"en": "Which lecture for a beginner?", "ja": "初心者はどの講義から？"},
        lambda lecture: lecture.difficulty == "easy",
    ),
    "easy": _Aspect(
        re.compile(r"\beas(?:y|iest)\b|簡単|やさしい|わかりやすい|分かりやすい", re.IGNORECASE),
        {"en": "Which lectures are easy?", "ja": "簡単な回はどれ？"},
        lambda lecture: lecture.difficulty == "easy",
    ),
    "recommended": _Aspect(
        re.compile(r"\b(?:recommend(?:ed)?|best|must[- ]watch)\b|おすすめ|お勧め|オススメ", re.I),
        {"en": "Which lecture is recommended?", "ja": "おすすめの講義はどれ？"},
        lambda lecture: lecture.recommended,
    ),
    "questions": _Aspect(
        re.compile(
            r"\bq ?(?:&|and|/)? ?a\b|\bquestions?\b.*\banswers?|\bdiscussions?|質疑|質問", re.I
        ),
        {"en": "Which lectures have good Q&A?", "ja": "質疑応答が面白い講義は？"},
        lambda lecture: True,
    ),
}
# Words of goals that do not name a topic, and endings in hiragana.
_NO_TOPIC = re.compile(
    r"\b(?:good|great|interesting|nice|only|lectures?|talks?|videos?|course|one|transformers?|with"
    r"|students|audience|from)\b|[\u3040-\u309f]+|応答|面白|良|講義|回|動画|学|見|知|本",
    re.IGNORECASE,
)


def build_guide(searcher: Searcher, found: Found, goal: str) -> Guide:
    """Return which lectures fit a goal.

    Args:
        found: What is found for the topic of the goal: GOAL_MOMENTS, if there are so many.
        goal: As it was typed.
    """
    every = [one for one in lectures_of(searcher) if one.number]
    aspect, fact = aspect_of(goal), find_fact(searcher, found, goal)
    if aspect:
        shortest_first = sorted(every, key=lambda one: one.duration)
        having = shortest_first if aspect == "short" else every
        named = _named(fact, every) or [one for one in having if _ASPECTS[aspect].has(one)]
        time = time_of(goal)
        if aspect == "questions":
            return Guide(fact, _with_questions(searcher, _fitting(time, named) or named))
        if time:
            return Guide(fact, _within(time, named, every), time)
        return Guide(fact, tuple(_as_a_whole(one, None) for one in named[:PICKS]))
    fits = judge(searcher, found).probability >= FITS_A_GOAL
    ranked = [one for one in rank_lectures(searcher, found) if one.share >= LEAST] if fits else []
    by_id = {one.lecture.video_id: one for one in ranked}
    named, time = _named(fact, every), time_of(goal)
    picks = [_as_a_whole(one, by_id.get(one.video_id)) for one in named]
    others = [pick_of(one) for one in ranked if one.lecture not in named]
    # Beside a named lecture, only lectures largely about the goal; beside a part, no mentions.
    if picks or any(one.fit != "mention" for one in others):
        others = [one for one in others if one.fit == "whole" or (not picks and one.fit == "part")]
    shown = (*picks, *others)[:PICKS]
    if time:
        shown = tuple(_part_in_time(one, by_id.get(one.lecture.video_id), time) for one in shown)
    return Guide(fact, shown, time)


def aspect_of(goal: str) -> str:
    """Return what a goal asks of a lecture other than a topic; "" if it names a topic.

    >>> aspect_of("I am a beginner"), aspect_of("good Q&A"), aspect_of("a beginner in robotics")
    ('beginner', 'questions', '')
    >>> aspect_of("a beginner with 30 minutes"), aspect_of("I have 30 minutes")
    ('beginner', 'short')
    """
    names = [name for name, aspect in _ASPECTS.items() if aspect.words.search(goal)]
    rest = goal
    for name in names:
        rest = _ASPECTS[name].words.sub(" ", rest)
    if not names or topic_words(topic_of(_NO_TOPIC.sub(" ", rest))):
        return ""
    # What else is asked for chooses among the lectures that fit into the time.
    return next((name for name in names if name != "short"), "short")


def _named(fact: Entry | None, lectures: Sequence[Lecture]) -> list[Lecture]:
    """Return the lectures that a fact names, in its order."""
    by_number = {one.number: one for one in lectures}
    return [by_number[number] for number in (fact.lectures if fact else ()) if number in by_number]


def time_of(goal: str) -> float:
    """Return the seconds that the visitor has; 0 if the goal does not state them.

    >>> time_of("I have 30 minutes"), time_of("1時間しかない"), time_of("one hour"), time_of("RL")
    (1800.0, 3600.0, 3600.0, 0.0)
    """
    match = _TIME.search(goal)
    if match is None:
        return 0.0
    if match["minutes"]:
        return 60.0 * int(match["minutes"])
    hours = {"an": 1, "one": 1, "two": 2}.get(match["hours"].lower())
    return 3600.0 * (hours or int(match["hours"]))


def topic_of_goal(goal: str) -> str:
    """Return the topic of a goal, without the time that the visitor has.

    >>> topic_of_goal("RL in 30 minutes"), topic_of_goal("30分で強化学習"), topic_of_goal("RL")
    ('RL', '強化学習', 'RL')
    """
    return topic_of(goal if aspect_of(goal) else _WITHIN.sub(" ", goal).strip() or goal)


def find_fact(searcher: Searcher, found: Found, goal: str) -> Entry | None:
    """Return what the course says about which lectures to watch for a goal, or None.

    Args:
        found: What is found for the topic of the goal.
        goal: As it was typed.
    """
    handbook = searcher.source.generation.handbook
    if not handbook.entries:
        return None
    aspect = aspect_of(goal)
    own = [_ASPECTS[aspect].asks[found.query.language]] if aspect else []
    texts = own or [goal, topic_of_goal(goal), found.question.text]
    best: tuple[float, Entry | None] = (FACT_SCORE[found.query.language], None)
    for text in dict.fromkeys(texts):
        query = searcher.encode(text)
        for one in rank_entries(handbook, text, query):
            is_advice = one.entry.kind == "fact" and one.entry.side != "about"
            is_advice = is_advice and 0 < len(one.entry.lectures) <= MOST_LECTURES
            if is_advice and one.ask >= FACT_ASK and one.score > best[0]:
                best = (one.score, one.entry)
    return best[1]


def _within(time: float, named: Sequence[Lecture], every: Sequence[Lecture]) -> tuple[Pick, ...]:
    """Return named lectures that fit into a time; else any that fit; else the shortest."""
    if fitting := _fitting(time, named) or _fitting(time, every):
        return tuple(Pick(one, "in_time", 0.0, 0.0, ()) for one in fitting[:PICKS])
    known = [one for one in every if one.duration]
    shortest = sorted(known, key=lambda one: one.duration)[:1]
    return tuple(Pick(one, "too_long", 0.0, 0.0, ()) for one in shortest)


def _fitting(time: float, lectures: Iterable[Lecture]) -> list[Lecture]:
    return [one for one in lectures if 0 < one.duration <= time + MARGIN]


def _with_questions(searcher: Searcher, lectures: Iterable[Lecture]) -> tuple[Pick, ...]:
    """Return lectures with questions from the audience, in the order of `lectures`."""
    picks = []
    for lecture in list(lectures)[:PICKS]:
        chunks = searcher.source.chunks_of(lecture.video_id, 0.0, float("inf"))
        notes = [one for one in chunks if one.qa and one.kind == "note"]
        if notes:
            seconds = sum(one.end - one.start for one in notes)
            pick = Pick(lecture, "named", seconds, notes[0].start, tuple(notes[:BEGINNINGS]))
            picks.append(pick)
    return tuple(picks)


def _as_a_whole(lecture: Lecture, ranked: RankedLecture | None) -> Pick:
    """Return a pick for a lecture that the course names, to be watched from the beginning."""
    if ranked is None:
        return Pick(lecture, "named", 0.0, 0.0, ())
    # The moments of a search are a sample; of a whole lecture, they say little about its minutes.
    measured = ranked.seconds >= WHOLE_SHARE * lecture.duration / 2
    return Pick(lecture, "named", ranked.seconds if measured else 0.0, 0.0, _moments(ranked))


def pick_of(ranked: RankedLecture) -> Pick:
    """Return a pick for a lecture, judged by its moments."""
    lecture, seconds = ranked.lecture, ranked.seconds
    if seconds >= min(WHOLE_SECONDS, WHOLE_SHARE * (lecture.duration or WHOLE_SECONDS)):
        begin = min(hit.start for hit in ranked.hits)
        return Pick(lecture, "whole", seconds, begin, _moments(ranked))
    fit: Fit = (
        "part"
        if seconds >= min(PART_SECONDS, PART_SHARE * (lecture.duration or PART_SECONDS))
        else "mention"
    )
    return Pick(lecture, fit, seconds, _begin(ranked), _moments(ranked))


def _part_in_time(pick: Pick, ranked: RankedLecture | None, time: float) -> Pick:
    """Return a pick limited to the part of its lecture with most about the goal in some seconds."""
    if ranked is None or 0 < pick.lecture.duration <= time + MARGIN:
        return pick
    hits = _not_at_the_end(ranked)

    def seconds_from(begin: float) -> float:
        return sum(
            max(0.0, min(hit.end, begin + time) - hit.start) for hit in hits if hit.start >= begin
        )

    begin = max(sorted(hit.start for hit in hits), key=seconds_from)
    inside = [hit for hit in hits if begin <= hit.start < begin + time]
    # Of a lecture about the goal, everything counts; of others, only their moments.
    of_it = pick.fit in ("named", "whole")
    last = pick.lecture.duration if of_it else max(hit.end for hit in inside)
    end = min(begin + time, last or begin + time)
    return replace(pick, begin=begin, end=end, moments=_best(inside))


def _begin(ranked: RankedLecture) -> float:
    """Return the start of the stretch around the best moment."""
    begin = _not_at_the_end(ranked)[0].start
    for hit in sorted(ranked.hits, key=lambda hit: -hit.start):
        if hit.start < begin <= hit.end + APART:
            begin = hit.start
    return begin


def _moments(ranked: RankedLecture) -> tuple[Chunk, ...]:
    return _best(_not_at_the_end(ranked))


def _best(hits: Sequence[Hit]) -> tuple[Chunk, ...]:
    """Return the moments to look at first, of hits that begin with the best."""
    best = [hit.note or hit.chunk for hit in hits[:BEGINNINGS]]
    return tuple(sorted(dict.fromkeys(best), key=lambda one: one.start))


def _not_at_the_end(ranked: RankedLecture) -> Sequence[Hit]:
    """Return the moments, best first, without thanks and remarks at the end, if there are more."""
    latest = END * (ranked.lecture.duration or float("inf"))
    return [hit for hit in ranked.hits if hit.start < latest] or ranked.hits
