"""The chunks that an answer may rest on, and what each of their tokens says."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..encoding.encoder import Encoder
from ..index.generation import Generation
from ..index.late import unpack
from ..index.vocabulary import Vocabulary
from ..records import Chunk, Hit


@dataclass(frozen=True, slots=True)
class Evidence:
    """The chunks that an answer may rest on.

    Attributes:
        part: Holds the chunks and their token vectors.
        encoder: Made the vectors.
        vocabulary: Of the whole index, with the rows of the part.
    """

    part: Generation
    encoder: Encoder
    vocabulary: Vocabulary

    def row_of(self, chunk: Chunk) -> int:
        """Return the row of a chunk in the part."""
        return self.vocabulary.rows[chunk.chunk_id]

    def tokens_of(self, chunks: Sequence[Chunk]) -> np.ndarray:
        """Return the token vectors of some chunks, one after the other, shape (n_tokens, dim)."""
        packed = [self.part.tokens_of(self.row_of(chunk)) for chunk in chunks]
        return unpack(np.concatenate(packed), self.encoder.dim)


def chunks_of(hit: Hit) -> list[Chunk]:
    """Return the note and the transcript that a hit shows, or the one there is."""
    return [hit.chunk] if hit.note in (None, hit.chunk) else [hit.note, hit.chunk]
