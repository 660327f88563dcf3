"""A complete index in memory or mapped from disk."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from typing import Literal

import faiss
import msgspec
import numpy as np

from ..encoding.bridge import Bridge
from ..encoding.dictionary import Dictionary
from ..integrity import FileFacts
from ..records import About, Chunk, Slide, Video
from .bm25 import Lexical
from .explanations import Explanations
from .handbook import Handbook
from .word_counts import WordCounts

FORMAT = 5  # 1 had bm25s indexes, 2 no manifest.sha256, 3 no dictionary, 4 no about.json
JAPANESE_SPEECH = "japanese_speech"  # a count of transcript chunks, only in indexes that have some
EXPLANATIONS = "explanations"  # their count, only in indexes that have some
LexicalName = Literal["grams", "bigrams", "words"]
MODEL_NOTES = "notes by a model"  # kind of a TextSource
ROW = np.dtype(
    [
        ("video", np.int32),  # line of videos.jsonl
        ("start", np.float32),
        ("end", np.float32),
        ("first_token", np.int64),  # row of tokens.npy
        ("tokens", np.int32),  # number of this chunk's rows there
        ("note", np.bool_),
        ("qa", np.bool_),
        ("japanese", np.bool_),  # has terms in `bigrams` and `words`, see has_japanese
        ("key", "S32"),  # hash of the encoded text, see chunk_text.text_key
    ]
)


class TextSource(msgspec.Struct, frozen=True):
    """The origin of the text of one video."""

    video_id: str
    kind: str  # "bundled notes", MODEL_NOTES, or, for example, "local captions"
    name: str  # of the file or of the language model
    sha256: str
    cues: int
    chunks: int


class Manifest(msgspec.Struct, frozen=True):
    """The content of a generation and how it was made."""

    format: int
    generation: str
    created: str  # ISO 8601, UTC
    model: str
    model_key: str
    dim: int
    inputs: str  # sha256 over all inputs; equal inputs need no new generation
    counts: dict[str, int]
    sources: tuple[TextSource, ...]
    dense: str  # how the pooled vectors are searched, with the reason
    files: dict[str, FileFacts] = msgspec.field(default_factory=dict)


def counts_of(rows: np.ndarray, videos: int, slides: int, explanations: int) -> dict[str, int]:
    """Return the counts of a manifest; those of what few indexes have only if there is some.

    Args:
        rows: The facts about the chunks, of dtype ROW.
    """
    some = {
        JAPANESE_SPEECH: int((rows["japanese"] & ~rows["note"]).sum()),
        EXPLANATIONS: explanations,
    }
    return {
        "videos": videos,
        "chunks": len(rows),
        "notes": int(rows["note"].sum()),
        "transcript_chunks": int((~rows["note"]).sum()),
        "slides": slides,
        "tokens": int(rows["tokens"].sum()),
    } | {kind: count for kind, count in some.items() if count}


class Generation(msgspec.Struct, frozen=True):
    """A complete index, in memory or mapped from disk.

    Row i of `chunks`, `rows` and `vectors` belongs to the same chunk; `tokens` contains the packed
    token vectors of all chunks in that order, `rows["tokens"]` their number per chunk.
    """

    manifest: Manifest
    about: About
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
    word_counts: WordCounts
    bridge: Bridge
    dictionary: Dictionary
    read_handbook: Callable[[], Handbook]
    read_explanations: Callable[[], Explanations]

    @property
    def handbook(self) -> Handbook:
        """What can be asked about the course itself."""
        return self.read_handbook()

    @property
    def explanations(self) -> Explanations:
        """Answers to questions about what is taught."""
        return self.read_explanations()

    @property
    def has_japanese_speech(self) -> bool:
        """Whether some transcript is in Japanese or Chinese."""
        return JAPANESE_SPEECH in self.manifest.counts

    @property
    def has_explanations(self) -> bool:
        """Whether there are some, without decoding them."""
        return EXPLANATIONS in self.manifest.counts

    def lexical(self, name: LexicalName) -> Lexical:
        """Return a lexical index by its name."""
        index: Lexical = getattr(self, name)
        return index

    def row_of(self, chunk: Chunk) -> int:
        """Return the row of a chunk.

        Raises:
            KeyError: It is not in this generation.
        """
        for number, video in enumerate(self.videos):
            if video.video_id == chunk.video_id:
                # The chunks of a video are contiguous; see build_rows.
                videos = self.rows["video"]
                first, end = bisect_left(videos, number), bisect_right(videos, number)
                alike = self.rows["start"][first:end] == np.float32(chunk.start)
                for row in (first + np.flatnonzero(alike)).tolist():
                    if self.chunks[row].chunk_id == chunk.chunk_id:
                        return int(row)
        raise KeyError(chunk.chunk_id)

    def tokens_of(self, row: int) -> np.ndarray:
        """Return the packed token vectors of a chunk, shape (n_tokens, ceil(dim / 8))."""
        facts = self.rows[row]
        first = int(facts["first_token"])
        return self.tokens[first : first + int(facts["tokens"])]
