"""Is a sentence backed by the words it cites? Late interaction, and every number found again."""

import re
import unicodedata
from collections.abc import Sequence

import numpy as np

from ..encoding.encoder import Encoder
from ..index.chunk_text import lead
from ..index.generation import Generation
from ..index.late import unpack
from ..ranking.rank import read_query
from ..records import Chunk
from ..text.japanese import is_japanese
from ..text.sentences import split_sentences

# Above these a sentence counts as supported: benchmarks/answers.py prints what they let through.
SUPPORTED, SUPPORTED_JA = 0.43, 0.45
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


def is_supported(
    sentence: str,
    chunks: Sequence[Chunk],
    rows: Sequence[int],
    generation: Generation,
    encoder: Encoder,
) -> bool:
    """Return whether the cited chunks say what a sentence says.

    Args:
        chunks: Notes and transcripts of the cited moments, with their rows.
    """
    if any(
        sentence.strip() in split_sentences(text) for c in chunks for text in (c.text, c.text_ja)
    ):
        return True  # their own words, which a score may still find faint
    cited = " ".join(f"{c.title} {c.text} {c.title_ja} {c.text_ja}" for c in chunks)
    if numbers(sentence) - numbers(cited):
        return False
    limit = SUPPORTED_JA if is_japanese(sentence) else SUPPORTED
    return support(sentence, chunks, rows, generation, encoder) >= limit


def support(
    sentence: str,
    chunks: Sequence[Chunk],
    rows: Sequence[int],
    generation: Generation,
    encoder: Encoder,
) -> float:
    """Return how well the best of some chunks matches a sentence, at most 1.

    Only what the chunk says counts, not the questions and terms indexed with it.
    """
    probe = read_query(sentence, generation, encoder)
    if not len(probe.tokens) or not probe.weights.any():
        return 0.0
    best = 0.0
    for chunk, row in zip(chunks, rows, strict=True):
        first, count = (int(generation.rows[row][name]) for name in ("first_token", "tokens"))
        said = sum(len(ids) for ids in encoder.token_ids([lead(chunk), chunk.text]))
        tokens = unpack(generation.tokens[first : first + min(count, said)], encoder.dim)
        cosines = (probe.tokens.astype(np.float32) @ tokens.T).max(axis=1)
        best = max(best, float(cosines @ probe.weights / probe.weights.sum()))
    return best


def numbers(text: str) -> set[str]:
    """Return the numbers of a text, without marks between thousands.

    >>> sorted(numbers("1,600 of 0.4 in ３２ bits."))
    ['0.4', '1600', '32']
    """
    found = _NUMBER.findall(unicodedata.normalize("NFKC", text))
    return {re.sub(r",(?=\d{3})", "", number) for number in found}
