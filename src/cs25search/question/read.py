"""Read a question: its topic, language and intent."""

import re

import msgspec

from ..arguments import read_text
from ..errors import QuestionError
from ..records import Language
from ..text.japanese import is_japanese, language_of
from ..text.sentences import NO_END
from .cleanup import (
    is_question,
    main_question,
    topic_of,
    whole_question,
    without_further,
    without_place_asked,
    without_talk,
)
from .intent import Intent, read_intent
from .named import named_lectures, named_slide, without_named

MAX_QUERY = 2000  # characters; the encoder reads about 1,000 of them
_FINAL = " \u3000?？。.．!！"
_MARKS = "?？"
_MARK = re.compile(f"[{_MARKS}]")
_NO_APOSTROPHE = re.compile(
    r"\b(is|are|was|were|do|does|did|ca|could|wo|would|should|has|have|had)nt\b", re.I
)
_LAST_SENTENCE = re.compile(rf"(.*[。！？!?…\n]\s*|.*\.{NO_END}\s+)?(.*)", re.S)


class Question(msgspec.Struct, frozen=True):
    """A question and what is understood of it.

    Attributes:
        text: As it was asked, or with its misspelt words corrected, in its `usual_form`.
        clean: The text without control characters and repeated spaces.
        topic: What is asked: the question without greetings and remarks around it, and where it
            asks for a lecture, what the lecture should be about.
        searched: What moments are ranked by: the topic, with other remarks that name something.
        language: Of the text. The answer is in it, even if the topic is a name in Latin letters.
        intent: What kind of answer it asks for.
        lectures: The lectures that it names by number, each once.
        slide: The slide that it names by number; None without one.
        has_lecture_topic: Whether it asks for a lecture and what that should be about.
        typed: As it was typed, if misspelt words were corrected; else empty.
        further: How many times more was asked for than the answer to `text`.
        asked: As it was asked, before any change.
        asks_place: Whether it asks for the lecture and time of the answer to `text` alone.
    """

    text: str
    clean: str
    topic: str
    searched: str
    language: Language
    intent: Intent
    lectures: tuple[int, ...]
    slide: int | None
    has_lecture_topic: bool
    typed: str = ""
    further: int = 0
    asked: str = ""
    asks_place: bool = False

    @property
    def corrected(self) -> str:
        """The text if misspelt words were corrected; else empty."""
        if not self.typed:
            return ""
        return self.text if _MARK.search(self.asked[-1:]) else self.text.rstrip(_MARKS)

    @property
    def asks_fact(self) -> bool:
        """Whether it asks for a number, year or name."""
        return bool(self.intent.wanted or self.intent.counted)

    @property
    def has_words(self) -> bool:
        """Whether there is anything to search for."""
        return any(character.isalnum() for character in self.topic)


def read_question(text: str, as_typed: bool = False) -> Question:
    """Return a question with all that is understood of it.

    Args:
        as_typed: Whether it is read as it is and not in its `usual_form`: a goal is no question.

    Raises:
        QuestionError: It is not text, is empty, or has more than MAX_QUERY characters.

    >>> question = read_question("Hi all! I watched it twice. Why does the router need float32?")
    >>> question.topic, question.language
    ('Why does the router need float32?', 'en')
    >>> read_question("Which lecture should I watch for offline RL?").topic
    'offline RL'
    """
    asked = read_text("The question", text)
    text, asks_place = without_place_asked(asked)
    text, further = without_further(text)
    clean = clean_question(text)
    if not as_typed:
        text, clean = usual_form(text), usual_form(clean)
    plain = without_named(without_talk(clean))
    intent = read_intent(text)
    # A search for "which lecture" would find moments about lectures.
    plain = topic_of(plain) if intent.of_lectures else plain
    # Talk inside a remark begins the question once the remark is left out.
    topic, searched = (part(without_talk(part(plain))) for part in (main_question, whole_question))
    return Question(
        text=text,
        clean=clean,
        topic=topic,
        searched=searched,
        language=language_of(text),
        intent=intent,
        lectures=tuple(named_lectures(text)),
        slide=named_slide(text),
        has_lecture_topic=intent.of_lectures and topic_of(text) != text,
        further=further,
        asked=asked,
        asks_place=asks_place,
    )


# "GPU1台" is one GPU, no name with a number.
_COUNTED = re.compile(r"(?<=[A-Za-z])(?=\d+[台個枚層回人本件倍つ])")


def usual_form(text: str) -> str:
    """Return a question with the capital, marks and spaces that people leave out.

    The same question must get the same answer however it is typed. Of several sentences, the last
    one gets a mark only if it begins or ends as a question does: remarks are none.

    >>> usual_form("what is pass@k"), usual_form("What is pass@k ?"), usual_form("BERTとは。")
    ('What is pass@k?', 'What is pass@k?', 'BERTとは？')
    >>> usual_form("GPU1台で足りる"), usual_form("isnt that slow")
    ('GPU 1台で足りる？', "Isn't that slow?")
    >>> usual_form("I read it. why is it deep"), usual_form("Why is it deep? I read it.")
    ('I read it. Why is it deep?', 'Why is it deep? I read it.')
    """
    text = _NO_APOSTROPHE.sub(r"\1n't", _COUNTED.sub(" ", text))
    body = text.rstrip().rstrip(_FINAL).rstrip()
    if not any(map(str.isalnum, body)):
        return text
    before, last = _LAST_SENTENCE.match(body).groups("")  # type: ignore[union-attr]
    end = text[len(body) :].strip()
    if before and not (_MARK.search(end) or is_question(last)):
        return text
    if last[:1].islower():
        last = last[0].upper() + last[1:]
    return f"{before}{last}{'？' if is_japanese(text) else '?'}"


def usual_end(text: str) -> str:
    """Return a question with the mark at its end that people leave out.

    >>> usual_end("画像の場合は"), usual_end("and why"), usual_end("...")
    ('画像の場合は？', 'and why?', '...')
    """
    usual, bare = usual_form(text), text.strip()
    return bare[:1] + usual.strip()[1:]


def clean_question(text: str) -> str:
    """Return a question without control characters and repeated spaces.

    Raises:
        QuestionError: It is not text, is empty, or has more than MAX_QUERY characters.
    """
    text = read_text("The question", text)
    # Lone surrogates cannot be encoded, and control characters are never intended.
    clean = "".join(c if c.isprintable() else " " for c in text)
    clean = " ".join(clean.split())
    if not clean:
        raise QuestionError("The question is empty. Type what you want to find.")
    if len(clean) > MAX_QUERY:
        raise QuestionError(
            f"The question has {len(clean)} characters; at most {MAX_QUERY} are searched. "
            "Ask for one thing at a time."
        )
    return clean
