"""A question as it was typed, understood once."""

from dataclasses import dataclass

from ..arguments import read_text
from ..errors import QuestionError
from ..records import Language
from ..text.japanese import is_japanese
from .cleanup import main_question, topic_of, without_talk
from .intent import Intent, read_intent

MAX_QUERY = 2000  # characters; the encoder reads about 1,000 of them


@dataclass(frozen=True, slots=True)
class Question:
    """A question, understood.

    Attributes:
        text: As it was typed.
        topic: What is searched for: the question without greetings and remarks around it, and
            where it asks for a lecture, what the lecture should be about.
        language: Of the text. The answer is in it, even if the topic is a name in Latin letters.
        intent: What kind of answer it asks for.
    """

    text: str
    topic: str
    language: Language
    intent: Intent

    @property
    def has_words(self) -> bool:
        """Whether there is anything to look for."""
        return any(character.isalnum() for character in self.topic)


def read_question(text: str) -> Question:
    """Return a question, understood.

    Raises:
        QuestionError: It is not text, is empty, or has more than MAX_QUERY characters.

    >>> question = read_question("Hi all! I watched it twice. Why does the router need float32?")
    >>> question.topic, question.language
    ('Why does the router need float32?', 'en')
    >>> read_question("Which lecture should I watch for offline RL?").topic
    'offline RL'
    """
    asked = without_talk(clean_question(text))
    intent = read_intent(text)
    # A search for "which lecture" would find lectures that speak of lectures.
    topic = main_question(topic_of(asked) if intent.of_lectures else asked)
    topic = main_question(without_talk(topic))  # talk inside a remark begins the question now
    return Question(text, topic, "ja" if is_japanese(text) else "en", intent)


def clean_question(text: str) -> str:
    """Return a question without control characters and surplus blanks.

    Raises:
        QuestionError: It is not text, is empty, or has more than MAX_QUERY characters.
    """
    text = read_text("The question", text)
    # Lone surrogates cannot be encoded, control characters cannot be meant.
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
