"""Translations between Japanese and English words, from JMdict.

The bridge only knows the words of bilingual notes. The dictionary adds other words, so that a
Japanese question also finds speech in lectures without Japanese notes. If an index has Japanese
speech, the dictionary also gives the Japanese for English words, so that English questions find it.
"""

import mmap
import re
from collections.abc import Callable, Iterator
from collections.abc import Set as AbstractSet
from functools import cache
from pathlib import Path

import msgspec
import numpy as np

from ..text.ngrams import bigrams
from ..text.topic_words import english_stems
from ..text.words import STOP_WORDS, stem

FILE = Path(__file__).with_name("jmdict.tsv.xz")
NOTICE = (
    "Japanese forms and English glosses, derived from JMdict.",
    "This file uses the JMdict/EDICT dictionary file. It is the property of the Electronic",
    "Dictionary Research and Development Group, and is used in conformance with the Group's",
    "licence: https://www.edrdg.org/edrdg/licence.html",
    "This file is under CC BY-SA 3.0: https://creativecommons.org/licenses/by-sa/3.0/",
)
GLOSSES = 2  # kept per form, or forms per gloss; further ones are mostly everyday senses
SENSES = 4  # glosses of a form by which it is found from English
IN_ENGLISH = "en:"  # begins a line for an English word or phrase


class JapaneseHeld(msgspec.Struct, frozen=True):
    """The Japanese text of an index.

    Attributes:
        count: Returns how many chunks have a word in its normal form.
        has_pair: Returns whether a chunk has a pair of adjacent characters.
    """

    count: Callable[[str], int]
    has_pair: Callable[[str], bool]

    def has(self, form: str) -> bool:
        """Return whether a chunk may have a form: all pairs of its characters occur."""
        return self.count(form) > 0 or (
            self.has_pair(form[:2]) and all(map(self.has_pair, bigrams(form)))
        )


class Dictionary:
    """Japanese forms and their English glosses, as sorted lines in UTF-8.

    A line has a form and its glosses, separated by tabs. The lines for English words have
    `IN_ENGLISH` and their stems, then Japanese forms. Lines are parsed on look-up.
    """

    def __init__(self, lines: bytes | mmap.mmap) -> None:
        self.lines = lines

    def look_up(self, form: str) -> tuple[str, ...]:
        r"""Return the glosses of a form, most common first; empty for an unknown form.

        >>> dictionary = Dictionary("注意\tattention\tcare\n精度\taccuracy\n".encode())
        >>> dictionary.look_up("注意"), dictionary.look_up("意")
        (('attention', 'care'), ())
        """
        begin = form.encode() + b"\t"
        low, high = 0, len(self.lines)
        while low < high:
            middle = self.lines.rfind(b"\n", low, (low + high) // 2) + 1 or low
            end = self.lines.find(b"\n", middle) + 1
            line = self.lines[middle:end]
            if line.startswith(begin):
                return tuple(line.decode().rstrip("\n").split("\t")[1:])
            if line < begin:
                low = end
            else:
                high = middle
        return ()

    def in_japanese(self, stems: str) -> tuple[str, ...]:
        """Return Japanese forms for an English word or phrase, by its `english_key`.

        >>> dictionary = Dictionary("en:chain rule\\t連鎖律\\n".encode())
        >>> dictionary.in_japanese(english_key("chain rules"))
        ('連鎖律',)
        """
        return self.look_up(IN_ENGLISH + stems)


# Marks among the words of the file, and their numbers: see _Lines.
_MARKS = (b"\1", b"\2", b"?")
_LINE, _GLOSS, _FORM = range(3)
_NOT_HELD, _LIGHT, _HELD = -1, 0, 1  # a gloss is as bad as its worst word


class _Lines(msgspec.Struct, frozen=True):
    """The lines of the file, and the words of all glosses as numbers.

    Attributes:
        words: Each word once. The first three are marks: for the end of a line, for the beginning
            of a gloss, and for a form.
        numbers: Of all words and marks in order, shape (n,).
    """

    lines: list[bytes]
    words: list[str]
    numbers: np.ndarray


def english_key(text: str) -> str:
    """Return the stems of an English text without stop words, joined by blanks.

    >>> english_key("the learning rates")
    'learn rate'
    """
    return " ".join(english_stems(text))


def build_dictionary(held: AbstractSet[str], japanese: JapaneseHeld | None = None) -> Dictionary:
    """Return the entries of JMdict with a gloss whose words are all in the index.

    The lines of the file are sorted and have one form each, and so are these.

    Args:
        held: Stems of the words of an index.
        japanese: What the index has in Japanese, if that includes speech.
    """
    jmdict = _read_lines()
    kept: dict[int, list[bytes]] = {}  # the parts of each line
    for row, place in _glosses_held(jmdict, held):
        parts = jmdict.lines[row].split(b"\t")
        kept.setdefault(row, parts[:1]).append(parts[1 + place])
    lines = [b"\t".join(parts) + b"\n" for parts in kept.values()]
    if japanese:
        lines = sorted([*lines, *_forms_held(japanese)])
    return Dictionary(b"".join(lines))


def _forms_held(japanese: JapaneseHeld) -> Iterator[bytes]:
    """Yield a line for each English gloss with the forms that an index has for it.

    The forms of which it is the first gloss come first, then those that more chunks have.
    """
    found: dict[str, list[tuple[int, int, str]]] = {}
    for line in _read_lines().lines:
        form, *glosses = line.decode().split("\t")
        if form and japanese.has(form):
            for place, gloss in enumerate(glosses[:SENSES]):
                if key := english_key(gloss):
                    found.setdefault(key, []).append((place, -japanese.count(form), form))
    for key, forms in found.items():
        best = list(dict.fromkeys(form for *_, form in sorted(forms)))[:GLOSSES]
        yield "\t".join([IN_ENGLISH + key, *best]).encode() + b"\n"


def _glosses_held(jmdict: _Lines, held: AbstractSet[str]) -> Iterator[tuple[int, int]]:
    """Yield the rows of glosses that are held, and their places in the row: the first GLOSSES."""
    verdicts = [_LIGHT] * len(_MARKS)
    for word in jmdict.words[len(_MARKS) :]:
        is_held = _HELD if stem(word) in held else _NOT_HELD
        verdicts.append(_LIGHT if word in STOP_WORDS else is_held)
    of_words = np.array(verdicts, np.int8)[jmdict.numbers]
    begins = np.flatnonzero(jmdict.numbers <= _GLOSS)
    is_gloss = jmdict.numbers[begins] == _GLOSS
    worst, best = (one.reduceat(of_words, begins) for one in (np.minimum, np.maximum))
    (found,) = np.nonzero(is_gloss & (worst > _NOT_HELD) & (best == _HELD))
    rows = np.cumsum(~is_gloss)[found]  # as many as lines have ended
    places = found - np.insert(np.flatnonzero(~is_gloss) + 1, 0, 0)[rows]
    nth = np.arange(len(rows)) - np.searchsorted(rows, rows)
    wanted = nth < GLOSSES
    yield from zip(rows[wanted].tolist(), places[wanted].tolist(), strict=True)


@cache
def _read_lines() -> _Lines:
    content = _read()
    # Glosses are in small ASCII letters, digits, "'", ".", "-" and blanks: supply/dictionary.py.
    marked = content.translate(bytes.maketrans(b"'.-\n\t", b"   \1\2"))
    for mark in _MARKS[:_FORM]:
        marked = marked.replace(mark, b" " + mark + b" ")
    said = marked.split()
    distinct = [*_MARKS, *sorted({word for word in said if word.isascii() and word.isalnum()})]
    number = {word: n for n, word in enumerate(distinct)}
    numbers = np.fromiter((number.get(word, _FORM) for word in said), np.int32, len(said))
    return _Lines(content.split(b"\n"), [word.decode() for word in distinct], numbers)


@cache
def is_english(word: str) -> bool:
    """Return whether a gloss of JMdict has a word, in lower case, or another form of it.

    >>> is_english("argumentation"), is_english("argumentations"), is_english("argumemtation")
    (True, True, False)
    """
    lines = _read_once()
    # A pattern that begins with letters is found twelve times as fast as one with a boundary.
    alike = re.finditer(re.escape(word[:4].encode()) + rb"[a-z]*", lines)
    whole = {one[0] for one in alike if not lines[one.start() - 1 : one.start()].isalpha()}
    return stem(word) in {stem(one.decode()) for one in whole}


@cache
def _read_once() -> bytes:
    return _read()


def _read() -> bytes:
    import lzma  # not needed by most queries

    return lzma.decompress(FILE.read_bytes())
