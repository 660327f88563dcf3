"""The words of a text that carry its topic."""

from .japanese import is_japanese, japanese_words
from .words import STOP_WORDS, stem, words


def topic_words(text: str) -> list[str]:
    """Return stems without stop words, or Japanese words in their normal form, each once.

    >>> topic_words("Why do the routers need float32?")
    ['router', 'need', 'float32']
    """
    if is_japanese(text):
        return list(dict.fromkeys(japanese_words(text)))
    return english_topic_words(text)


def english_topic_words(text: str) -> list[str]:
    """Return the English stems of a text without stop words, each once.

    >>> english_topic_words("ルーターにはfloat32 routers")
    ['ルーターにはfloat32', 'router']
    """
    return list(dict.fromkeys(english_stems(text)))


def english_stems(text: str) -> list[str]:
    """Return the English stems of a text without stop words, in order.

    >>> english_stems("the learning rates, step by step")
    ['learn', 'rate', 'step', 'step']
    """
    return [stem(word) for word in words(text) if word not in STOP_WORDS]
