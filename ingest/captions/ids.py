"""Decide whether eleven characters in a file's name are a YouTube id or ordinary words.

The characters alone are not conclusive, so neighbouring file names count too.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from collections.abc import Set as AbstractSet
from pathlib import PurePath

import msgspec

from cs25search.encoding.dictionary import is_english

# The last of the eleven characters of an id carries only four bits.
VIDEO_ID = re.compile(r"[A-Za-z0-9_-]{10}[AEIMQUYcgkosw048]")

_WITHIN = re.compile(rf"\[{VIDEO_ID.pattern}\]")  # as yt-dlp names its files
_PIECE = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[0-9]+")  # of CamelCase
# A word in lower case, upper case or capitalised, optionally followed by a number.
_WORD = re.compile(
    r"(?:[a-z]+|[A-Z]+|[A-Z][a-z]+|[a-z]{2,}(?:[A-Z][a-z]{2,})+|(?:[A-Z][a-z]{2,})+)?[0-9]*"
)
_NO_WORD = re.compile(r"j[^aeiouy]|q[^u]", re.I)  # letter pairs that do not occur in words
_VOWEL = re.compile("[aeiouy]", re.I)
_DATE = 4  # this many digits are a year, a date or a number given by a camera
ENGLISH = 4  # letters of a word that random characters rarely contain
SAME, ALIKE = 4, 5  # first characters that neighbours share by chance in less than 1 of 10^6 pairs


class Verdict(msgspec.Struct, frozen=True):
    """Whether eleven characters are an id, and a remark if the names beside them do not show it."""

    is_id: bool
    remark: str = ""


TAKEN_FOR_ID = "Its name was taken for a YouTube id. If it is not one, give the file a longer name."
NOT_TAKEN = (
    "Its name could be a YouTube id, but was taken for words, so it has no link. If it is an id, "
    "put it in brackets: [{}]."
)


def is_word(text: str) -> bool:
    """Return whether eleven characters look like words and numbers rather than an id.

    >>> [is_word(one) for one in ("ac_encoding", "Lecture-010", "programming", "Week01Intro")]
    [True, True, True, True]
    >>> [is_word(one) for one in ("aircAruvnKk", "9-Jl0dxWQs8", "P127jhj-8-Y")]
    [False, False, False]
    """
    pieces = _PIECE.findall(text)
    return (_has_word_shape(text) and _can_be_said(text, pieces)) or _has_english(pieces)


def _has_word_shape(text: str) -> bool:
    parts = [part for part in re.split("[-_]", text) if part]
    return all(map(_WORD.fullmatch, parts)) and not _NO_WORD.search(text)


def _can_be_said(text: str, pieces: Iterable[str]) -> bool:
    digits = sum(letter.isdecimal() for letter in text)
    return digits >= _DATE or all(
        _VOWEL.search(piece) for piece in pieces if piece.isalpha() and len(piece) > 2
    )


def _has_english(pieces: Collection[str]) -> bool:
    return len(pieces) <= 5 and any(
        len(piece) >= ENGLISH and piece.isalpha() and is_english(piece.lower()) for piece in pieces
    )


def _is_plain(text: str) -> bool:
    """Return whether a text has so few pieces that it may be words of any language."""
    pieces = _PIECE.findall(text)
    words = [piece for piece in pieces if piece.isalpha()]
    long = [word for word in words if len(word) > 2]
    return len(pieces) <= 4 and len(words) <= len(long) + 1 and bool(long) and all(
        map(_VOWEL.search, long)
    )  # fmt: skip


def _beginnings(name: str) -> set[str]:
    """Return what two names share that begin alike, as "Week01" and "Week02" do."""
    return {name[:SAME], re.sub("[0-9]", "0", name[:ALIKE])}


def _judge(text: str, is_alone: bool, among_ids: bool) -> Verdict:
    """Return a verdict on a name that no other one resembles.

    Args:
        is_alone: Whether there is no other name beside it.
        among_ids: Whether a name beside it can only be an id.
    """
    if is_word(text):
        pieces = _PIECE.findall(text)
        is_sure = _has_word_shape(text) and (
            _has_english(pieces) or any(piece.isdecimal() and piece[3:] for piece in pieces)
        )
        return Verdict(False, "" if is_sure else NOT_TAKEN.format(text))
    if among_ids or not _is_plain(text):
        return Verdict(True)
    return Verdict(True, TAKEN_FOR_ID) if is_alone else Verdict(False, NOT_TAKEN.format(text))


def _judge_folder(names: AbstractSet[str]) -> dict[str, Verdict]:
    begin = Counter(one for name in names for one in _beginnings(name))
    maybe = [name for name in names if VIDEO_ID.fullmatch(name)]
    among_ids = any(not is_word(name) and not _is_plain(name) for name in maybe)
    is_alone = sum(_WITHIN.search(name) is None for name in names) < 2
    verdicts = {}
    for name in maybe:
        if any(name in other for other in names - {name}):  # "ID" beside "Title [ID]"
            verdicts[name] = Verdict(not is_word(name))
        elif any(begin[one] > 1 for one in _beginnings(name)):
            verdicts[name] = Verdict(False)
        else:
            verdicts[name] = _judge(name, is_alone, among_ids)
    return verdicts


def judge_all(names: Iterable[PurePath], known: Collection[str] = ()) -> dict[str, Verdict]:
    """Return a verdict on each name of a file or folder that may be an id.

    Args:
        names: Paths without language and extension.
        known: Ids that are known to be ids.

    >>> judge_all([PurePath("MIT6_006L04")])["MIT6_006L04"].is_id
    True
    >>> judge_all([PurePath("MIT6_006L04"), PurePath("MIT6_006L10")])["MIT6_006L04"].is_id
    False
    """
    beside: defaultdict[PurePath, set[str]] = defaultdict(set)
    for path in names:
        for part in (path, *path.parents[:-1]):
            beside[part.parent].add(part.name)
    verdicts: dict[str, Verdict] = {}
    for folder in beside.values():
        verdicts |= _judge_folder(folder)
    return verdicts | {one: Verdict(True) for one in known}
