"""The lectures that a deck lists, with their lengths if it gives them, and their speakers.

One slide lists the lectures: "5. ★ Scaling transformers (1:05:44) Speaker: Barret Zoph (Google)".
Without lengths it is distinguished from other numbered lists by its titles: they are the headings
of other slides.
"""

import re
from collections.abc import Mapping, Sequence
from itertools import takewhile

import msgspec

from .match import DeckLecture

MIN_CONTENTS = 2  # least entries of a list of contents
LONGEST_HEADING = 200  # characters
LONGEST_NAMES = 60  # characters of names without affiliation

LENGTH = r"[(（](?P<length>(?:[0-9]{1,2}:)?[0-9]{1,2}:[0-9]{2})[)）]"
FOOTNOTE = re.compile(r"\*[0-9]{1,2}(?![0-9])")
_NEXT = r" [0-9]{1,3}\. "
SPEAKER = r"(?:Speakers?|講演者|スピーカー)"
_PERSON = rf"(?:(?!{_NEXT})[^()（）•◦▪★。]){{1,80}}?[(（][^()（）]{{0,80}}[)）]"
_PEOPLE = rf"{_PERSON}(?:(?: ?[,、，&/／] ?| and ){_PERSON})*"
_AFTER_NAMES = rf" ?(?:$|[•◦▪★]|Contents\b|目次)|{_NEXT}"
_ALONE = rf"(?:(?!{_NEXT})[^()（）•◦▪★。]){{1,{LONGEST_NAMES}}}?(?={_AFTER_NAMES})"
_ENTRY = re.compile(
    r"(?<!\S)(?P<number>[0-9]{1,3})\. (?:★ ?)?"
    rf"(?P<title>(?:(?!{_NEXT})[^()]){{1,200}}?) ?(?:★ ?)?{LENGTH}"
    rf"(?: ?{SPEAKER} ?[:：]? ?(?P<speakers>{_PEOPLE}|{_ALONE}))?"
)
_PLAIN_ENTRY = re.compile(r"(?<!\S)(?P<number>[0-9]{1,3})\. (?P<star>★ ?)?")
_AFTER_TITLE = re.compile(rf" ?{SPEAKER}(?: ?[:：]| )|[•◦▪★]|{LENGTH}|{FOOTNOTE.pattern}")
# "Speaker Ada Byron (Oxford) Max Müller (Bonn) Topics", or "Speaker: Ada Byron (Oxford)" anywhere.
_WITH_TOPICS = re.compile(rf"{SPEAKER} ?[:：]? ?(?P<speakers>.+?) Topics\b")
_SPOKEN = re.compile(rf"(?:(?<!\w){SPEAKER} ?[:：]|^{SPEAKER} ) ?(?P<speakers>{_PEOPLE}|{_ALONE})")


class _Heading(msgspec.Struct, frozen=True):
    """What follows a number on a slide, and how many entries that slide lists."""

    words: Sequence[str]
    entries: int


def read_contents(slides: Sequence[str]) -> tuple[DeckLecture, ...]:
    """Return the lectures of the slide that lists most of them; none if no slide is a list.

    Args:
        slides: The words of each slide as one line.

    >>> slides = ["1. Bread 講演者：山田 花子（東都） 2. Salt", "1. Bread • Crust", "2. Salt"]
    >>> [(one.number, one.title, one.speakers) for one in read_contents(slides)]
    [(1, 'Bread', ('山田 花子',)), (2, 'Salt', ())]
    """
    best = max((timed_entries(words) for words in slides), key=len, default=[])
    if len(best) < MIN_CONTENTS:
        return _without_lengths(slides)
    return tuple(
        DeckLecture(
            number=int(entry["number"]),
            title=entry["title"].strip(" ★"),
            speakers=people(entry["speakers"] or ""),
            duration=_seconds(entry["length"]),
            recommended="★" in entry[0],
        )
        for entry in best
    )


def timed_entries(words: str) -> list[re.Match[str]]:
    """Return the entries that are numbered 1, 2, 3 and have a length."""
    return _counted(_ENTRY, words)


def speakers_on(words: str) -> tuple[str, ...]:
    """Return the speakers named on the slide of a lecture.

    >>> speakers_on("Speaker Ada Byron (Oxford) Max Müller (Bonn) Topics • Flour")
    ('Ada Byron', 'Max Müller')
    >>> speakers_on("2. 塩 講演者：山田 花子（東都大学）、鈴木 一郎（みやこ食品） 塩（えん）の話")
    ('山田 花子', '鈴木 一郎')
    >>> speakers_on("The speaker said (twice) that salt matters.")
    ()
    """
    found = _WITH_TOPICS.match(words) or _SPOKEN.search(words)
    return people(found["speakers"]) if found else ()


def people(text: str) -> tuple[str, ...]:
    """Return the names in a list, without affiliations.

    >>> people("Ada Byron (Oxford) Max Müller (Bonn)"), people("山田 花子（東都大学）、鈴木 一郎")
    (('Ada Byron', 'Max Müller'), ('山田 花子', '鈴木 一郎'))
    """
    parts = re.split(r"[(（][^)）]*[)）]|[,、，&/／]| and ", text)
    return tuple(name for part in parts if (name := part.strip(" ,:：・")))


def _without_lengths(slides: Sequence[str]) -> tuple[DeckLecture, ...]:
    """Return the lectures of the longest list whose titles are headings of other slides."""
    lists = [_counted(_PLAIN_ENTRY, words) for words in slides]
    headings: dict[str, list[_Heading]] = {}
    for words, entries in zip(slides, lists, strict=True):
        for found in _PLAIN_ENTRY.finditer(words):
            after = words[found.end() : found.end() + LONGEST_HEADING].split()
            headings.setdefault(found["number"], []).append(_Heading(after, len(entries)))
    best: tuple[DeckLecture, ...] = ()
    for words, entries in zip(slides, lists, strict=True):
        if len(entries) >= MIN_CONTENTS and len(entries) > len(best):
            best = _listed(words, entries, headings) or best
    return best


def _listed(
    words: str, entries: Sequence[re.Match[str]], headings: Mapping[str, Sequence[_Heading]]
) -> tuple[DeckLecture, ...]:
    """Return the lectures that a slide lists; none unless most are headings of other slides."""
    lectures, recurring = [], 0
    for entry, stop in zip(entries, [*(one.start() for one in entries[1:]), None], strict=True):
        text = words[entry.end() : stop].strip()
        end = _AFTER_TITLE.search(text)
        title = (text[: end.start()] if end else text)[:LONGEST_HEADING].strip()
        mine = title.split()
        heading = max(
            (
                _shared(mine, one.words)
                for one in headings[entry["number"]]
                # A list that is shown twice says nothing about where its last title ends.
                if one.entries < len(entries)
            ),
            key=len,
            default="",
        )
        recurring += bool(heading)
        after = text[len(heading or title) :].lstrip()
        lectures.append(
            DeckLecture(
                number=int(entry["number"]),
                title=heading or title,
                speakers=speakers_on(text),
                duration=0.0,
                recommended=bool(entry["star"]) or after.startswith("★"),
            )
        )
    return tuple(lectures) if recurring >= max(MIN_CONTENTS, len(entries) / 2) else ()


def _counted(pattern: re.Pattern[str], words: str) -> list[re.Match[str]]:
    """Return the matches whose number is 1, 2, 3 and so on; others are part of a text."""
    entries: list[re.Match[str]] = []
    for found in pattern.finditer(words):
        if int(found["number"]) == len(entries) + 1:
            entries.append(found)
    return entries


def _shared(title: Sequence[str], heading: Sequence[str]) -> str:
    """Return the words with which a title and a heading both begin.

    >>> _shared("Salt and water Contents".split(), "Salt and water • Why pasta needs it".split())
    'Salt and water'
    """
    pairs = zip(title, heading, strict=False)
    return " ".join(mine for mine, _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def _seconds(length: str) -> float:
    total = 0
    for part in length.split(":"):
        total = total * 60 + int(part)
    return float(total)
