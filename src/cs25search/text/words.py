"""English words: folding, stemming and stop words."""

import re
import unicodedata
from functools import lru_cache

import Stemmer

# Includes the combining marks of Arabic, Hindi, Thai and others.
_MARKS = (
    r"\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0900-\u0963\u0966-\u0dff\u0e31-\u0e4e"
    r"\u0eb1-\u0ecd\u102b-\u103e\u17b4-\u17d3"
)
WORD = re.compile(rf"(?:[^\W_]|[{_MARKS}])+")
_STEMMER = Stemmer.Stemmer("english")
# Words that distinguish questions but not lectures: a short list, made for this project.
STOP_WORDS = frozenset(
    "a about am an and are as at be been but by can could did do does for from had has have he her "
    "him his how i if in into is it its just me my of on or our she should so such than that the "
    "their them then there these they this those to us was we were what when where which while who "
    "whom whose why will with would you your".split()
)

_BETWEEN = bytes(code for code in range(128) if not chr(code).isalnum())  # words in ASCII

ORDINALS = "first second third fourth fifth sixth seventh eighth ninth tenth".split()


def fold(text: str) -> str:
    """Return text in the form used for comparison: NFKC, lower case.

    >>> fold("ＧＰＴ-3")
    'gpt-3'
    """
    if text.isascii():  # which NFKC leaves as it is
        return text.lower()
    return unicodedata.normalize("NFKC", text).lower()


def words(text: str) -> list[str]:
    """Return the words of a text, folded.

    >>> words("GPT-3's self-attention")
    ['gpt', '3', 's', 'self', 'attention']
    >>> words("ध्यान क्या है?")
    ['ध्यान', 'क्या', 'है']
    """
    return WORD.findall(fold(text))


def run_together(text: str) -> str:
    """Return the words of a text, folded, with nothing between them.

    >>> run_together("GPT-3's self-attention"), run_together("ＧＰＴ-3 naïve")
    ('gpt3sselfattention', 'gpt3naïve')
    """
    if text.isascii():  # several times as fast as the pattern
        return text.lower().encode().translate(None, _BETWEEN).decode()
    return "".join(words(text))


def slug(text: str) -> str:
    """Return a text as part of a file name: at most 40 small letters, digits and "-".

    >>> slug("Physics 101: Mechanics!"), slug("物理")
    ('physics-101-mechanics', '')
    """
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:40].strip("-")


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """Return a folded English word without its ending (Snowball).

    >>> stem("routers")
    'router'
    """
    stemmed: str = _STEMMER.stemWord(word)
    return stemmed
