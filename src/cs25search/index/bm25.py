"""BM25 over terms of any kind: the lexical first stage."""

import mmap
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property, partial
from itertools import count, islice
from pathlib import Path

import msgspec
import numpy as np

from ..errors import IndexDamaged
from ..integrity import map_file
from ..text.rarity import idf

K1, B = 1.2, 0.75  # BM25: saturation of repeated terms, influence of length
BLOCK = 2**14  # documents processed at a time
# A query reads at most about this many posting entries, which takes about .02 s; only indexes of
# 400,000 chunks or more reach this limit.
MOST_ENTRIES = 2_000_000
FEW_ENTRIES = 200_000  # faster to add up than to look up documents in each list
PROPOSED = 2_000  # documents proposed by the rarest terms beyond that
FEW = 5_000  # documents that pass a filter and are looked up one by one
# The file names that bm25s uses.
FILES = tuple(f"{part}.csc.index.npy" for part in ("indptr", "indices", "data"))
TERMS, PARAMS = "vocab.index.json", "params.index.json"


class _Params(msgspec.Struct, frozen=True):
    num_docs: int


class Lexical:
    """A BM25 index (Robertson and Zaragoza, 2009; the Lucene variant).

    Scores are computed when the index is built, as in bm25s (Lù, 2024), whose file format is used:
    for each term, the documents that contain it, ascending, and what it adds to their scores.
    Reading the files without bm25s saves a query the time to import it.
    """

    def __init__(
        self,
        columns: Callable[[], dict[str, int]],
        begins: np.ndarray,
        documents: np.ndarray,
        added: np.ndarray,
        size: int,
    ) -> None:
        """Hold posting lists.

        Args:
            columns: Returns the number of each term; called when the first term is looked up, as
                many questions use only one of the indexes.
            begins: Start of each term's list, and the end of the last list.
            documents: All lists, concatenated, int32.
            added: For each entry, the term's contribution to the document's score, float32.
            size: Number of documents.
        """
        self._read_columns = columns
        self._begins = begins
        self._documents = documents
        self._added = added
        self.size = size

    @cached_property
    def _columns(self) -> dict[str, int]:
        return self._read_columns()

    @classmethod
    def build(cls, documents: Iterable[list[str]]) -> "Lexical":
        """Build from the terms of each document; documents without terms are not counted.

        Documents are read once and not kept, so a million of them fit into memory.
        """
        columns: defaultdict[str, int] = defaultdict(count().__next__)
        blocks: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []
        lengths: list[int] = []
        source = iter(documents)
        while block := [
            np.fromiter(map(columns.__getitem__, document), np.int64, len(document))
            for document in islice(source, BLOCK)
        ]:
            lengths += map(len, block)
            row = np.repeat(np.arange(len(block)), lengths[-len(block) :])
            # By term, then by document; small integer types, because a million texts have many
            # entries.
            entries, times = np.unique(np.concatenate(block) * BLOCK + row, return_counts=True)
            seen = np.bincount(entries // BLOCK, minlength=len(columns))
            blocks.append((seen, (entries % BLOCK).astype(np.uint16), times.astype(np.int32)))
        return cls._assemble(dict(columns), blocks, np.array(lengths, np.int64))

    @classmethod
    def _assemble(
        cls,
        columns: dict[str, int],
        blocks: list[tuple[np.ndarray, np.ndarray, np.ndarray]],
        lengths: np.ndarray,
    ) -> "Lexical":
        """Return the index for blocks of document counts, document numbers and term counts."""
        seen = np.zeros(len(columns), np.int64)
        for in_block, _, _ in blocks:
            seen[: len(in_block)] += in_block
        begins = np.concatenate([[0], np.cumsum(seen)])
        documents = np.empty(begins[-1], np.int32)
        added = np.empty(begins[-1], np.float32)
        counted = int(np.count_nonzero(lengths))
        rarity, mean = idf(seen, counted), lengths.sum() / max(1, counted)
        free = begins[:-1].copy()  # next free position in each term's list
        for number, (in_block, row, times) in enumerate(blocks):
            term = np.repeat(np.arange(len(in_block)), in_block)
            shift = free[: len(in_block)] - (np.cumsum(in_block) - in_block)
            place = np.arange(len(row)) + shift[term]
            document = number * BLOCK + row.astype(np.int64)
            documents[place] = document
            added[place] = rarity[term] * weight(times, lengths[document], mean)
            free[: len(in_block)] += in_block
        return cls(lambda: columns, begins, documents, added, len(lengths))

    @classmethod
    def part(
        cls, documents: Sequence[list[str]], seen: Mapping[str, int], size: int, mean: float
    ) -> "Lexical":
        """Build over a few documents of a larger index, with the scores they have in that index.

        Args:
            documents: The terms of each document; empty for documents not to be found.
            seen: Number of documents of the larger index that contain a term; other terms are
                unknown.
            size: Number of documents in the larger index.
            mean: Mean number of terms of those documents.

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
        begins = np.searchsorted(column, np.arange(len(seen) + 1))
        return cls(lambda: columns, begins, row, scores.astype(np.float32), len(documents))

    def write(self, folder: Path) -> None:
        """Write plain arrays and JSON into `folder`; bm25s can load them too."""
        folder.mkdir(exist_ok=True)
        arrays = zip(FILES, (self._begins, self._documents, self._added), strict=True)
        for name, array in arrays:
            np.save(folder / name, array, allow_pickle=False)
        (folder / TERMS).write_bytes(msgspec.json.encode(self._columns))
        params = {"k1": K1, "b": B, "method": "lucene", "num_docs": self.size}
        (folder / PARAMS).write_bytes(msgspec.json.encode(params))

    @classmethod
    def read(cls, folder: Path) -> "Lexical":
        """Read what `write` wrote; arrays are mapped, not loaded.

        Raises:
            IndexDamaged: A file is missing or cannot be read.
        """
        try:
            begins, documents, added = (
                np.load(folder / name, mmap_mode="r", allow_pickle=False).view(np.ndarray)
                for name in FILES
            )
            terms = map_file(folder / TERMS)
            size = msgspec.json.decode((folder / PARAMS).read_bytes(), type=_Params).num_docs
        except (OSError, ValueError) as error:  # msgspec's errors are ValueErrors
            raise IndexDamaged(folder, f"cannot be read ({error})") from error
        return cls(partial(_decode_columns, folder, terms), begins, documents, added, size)

    def scores(self, terms: list[str]) -> np.ndarray:
        """Return the BM25 score of every document, shape (size,); zeros if no term is known.

        By hand, for a term in one of two documents, both of mean length, with k1 = 1.2:
        idf = ln(1 + (2 - 1 + .5) / (1 + .5)) = .69, tf = 1 / (1 + 1.2) = .45, score = .32.

        >>> index = Lexical.build([["router", "float"], ["image", "patch"]])
        >>> [f"{x:.2f}" for x in index.scores(["float"])], index.scores(["cat"]).tolist()
        (['0.32', '0.00'], [0.0, 0.0])
        """
        spans = list(zip(*self._spans(terms), strict=True))
        if not spans:
            return np.zeros(self.size, np.float32)
        documents = np.concatenate([self._documents[begin:end] for begin, end in spans])
        added = np.concatenate([self._added[begin:end] for begin, end in spans])
        return np.bincount(documents, added, self.size).astype(np.float32)

    def scores_of(self, terms: list[str], documents: np.ndarray) -> np.ndarray:
        """Return the BM25 scores of the given documents, shape (len(documents),).

        >>> index = Lexical.build([["router", "float"], ["image", "patch"]])
        >>> [f"{x:.2f}" for x in index.scores_of(["float"], np.array([1, 0]))]
        ['0.00', '0.32']
        """
        begins, ends = self._spans(terms)
        if sum(ends) - sum(begins) <= FEW_ENTRIES:
            found: np.ndarray = self.scores(terms)[documents]
            return found
        scores = np.zeros(len(documents))
        wanted = documents.astype(np.int32)
        for begin, end in zip(begins, ends, strict=True):
            have, added = self._documents[begin:end], self._added[begin:end]
            place = np.searchsorted(have, wanted)
            place[place == len(have)] = 0
            scores += np.where(have[place] == wanted, added[place], 0)
        return scores.astype(np.float32)

    def top(self, terms: list[str], k: int, allowed: np.ndarray | None = None) -> np.ndarray:
        """Return the documents with the best scores, unordered; each contains at least one term.

        Args:
            k: Maximum number of documents.
            allowed: Restrict the result to these documents, ascending; None for all.

        In large indexes, common n-grams have the longest lists and say least. When the lists are
        long, the rarest terms propose documents and all terms score them; docs/scaling.md shows
        what this misses.
        """
        if allowed is not None and len(allowed) <= FEW:
            return _best(allowed, self.scores_of(terms, allowed), k)
        rare, whole = self._rarest(terms)
        scores = self.scores(rare)
        if allowed is not None:
            found = _best(allowed, scores[allowed], k if whole else PROPOSED)
        else:
            found = _best(np.arange(self.size), scores, k if whole else PROPOSED)
        if whole:
            return found
        found.sort()  # sorted look-ups are faster
        return _best(found, self.scores_of(terms, found), k)

    def count(self, term: str) -> int:
        """Return how many documents contain a term.

        >>> index = Lexical.build([["router", "float"], ["router"]])
        >>> index.count("router"), index.count("cat")
        (2, 0)
        """
        column = self._columns.get(term)
        return 0 if column is None else int(self._begins[column + 1] - self._begins[column])

    def _rarest(self, terms: list[str]) -> tuple[list[str], bool]:
        """Return the terms whose lists are read in full, and whether these are all terms."""
        begins, ends = self._spans(terms)
        if sum(ends) - sum(begins) <= MOST_ENTRIES:
            return terms, True
        rare: list[str] = []
        entries = 0
        for term in sorted(terms, key=self.count):
            entries += self.count(term)
            if entries > MOST_ENTRIES and any(map(self.count, rare)):
                break
            rare.append(term)
        return rare, False

    def _spans(self, terms: list[str]) -> tuple[list[int], list[int]]:
        """Return the starts and ends of the lists of known terms."""
        known = [column for term in terms if (column := self._columns.get(term)) is not None]
        columns = np.array(known, np.int64)
        return self._begins[columns].tolist(), self._begins[columns + 1].tolist()


def _decode_columns(folder: Path, terms: mmap.mmap | bytes) -> dict[str, int]:
    try:
        return msgspec.json.decode(terms, type=dict[str, int])
    except msgspec.DecodeError as error:
        raise IndexDamaged(folder / TERMS, f"cannot be read ({error})") from error


def weight(times: np.ndarray, length: np.ndarray, mean: float) -> np.ndarray:
    """Return the weight of a term that occurs `times` times in a document, before its idf.

    >>> [f"{x:.2f}" for x in weight(np.array([1, 2]), np.array([10, 10]), mean=10.0)]
    ['0.45', '0.62']
    """
    counted: np.ndarray = times / (K1 * ((1 - B) + B * length / mean) + times)
    return counted


def _best(documents: np.ndarray, scores: np.ndarray, k: int) -> np.ndarray:
    """Return the k documents with the highest scores above 0, unordered."""
    matching = np.flatnonzero(scores > 0)
    if len(matching) > k:
        matching = matching[np.argpartition(-scores[matching], k)[:k]]
    best: np.ndarray = documents[matching]
    return best
