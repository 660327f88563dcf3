"""Encode texts that are compared one by one, such as questions: packed tokens, ids and lengths."""

from collections.abc import Mapping, Sequence

import numpy as np

from ..encoding.encoder import Encoder
from .late import pack


def encodings_of(
    texts: Sequence[str], tokens: np.ndarray, ids: np.ndarray, lengths: np.ndarray
) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Return the packed token vectors and token ids of each text; the inverse of `encode_texts`."""
    if not texts:
        return {}
    ends = np.cumsum(lengths)[:-1]
    parts = zip(np.split(tokens, ends), np.split(ids, ends), strict=True)
    return dict(zip(texts, parts, strict=True))


def encode_texts(
    texts: Sequence[str], encoder: Encoder, known: Mapping[str, tuple[np.ndarray, np.ndarray]]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the tokens of some texts, in order.

    Args:
        known: Packed token vectors and token ids of texts that are not encoded again.

    Returns:
        Packed token vectors, shape (n_tokens, ceil(dim / 8)), uint8; their token ids, shape
        (n_tokens,), int32; the number of tokens of each text, shape (n_texts,), int32.
    """
    new = [text for text in dict.fromkeys(texts) if text not in known]
    found = dict(known)
    for place, encoding in encoder.encode_documents(new):
        found[new[place]] = pack(encoding.tokens), encoding.ids.astype(np.int32)
    packed, ids = ([found[text][part] for text in texts] for part in (0, 1))
    return (
        np.concatenate(packed) if texts else np.zeros((0, (encoder.dim + 7) // 8), np.uint8),
        np.concatenate(ids) if texts else np.zeros(0, np.int32),
        np.array([len(one) for one in packed], np.int32),
    )
