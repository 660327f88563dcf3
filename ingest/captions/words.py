"""Split caption lines into words: without tags, entities and marks, with inline times."""

import html
import re
from collections.abc import Iterable

from cs25search.text.clean import visible

from .clocks import TIME, milliseconds
from .track import Timed

# Only tags of caption formats, because a lecture may show "<unk>" or "List<int>".
_TAG = re.compile(
    rf"<{TIME}>|</?(?:c|v|i|b|u|s|lang|ruby|rt|font)(?:[.\s][^<>]*)?>|\{{\\[^{{}}]*\}}", re.I
)
# The lengths are limited because int() rejects thousands of digits.
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#x[0-9a-f]{1,6}|[a-z][a-z0-9]{1,31});", re.I)
_RUBY = re.compile(r"<rt(?:\.[^<>]*)?>[^<]{0,200}(?:</rt>)?", re.I)  # how a word is pronounced
_NOTES = str.maketrans("", "", "♩♪♫♬")


_VOICE = re.compile(r"<v(?:\.[^\s<>]*)?\s+([^<>]{1,100})>")


def read_voices(lines: Iterable[str]) -> list[tuple[str, list[list[Timed]]]]:
    """Return the words of WebVTT lines by voice; "" before the first voice.

    >>> read_voices(["<v Ann>Hi there</v>", "<v Bo>Hello"])
    [('Ann', [[(None, 'Hi'), (None, 'there')]]), ('Bo', [[(None, 'Hello')]])]
    """
    text = "\n".join(lines)
    parts = _VOICE.split(text)
    voices = zip(["", *parts[1::2]], parts[0::2], strict=True)
    read = [
        (" ".join(unescape(name).split()), read_lines(said.split("\n"))) for name, said in voices
    ]
    return [one for one in read if one[1]]


def read_lines(lines: Iterable[str]) -> list[list[Timed]]:
    """Return the words of each line, without empty lines."""
    return [tokens for line in lines if (tokens := tokens_of(_pieces(line)))]


def _pieces(line: str) -> list[Timed]:
    """Return the text between tags, each with the inline time before it.

    >>> _pieces("hey<00:00:01.359><c> everyone</c>")
    [(None, 'hey'), (1359, ''), (1359, ' everyone'), (1359, '')]
    """
    pieces: list[Timed] = []
    time, done = None, 0
    line = _RUBY.sub("", line)
    for tag in _TAG.finditer(line):
        pieces.append((time, line[done : tag.start()]))
        done = tag.end()
        if tag[2]:
            time = milliseconds(*tag.groups())
    return [*pieces, (time, line[done:])]


def tokens_of(pieces: Iterable[Timed]) -> list[Timed]:
    """Return the words in timed text; a word across several pieces has the time of the first.

    >>> tokens_of([(0, "trans"), (400, "formers &amp; "), (900, "♪ more")])
    [(0, 'transformers'), (400, '&'), (900, 'more')]
    """
    words: list[tuple[int | None, list[str]]] = []
    unfinished = False
    for time, text in pieces:
        if not text:
            continue
        parts = text.split()
        if parts and unfinished and not text[0].isspace():
            words[-1][1].append(parts.pop(0))
        words.extend((time, [part]) for part in parts)
        unfinished = not text[-1].isspace()
    return [(time, word) for time, parts in words for word in _clean("".join(parts))]


def _clean(word: str) -> list[str]:
    """Return a word as spoken: decoded, without control characters, note signs and speaker marks.

    It is a list because "&nbsp;" may separate words and a mark alone is not a word.

    >>> _clean("don&amp;#39;t"), _clean("&gt;&gt;Hi"), _clean("♪")
    (["don't"], ['Hi'], [])
    """
    parts = []
    for part in unescape(word).split():
        printable = visible(part).translate(_NOTES)
        if printable.startswith(">>"):
            printable = printable.lstrip(">")
        if printable:
            parts.append(printable)
    return parts


def unescape(text: str) -> str:
    """Return text with HTML entities decoded twice, because YouTube often encodes them twice."""
    if "&" not in text:
        return text
    for _ in range(2):
        text = _ENTITY.sub(lambda entity: html.unescape(entity[0]), text)
    return text
