"""The lectures and the slide that a question names by number, and the question without them."""

import re

from ..text.words import ORDINALS
from .lecture_nouns import LECTURE, LECTURES

_KANJI = "一二三四五六七八九十"
_NUMBERED = re.compile(
    rf"\b(?:{LECTURE}|{LECTURES}|lec\.?) ?(?:no\.? ?|number |#)?(\d{{1,2}})(?![A-Za-z\d])"
    rf"|\b({'|'.join(ORDINALS)}|\d{{1,2}}(?:st|nd|rd|th)) {LECTURE}\b"
    rf"|第 ?(\d{{1,2}}|[{_KANJI}]) ?(?:回|講)|(?:講義|授業|レクチャー) ?(\d{{1,2}})",
    re.I,
)
_ADVERBIAL = re.compile(
    rf"^in (?:{_NUMBERED.pattern}),? |,? (?:in|of|from|during) (?:{_NUMBERED.pattern})(?=\W*$)"
    r"|^第 ?(?:\d{1,2}|[一二三四五六七八九十]) ?(?:回|講)(?:の講義)?(?:では?|の中で)、?",
    re.I,
)
# "in the lecture on experts": where it was said, not what is asked.
_PLACE = re.compile(
    rf"(?:{_NUMBERED.pattern})|\bin (?:the|this|that) {LECTURE}\b|(?:講義|授業)(?:の中)?[でに]",
    re.I,
)


_SLIDE = re.compile(
    rf"\b(?:slide|page) ?(?:no\.? ?|number |#)?(\d{{1,2}})(?![A-Za-z\d])"
    rf"|\b({'|'.join(ORDINALS)}|\d{{1,2}}(?:st|nd|rd|th)) (?:slide|page)\b"
    r"|(?:スライド|ページ) ?(?:の|第)?(\d{1,2})(?!\d|回|講|行|点|つ|枚|個|文|分|ポイント)"
    r"|(\d{1,2}) ?(?:枚目|番目?|ページ目?)の?(?:スライド|ページ)",
    re.I,
)


def named_slide(question: str) -> int | None:
    """Return the slide that a question names by number, None without one.

    >>> named_slide("スライドの3行まとめ"), named_slide("スライドの33枚")
    (None, None)
    >>> named_slide("what is on slide 19?"), named_slide("スライド5の内容"), named_slide("slides")
    (19, 5, None)
    >>> named_slide("the third slide"), named_slide("20枚目のスライド"), named_slide("第3回")
    (3, 20, None)
    >>> named_slide("Slide 19には何がありますか")
    19
    """
    found = _SLIDE.search(question)
    return _number(next(filter(None, found.groups()))) if found else None


def named_lectures(question: str) -> list[int]:
    """Return the lectures that a question names by number, each once.

    >>> named_lectures("Summarise lecture 6"), named_lectures("the third lecture and lecture 6")
    ([6], [3, 6])
    >>> named_lectures("第3回の要点"), named_lectures("How long is a lecture?")
    ([3], [])
    >>> named_lectures("Lecture 10は何について？")
    [10]
    """
    found = []
    for groups in _NUMBERED.findall(question):
        found.append(_number(next(group for group in groups if group)))
    return list(dict.fromkeys(found))


def _number(word: str) -> int:
    """Return the number that a word such as "third", "3rd", "3" or "三" means."""
    if (folded := word.lower()) in ORDINALS:
        return ORDINALS.index(folded) + 1
    return _KANJI.index(word) + 1 if word in _KANJI else int(re.sub(r"\D", "", word))


def without_place(question: str) -> str:
    """Return a question without the lecture in which something is said.

    >>> without_place("What is compared in lecture 5?"), without_place("第3回の要点")
    ('What is compared in ?', 'の要点')
    """
    return _PLACE.sub("", question)


def without_named(question: str) -> str:
    """Return what is asked about something in a lecture, without the lecture.

    >>> without_named("In lecture 3, what is compared?"), without_named("Summarise lecture 6")
    ('what is compared?', 'Summarise lecture 6')
    >>> without_named("What is compared in lecture 3?"), without_named("第3回では何を比べる？")
    ('What is compared?', '何を比べる？')
    """
    return _ADVERBIAL.sub("", question) or question
