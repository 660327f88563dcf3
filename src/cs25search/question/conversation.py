"""Questions of a conversation that name nothing themselves."""

from ..text.japanese import is_japanese
from .cleanup import without_further
from .follow_up import MOST_LETTERS, MOST_WORDS, topic_before
from .parts import own_names
from .small_talk import is_small_talk


def about_subject(question: str, subject: str) -> str:
    """Return a question that names nothing itself, about the subject of a conversation; else "".

    >>> about_subject("2層になるとどう変わる？", "1層のモデルでは何ができるの？")
    '1層のモデルについて、2層になるとどう変わる？'
    >>> about_subject("what happens with a hundred samples?", "How does pass@k work?")
    'what happens with a hundred samples: pass@k work?'
    >>> about_subject("What is BERT?", "What is GLOM?"), about_subject("?!", "What is GLOM?")
    ('', '')
    """
    if not any(map(str.isalnum, question)):
        return ""
    japanese = is_japanese(question)
    too_long = len(question) > MOST_LETTERS if japanese else len(question.split()) > MOST_WORDS
    if not subject or too_long or is_small_talk(question) or own_names(question):
        return ""
    topic = topic_before(without_further(subject)[0])
    return f"{topic}について、{question}" if japanese else f"{question.rstrip('? ')}: {topic}?"
