"""Parse the text of a slide deck, as on SpeakerDeck, into slides with their lectures.

The page has numbered slides among other page content. Lines are wrapped in mid-sentence, a slide's
title is at its beginning or its end, and one slide lists the lectures (contents.py).
"""

import re
from collections.abc import Callable
from pathlib import Path

import msgspec
from msgspec.structs import replace

from cs25search.errors import DeckError
from cs25search.integrity import replace_file
from cs25search.records import Slide
from cs25search.times import slide_url as slide_url

from ..stored import Unusable
from .contents import (
    FOOTNOTE,
    LENGTH,
    MIN_CONTENTS,
    SPEAKER,
    read_contents,
    speakers_on,
    timed_entries,
)
from .match import DeckLecture

KEPT = "deck.txt"
LONGEST_TITLE = 70  # characters

_SLIDE = re.compile(r"(?P<indent>[ \t]*)(?P<number>[0-9]{1,4})\. (?P<text>.*)")
_BULLET = re.compile(r"[•◦▪]")
_NO_HEADING = re.compile(rf"[•◦▪]|{SPEAKER} ?[:：]")
# What may follow a title at the end of a slide: its length, stars, footnote marks, a word.
_BESIDE = re.compile(rf"(?:\s|★|{FOOTNOTE.pattern}|{LENGTH})*")
_LONGEST_TAIL = 40


class ParsedDeck(msgspec.Struct, frozen=True):
    """A deck: its title (or ""), the lectures in its contents, and its slides."""

    title: str
    lectures: tuple[DeckLecture, ...]
    slides: tuple[Slide, ...]


def read_deck(path: Path) -> ParsedDeck:
    """Return the deck in a file.

    Raises:
        DeckError: It cannot be read or is not a deck.
    """
    try:
        text = path.read_text("utf-8-sig")
    except OSError as error:
        raise DeckError(str(path), 0, f"cannot be opened ({error.strerror})") from None
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        reason = f"byte 0x{error.object[error.start]:02x} is not valid in UTF-8 text"
        raise DeckError(str(path), line, reason) from None
    return parse_deck(text, str(path))


def store_deck(index_dir: Path, path: Path) -> None:
    """Keep a copy of a deck in the index folder, so that the next ingest does not need --deck.

    Raises:
        DeckError: It cannot be read or is not a deck.
    """
    read_deck(path)
    data, copy = path.read_bytes(), index_dir / KEPT
    if not copy.is_file() or copy.read_bytes() != data:
        index_dir.mkdir(parents=True, exist_ok=True)
        replace_file(copy, data)


def stored_deck(
    index_dir: Path, on_unusable: Callable[[Unusable], None] = lambda _: None
) -> ParsedDeck | None:
    """Return the kept deck, None if there is no usable one.

    Args:
        on_unusable: Called if the copy cannot be read.
    """
    copy = index_dir / KEPT
    try:
        return read_deck(copy) if copy.is_file() else None
    except DeckError as error:
        on_unusable(Unusable(copy, f"it is not a deck; {error.reason}"))
        return None


def parse_deck(text: str, source: str = "<deck>") -> ParsedDeck:
    """Return the slides of a deck and the lectures it lists.

    Raises:
        DeckError: There is no slide 1, a number is missing, or no slide lists the lectures.

    >>> deck = parse_deck('''Transcript
    ...   1. 1. ★ Attention (10:00) Speaker: Ada Byron (Oxford) 2. Masks
    ...
    ...     (1:00:05) Contents
    ...   2. • It looks things up. 1. Attention *1
    ... ''')
    >>> [(one.number, one.title, one.duration, one.recommended) for one in deck.lectures]
    [(1, 'Attention', 600.0, True), (2, 'Masks', 3605.0, False)]
    >>> deck.slides[1].lecture, deck.slides[1].title, deck.slides[1].summary
    (1, 'Attention', '• It looks things up.')
    """
    title, numbered = _split(text, source)
    lectures = read_contents(list(numbered.values()))
    if not lectures:
        reason = (
            'no slide lists the lectures as "1. Title (1:05:44)", and none lists titles that '
            'head other slides, as "1. Title"'
        )
        raise DeckError(source, 0, reason)
    slides = tuple(_slide(number, words, lectures) for number, words in numbered.items())
    named = {
        slide.lecture: names for slide in slides if (names := speakers_on(numbered[slide.number]))
    }
    return ParsedDeck(
        title,
        tuple(replace(one, speakers=named.get(one.number, one.speakers)) for one in lectures),
        slides,
    )


def _split(text: str, source: str) -> tuple[str, dict[int, str]]:
    """Return the title of the page, and the words of each slide as one line."""
    slides: dict[int, list[str]] = {}
    indent = None
    before: list[str] = []
    for line_number, line in enumerate(text.splitlines(), 1):
        found = _SLIDE.fullmatch(line)
        if found and indent is None and found["number"] == "1":
            indent = found["indent"]
        if found and found["indent"] == indent:
            expected = len(slides) + 1
            if int(found["number"]) != expected and not indent:
                slides[expected - 1].append(line)  # not indented, so an item of this slide's list
                continue
            if int(found["number"]) != expected:
                reason = f"found slide {found['number']}, expected slide {expected}"
                raise DeckError(source, line_number, reason)
            slides[expected] = [found["text"]]
        elif indent is None:
            before.append(line.strip())
        elif indent and line.strip() and not line.startswith(indent):
            break  # page content after the transcript is not indented
        else:
            slides[len(slides)].append(line)
    if not slides:
        raise DeckError(source, 0, 'no line begins with "1. ", the first slide of a transcript')
    # The page begins with an advertisement; the title is the first separate line after it.
    titles = [line for line in before if line and not line.endswith(("…", "..."))]
    return (
        titles[0] if titles and titles[0] != "Transcript" else "",
        {number: " ".join(" ".join(lines).split()) for number, lines in slides.items()},
    )


def _slide(number: int, words: str, lectures: tuple[DeckLecture, ...]) -> Slide:
    if spans := _listed_spans(words, lectures):
        title = _title_of_list(words[: spans[0][0]], words[spans[-1][1] :])
        return Slide(number, None, title or f"Slide {number}", _summary(words), url="")
    for lecture in lectures:
        heading = f"{lecture.number}. {lecture.title}"
        if words.startswith(heading):
            rest = words[len(heading) :]
        elif (at := words.rfind(heading)) >= 0:
            tail = words[at + len(heading) :]
            if len(_BESIDE.sub("", tail)) > _LONGEST_TAIL:
                continue
            rest = words[:at] + tail
        else:
            continue
        return Slide(number, lecture.number, lecture.title, _summary(rest), url="")
    title = _title(words) or f"Slide {number}"
    return Slide(number, None, title, _summary(words), url="")


def _listed_spans(words: str, lectures: tuple[DeckLecture, ...]) -> list[tuple[int, int]]:
    """Return where a slide names the lectures that it lists; none if it is not a list of them.

    A list gives some of them with length, or most by their heading.
    """
    timed = timed_entries(words)
    if len(timed) >= MIN_CONTENTS:
        return [entry.span() for entry in timed]
    headings = [f"{lecture.number}. {lecture.title}" for lecture in lectures]
    found = [(at, at + len(one)) for one in headings if (at := words.find(one)) >= 0]
    return sorted(found) if 2 * len(found) > len(headings) else []


def _title_of_list(before: str, after: str) -> str:
    """Return the heading of a slide that lists lectures: the text before them, else after them."""
    for text in (before, after):
        heading = FOOTNOTE.sub("", text).replace("★", "").strip()
        if 0 < len(heading) <= LONGEST_TITLE and not _NO_HEADING.search(heading):
            return heading
    return ""


def _title(words: str) -> str:
    """Return the heading of a slide without a lecture: the text outside its list."""
    first, *rest = _BULLET.split(words)
    if rest and 0 < len(first.strip()) <= LONGEST_TITLE:
        return FOOTNOTE.sub("", first).strip()
    tail = re.split(r"(?<=[.!?…)]) ", words)[-1].strip()
    fits = len(tail) <= LONGEST_TITLE and not _BULLET.search(tail)
    return FOOTNOTE.sub("", tail).strip() if fits else ""


def _summary(words: str) -> str:
    """Return the words of a slide without star, length and footnote marks."""
    plain = FOOTNOTE.sub("", re.sub(LENGTH, "", words)).replace("★", "")
    return " ".join(plain.split())
