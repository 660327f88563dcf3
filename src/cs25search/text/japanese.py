"""Whether a text is Japanese, and its words."""

import re
from functools import cache
from typing import TYPE_CHECKING, Literal

import msgspec

if TYPE_CHECKING:
    from sudachipy import Dictionary
from .words import fold

# Kana, CJK ideographs with extensions, and the prolonged sound mark.
JAPANESE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uff66-\uff9f]")
# Parts of speech that carry no topic: particle, auxiliary, punctuation, space.
GRAMMAR = frozenset(["助詞", "助動詞", "補助記号", "空白"])


def is_japanese(text: str) -> bool:
    """Return whether a text has any Japanese character.

    >>> is_japanese("ViTとは"), is_japanese("What is ViT?")
    (True, False)
    """
    return JAPANESE.search(text) is not None


def language_of(text: str) -> Literal["en", "ja"]:
    """Return the language in which a question is answered."""
    return "ja" if is_japanese(text) else "en"


def is_mostly_japanese(text: str) -> bool:
    """Return whether a text is written in kana or ideographs, as Japanese and Chinese are.

    >>> is_mostly_japanese("注意機構（attention）とは"), is_mostly_japanese("今天讲注意力")
    (True, True)
    >>> is_mostly_japanese("The sign 注 means attention")
    False
    """
    letters = sum(map(str.isalpha, text))
    return len(JAPANESE.findall(text)) * 3 > letters


class Morpheme(msgspec.Struct, frozen=True):
    """The smallest unit of a Japanese text that has a meaning.

    Attributes:
        surface: As in the text, folded.
        kind: Its part of speech.
        is_light: Whether it is a verb such as する or なる, which means little on its own.
        is_name: Whether it is a proper noun, or a word that general Japanese does not have.
        reading: How it sounds, in katakana.
        part_of_speech: `kind` with two finer ones.
    """

    surface: str
    dictionary_form: str
    normal_form: str
    kind: str
    is_light: bool
    is_name: bool
    reading: str
    part_of_speech: tuple[str, ...]


def morphemes(text: str) -> list[Morpheme]:
    """Return the morphemes of a Japanese text in order.

    >>> [part.surface for part in morphemes("注意機構とは")]
    ['注意', '機構', 'と', 'は']
    """
    return [
        Morpheme(
            one.surface(),
            one.dictionary_form(),
            one.normalized_form().lower(),
            one.part_of_speech()[0],
            one.part_of_speech()[0] == "動詞" and one.part_of_speech()[1] == "非自立可能",
            one.part_of_speech()[1] == "固有名詞" or one.is_oov(),
            one.reading_form(),
            one.part_of_speech()[:3],
        )
        for one in _dictionary().tokenizer(mode="A").tokenize(fold(text))
    ]


def japanese_words(text: str) -> list[str]:
    """Return the words of a Japanese text in their normal form, without particles and marks.

    >>> japanese_words("ルーターだけfloat32にするのはなぜですか？")
    ['ルーター', 'float', '32', '為る', '何故']
    """
    return [
        morpheme.normalized_form().lower()
        for morpheme in _dictionary().tokenizer(mode="A").tokenize(fold(text))
        if morpheme.part_of_speech()[0] not in GRAMMAR
    ]


@cache
def _dictionary() -> "Dictionary":
    # Imported here because an English query does not need it. Threads can share the dictionary but
    # not a tokenizer.
    from sudachipy import Dictionary

    return Dictionary(dict="small")
