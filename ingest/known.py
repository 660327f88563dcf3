"""Encodings that a course brings along, so that not everybody computes the same ones again.

`encodings.npz` in the folder of a course has those of its texts by one encoder; `make encodings`
writes the one of the bundled course. A text that it lacks, and every text with another encoder, is
encoded as usual.
"""

import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path

import msgspec
import numpy as np

from cs25search.encoding.encoder import Encoder, Encoding
from cs25search.errors import DataError
from cs25search.index.build import rows_by_key
from cs25search.index.chunk_text import text_key
from cs25search.index.late import pack, unpack

FILE = "encodings.npz"


class Known(msgspec.Struct, frozen=True):
    """Encodings of texts.

    Attributes:
        keys: Of the texts, from `text_key`, shape (n,).
        lengths: Tokens of each text, shape (n,).
        tokens: Packed token vectors of all texts in order, shape (n_tokens, dim / 8), uint8.
        vectors: Pooled vectors of the first m texts, shape (m, dim), float16, which is exact
            enough. The others are questions, which are compared token by token alone.
    """

    keys: np.ndarray
    lengths: np.ndarray
    tokens: np.ndarray
    vectors: np.ndarray

    def vector(self, row: int) -> np.ndarray:
        """Return the pooled vector of a text, shape (dim,), float32; NaN for a question."""
        vector = np.full(self.vectors.shape[1], np.nan, np.float32)
        if row < len(self.vectors):
            vector[:] = self.vectors[row]
        return vector


class KnownEncoder:
    """An encoder that looks texts up before it encodes them."""

    def __init__(self, encoder: Encoder, path: Path) -> None:
        """Prepare to look texts up in a file, which is read when the first text is encoded."""
        self._encoder, self._path = encoder, path
        self.key, self.multilingual = encoder.key, encoder.multilingual
        self.dim, self.vocabulary_size = encoder.dim, encoder.vocabulary_size

    def encode_query(self, text: str) -> Encoding:
        """Return the encoding of one query."""
        return self._encoder.encode_query(text)

    def token_ids(self, texts: Sequence[str]) -> list[np.ndarray]:
        """Return the token ids of documents, without special tokens and without encoding them."""
        return self._encoder.token_ids(texts)

    def encode_documents(self, texts: Sequence[str]) -> Iterator[tuple[int, Encoding]]:
        """Yield (position in `texts`, encoding): of known texts first, with signs as tokens.

        The vector of a known question is NaN, so that it cannot be used by mistake.
        """
        known, rows = self._known
        found = {i: rows[key] for i, key in enumerate(map(text_key, texts)) if key in rows}
        ids = self.token_ids([texts[i] for i in found])
        for (i, (row, begin, end)), own in zip(found.items(), ids, strict=True):
            tokens = unpack(known.tokens[begin:end], self.dim)
            yield i, Encoding(known.vector(row), tokens, own)
        new = [i for i in range(len(texts)) if i not in found]
        for place, encoding in self._encoder.encode_documents([texts[i] for i in new]):
            yield new[place], encoding

    @cached_property
    def _known(self) -> tuple[Known, dict[bytes, tuple[int, int, int]]]:
        known = read_known(self._path)
        if known.vectors.shape[1] != self.dim:
            raise DataError(self._path, "vectors", f"have {known.vectors.shape[1]} dimensions")
        firsts = np.cumsum(known.lengths) - known.lengths
        return known, rows_by_key(known.keys, firsts, known.lengths)


def with_encodings(encoder: Encoder, folder: Path) -> Encoder:
    """Return an encoder that knows the encodings in the folder of a course, if it made them.

    Raises:
        DataError: The file is damaged.
    """
    path = folder / FILE
    if not path.is_file():
        return encoder
    with readable(path), np.load(path, allow_pickle=False) as file:
        is_own = str(file["encoder"]) == encoder.key
    return KnownEncoder(encoder, path) if is_own else encoder


def read_known(path: Path) -> Known:
    """Return the encodings in a file.

    Raises:
        DataError: The file is damaged.
    """
    with readable(path):
        with np.load(path, allow_pickle=False) as file:
            known = Known(*(file[name] for name in Known.__struct_fields__))
        (n,), (m, dim) = known.keys.shape, known.vectors.shape
        shapes = (known.lengths.shape, known.tokens.shape)
        if m > n or shapes != ((n,), (int(known.lengths.sum()), -(-dim // 8))):
            raise ValueError(f"shapes {shapes} do not fit {n} texts and {m} vectors")
    return known


@contextmanager
def readable(path: Path) -> Iterator[None]:
    """Raise a DataError for what reading a damaged file raises."""
    try:
        yield
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise DataError(path, "the file", f"cannot be read ({error})") from error


def write_known(
    path: Path, encoder: Encoder, texts: Sequence[str], questions: Sequence[str] = ()
) -> int:
    """Encode different texts and write the file; return how many there are.

    Args:
        questions: Texts whose pooled vectors are not needed.
    """
    with_vectors = len(set(texts))
    texts = list(dict.fromkeys([*texts, *questions]))
    done = dict(encoder.encode_documents(texts))
    encodings = [done[place] for place in range(len(texts))]
    np.savez(
        path,
        encoder=encoder.key,
        keys=np.array([text_key(text) for text in texts]),
        lengths=np.array([len(one.tokens) for one in encodings], np.int32),
        tokens=np.concatenate([pack(one.tokens) for one in encodings]),
        vectors=np.array([one.vector for one in encodings[:with_vectors]], np.float16),
    )
    return len(texts)
