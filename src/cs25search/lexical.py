"""First stage over words: BM25 (bm25s) over character n-grams, and where words match.

Character n-grams of words carry a match through recognition errors ("gpd3" for "GPT-3")
and through inflection; pairs of characters do the same for Japanese, which has no spaces.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import bm25s
import numpy as np
import Stemmer

from .errors import IndexDamaged

if TYPE_CHECKING:
    from sudachipy import Dictionary

# Kana, CJK ideographs with extensions, and the prolonged sound mark.
JAPANESE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uff66-\uff9f]")
_RUN = re.compile(r"[a-z0-9]+|[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff々]+")
# Parts of speech that carry no topic: particle, auxiliary, punctuation, blank.
GRAMMAR = frozenset(["助詞", "助動詞", "補助記号", "空白"])
WORD = re.compile(r"[^\W_]+")
K1, B = 1.2, 0.75  # BM25: how fast repeats stop to count, how much length counts
_STEMMER = Stemmer.Stemmer("english")

# Words that tell questions apart but not lectures. Short, and our own choice.
STOP_WORDS = frozenset(
    "a about am an and are as at be been but by can could did do does for from had has have he her "
    "him his how i if in into is it its just me my of on or our she should so such than that the "
    "their them then there these they this those to us was we were what when where which while who "
    "whom whose why will with would you your".split()
)


def fold(text: str) -> str:
    """Return text in the form in which it is compared: NFKC, lower case.

    >>> fold("ＧＰＴ-3")
    'gpt-3'
    """
    return unicodedata.normalize("NFKC", text).lower()


def words(text: str) -> list[str]:
    """Return the words of a text, folded.

    >>> words("GPT-3's self-attention")
    ['gpt', '3', 's', 'self', 'attention']
    """
    return WORD.findall(fold(text))


def is_japanese(text: str) -> bool:
    """Return whether a text has any Japanese character.

    >>> is_japanese("ViTとは"), is_japanese("What is ViT?")
    (True, False)
    """
    return JAPANESE.search(text) is not None


def ngrams(text: str, n: int = 4) -> list[str]:
    """Return the character n-grams of a text without its blanks and punctuation.

    Running across words, they survive a recogniser that cuts words elsewhere.

    >>> ngrams("a ViT-B")
    ['avit', 'vitb']
    """
    run = "".join(words(text))
    return [run[i : i + n] for i in range(max(1, len(run) - n + 1))]


def bigrams(text: str) -> list[str]:
    """Return the pairs of neighbouring characters of a Japanese text.

    A Latin word stays whole; with four letters or more, its 4-grams stand beside it.

    >>> bigrams("GPT-3の文章"), bigrams("tokens")
    (['gpt', '3', 'の文', '文章'], ['tokens', 'toke', 'oken', 'kens'])
    """
    grams = []
    for run in _RUN.findall(fold(text)):
        if not run.isascii():
            grams += [run[i : i + 2] for i in range(max(1, len(run) - 1))]
        elif len(run) < 4:
            grams.append(run)
        else:
            grams += [run, *ngrams(run)]
    return grams


def japanese_words(text: str) -> list[str]:
    """Return the words of a Japanese text in their normal form, without particles and marks.

    >>> japanese_words("ルーターだけfloat32にするのはなぜですか？")
    ['ルーター', 'float', '32', '為る', '何故']
    """
    return [
        morpheme.normalized_form().lower()
        for morpheme in _dictionary().tokenizer(mode="A").tokenize(fold(text))
        if morpheme.part_of_speech()[0] not in GRAMMAR
    ]


@cache
def _dictionary() -> "Dictionary":
    # Imported here: an English query does not need it. Threads may share it, not a tokenizer.
    from sudachipy import Dictionary

    return Dictionary(dict="small")


class Lexical:
    """A BM25 index (Robertson and Zaragoza, 2009; the Lucene variant) from bm25s."""

    def __init__(self, index: bm25s.BM25) -> None:
        self._index = index

    @classmethod
    def build(cls, documents: Iterable[list[str]]) -> "Lexical":
        """Build from the terms of each document, which may have none; there may be no document."""
        index = bm25s.BM25(method="lucene", k1=K1, b=B)
        # bm25s cannot index nothing; a document that no query can name does no harm.
        index.index(list(documents) or [["\0"]], show_progress=False)
        return cls(index)

    @classmethod
    def part(
        cls, documents: Sequence[list[str]], seen: Mapping[str, int], size: int, mean: float
    ) -> "Lexical":
        """Build over a few documents of a larger index; they score as they do in that one.

        Args:
            documents: The terms of each document.
            seen: How many documents of the larger index have a term; other terms are unknown.
            size: How many documents the larger index has.
            mean: Their mean number of terms.

        >>> texts = [["router", "float"], ["image", "patch", "float"], ["router"]]
        >>> part = Lexical.part(texts[:1], {"router": 2}, size=3, mean=2.0)
        >>> bool(part.scores(["router"])[0] == Lexical.build(texts).scores(["router"])[0])
        True
        """
        columns = {term: column for column, term in enumerate(seen)}
        found = [
            (columns[term], row, times, len(document))
            for row, document in enumerate(documents)
            for term, times in Counter(document).items()
            if term in columns
        ]
        column, row, times, length = np.array(sorted(found), np.int64).reshape(-1, 4).T
        scores = idf(np.array(list(seen.values())), size)[column] * weight(times, length, mean)
        index = bm25s.BM25(method="lucene", k1=K1, b=B)
        index.vocab_dict = columns
        index.scores = {
            "data": scores.astype(np.float32),
            "indices": row.astype(np.int32),
            "indptr": np.searchsorted(column, np.arange(len(seen) + 1)).astype(np.int64),
            "num_docs": len(documents),
        }
        index.nonoccurrence_array = None  # what a missing term counts: nothing in this variant
        return cls(index)

    def write(self, folder: Path) -> None:
        """Write plain arrays and JSON into `folder`."""
        self._index.save(folder, show_progress=False)

    @classmethod
    def read(cls, folder: Path) -> "Lexical":
        """Read what `write` wrote; arrays are mapped, not loaded.

        Raises:
            IndexDamaged: A file is missing or cannot be read.
        """
        try:
            return cls(bm25s.BM25.load(folder, mmap=True, show_progress=False))
        except (OSError, ValueError, KeyError) as error:
            raise IndexDamaged(folder, f"cannot be read ({error})") from error

    def scores(self, terms: list[str]) -> np.ndarray:
        """Return the BM25 score of every document, shape (n_documents,); no known term: zeros.

        By hand, for a term in one of two documents, both of mean length, with k1 = 1.2:
        idf = ln(1 + (2 - 1 + .5) / (1 + .5)) = .69, tf = 1 / (1 + 1.2) = .45, score = .32.

        >>> index = Lexical.build([["router", "float"], ["image", "patch"]])
        >>> [f"{x:.2f}" for x in index.scores(["float"])], index.scores(["cat"]).tolist()
        (['0.32', '0.00'], [0.0, 0.0])
        """
        vocabulary = self._index.vocab_dict
        known = [vocabulary[term] for term in terms if term and term in vocabulary]
        if not known:
            return np.zeros(self._index.scores["num_docs"], np.float32)
        scores: np.ndarray = self._index.get_scores_from_ids(known)
        return scores

    def count(self, term: str) -> int:
        """Return how many documents have a term.

        >>> index = Lexical.build([["router", "float"], ["router"]])
        >>> index.count("router"), index.count("cat")
        (2, 0)
        """
        column = self._index.vocab_dict.get(term)
        if column is None or not term:  # bm25s keeps "" for a query without known terms
            return 0
        begins = self._index.scores["indptr"]
        return int(begins[column + 1] - begins[column])


def idf(seen: np.ndarray, size: int) -> np.ndarray:
    """Return how rare terms are that are in `seen` of `size` documents, float32.

    >>> idf(np.array([1, 2]), size=2).round(2).tolist()
    [0.6899999976158142, 0.18000000715255737]
    """
    rarity: np.ndarray = np.log(1 + (size - seen + 0.5) / (seen + 0.5)).astype(np.float32)
    return rarity


def weight(times: np.ndarray, length: np.ndarray, mean: float) -> np.ndarray:
    """Return what a term counts in a document that has it so many times, before its idf.

    >>> weight(np.array([1, 2]), np.array([10, 10]), mean=10.0).round(2).tolist()
    [0.45, 0.62]
    """
    counted: np.ndarray = times / (K1 * ((1 - B) + B * length / mean) + times)
    return counted


def marks(query: str, text: str) -> list[tuple[int, int]]:
    """Return where words of `text` match words of the query, as (begin, end) positions.

    Words match when they share a stem (Snowball English) and are no stop words. In Japanese,
    runs of two or more characters match that the query has too, and Latin words.

    >>> text = "The routers compute in float32."
    >>> [text[b:e] for b, e in marks("Why does the router need float32?", text)]
    ['routers', 'float32']
    >>> text = "ルーターにはfloat32が要る"
    >>> [text[b:e] for b, e in marks("Why does the router need float32?", text)]
    ['float32']
    """
    if is_japanese(query) or is_japanese(text):
        return _shared_runs(query, text)
    asked = {stem(word) for word in words(query) if word not in STOP_WORDS}
    found = [(match.span(), fold(match[0])) for match in WORD.finditer(text)]
    return [span for span, word in found if word not in STOP_WORDS and stem(word) in asked]


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """Return a folded English word without its ending (Snowball).

    >>> stem("routers")
    'router'
    """
    stemmed: str = _STEMMER.stemWord(word)
    return stemmed


def _shared_runs(query: str, text: str) -> list[tuple[int, int]]:
    pairs = set(bigrams(query))
    found: list[tuple[int, int]] = []
    for match in re.finditer(r"[A-Za-z0-9]+|[^\W_A-Za-z0-9]+", text):
        run, offset = fold(match[0]), match.start()
        if run.isascii():
            if run in pairs and run not in STOP_WORDS:
                found.append(match.span())
            continue
        for i in range(len(match[0]) - 1):
            pair = run[i : i + 2]
            # A pair of two hiragana is grammar ("です", "から"), not a topic.
            if pair not in pairs or re.fullmatch(r"[\u3040-\u309f]{2}", pair):
                continue
            begin, end = offset + i, offset + i + 2
            if found and found[-1][1] >= begin:
                found[-1] = (found[-1][0], end)
            else:
                found.append((begin, end))
    return found
