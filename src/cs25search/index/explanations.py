"""Answers to questions about what is taught, with the encodings of the questions.

They are separate from the chunks, so that a search for moments never returns them. Each English
question is encoded alone; a Japanese one is compared by its words. `ranking.explanations` finds the
one for a question.
"""

from collections.abc import Sequence
from functools import cached_property

import msgspec
import numpy as np

from ..encoding.encoder import Encoder
from ..records import Explanation, Moment
from ..text.words import fold
from .encoded_texts import encode_texts, encodings_of


class Explanations(msgspec.Struct, frozen=True, eq=False, dict=True):
    """Explanations with the encodings of their English questions.

    Attributes:
        tokens: Packed token vectors, shape (n_tokens, dim / 8): of each question of the first
            explanation, then of the next.
        ids: Their token ids, shape (n_tokens,).
        lengths: Tokens of each question, shape (n_questions,).
    """

    items: tuple[Explanation, ...]
    tokens: np.ndarray
    ids: np.ndarray
    lengths: np.ndarray

    @cached_property
    def by_note(self) -> dict[Moment | None, list[int]]:
        """The places of the explanations that are from each note, and of those from none."""
        places: dict[Moment | None, list[int]] = {}
        for place, item in enumerate(self.items):
            for note in item.notes or (None,):
                places.setdefault(note, []).append(place)
        return places

    @cached_property
    def by_ask(self) -> dict[str, Explanation]:
        """The explanation that has each question, by `bare_form`; the first one of several."""
        by_ask: dict[str, Explanation] = {}
        for item in self.items:
            for ask in (*item.asks, *item.asks_ja):
                by_ask.setdefault(bare_form(ask), item)
        return by_ask

    @cached_property
    def asked(self) -> list[str]:
        """The questions of each in both languages, folded, to look words up in."""
        return [fold("\n".join((*item.asks, *item.asks_ja))) for item in self.items]

    @cached_property
    def ends(self) -> np.ndarray:
        """The row after the last token of each question, after a 0, shape (n_questions + 1,)."""
        return np.append(0, np.cumsum(self.lengths))

    @cached_property
    def firsts(self) -> np.ndarray:
        """The number of the first question of each explanation, and the end."""
        return np.append(0, np.cumsum([len(item.asks) for item in self.items]))

    def encodings(self) -> dict[str, tuple[np.ndarray, np.ndarray]]:
        """Return the packed token vectors and token ids of each question."""
        return encodings_of(questions_of(self.items), self.tokens, self.ids, self.lengths)


def build_explanations(
    items: Sequence[Explanation], encoder: Encoder, previous: Explanations | None = None
) -> Explanations:
    """Return explanations with their questions encoded; `previous` if it has the same ones.

    Args:
        previous: By the same encoder; questions that it has are not encoded again.
    """
    if previous is not None and previous.items == tuple(items):
        return previous
    known = previous.encodings() if previous is not None else {}
    return Explanations(tuple(items), *encode_texts(questions_of(items), encoder, known))


def no_explanations() -> Explanations:
    """Return none."""
    none = np.zeros(0, np.int32)
    return Explanations((), np.zeros((0, 0), np.uint8), none, none)


def bare_form(question: str) -> str:
    """Return a question in the form in which equal ones are found.

    >>> bare_form("Why  self-attention ?"), bare_form("GLOM とは？")
    ('whyself-attention', 'glomとは')
    """
    return "".join(fold(question).split()).rstrip("?!.。")


def questions_of(items: Sequence[Explanation]) -> list[str]:
    """Return the texts that are encoded: the English questions of each explanation."""
    return [ask for item in items for ask in item.asks]
