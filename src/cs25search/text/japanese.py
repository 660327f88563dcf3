"""Whether a text is Japanese, and its words."""

import re
from functools import cache
from typing import TYPE_CHECKING

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


def is_mostly_japanese(text: str) -> bool:
    """Return whether a text is written in kana or ideographs, as Japanese and Chinese are.

    >>> is_mostly_japanese("注意機構（attention）とは"), is_mostly_japanese("今天讲注意力")
    (True, True)
    >>> is_mostly_japanese("The sign 注 means attention")
    False
    """
    letters = sum(map(str.isalpha, text))
    return len(JAPANESE.findall(text)) * 3 > letters


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
