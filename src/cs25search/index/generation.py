"""One whole index in memory, or mapped from disk."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import faiss
import numpy as np

from ..encoding.bridge import Bridge
from ..encoding.dictionary import Dictionary
from ..integrity import FileFacts
from ..records import Chunk, Slide, Video
from .bm25 import Lexical

FORMAT = 4  # 1 had lexical indexes of bm25s, 2 no manifest.sha256, 3 no dictionary
MODEL_NOTES = "notes by a model"  # kind of a Source
ROW = np.dtype(
    [
        ("video", np.int32),  # line of videos.jsonl
        ("start", np.float32),
        ("end", np.float32),
        ("first_token", np.int64),  # row of tokens.npy
        ("tokens", np.int32),  # how many rows of it are this chunk's
        ("note", np.bool_),
        ("qa", np.bool_),
        ("japanese", np.bool_),  # see has_japanese: has terms in `bigrams` and `words`
        ("key", "S32"),  # what was encoded, see build.text_key
    ]
)


@dataclass(frozen=True, slots=True)
class Source:
    """Where the text of one video came from."""

    video_id: str
    kind: str  # "bundled notes", MODEL_NOTES, or such as "local captions"
    name: str  # of the file, or of the model
    sha256: str
    cues: int
    chunks: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a generation holds and what made it."""

    format: int
    generation: str
    created: str  # ISO 8601, UTC
    model: str
    model_key: str
    dim: int
    inputs: str  # sha256 over everything that went in; equal inputs need no new generation
    counts: dict[str, int]
    sources: tuple[Source, ...]
    dense: str  # how the pooled vectors are searched, and why
    files: dict[str, FileFacts] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Generation:
    """One whole index, in memory or mapped from disk.

    Row i of `chunks`, `rows` and `vectors` is the same chunk; `tokens` holds the packed token
    vectors of all chunks in that order, `rows["tokens"]` how many each has.
    """

    manifest: Manifest
    videos: tuple[Video, ...]
    slides: tuple[Slide, ...]
    chunks: Sequence[Chunk]
    rows: np.ndarray
    vectors: faiss.Index
    tokens: np.ndarray
    token_idf: np.ndarray
    slide_vectors: np.ndarray
    grams: Lexical
    bigrams: Lexical
    words: Lexical
    bridge: Bridge
    dictionary: Dictionary
