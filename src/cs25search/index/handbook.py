"""The handbook: slides, lectures and facts about the course, and the questions that they answer.

They are separate from the chunks, so that a search for moments never returns them. Each text and
each question is encoded alone. A question about the course is nearly equal to one of these
questions, in both directions; a question about what is taught is not. The entry is chosen by its
closest question and its text together; `ranking.entries` does that.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cached_property

import msgspec
import numpy as np

from ..encoding.encoder import Encoder
from ..records import Entry, lecture_label
from ..text.japanese import is_japanese, japanese_words
from ..text.ngrams import bigrams, ngrams
from ..text.rarity import rarity
from ..text.topic_words import topic_words
from ..text.words import words
from .encoded_texts import encode_texts, encodings_of
from .vectors import distinct

_HIRAGANA = re.compile(r"[\u3040-\u309f]+")
_ASKING = frozenset(("where", "when", "who", "why"))


class EntryWords(msgspec.Struct, frozen=True):
    """The words of an entry, each once.

    Attributes:
        english: The topic words of its English text and questions.
        japanese: The words of its Japanese title, text and questions.
        text_ja: The words of its Japanese title and text.
        asks_ja: The words of each of its Japanese questions.
    """

    english: list[str]
    japanese: list[str]
    text_ja: list[str]
    asks_ja: list[list[str]]

    @classmethod
    def read(cls, entry: Entry) -> "EntryWords":
        """Return the words of an entry."""
        texts_ja = ["。".join([entry.title_ja, entry.text_ja, *entry.asks_ja]), _text_ja(entry)]
        whole, text, *asks = (_distinct_ja(one) for one in [*texts_ja, *entry.asks_ja])
        return cls(words_asked(" ".join([_text(entry), *entry.asks])), whole, text, asks)


class Handbook(msgspec.Struct, frozen=True, eq=False, dict=True):
    """Entries with the encodings of their texts and questions.

    Attributes:
        tokens: Packed token vectors, shape (n, dim / 8): of the text of the first entry, of each
            of its questions, then of the next entry.
        ids: Their token ids, shape (n,).
        lengths: Tokens of each text and question, shape (n_texts,).
        stored_words: Those of the entries, if they were stored.
    """

    entries: tuple[Entry, ...]
    tokens: np.ndarray
    ids: np.ndarray
    lengths: np.ndarray
    stored_words: tuple[EntryWords, ...] = ()

    @cached_property
    def entry_words(self) -> tuple[EntryWords, ...]:
        """The words of each entry."""
        return self.stored_words or tuple(map(EntryWords.read, self.entries))

    def encodings(self) -> dict[str, tuple[np.ndarray, np.ndarray]]:
        """Return the packed token vectors and token ids of each text and question."""
        return encodings_of(entry_texts(self.entries), self.tokens, self.ids, self.lengths)

    @cached_property
    def idf(self) -> np.ndarray:
        """How rare each token id is among the entries, shape (highest id + 1,)."""
        # Counted here: "author" and "lecture" are rare in notes. By entry, so that more wordings of
        # a question do not make the words of its topic common.
        texts = np.repeat(np.arange(len(self.entries)), [1 + len(one.asks) for one in self.entries])
        size = int(self.ids.max()) + 1
        pairs = distinct(np.repeat(texts, self.lengths) * size + self.ids)
        return rarity(np.bincount(pairs % size, minlength=size), len(self.entries))

    @cached_property
    def grams(self) -> list[tuple[set[str], list[set[str]]]]:
        """The n-grams of the text of each entry, and of each of its questions."""
        return [
            (set(ngrams(_text(entry))), [set(ngrams(ask)) for ask in entry.asks])
            for entry in self.entries
        ]

    @cached_property
    def words(self) -> list[set[str]]:
        """The English topic words of each entry with its questions."""
        return [set(one.english) for one in self.entry_words]

    @cached_property
    def words_ja(self) -> list[set[str]]:
        """The Japanese words of each entry with its questions."""
        return [set(one.japanese) for one in self.entry_words]

    @cached_property
    def japanese(self) -> list["tuple[Terms, list[Terms]]"]:
        """The terms of the Japanese text of each entry, and of each of its Japanese questions."""
        return [
            (
                Terms.of(said.text_ja, _text_ja(entry)),
                [Terms.of(own, ask) for own, ask in zip(said.asks_ja, entry.asks_ja, strict=True)],
            )
            for entry, said in zip(self.entries, self.entry_words, strict=True)
        ]

    @cached_property
    def japanese_counts(self) -> Counter[str]:
        """How many entries have each word in their Japanese questions."""
        return Counter(
            word for _, asks in self.japanese for word in set().union(*(one.words for one in asks))
        )

    @cached_property
    def japanese_sizes(self) -> list[list[float]]:
        """The sum of how rare the words of each Japanese question are."""
        counts = self.japanese_counts
        rarities = rarity(np.array([*counts.values()]), len(self.entries))
        weight = dict(zip(counts, rarities.tolist(), strict=True))
        return [
            [sum(weight[word] for word in ask.words) for ask in asks] for _, asks in self.japanese
        ]


class Terms(msgspec.Struct, frozen=True):
    """The words and pairs of characters of a Japanese text."""

    words: set[str]
    pairs: set[str]

    @classmethod
    def of(cls, said: Sequence[str], text: str) -> "Terms":
        """Return the terms of a text whose words are known."""
        return cls(set(said), set(bigrams(text)))


def build_handbook(
    entries: Sequence[Entry], encoder: Encoder, previous: Handbook | None = None
) -> Handbook:
    """Return entries with their questions encoded; `previous` if it has the same entries.

    Args:
        previous: By the same encoder; texts that it has are not encoded again.
    """
    if previous is not None and previous.entries == tuple(entries):
        return previous
    known = previous.encodings() if previous is not None else {}
    return Handbook(tuple(entries), *encode_texts(entry_texts(entries), encoder, known))


def no_handbook() -> Handbook:
    """Return an empty handbook."""
    none = np.zeros(0, np.int32)
    return Handbook((), np.zeros((0, 0), np.uint8), none, none)


def words_asked(text: str) -> list[str]:
    """Return the topic words of a text and the words that ask: where, when, who, why.

    In Japanese, words in hiragana alone are mostly grammar and are left out.
    """
    if is_japanese(text):
        return [word for word in topic_words(text) if not _HIRAGANA.fullmatch(word)]
    return [*topic_words(text), *sorted(_ASKING.intersection(words(text)))]


def _text(entry: Entry) -> str:
    number = f"{lecture_label(entry.number, 'en')}: " if entry.kind == "lecture" else ""
    return f"{number}{entry.title}. {entry.text} {entry.more}".strip()


def entry_texts(entries: Iterable[Entry]) -> list[str]:
    """Return the texts that are encoded: of each entry, then its questions."""
    return [text for entry in entries for text in (_text(entry), *entry.asks)]


def _text_ja(entry: Entry) -> str:
    return f"{entry.title_ja}。{entry.text_ja}"


def _distinct_ja(text: str) -> list[str]:
    return list(dict.fromkeys(japanese_words(text)))
