"""Check that cited chunks support a sentence, by late interaction and by its numbers."""

import re
import unicodedata
from collections.abc import Sequence

import numpy as np

from ..index.chunk_text import title_prefix
from ..ranking.query import read_query
from ..records import Chunk
from ..text.japanese import is_japanese
from ..text.sentences import split_sentences
from .evidence import Evidence

# A sentence with a higher score is supported; benchmarks/answers.py measures these thresholds.
SUPPORTED, SUPPORTED_JA = 0.43, 0.45
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


def is_supported(sentence: str, chunks: Sequence[Chunk], evidence: Evidence) -> bool:
    """Return whether the cited chunks support a sentence.

    Args:
        chunks: Notes and transcripts of the cited moments.
    """
    if any(
        sentence.strip() in split_sentences(text) for c in chunks for text in (c.text, c.text_ja)
    ):
        return True  # a literal quotation, whose score may still be low
    cited = " ".join(f"{c.title} {c.text} {c.title_ja} {c.text_ja}" for c in chunks)
    if numbers(sentence) - numbers(cited):
        return False
    limit = SUPPORTED_JA if is_japanese(sentence) else SUPPORTED
    return support(sentence, chunks, evidence) >= limit


def support(sentence: str, chunks: Sequence[Chunk], evidence: Evidence) -> float:
    """Return the score of the chunk that matches a sentence best, at most 1.

    Only the chunk's own words count, not the questions and terms indexed with it.
    """
    query = read_query(sentence, evidence.part, evidence.encoder)
    if not len(query.tokens) or not query.weights.any():
        return 0.0
    best = 0.0
    for chunk in chunks:
        said = sum(
            len(ids) for ids in evidence.encoder.token_ids([title_prefix(chunk), chunk.text])
        )
        tokens = evidence.tokens_of([chunk])[:said]
        cosines = (query.tokens.astype(np.float32) @ tokens.T).max(axis=1)
        best = max(best, float(cosines @ query.weights / query.weights.sum()))
    return best


def numbers(text: str) -> set[str]:
    """Return the numbers in a text, without thousands separators.

    >>> sorted(numbers("1,600 of 0.4 in ３２ bits."))
    ['0.4', '1600', '32']
    """
    found = _NUMBER.findall(unicodedata.normalize("NFKC", text))
    return {re.sub(r",(?=\d{3})", "", number) for number in found}
