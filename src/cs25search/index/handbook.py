"""The handbook: slides, lectures and facts about the course, and the questions that they answer.

They are separate from the chunks, so that a search for moments never returns them. Each text and
each question is encoded alone. A question about the course is nearly equal to one of these
questions, in both directions; a question about what is taught is not. The entry is chosen by its
closest question and its text together; `ranking.entries` does that.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
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
    def grams(self) -> "Places":
        """The n-grams of the text of each entry and of each of its questions, in this order."""
        return Places.of(map(ngrams, entry_texts(self.entries)))

    @cached_property
    def words(self) -> list[set[str]]:
        """The English topic words of each entry with its questions."""
        return [set(one.english) for one in self.entry_words]

    @cached_property
    def words_ja(self) -> list[set[str]]:
        """The Japanese words of each entry with its questions."""
        return [set(one.japanese) for one in self.entry_words]

    @cached_property
    def words_said(self) -> "Places":
        """The words of the Japanese text of each entry and of each of its Japanese questions."""
        return Places.of(said for one in self.entry_words for said in (one.text_ja, *one.asks_ja))

    @cached_property
    def pairs_said(self) -> "Places":
        """The pairs of characters of the same texts."""
        said = (text for one in self.entries for text in (_text_ja(one), *one.asks_ja))
        return Places.of(map(bigrams, said))

    @cached_property
    def weights_said(self) -> dict[str, float]:
        """How rare each word is among the Japanese questions, counted by entry."""
        asked = (set().union(*one.asks_ja) for one in self.entry_words)
        counts = Counter(word for words in asked for word in words)
        rarities = rarity(np.array([*counts.values()]), len(self.entries)).tolist()
        return dict(zip(counts, rarities, strict=True))

    @cached_property
    def sizes_said(self) -> np.ndarray:
        """The sum of these weights in each Japanese text, shape (n_texts,)."""
        return self.words_said.weighed(self.weights_said)


class Places(msgspec.Struct, frozen=True, eq=False):
    """Which texts have a term.

    Attributes:
        texts: The numbers of the texts with each term, ascending.
        sizes: How many different terms each text has, shape (n_texts,).
    """

    texts: dict[str, np.ndarray]
    sizes: np.ndarray

    @classmethod
    def of(cls, texts: Iterable[Iterable[str]]) -> "Places":
        """Return the places of the terms of texts.

        >>> Places.of([["a", "b"], ["b", "b"]]).weighed({"b": 2.0, "c": 1.0}).tolist()
        [2.0, 2.0]
        """
        places: dict[str, list[int]] = {}
        sizes = []
        for number, terms in enumerate(texts):
            distinct_terms = set(terms)
            sizes.append(len(distinct_terms))
            for term in distinct_terms:
                places.setdefault(term, []).append(number)
        return cls({term: np.array(at) for term, at in places.items()}, np.array(sizes))

    def weighed(self, weights: Mapping[str, float]) -> np.ndarray:
        """Return the sum of the weights of the terms that each text has, shape (n_texts,)."""
        sums = np.zeros(len(self.sizes))
        for term, weight in weights.items():
            if term in self.texts:
                sums[self.texts[term]] += weight
        return sums

    def dice(self, terms: Collection[str]) -> np.ndarray:
        """Return the Dice similarity of each text with different terms, shape (n_texts,)."""
        shared = self.weighed(dict.fromkeys(terms, 2.0))
        similarity: np.ndarray = shared / np.maximum(1, self.sizes + len(terms))
        return similarity


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
