"""Ask every question of a file and measure the hits.

A hit is relevant if it is in the right video and its time range overlaps the gold range.
"""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from statistics import fmean, median

import msgspec

from .errors import QuestionError
from .records import Hit, Language

DEPTH = 10  # hits requested and reported per question


class Gold(msgspec.Struct, frozen=True):
    """A time range of a video in which a question is answered."""

    video_id: str
    start: float
    end: float


class EvalQuestion(msgspec.Struct, frozen=True):
    """A question and the seconds in which its answer is spoken.

    Attributes:
        also: Further ranges with an answer.
    """

    id: str
    q: str
    video_id: str
    start: float
    end: float
    q_ja: str = ""
    also: tuple[Gold, ...] = ()

    @property
    def gold(self) -> tuple[Gold, ...]:
        """All ranges with an answer."""
        return (Gold(self.video_id, self.start, self.end), *self.also)


class QuestionFile(msgspec.Struct, frozen=True):
    """A file of questions, as `eval` reads it; other fields are ignored."""

    questions: tuple[EvalQuestion, ...]


class Scored(msgspec.Struct, frozen=True):
    """One question with the hits it got."""

    question: EvalQuestion
    hits: tuple[Hit, ...]

    @property
    def relevant(self) -> list[bool]:
        """Whether each hit overlaps the gold range, in order of rank."""
        return [
            any(
                hit.video.video_id == gold.video_id
                and overlaps(hit.start, hit.end, gold.start, gold.end)
                for gold in self.question.gold
            )
            for hit in self.hits
        ]


def read_questions(path: Path) -> QuestionFile:
    """Read a file of questions.

    Raises:
        QuestionError: The file is missing, is not JSON, or lacks a field.
    """
    try:
        file = msgspec.json.decode(path.read_bytes(), type=QuestionFile)
    except OSError as error:
        raise QuestionError(f"{path} cannot be read ({error.strerror}).") from None
    except msgspec.DecodeError as error:
        raise QuestionError(
            f"{path} is not a file of questions ({error}).\n"
            'It needs {"questions": [{"id", "q", "video_id", "start", "end"}]}.'
        ) from None
    if not file.questions:
        raise QuestionError(f"{path} contains no questions.")
    return file


def ask_all(
    questions: Iterable[EvalQuestion], search: Callable[[str], list[Hit]], language: Language
) -> list[Scored]:
    """Return each question with its hits.

    Args:
        search: Query to at most `DEPTH` hits.

    Raises:
        QuestionError: A question has no text in this language.
    """
    scored = []
    for question in questions:
        text = question.q_ja if language == "ja" else question.q
        if not text.strip():
            raise QuestionError(f"Question {question.id} has no text in language {language!r}.")
        scored.append(Scored(question, tuple(search(text))))
    return scored


def measure(scored: list[Scored]) -> dict[str, float | None]:
    """Return the mean of each measure over all questions.

    `lecture@1` is the share whose first hit is of the right video; `start_error` the median
    distance in seconds from the first relevant hit's start to the gold start, None if no
    question has a relevant hit.
    """
    relevant = [entry.relevant for entry in scored]
    distances = [
        abs(entry.hits[flags.index(True)].start - entry.question.start)
        for entry, flags in zip(scored, relevant, strict=True)
        if any(flags)
    ]
    return {
        "success@1": fmean(success_at_k(flags, 1) for flags in relevant),
        "success@5": fmean(success_at_k(flags, 5) for flags in relevant),
        "success@10": fmean(success_at_k(flags, 10) for flags in relevant),
        "mrr@10": fmean(reciprocal_rank(flags[:10]) for flags in relevant),
        "lecture@1": fmean(
            bool(entry.hits)
            and entry.hits[0].video.video_id in {gold.video_id for gold in entry.question.gold}
            for entry in scored
        ),
        "start_error": median(distances) if distances else None,
    }


def overlaps(start: float, end: float, gold_start: float, gold_end: float) -> bool:
    """Return whether two time ranges share more than a boundary.

    >>> overlaps(0, 10, 9, 20), overlaps(0, 10, 10, 20)
    (True, False)
    """
    return start < gold_end and end > gold_start


def success_at_k(relevant: Sequence[bool], k: int) -> float:
    """Return 1 if any of the first k hits is relevant, else 0. (Recall@k is the share found.)

    >>> success_at_k([False, True], k=1), success_at_k([False, True], k=2)
    (0.0, 1.0)
    """
    return float(any(relevant[:k]))


def reciprocal_rank(relevant: Sequence[bool]) -> float:
    """Return 1 / rank of the first relevant hit, 0 if there is none (Voorhees, TREC-8, 1999).

    >>> reciprocal_rank([False, True, True]), reciprocal_rank([])
    (0.5, 0.0)
    """
    return next((1 / rank for rank, hit in enumerate(relevant, start=1) if hit), 0.0)
