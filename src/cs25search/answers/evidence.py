"""The chunks that may support an answer, with their token vectors."""

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
    """The chunks that may support an answer.

    Attributes:
        part: Holds the chunks and their token vectors.
        encoder: Made the vectors.
        vocabulary: The words of the whole index, with the rows of the part.
    """

    part: Generation
    encoder: Encoder
    vocabulary: Vocabulary

    def row_of(self, chunk: Chunk) -> int:
        """Return the row of a chunk in the part."""
        return self.vocabulary.rows[chunk.chunk_id]

    def tokens_of(self, chunks: Sequence[Chunk]) -> np.ndarray:
        """Return the token vectors of some chunks, concatenated, shape (n_tokens, dim)."""
        packed = [self.part.tokens_of(self.row_of(chunk)) for chunk in chunks]
        return unpack(np.concatenate(packed), self.encoder.dim)


def chunks_of(hit: Hit) -> list[Chunk]:
    """Return the chunks that a hit shows: its note, its transcript, or both."""
    return [hit.chunk] if hit.note in (None, hit.chunk) else [hit.note, hit.chunk]
