"""Reply to greetings, thanks and tests with a friendly line and example questions."""

import math

from ..question.read import Question
from ..ranking.source import Source
from ..records import Answer, Chunk, Language
from ..wording import reply_text

EXAMPLES = 3


def small_talk(question: Question, source: Source) -> Answer:
    """Return a friendly line and questions that the index can answer."""
    found = examples(source, question.language)
    return Answer(
        question=question.text,
        status="small_talk",
        text=reply_text("small_talk", bool(found), question.language),
        sentences=(),
        citations=(),
        probability=0.0,
        examples=found,
    )


def examples(source: Source, language: Language) -> tuple[str, ...]:
    """Return questions answered by notes of different videos, spread over the course."""
    videos = source.generation.videos
    questions: list[str] = []
    for number in range(EXAMPLES):
        video = videos[(2 * number + 1) * len(videos) // (2 * EXAMPLES)] if videos else None
        chunks = source.chunks_of(video.video_id, 0.0, math.inf) if video else []
        notes = [chunk for chunk in chunks if _asks(chunk, language)]
        if notes:
            questions.append(_asks(notes[len(notes) // 2], language)[0])
    return tuple(dict.fromkeys(questions))


def _asks(chunk: Chunk, language: Language) -> tuple[str, ...]:
    return chunk.asks_ja if language == "ja" else chunk.asks
