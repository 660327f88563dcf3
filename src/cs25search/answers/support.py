"""Check that cited chunks support a sentence, by late interaction and by its numbers."""

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

# A sentence with a higher score is supported; benchmarks/answers.py measures these thresholds.
SUPPORTED, SUPPORTED_JA = 0.43, 0.45
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


def is_supported(
    sentence: str,
    chunks: Sequence[Chunk],
    rows: Sequence[int],
    generation: Generation,
    encoder: Encoder,
) -> bool:
    """Return whether the cited chunks support a sentence.

    Args:
        chunks: Notes and transcripts of the cited moments, with their rows.
    """
    if any(
        sentence.strip() in split_sentences(text) for c in chunks for text in (c.text, c.text_ja)
    ):
        return True  # a literal quotation, whose score may still be low
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
    """Return the score of the chunk that matches a sentence best, at most 1.

    Only the chunk's own words count, not the questions and terms indexed with it.
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
    """Return the numbers in a text, without thousands separators.

    >>> sorted(numbers("1,600 of 0.4 in ３２ bits."))
    ['0.4', '1600', '32']
    """
    found = _NUMBER.findall(unicodedata.normalize("NFKC", text))
    return {re.sub(r",(?=\d{3})", "", number) for number in found}
