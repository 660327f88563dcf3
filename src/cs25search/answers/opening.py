"""Begin an answer with the name, date, number or lecture that the question asks for."""

import re
from collections.abc import Sequence

from ..records import Hit
from ..text.japanese import is_japanese
from ..text.words import stem

_WHO = re.compile(r"\b(?:who|whose|whom)\b|\bwhich (?:physicist|student|researcher|person|author|"
                  r"speaker|scientist)s?\b|誰|だれ", re.I)  # fmt: skip
_WHEN = re.compile(r"\b(?:when (?:was|were|did|has|is)|(?:what|which) year)\b|いつ|何年", re.I)
_COUNT = re.compile(
    r"\bhow (?:many|much|long|large|big|often|far)\b|\bwhat (?:number|share|percentage)\b"
    r"|いくつ|何[個人層枚倍時分秒問回割]|どれ(?:くらい|ほど)|どのくらい",
    re.I,
)
_LECTURE = re.compile(
    r"\b(?:which|what|best|is there an?|are there|recommend an?|suggest an?) "
    r"(?:lecture|talk|video|class|session)(?:e?s)?\b(?! games?)"
    r"|\blectures? (?:should|would|can) i\b"
    r"|どの(?:講義|授業|回|動画|講演)|第何回|何回目"
    r"|(?:講義|授業|回|動画|講演)(?:[はがを]|って)(?:どれ|何|ある|あり|教え|おすすめ|お勧め|[?？]|$)"
    r"|(?:おすすめの|お勧めの|オススメの|見るべき|役立つ|役に立つ|向けの)(?:講義|授業|回|動画|講演)",
    re.I,
)
_YEAR = re.compile(r"(?<!\d)(?:1[89]|20)\d\d(?!\d)")
_NUMBER = re.compile(
    r"(?:(?:about|around|roughly|nearly|almost|over|some|up to|more than) )?\d[\d,.]*\d?"
    r"(?:[ -]?(?:percent|%|thousand|million|billion|trillion))?|[0-9０-９]+[億万兆%％]?"
)
# Two or more capitalised words, the last one possibly possessive: usually a person.
_PERSON = re.compile(
    r"\b[A-Z][\w'’.-]+(?: [A-Z][\w’.-]+)+(?:,? and [A-Z][\w’.-]+(?: [A-Z][\w.-]+)+)?"
)
_SPEAKS = re.compile(
    r"\bwho (?:is|was|are|were|gives?|gave|presents?|presented|speaks?|spoke|teaches|taught|holds|"
    r"talks?|lectures?|explains?|explained)\b.*\b(?:talk|lecture|speakers?|class|session|presents?|"
    r"speaks?|lectures?)\b|\bwho (?:presents?|speaks?|lectures?)\b"
    r"|(?:誰|だれ).*(?:話し|講演|講義|発表|担当)|(?:話し|講演|講義|発表|講師|話者|担当).*(?:誰|だれ)",
    re.I,
)
_COUNTED = re.compile(r"\bhow many (?:[a-z]+ )??([a-z]+)\b", re.I)


def asks_for_lecture(question: str) -> bool:
    """Return whether a question asks for a lecture or its speaker.

    >>> asks_for_lecture("Which lecture explains ViT?"), asks_for_lecture("What is ViT?")
    (True, False)
    >>> asks_for_lecture("GLOMの講師は誰ですか？")
    True
    """
    return _LECTURE.search(question) is not None or _SPEAKS.search(question) is not None


def leads_with(question: str, text: str) -> bool:
    """Return whether a sentence contains what a question asks for, such as a number.

    >>> leads_with("How many parameters has GPT-3?", "It has 175 billion.")
    True
    >>> leads_with("Why is it large?", "It has 175 billion.")
    False
    """
    if _WHEN.search(question):
        return _YEAR.search(text) is not None
    if _COUNT.search(question):
        return _NUMBER.search(re.sub(r"\w+-\d+", "", text)) is not None
    if _WHO.search(question):
        return _PERSON.search(text) is not None
    return False


def asked_thing(question: str) -> bool:
    """Return whether a question asks for a year, a number or a name.

    >>> asked_thing("How many parameters has GPT-3?"), asked_thing("Why is it large?")
    (True, False)
    """
    return any(kind.search(question) for kind in (_WHEN, _COUNT, _WHO))


def has_asked_thing(question: str, text: str) -> bool:
    """Return whether a sentence has the year, the number of what is counted, or the name.

    >>> asked = "How many parameters does Codex have?"
    >>> has_asked_thing(asked, "It has 12 billion parameters."), has_asked_thing(asked, "160 GB.")
    (True, False)
    """
    if (counted := _COUNTED.search(question)) and not is_japanese(question):
        return bool(_amount(text, counted[1]))
    return leads_with(question, text)


def lead_of(question: str, hit: Hit, text: str) -> str:
    """Return a short opening sentence for an answer, or "".

    Args:
        hit: The moment of the first sentence.
        text: The first sentence.
    """
    if _LECTURE.search(question):
        return _lecture(hit, is_japanese(question))
    if _SPEAKS.search(question) and hit.video.speakers:
        speakers = hit.video.speakers
        return f"{'と'.join(speakers)}。" if is_japanese(question) else f"{_listed(speakers)}."
    if is_japanese(question):
        return ""
    if _WHEN.search(question) and (year := _YEAR.search(text)):
        return f"{year[0]}."
    if counted := _COUNTED.search(question):
        return _amount(text, counted[1])
    return ""


def _lecture(hit: Hit, japanese: bool) -> str:
    video = hit.video
    if japanese:
        place = f"第{video.lecture}回" if video.lecture else ""
        return f"{place}「{video.title_ja or video.title}」。"
    speakers = f", by {_listed(video.speakers)}" if video.speakers else ""
    place = f"Lecture {video.lecture}: " if video.lecture else ""
    return f"{place}{video.title}{speakers}."


def _amount(text: str, counted: str) -> str:
    """Return the number just before the counted noun.

    >>> _amount("GPT-3 has 175 billion parameters, against 1.5 billion.", "parameters")
    '175 billion parameters.'
    """
    for number in _NUMBER.finditer(text):
        if number.start() and text[number.start() - 1] in "-_":
            continue  # the 3 in GPT-3 is not a count
        for word in list(re.finditer(r"[\w-]+", text[number.end() :]))[:3]:
            if stem(word[0].lower()) == stem(counted.lower()):
                phrase = text[number.start() : number.end() + word.end()]
                return f"{phrase[0].upper()}{phrase[1:]}."
    return ""


def _listed(names: Sequence[str]) -> str:
    """Return names as an English list.

    >>> _listed(["Div", "Chetanya", "Advay"])
    'Div, Chetanya and Advay'
    """
    return " and ".join([", ".join(names[:-1]), names[-1]] if names[1:] else names)
