"""Questions of a conversation that may be about its subject."""

import re

from ..text.japanese import is_japanese
from .cleanup import without_further
from .follow_up import MOST_LETTERS, MOST_WORDS, topic_before
from .parts import own_names
from .small_talk import is_small_talk

# Longer questions are asked whole.
LONGEST_LETTERS, LONGEST_WORDS = 30, 12


def about_subject(question: str, subject: str) -> str:
    """Return a question about the subject of a conversation; "" if it can only be a whole one.

    >>> about_subject("2層になるとどう変わる？", "1層のモデルでは何ができるの？")
    '1層のモデルについて、2層になるとどう変わる？'
    >>> about_subject("what happens with a hundred samples?", "How does pass@k work?")
    'what happens with a hundred samples: pass@k?'
    >>> about_subject("?!", "What is GLOM?"), about_subject("What is BERT?", "")
    ('', '')
    >>> about_subject("what is teacher forcing", "What is GLOM?")
    ''
    """
    if _IS_WHOLE.match(question):
        return ""
    if not subject or not any(map(str.isalnum, question)) or is_small_talk(question):
        return ""
    if _is_longer(question, LONGEST_LETTERS, LONGEST_WORDS):
        return ""
    topic = topic_before(without_further(subject)[0])
    if is_japanese(question):
        return f"{topic}について、{question}"
    return f"{question.rstrip('? ')}: {topic}?"


# "What is teacher forcing", not "what is the cost", "what is an example".
_IS_WHOLE = re.compile(
    r"what(?:['’]?s| is| are) (?!the |an? |its? |that|this|it\b|they)\w[^,?]*\W*$"
    r"|[A-Za-z][\w -]*(?:とは|って(?:そもそも)?何)[。？?]*$",
    re.I,
)
_CONTINUES = re.compile(r"(?:and|but|so|then|ok)\b|じゃあ|それなら|だったら|では、", re.I)


def continues(question: str) -> bool:
    """Return whether a question begins as one that continues a conversation.

    >>> continues("and compared with ResNets?"), continues("じゃあ音声だと？"), continues("何層？")
    (True, True, False)
    """
    return _CONTINUES.match(question) is not None


def names_nothing(question: str) -> bool:
    """Return whether a question is short and names nothing of the field.

    >>> names_nothing("what happens with a hundred samples?"), names_nothing("What is BERT?")
    (True, False)
    """
    return not _is_longer(question, MOST_LETTERS, MOST_WORDS) and not own_names(question)


def _is_longer(question: str, letters: int, words: int) -> bool:
    return len(question) > letters if is_japanese(question) else len(question.split()) > words
