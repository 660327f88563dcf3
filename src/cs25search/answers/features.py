"""What the refusal model sees of a question and the moments found for it."""

import re
import unicodedata
from collections.abc import Sequence
from typing import Literal

import msgspec
import numpy as np

from ..index.chunk_text import encoded_text, has_japanese, japanese_text, words_of
from ..index.generation import Generation
from ..index.vectors import cosines
from ..index.vocabulary import Vocabulary, idle_tokens
from ..question.aliases import names_of
from ..question.names import names_in
from ..ranking.query import Query, english_words, in_japanese
from ..ranking.rank import late_of_candidates
from ..ranking.searcher import Found
from ..records import Chunk
from ..text.japanese import is_japanese, japanese_words
from ..text.ngrams import bigrams, ngrams
from ..text.rarity import idf
from ..text.topic_words import topic_words
from ..text.words import STOP_WORDS, stem, words
from .evidence import Evidence, chunks_of

# What a question is compared with: notes in its language, or speech, also speech in the other
# language by its reading in that language.
Reading = Literal["en", "en_speech", "en_in_japanese", "ja", "ja_speech", "ja_in_english"]

NEAREST = 3  # moments in which a word of the question may be found
CLOSEST = 5  # candidates whose late interaction is averaged
# A name with its version: GPT-4, DALL·E 2, Llama 2; not "Switch-C 1.6 trillion", not "Lecture 5".
_VERSIONED = re.compile(
    r"(?<![A-Za-z0-9])(?!(?:Lecture|Slide|Figure|Table|Part|Section|Chapter|Question)\b)"
    r"([A-Z][A-Za-z]*(?:[-·・ ][A-Z][A-Za-z]*)*)(?:-| |v| v)?(\d{1,2}(?:\.\d)?)"
    r"(?![A-Za-z0-9.]|\.\d| ?(?:%|percent|thousand|million|billion|trillion|by|x|×|of|億|兆|万)\b"
    r"| ?[台個枚層回人本件倍つ])"
)


class Features(msgspec.Struct, frozen=True):
    """The features of a question and its moments, for the refusal model.

    Attributes:
        weakest: Mean of the two lowest best cosines of the question's tokens in the best moment.
        late: Their mean, weighted by idf.
        covered: Share of the question's words, weighted by idf, that the best moment contains.
        grams: Share of the question's character n-grams that the best moment contains.
        unknown: Share of the question's words that are not in the index.
        absent: Share of its words, weighted by idf, that none of the closest moments contains.
        names: Number of its names and numbers that none of the closest moments contains, at most 3.
        dense: Best cosine of the pooled vectors.
        token_count: Number of the question's tokens that say something about its topic. The more
            there are, the less likely it is that all of them match by chance.
        closest: Mean of the five best late-interaction scores among the candidates.
    """

    weakest: float
    late: float
    covered: float
    grams: float
    unknown: float
    absent: float
    names: float
    dense: float
    token_count: float
    closest: float

    def values(self) -> list[float]:
        """Return the numbers in the order of the coefficients."""
        return [getattr(self, name) for name in FEATURES]


FEATURES = Features.__struct_fields__


def reading_of(found: Found) -> Reading:
    """Return what a question is compared with, by its best hit."""
    chunks = chunks_of(found.hits[0])
    is_speech = all(chunk.kind == "transcript" for chunk in chunks)
    if found.query.language == "en":
        if is_speech and found.query.japanese and all(map(has_japanese, chunks)):
            return "en_in_japanese"
        return "en_speech" if is_speech else "en"
    if any(chunk.text_ja for chunk in chunks):
        return "ja"
    return "ja_speech" if any(map(has_japanese, chunks)) else "ja_in_english"


def build_features(found: Found, query: Query, evidence: Evidence) -> Features:
    """Return the features of what was found for a question, for the reading of `reading_of`.

    Args:
        found: At least one hit.
        query: The topic of the question: other remarks in it must not change the verdict.
    """
    topic, reading = found.question.topic, reading_of(found)
    if reading == "ja_in_english":
        query = query.spoken
    elif reading == "en_in_japanese":
        query = query.japanese or query
    language, vocabulary = query.language, evidence.vocabulary
    nearest = [chunks_of(hit) for hit in found.hits[:NEAREST]]
    held = [set().union(*(words_of(c, language) for c in chunks)) for chunks in nearest]
    question_words = _question_words(topic, reading, evidence.part)
    seen = [
        max((vocabulary.count(form, language) for form in forms), default=0)
        for forms in question_words.values()
    ]
    rarities = idf(np.array(seen), vocabulary.size).tolist()
    weighed = list(zip(question_words.values(), rarities, strict=True))
    everywhere = set().union(*held)
    strengths, rarity = _token_strengths(query, nearest[0], evidence)
    rows = np.array([evidence.row_of(chunk) for chunks in nearest for chunk in chunks])
    nearness = cosines(query.vector, evidence.part.vectors, rows)
    return Features(
        weakest=float(np.sort(strengths)[:2].mean()),
        late=float(strengths @ rarity / rarity.sum()),
        covered=_share(weighed, held[0]),
        grams=_gram_share(topic, reading, query, nearest[0]),
        unknown=seen.count(0) / max(1, len(question_words)),
        absent=1 - _share(weighed, everywhere) if question_words else 0.0,
        names=_names_missing(topic, nearest, everywhere, evidence.part, reading),
        dense=float(nearness.max()) if query.vector.any() else 0.0,
        token_count=float(len(strengths)),
        closest=_closest(found, query),
    )


def _question_words(topic: str, reading: Reading, generation: Generation) -> dict[str, set[str]]:
    """Return the words of a topic, and for each the words of a text that count as it."""
    if reading != "en_in_japanese":
        return {word: _forms(word, reading, generation) for word in topic_words(topic)}
    return {
        " ".join(one.stems): {word for form in one.forms for word in japanese_words(form)}
        or set(one.stems)
        for one in in_japanese(topic, generation)
    }


def _forms(word: str, reading: Reading, generation: Generation) -> set[str]:
    """Return the words of a text that count as a word of the question."""
    if reading != "ja_in_english":
        return {word}
    return english_words(word, generation) if is_japanese(word) else {stem(word)}


def _names_missing(
    question: str,
    nearest: Sequence[Sequence[Chunk]],
    everywhere: set[str],
    generation: Generation,
    reading: Reading,
) -> float:
    chunks = [chunk for moment in nearest for chunk in moment]
    # A Japanese question may write a name in Latin letters, as the English text does.
    held = everywhere.union(*(words_of(chunk, "en") for chunk in chunks))
    missing = names_in(question) - held
    if reading == "en_in_japanese":
        words_for = _question_words(question, reading, generation)
        said = {stem for key, forms in words_for.items() if forms & held for stem in key.split()}
        return float(min(3, len(missing - said)))
    return float(min(3, sum(not english_words(name, generation) & held for name in missing)))


def other_version(question: str, vocabulary: Vocabulary) -> str:
    """Return a name in the question, as typed, that the index has only in other versions; else "".

    Otherwise DALL·E 2 would pass as DALL·E, because all its words are in the lectures.
    """
    for typed, name, version in _versions(question):
        last = "".join(words(typed.rpartition(" ")[2]))  # T5 of "FLOPs T5", but 2 of "DALL·E 2"
        own = name + version if last.isdigit() else last
        if vocabulary.says(name) and not any(map(vocabulary.says, (name + version, own))):
            return typed
    return ""


def _versions(question: str) -> list[tuple[str, str, str]]:
    """Return names with a version as typed, the names without separators, and the versions.

    >>> _versions("Is DALL·E 2 better than GPT-3?")
    [('DALL·E 2', 'dalle', '2'), ('GPT-3', 'gpt', '3')]
    >>> _versions("gpt-4の画像入力"), _versions("top-3 routing and layer 2")
    ([('gpt-4', 'gpt', '4')], [])
    >>> _versions("GPU 1台で足りる？")
    []
    >>> _versions("Lecture 5 on Switch-C 1.6 trillion, 32 by 32 pixels")
    []
    """
    text = unicodedata.normalize("NFKC", question)
    found = []
    for match in _VERSIONED.finditer(_with_capitals(text)):
        parts, typed = words(match[1]), text[match.start() : match.end()]
        while parts and parts[0] in STOP_WORDS:
            del parts[0]
            typed = typed.partition(" ")[2]
        if parts:
            found.append((typed, "".join(parts), "".join(words(match[2]))))
    return found


def _with_capitals(text: str) -> str:
    """Return a text in which names that are written in capitals are, if a number follows.

    >>> _with_capitals("does gpt-4 beat top-2?")
    'does GPT-4 beat top-2?'
    """

    def written(match: re.Match[str]) -> str:
        return match[0].upper() if match[0].upper() in names_of(match[0]) else match[0]

    return re.sub(r"(?<![A-Za-z])[a-z]{2,}(?=[- ]?\d)", written, text)


def _share(weighed: Sequence[tuple[set[str], float]], held: set[str]) -> float:
    """Return the share of the total weight of the words held; 1 if there are no weights.

    Args:
        weighed: The forms of each word, and its weight.

    >>> _share([({"router"}, 3.0), ({"chatgpt"}, 6.0)], {"router"}), _share([], set())
    (0.3333333333333333, 1.0)
    """
    total = sum(weight for _, weight in weighed)
    return sum(weight for forms, weight in weighed if forms & held) / total if total else 1.0


def _gram_share(question: str, reading: Reading, query: Query, chunks: Sequence[Chunk]) -> float:
    if query.language == "ja":
        question_grams = set(
            query.terms["bigrams"] if reading == "en_in_japanese" else bigrams(question)
        )
        held = set().union(*(bigrams(japanese_text(c)) for c in chunks))
    else:
        question_grams = set(
            query.terms["grams"]
            if reading == "ja_in_english"
            else ngrams(" ".join(w for w in words(question) if w not in STOP_WORDS))
        )
        held = set().union(*(ngrams(encoded_text(c)) for c in chunks))
    return len(question_grams & held) / max(1, len(question_grams))


def _closest(found: Found, query: Query) -> float:
    allowed = found.filters.rows(found.part)
    late = late_of_candidates(query, found.part, allowed)
    return float(np.sort(late)[-CLOSEST:].mean())


def _token_strengths(
    query: Query, chunks: Sequence[Chunk], evidence: Evidence
) -> tuple[np.ndarray, np.ndarray]:
    """Return the best cosine of each question token in some chunks, and its idf."""
    tokens, rarity = query.tokens, query.weights
    if query.language == "en":
        idle = idle_tokens(evidence.encoder)
        keep = np.array([int(token) not in idle for token in query.ids], bool)
        tokens, rarity = tokens[keep], rarity[keep]
    if not len(tokens) or not rarity.any():
        return np.zeros(1, np.float32), np.ones(1, np.float32)
    held = evidence.tokens_of(chunks)
    best: np.ndarray = (tokens.astype(np.float32) @ held.T).max(axis=1)
    return best, rarity
