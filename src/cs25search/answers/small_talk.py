"""Reply to greetings, thanks and tests with a friendly line and example questions."""

import math

from ..question.read import Question
from ..ranking.source import Source
from ..records import Answer, Chunk, Language
from ..text.japanese import is_japanese, japanese_words
from ..text.words import words

EXAMPLES = 3
_LINE: dict[Language, str] = {
    "en": "Hello! Ask me anything about the lectures, for example:",
    "ja": "こんにちは！講義について何でも質問してください。たとえば：",
}
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
    "さようなら バイバイ ハロー やあ もしもし".split()
)
_BESIDE_JA = frozenset("御座る 為る です ます どうも 本当 助かる 1 2 3 中 御".split())


def is_small_talk(question: str) -> bool:
    """Return whether a text is only a greeting, thanks or a test.

    >>> [is_small_talk(text) for text in ("Thanks a lot!", "hello", "test", "ありがとうございます")]
    [True, True, True, True]
    >>> [is_small_talk(text) for text in ("Hi, what is BERT?", "test set", "is it good?", "?")]
    [False, False, False, False]
    """
    if len(question) > 60:
        return False
    said = japanese_words(question) if is_japanese(question) else words(question)
    core, beside = (_CORE_JA, _BESIDE_JA) if is_japanese(question) else (_CORE, _BESIDE)
    return bool(core.intersection(said)) and (core | beside).issuperset(said)


def small_talk(question: Question, source: Source) -> Answer:
    """Return a friendly line and questions that the index can answer."""
    return Answer(
        question=question.text,
        status="small_talk",
        text=_LINE[question.language],
        sentences=(),
        citations=(),
        probability=0.0,
        examples=examples(source, question.language),
    )


def examples(source: Source, language: Language) -> tuple[str, ...]:
    """Return questions answered by notes of different videos, spread over the course."""
    videos = source.generation.videos
    asked: list[str] = []
    for number in range(EXAMPLES):
        video = videos[(2 * number + 1) * len(videos) // (2 * EXAMPLES)] if videos else None
        chunks = source.chunks_of(video.video_id, 0.0, math.inf) if video else []
        notes = [chunk for chunk in chunks if _asks(chunk, language)]
        if notes:
            asked.append(_asks(notes[len(notes) // 2], language)[0])
    return tuple(dict.fromkeys(asked))


def _asks(chunk: Chunk, language: Language) -> tuple[str, ...]:
    return chunk.asks_ja if language == "ja" else chunk.asks
