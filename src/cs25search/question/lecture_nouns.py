"""What people call a lecture: talk, video, class; 授業, 動画, 回.

A question means the same with any of these words, so patterns use them all, and a question about
the course is compared with its usual wordings too.
"""

import re
from collections.abc import Mapping
from functools import lru_cache

from ..records import Lecture
from ..text.words import ORDINALS
from .aliases import names_of

# As parts of patterns that ignore case.
LECTURE = r"(?:lecture|talk|video|class|session)"
LECTURES = r"(?:lectures|talks|videos|classes|sessions)"
LECTURE_JA = r"(?:講義|授業|回|動画|講演|ビデオ|レクチャー|セッション)"

_TOLD_JA = rf"(?:{LECTURE_JA}|話|トーク|発表)"
_ANY_NOUN = rf"(?i){LECTURE}|{_TOLD_JA}"

_VERB = "is|are|was|were|do|does|did|should|would|can|could|will|has|have|had"
# A lecture that was spoken of: *the talk*, その講義; not "the video frames" or その回路.
THE_LECTURE = re.compile(
    rf"\b(?:the|that|this) {LECTURE}\b(?=\W*$| (?:{_VERB}|and|or)\b)"
    rf"|[そこ]の(?:{LECTURE_JA}|トーク)(?![一-龠ァ-ヶー])(?!の中)",
    re.I,
)

# Compiled when first used: not every question is compared with the course.
# "Video" and "class" are also what models are trained on: only after words that choose a lecture,
# and not before another noun ("which video games").
_NOUN = (
    rf"(?i)(?P<before>\b(?:{'|'.join(ORDINALS)}|which|what|whole|entire|each|every|last|best|good|"
    r"easy|(?:long|short|hard|easi|simpl)est|difficult|recommended) )"
    r"(?:video|class|session|talk)(?P<many>(?:e?s)?)\b"
    rf"(?=\W*$| (?:{_VERB}|i|we|to|in|on|of|for|from|by|with|about|that|which|where|and|or|if"
    r"|(?:explain|mention|cover|discuss|introduc|deal|talk|speak|us|need|say|show|answer)\w*)\b)"
)
_NOUN_JA = (
    r"授業|講演(?!者)|レクチャー|講義(?!者|室|ノート)"
    r"|(?:(?<=どの)|(?<=各)|(?<=おすすめの)|(?<=お勧めの)|(?<=最初の)|(?<=べき)|(?<=[いた]))"
    r"(?:動画|ビデオ|セッション)|(?:動画|ビデオ)(?=[はをが](?:どれ|何|全部|見|観|あり|教え))"
    r"|(?<=[いなるたのき])回(?=[はがをでにのもだって、。？?]|$)"
)

_DECK_JA = r"(?i)(?<![a-z])(?:slide )?deck(?=[はがのをにでともっ])|(?:スライド)?デッキ"

_OF_TEN = (
    r"(?i)\b(which|any|what)(?: one)? of (?:the|these|those|all) (?:ten|10)\b"
    rf"(?: {LECTURES}\b)?"
)
_ORDINAL = rf"(?i)\b(?:the )?({'|'.join(ORDINALS)}) lecture\b"


@lru_cache(maxsize=8)  # courses
def called_lectures(lectures: tuple[Lecture, ...]) -> dict[str, int]:
    """Return the number of each lecture by what people call it, in small letters.

    Its speakers' names count too; a name of two lectures is left out.
    """
    found: dict[str, int | None] = {}
    for lecture in lectures:
        families = [name.split()[-1] for name in lecture.speakers]
        called = [*lecture.called, *lecture.called_ja, *lecture.speakers, *families]
        names = {other.lower() for name in called for other in names_of(name)}
        for name in names:
            found[name] = None if name in found else lecture.number
    return {name: number for name, number in found.items() if number}


def lectures_of_speakers(question: str, lectures: tuple[Lecture, ...]) -> set[int]:
    """Return the lectures whose speakers a question names by family name, in either script."""
    said = question.casefold()
    return {number for number, names in _speakers(lectures) if names.search(said)}


@lru_cache(maxsize=8)
def _speakers(lectures: tuple[Lecture, ...]) -> list[tuple[int, re.Pattern[str]]]:
    """Return the numbers of lectures with speakers, and what names one of these."""
    found = []
    for lecture in lectures:
        families = [name.split()[-1] for name in lecture.speakers]
        names = {re.escape(other.casefold()) for one in families for other in names_of(one)}
        if names:
            pattern = re.compile(rf"(?<![a-z])(?:{'|'.join(sorted(names))})(?![a-z])")
            found.append((lecture.number, pattern))
    return found


def numbered(question: str, called: Mapping[str, int]) -> str:
    """Return a question with the number of a lecture in place of what it is called.

    Args:
        called: From `called_lectures`.

    >>> numbered("Is the MoE lecture hard to follow?", {"moe": 5})
    'Is lecture 5 hard to follow?'
    >>> numbered("What to read before Hinton's talk?", {"hinton": 8})
    'What to read before lecture 8?'
    >>> numbered("the class on vision: is it long", {"vision": 3})
    'lecture 3: is it long'
    >>> numbered("音声の話は難しい？", {"音声": 10}), numbered("Is MoE hard?", {"moe": 5})
    ('第10回は難しい？', 'Is MoE hard?')
    """
    if not called or not re.search(_ANY_NOUN, question):
        return question
    names = "|".join(re.escape(name) for name in sorted(called, key=len, reverse=True))
    for pattern, number in (
        (rf"(?i)\b(?:the )?({names})(?:['’]s)? {LECTURE}\b", "lecture {}"),
        (rf"(?i)\b(?:the )?{LECTURE} (?:on|about|by|of|from) (?:the )?({names})\b", "lecture {}"),
        (rf"(?i)({names})(?:さん|氏|先生|教授)?(?:について)?の{_TOLD_JA}", "第{}回"),
    ):
        while found := re.search(pattern, question):
            named = number.format(called[found[1].lower()])
            question = f"{question[: found.start()]}{named}{question[found.end() :]}"
    return question


def usual_wordings(question: str) -> tuple[str, ...]:
    """Return a question as it is, then with the usual words for a lecture where it has others.

    >>> usual_wordings("Which class is the hardest?")
    ('Which class is the hardest?', 'Which lecture is the hardest?')
    >>> usual_wordings("How hard is the third class?")[-1]
    'How hard is lecture 3?'
    >>> usual_wordings("Which of the ten suits me?")[-1]
    'Which lecture suits me?'
    >>> usual_wordings("一番難しい授業は？")
    ('一番難しい授業は？', '一番難しい講義は？', '一番難しい回は？')
    >>> usual_wordings("How many classes has ImageNet?"), usual_wordings("第3回の要点")
    (('How many classes has ImageNet?',), ('第3回の要点',))
    >>> usual_wordings("deckの結論は？")
    ('deckの結論は？', 'スライドの結論は？')
    >>> usual_wordings("Which video games does she like?")
    ('Which video games does she like?',)
    """
    worded = [
        question,
        re.sub(_OF_TEN, lambda one: f"{one[1]} lecture", question),
        re.sub(
            _NOUN, lambda found: f"{found['before']}lecture{'s' if found['many'] else ''}", question
        ),
        re.sub(_NOUN_JA, "講義", question),
        re.sub(_NOUN_JA, "回", question),
        re.sub(_DECK_JA, "スライド", question),
    ]
    worded.append(re.sub(_ORDINAL, lambda one: f"lecture {_place(one[1])}", worded[2]))
    return tuple(dict.fromkeys(worded))


def _place(ordinal: str) -> int:
    return ORDINALS.index(ordinal.lower()) + 1
