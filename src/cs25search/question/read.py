"""Read a question: its topic, language and intent."""

import msgspec

from ..arguments import read_text
from ..errors import QuestionError
from ..records import Language
from ..text.japanese import language_of
from .cleanup import main_question, topic_of, whole_question, without_further, without_talk
from .intent import Intent, read_intent
from .named import named_lectures, named_slide, without_named

MAX_QUERY = 2000  # characters; the encoder reads about 1,000 of them


class Question(msgspec.Struct, frozen=True):
    """A question and what is understood of it.

    Attributes:
        text: As it was typed, or with its misspelt words corrected.
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
        is_further: Whether it asks for what the lectures say beyond the answer to `text`.
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
    is_further: bool = False

    @property
    def corrected(self) -> str:
        """The text if misspelt words were corrected; else empty."""
        return self.text if self.typed else ""

    @property
    def has_words(self) -> bool:
        """Whether there is anything to search for."""
        return any(character.isalnum() for character in self.topic)


def read_question(text: str) -> Question:
    """Return a question with all that is understood of it.

    Raises:
        QuestionError: It is not text, is empty, or has more than MAX_QUERY characters.

    >>> question = read_question("Hi all! I watched it twice. Why does the router need float32?")
    >>> question.topic, question.language
    ('Why does the router need float32?', 'en')
    >>> read_question("Which lecture should I watch for offline RL?").topic
    'offline RL'
    """
    text, is_further = without_further(read_text("The question", text))
    clean = clean_question(text)
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
        is_further=is_further,
    )


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
