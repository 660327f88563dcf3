"""The chunks that may support an answer, with their token vectors."""

from collections.abc import Mapping, Sequence

import msgspec
import numpy as np
from msgspec.structs import replace

from ..encoding.encoder import Encoder
from ..index.generation import Generation
from ..index.late import unpack
from ..index.vocabulary import Vocabulary
from ..records import Chunk, Hit


class Evidence(msgspec.Struct, frozen=True):
    """The chunks that may support an answer.

    Attributes:
        part: Holds the chunks and their token vectors.
        encoder: Made the vectors.
        vocabulary: The words of the whole index.
        extra_tokens: The token vectors of texts that are not in the index, by the id of their
            chunk, each of shape (n_tokens, dim).
    """

    part: Generation
    encoder: Encoder
    vocabulary: Vocabulary
    extra_tokens: Mapping[str, np.ndarray] = msgspec.field(default_factory=dict)

    def row_of(self, chunk: Chunk) -> int:
        """Return the row of a chunk in the part."""
        return self.part.row_of(chunk)

    def tokens_of(self, chunks: Sequence[Chunk]) -> np.ndarray:
        """Return the token vectors of some chunks, concatenated, shape (n_tokens, dim)."""
        found = [
            self.extra_tokens[chunk.chunk_id]
            if chunk.chunk_id in self.extra_tokens
            else unpack(self.part.tokens_of(self.row_of(chunk)), self.encoder.dim)
            for chunk in chunks
        ]
        return np.concatenate(found)

    def with_texts(self, texts: Mapping[str, str]) -> "Evidence":
        """Return the evidence with texts that are not in the index, by the id of their chunk."""
        ids = list(texts)
        extra = {
            ids[place]: encoding.tokens
            for place, encoding in self.encoder.encode_documents(list(texts.values()))
        }
        return replace(self, extra_tokens={**self.extra_tokens, **extra})


def chunks_of(hit: Hit) -> list[Chunk]:
    """Return the chunks that a hit shows: its note, its transcript, or both."""
    return [hit.chunk] if hit.note in (None, hit.chunk) else [hit.note, hit.chunk]
