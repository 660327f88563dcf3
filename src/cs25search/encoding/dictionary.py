"""English translations of Japanese words, from JMdict, for the English rankers.

The bridge only knows the words of bilingual notes. The dictionary adds other words, so that a
Japanese question also finds speech in lectures without Japanese notes.
"""

import mmap
import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from functools import cache
from pathlib import Path

from ..text.words import STOP_WORDS, stem, words

FILE = Path(__file__).with_name("jmdict.tsv.xz")
NOTICE = (
    "Japanese forms and English glosses, derived from JMdict.",
    "This file uses the JMdict/EDICT dictionary file. It is the property of the Electronic",
    "Dictionary Research and Development Group, and is used in conformance with the Group's",
    "licence: https://www.edrdg.org/edrdg/licence.html",
    "This file is under CC BY-SA 3.0: https://creativecommons.org/licenses/by-sa/3.0/",
)
GLOSSES = 2  # kept per form; further ones are mostly everyday senses


class Dictionary:
    """Japanese forms and their English glosses, as sorted lines in UTF-8.

    A line has a form and its glosses, separated by tabs. Lines are parsed on look-up.
    """

    def __init__(self, lines: bytes | mmap.mmap) -> None:
        self.lines = lines

    def look_up(self, form: str) -> tuple[str, ...]:
        """Return the glosses of a form, most common first; empty for an unknown form.

        >>> dictionary = Dictionary.build({"注意": ["attention", "care"], "精度": ["accuracy"]})
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

    @classmethod
    def build(cls, glosses: dict[str, Sequence[str]]) -> "Dictionary":
        """Build a dictionary from forms and glosses."""
        lines = sorted(
            "\t".join([form, *found]).encode() + b"\n" for form, found in glosses.items()
        )
        return cls(b"".join(lines))


def build_dictionary(held: AbstractSet[str]) -> Dictionary:
    """Return the entries of JMdict with a gloss whose words are all in the index.

    Args:
        held: Stems of the words of an index.
    """
    kept: dict[str, Sequence[str]] = {}
    for line in _read().decode().splitlines():
        form, *glosses = line.split("\t")
        known = [gloss for gloss in glosses if _is_held(gloss, held)]
        if known:
            kept[form] = known[:GLOSSES]
    return Dictionary.build(kept)


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


def _is_held(gloss: str, held: AbstractSet[str]) -> bool:
    said_something = False
    for word in words(gloss):  # most glosses fail at the first word
        if word not in STOP_WORDS:
            if stem(word) not in held:
                return False
            said_something = True
    return said_something
