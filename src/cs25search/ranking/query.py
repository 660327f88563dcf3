"""A query: a text that is encoded and split into terms once, for all rankers."""

import re
from collections.abc import Sequence
from functools import partial
from itertools import accumulate

import msgspec
import numpy as np
from msgspec.structs import replace

from ..encoding.encoder import Encoder, Encoding, unit
from ..errors import EncoderError
from ..index.generation import Generation, LexicalName
from ..question.aliases import english_name
from ..question.katakana import spelt_in_katakana
from ..question.names import names_in
from ..question.translate import (
    SECOND,
    InJapanese,
    Translation,
    translate,
    translate_to_japanese,
)
from ..records import Language
from ..text.japanese import is_japanese, japanese_words
from ..text.ngrams import bigrams, ngrams
from ..text.topic_words import english_topic_words
from ..text.words import words

# Least number of letters of a quotation: in Latin letters, where it also needs QUOTED_WORDS; in
# other alphabets; in characters that are syllables or words.
QUOTED, QUOTED_OTHER, QUOTED_SYLLABLES = 16, 12, 8
QUOTED_WORDS = 4
LAST_LATIN = "\u024f"
_SYLLABLES = r"[\u1200-\u137f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]"


class Query(msgspec.Struct, frozen=True):
    """A text, encoded and split into terms.

    A Japanese question is read twice: as it is, for chunks with Japanese text, and in English,
    through the dictionary. The two scores of a chunk are added. An English question is also read in
    Japanese if the index has Japanese speech; only that reading is compared with such speech.

    Attributes:
        language: Of this reading.
        ids: Token ids, shape (n_query,); empty if the text was looked up word by word.
        tokens: Unit vectors, shape (n_query, dim): of its tokens, or of its Japanese words.
        weights: The weight of each in late interaction, shape (n_query,).
        vector: The vector for the dense first stage, shape (dim,).
        has_pooled: Whether `vector` is a pooled vector, whose cosine counts in the score.
        terms: The terms for each lexical index.
        phrases: The letters of the texts that are long enough to be quotations: this one, and the
            question as typed.
        quotation: Terms of a quotation that `terms` does not cover: because it has words that
            questions leave out, or because it is in Japanese or Chinese and another language.
        english: The English reading of a Japanese text; None if no word is known.
        japanese: The Japanese reading of an English text; None if no word is known.
    """

    language: Language
    ids: np.ndarray
    tokens: np.ndarray
    weights: np.ndarray
    vector: np.ndarray
    has_pooled: bool
    terms: dict[LexicalName, list[str]]
    phrases: tuple[str, ...] = ()
    quotation: "dict[LexicalName, list[str]]" = msgspec.field(default_factory=dict)
    english: "Query | None" = None
    japanese: "Query | None" = None

    @property
    def views(self) -> "tuple[Query, ...]":
        """The text as it is and, if there is one, its reading in the other language."""
        return tuple(filter(None, (self, self.english, self.japanese)))

    @property
    def spoken(self) -> "Query":
        """The reading to compare with English speech."""
        return self.english or self


def read_query(text: str, generation: Generation, encoder: Encoder) -> Query:
    """Return a text as a query.

    Args:
        generation: Provides bridge, dictionary and token weights; its chunks are not used.

    Raises:
        EncoderError: The encoder gives a vector that is not finite.
    """
    if not is_japanese(text):
        terms: dict[LexicalName, list[str]] = {"grams": ngrams(text)}
        query = _encoded("en", text, terms, generation, encoder)
        if encoder.multilingual:
            return query
        return replace(query, japanese=_read_in_japanese(text, generation, encoder.dim))
    terms = {"bigrams": bigrams(text), "words": japanese_words(text)}
    if encoder.multilingual:  # it reads the question itself, better than word by word
        return _encoded("ja", text, terms, generation, encoder)
    tokens, weights = generation.bridge.look_up(terms["words"])
    return Query(
        language="ja",
        ids=np.zeros(0, np.int64),
        tokens=tokens,
        weights=weights,
        vector=unit(weights @ tokens),
        has_pooled=False,
        terms=terms,
        phrases=tuple(filter(None, [phrase_of(text)])),
        quotation=_in_grams(text),
        english=_read_in_english(text, generation, encoder),
    )


def _encoded(
    language: Language,
    text: str,
    terms: dict[LexicalName, list[str]],
    generation: Generation,
    encoder: Encoder,
) -> Query:
    encoding = _encode(text, encoder)
    weights = generation.token_idf[encoding.ids]
    return Query(
        language=language,
        ids=encoding.ids,
        tokens=encoding.tokens,
        weights=weights,
        vector=encoding.vector,
        has_pooled=True,
        terms=terms,
        phrases=tuple(filter(None, [phrase_of(text)])),
    )


def _encode(text: str, encoder: Encoder) -> Encoding:
    encoding = encoder.encode_query(text)
    # For NaN, FAISS returns row -1, which numpy reads as the last row.
    if not (np.isfinite(encoding.vector).all() and np.isfinite(encoding.tokens).all()):
        raise EncoderError(
            f"The encoder {encoder.key} gives a vector that is not finite.\n"
            "Delete its folder under models/ in the index and export it again: cs25search ingest"
        )
    return encoding


def _read_in_english(text: str, generation: Generation, encoder: Encoder) -> Query | None:
    """Return the English reading of a Japanese text; None if no word is known."""
    translations = translate(text, partial(glosses_of, generation))
    if not translations:
        return None
    texts = [one.text for one in translations]
    encoding = _encode(" ".join(texts), encoder)
    weights = generation.token_idf[encoding.ids] * _shares(translations, encoding, encoder)
    # Repeated terms count more: the first gloss is repeated, the second one is not.
    grams = [gram for one in translations for gram in ngrams(one.text) * round(one.weight / SECOND)]
    return Query(
        language="en",
        ids=encoding.ids,
        tokens=encoding.tokens,
        weights=weights,
        vector=encoding.vector,
        has_pooled=True,
        terms={"grams": grams},
    )


def _shares(
    translations: Sequence[Translation], encoding: Encoding, encoder: Encoder
) -> np.ndarray:
    """Return the weight of the word that each token belongs to, shape (n_tokens,).

    Args:
        encoding: Of all words, joined by spaces; the encoder may have truncated it.
    """
    translations = translations[: len(encoding.ids)]  # each has a token or more
    # A word may have other tokens after a space than alone, so the beginnings are compared.
    beginnings = accumulate((one.text for one in translations), "{} {}".format)
    ends = [len(ids) for ids in encoder.token_ids(list(beginnings))]
    words = np.searchsorted(ends, np.arange(len(encoding.ids)), side="right")
    weights = np.array([one.weight for one in translations])
    shares: np.ndarray = weights[np.minimum(words, len(weights) - 1)]
    return shares


def glosses_of(generation: Generation, form: str) -> tuple[str, ...]:
    """Return the English words for a Japanese form, by the dictionary or by its sound."""
    if glosses := generation.dictionary.look_up(form):
        return glosses
    word = spelt_in_katakana(form, generation.word_counts.words)
    return (word,) if word else ()


def name_forms(question: str, generation: Generation) -> list[set[str]]:
    """Return the forms of each name in a question: as it is, and stems of its English words."""
    return [{name, *english_words(name, generation)} for name in names_in(question)]


def english_words(name: str, generation: Generation) -> set[str]:
    """Return the English words for a katakana word, most of which are not names."""
    english = [english_name(name), *glosses_of(generation, name)]
    return set(english_topic_words(" ".join(english)))


def in_japanese(text: str, generation: Generation) -> list[InJapanese]:
    """Return Japanese for the words of an English text, as the index has it."""
    return translate_to_japanese(text, generation.dictionary.in_japanese)


def _read_in_japanese(text: str, generation: Generation, dim: int) -> Query | None:
    """Return the Japanese reading of an English text; None if no word is known.

    It has no vectors: only notes in both languages relate Japanese words to the encoder.
    """
    forms: list[str] = []
    for one in in_japanese(text, generation) if generation.has_japanese_speech else ():
        # The first form counts twice, as the first gloss does in the other direction.
        forms += [*one.forms[:1], *one.forms] or one.stems
    if not any(map(is_japanese, forms)):
        return None
    return Query(
        language="ja",
        ids=np.zeros(0, np.int64),
        tokens=np.zeros((0, dim), np.float32),
        weights=np.zeros(0, np.float32),
        vector=np.zeros(dim, np.float32),
        has_pooled=False,
        terms={
            "bigrams": [pair for form in forms for pair in bigrams(form)],
            "words": [word for form in forms for word in japanese_words(form)],
        },
    )


def with_quotation(query: Query, typed: str) -> Query:
    """Return a query that also finds the question as typed if that is a quotation."""
    phrase = phrase_of(typed)
    if not phrase or phrase in query.phrases:
        return query
    in_pairs: dict[LexicalName, list[str]] = (
        {"bigrams": bigrams(typed)} if is_japanese(typed) else {"grams": ngrams(typed)}
    )
    return replace(
        query,
        phrases=(phrase, *query.phrases),
        quotation=query.quotation | _in_grams(typed) | in_pairs,
    )


def _in_grams(text: str) -> dict[LexicalName, list[str]]:
    """Return the n-grams of a quotation in Japanese or Chinese that has much Latin text."""
    letters = phrase_of(text)
    latin = sum(one <= LAST_LATIN for one in letters)
    return {"grams": ngrams(text)} if letters and 3 * latin > len(letters) else {}


def is_quoted(query: Query, said: str) -> bool:
    """Return whether a query quotes what was said word for word."""
    letters = letters_of(said) if query.phrases else ""
    return any(phrase in letters for phrase in query.phrases)


def phrase_of(text: str) -> str:
    """Return the letters of a text long enough to be a quotation, "" for a shorter one.

    >>> phrase_of("Tuned with great care"), phrase_of("attention heads"), phrase_of("注意機構")
    ('tunedwithgreatcare', '', '')
    >>> phrase_of("การเรียนรู้ของเครื่อง"), phrase_of("നാഡീവ്യൂഹം ശൃംഖല") != "", phrase_of("주의 기제")
    ('การเรียนรู้ของเครื่อง', True, '')
    """
    letters = letters_of(text)
    syllables = 0 if letters.isascii() else len(re.findall(_SYLLABLES, letters))
    if is_japanese(text) or 2 * syllables > len(letters):
        return letters if len(letters) >= QUOTED_SYLLABLES else ""
    # The words of Thai have no spaces, and those of Malayalam many letters.
    if 2 * sum(one > LAST_LATIN for one in letters) > len(letters):
        return letters if len(letters) >= QUOTED_OTHER else ""
    return letters if len(letters) >= QUOTED and len(words(text)) >= QUOTED_WORDS else ""


def letters_of(text: str) -> str:
    """Return the letters and digits of a text, folded, without spaces and punctuation."""
    return "".join(words(text))
