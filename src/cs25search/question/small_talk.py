"""Greetings, thanks and tests, which ask nothing."""

import re

from ..text.japanese import is_japanese, japanese_words
from ..text.words import words

# Words that make small talk, and words that may accompany them.
_CORE = frozenset(
    "hello hi hey hiya yo greetings thanks thank thx ty cheers bye goodbye test testing ping "
    "morning evening afternoon ok okay cool great nice help".split()
)
_BESIDE = frozenset(
    "there you very much so a lot again all everyone good this is just it for the bot "
    "me can please 1 2 3 123 one two three".split()
)
_CORE_JA = frozenset(
    "今日は こんにちは 今晩は 御早う おはよう 有り難う ありがとう 有難う テスト 初めまして どうも "
    "さようなら バイバイ ハロー やあ もしもし 元気".split()
)
_BESIDE_JA = frozenset("御座る 為る です ます どうも 本当 助かる 1 2 3 中 御".split())
# Questions to a person, not about the lectures.
_POLITE = re.compile(
    r"\bhow are you(?: doing| today)*\b|\bhow(?:['’]s| is) it going\b|\bwho are you\b"
    r"|\bwhat can you do\b|\bnice to meet you\b",
    re.I,
)


def is_small_talk(question: str) -> bool:
    """Return whether a text is only a greeting, thanks or a test.

    >>> [is_small_talk(text) for text in ("Thanks a lot!", "hello", "test", "ありがとうございます")]
    [True, True, True, True]
    >>> [is_small_talk(text) for text in ("Hi, what is BERT?", "test set", "is it good?", "?")]
    [False, False, False, False]
    >>> is_small_talk("hey, how are you?"), is_small_talk("how are you trained?")
    (True, False)
    """
    if len(question) > 60:
        return False
    question = _POLITE.sub("hello", question)
    said = japanese_words(question) if is_japanese(question) else words(question)
    core, beside = (_CORE_JA, _BESIDE_JA) if is_japanese(question) else (_CORE, _BESIDE)
    return bool(core.intersection(said)) and (core | beside).issuperset(said)
