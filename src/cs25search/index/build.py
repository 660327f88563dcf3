"""Build a generation from chunks: encode, pack, count."""

import math
from collections.abc import Callable, Iterator, Sequence
from itertools import chain

import msgspec
import numpy as np

from ..encoding.bridge import Pair, build_bridge
from ..encoding.dictionary import JapaneseHeld, build_dictionary
from ..encoding.encoder import Encoder
from ..records import About, Chunk, Entry, Explanation, Slide, Video
from ..text.japanese import japanese_words
from ..text.ngrams import bigrams, grams_of
from ..text.words import words
from .bm25 import Lexical
from .chunk_text import (
    encoded_parts,
    encoded_text,
    has_japanese,
    japanese_text,
    slide_text,
    text_key,
)
from .explanations import build_explanations
from .generation import FORMAT, JAPANESE_SPEECH, ROW, Generation, Manifest, TextSource, counts_of
from .handbook import build_handbook
from .late import pack, token_idf, unpack
from .vectors import build_dense, choose_index
from .word_counts import WordCounter

NO_COURSE = About("", "")
BUILD_VERSION = 15  # incremented whenever the same inputs would give a different index


class Content(msgspec.Struct, frozen=True):
    """Everything that goes into a generation.

    Attributes:
        videos: Every video that a chunk refers to.
        entries: What can be asked about the course itself, see handbook.py.
        explanations: Answers to questions about what is taught, see explanations.py.
        inputs: Checksum of all inputs, see `Manifest.inputs`.
        split: Gives the words of a Japanese text.
    """

    videos: Sequence[Video]
    chunks: Sequence[Chunk]
    about: About = NO_COURSE
    slides: Sequence[Slide] = ()
    entries: Sequence[Entry] = ()
    explanations: Sequence[Explanation] = ()
    sources: Sequence[TextSource] = ()
    inputs: str = ""
    split: Callable[[str], list[str]] = japanese_words


class _Texts(msgspec.Struct, frozen=True):
    """The encoded texts of all chunks, with the key and the number of tokens of each."""

    texts: list[str]
    keys: list[bytes]
    lengths: np.ndarray


def build_generation(
    content: Content,
    encoder: Encoder,
    encoder_name: str,
    previous: Generation | None = None,
    on_encoded: Callable[[int], None] = lambda count: None,
) -> Generation:
    """Return a generation ready to be written.

    Args:
        encoder_name: Of the encoder, as the user gave it.
        previous: A generation whose encodings are reused for equal texts and the same encoder.
        on_encoded: Called with the number of chunks just encoded.
    """
    videos, chunks, slides = content.videos, content.chunks, content.slides
    texts = [encoded_text(chunk) for chunk in chunks]
    keys = [text_key(text) for text in texts]
    ids = encoder.token_ids(texts)
    idf = token_idf(ids, encoder.vocabulary_size)
    lengths = np.array([len(one) for one in ids], np.int64)
    del ids  # a gigabyte for a million chunks
    tokens, packed, vectors = _encode(_Texts(texts, keys, lengths), encoder, previous, on_encoded)
    rows = build_rows(videos, chunks, keys, packed)
    dense, chosen = build_dense(vectors), choose_index(*vectors.shape)
    del vectors  # they are in the index
    bilingual = [(chunk, own) for chunk, own in zip(chunks, packed, strict=True) if chunk.text_ja]
    # Only Japanese texts: the few Latin names of others would distort BM25's mean length.
    japanese = [japanese_text(chunk) if has_japanese(chunk) else "" for chunk in chunks]
    spoken = [content.split(text) if text else [] for text in japanese]
    parts = [_pairs(chunk, own, encoder, content.split) for chunk, own in bilingual]
    pairs = list(chain.from_iterable(parts))
    in_both = [said for chunk, said in zip(chunks, spoken, strict=True) if chunk.text_ja and said]
    counter = WordCounter(len(chunks))
    grams = Lexical.build(_grams(texts, counter))
    word_counts = counter.counts()
    pairs_index = Lexical.build(bigrams(text) for text in japanese)
    words_index = Lexical.build(spoken)
    held = JapaneseHeld(words_index.count, lambda pair: pairs_index.count(pair) > 0)
    counts = counts_of(rows, len(videos), len(slides), len(content.explanations))
    same = previous if previous and previous.manifest.model_key == encoder.key else None
    handbook = build_handbook(content.entries, encoder, same.handbook if same else None)
    explanations = build_explanations(
        content.explanations, encoder, same.explanations if same else None
    )
    return Generation(
        manifest=Manifest(
            FORMAT,
            "",
            "",
            encoder_name,
            encoder.key,
            encoder.dim,
            content.inputs,
            counts,
            tuple(content.sources),
            chosen.reason,
        ),
        about=content.about,
        videos=tuple(videos),
        slides=tuple(slides),
        chunks=chunks,
        rows=rows,
        vectors=dense,
        tokens=tokens,
        token_idf=idf,
        slide_vectors=_slide_vectors(slides, encoder, previous),
        grams=grams,
        bigrams=pairs_index,
        words=words_index,
        word_counts=word_counts,
        dictionary=build_dictionary(
            word_counts.stems.keys(), held if JAPANESE_SPEECH in counts else None
        ),
        bridge=build_bridge(pairs, in_both, encoder.dim),
        read_handbook=lambda: handbook,
        read_explanations=lambda: explanations,
    )


def _grams(texts: Sequence[str], counter: WordCounter) -> Iterator[list[str]]:
    """Yield the n-grams of each text, and count its words."""
    for text in texts:
        said = words(text)
        counter.add(said)
        yield grams_of(said)


def build_rows(
    videos: Sequence[Video],
    chunks: Sequence[Chunk],
    keys: Sequence[bytes],
    packed: Sequence[np.ndarray],
) -> np.ndarray:
    """Return the facts about each chunk that ranking needs, dtype `generation.ROW`.

    Raises:
        ValueError: The chunks of a video are not contiguous, or not in the order of the videos.
    """
    number = {video.video_id: row for row, video in enumerate(videos)}
    rows = np.zeros(len(chunks), ROW)
    rows["video"] = [number[chunk.video_id] for chunk in chunks]
    if (np.diff(rows["video"]) < 0).any():
        raise ValueError("the chunks are not in the order of their videos")
    rows["start"] = [chunk.start for chunk in chunks]
    rows["end"] = [chunk.end for chunk in chunks]
    rows["tokens"] = [len(tokens) for tokens in packed]
    rows["first_token"] = np.cumsum(rows["tokens"]) - rows["tokens"]
    rows["note"] = [chunk.kind == "note" for chunk in chunks]
    rows["qa"] = [chunk.qa for chunk in chunks]
    rows["japanese"] = [has_japanese(chunk) for chunk in chunks]
    rows["key"] = keys
    return rows


def _slide_vectors(
    slides: Sequence[Slide], encoder: Encoder, previous: Generation | None
) -> np.ndarray:
    """Return the vectors of slides; those of known texts come from the previous generation."""
    known: dict[str, np.ndarray] = {}
    if previous is not None and previous.manifest.model_key == encoder.key:
        texts = [slide_text(slide) for slide in previous.slides]
        known = dict(zip(texts, previous.slide_vectors, strict=True))
    new = list(dict.fromkeys(text for slide in slides if (text := slide_text(slide)) not in known))
    for position, encoding in encoder.encode_documents(new):
        known[new[position]] = encoding.vector
    vectors = np.zeros((len(slides), encoder.dim), np.float32)
    for row, slide in enumerate(slides):
        vectors[row] = known[slide_text(slide)]
    return vectors


def _encode(
    given: _Texts,
    encoder: Encoder,
    previous: Generation | None,
    on_encoded: Callable[[int], None],
) -> tuple[np.ndarray, list[np.ndarray], np.ndarray]:
    """Return the packed tokens of all texts, the same text by text, and pooled vectors."""
    texts, lengths = given.texts, given.lengths
    # A text of control characters only has no token; MaxSim needs one.
    ends = np.cumsum(np.maximum(1, lengths))
    tokens = np.empty((ends[-1] if len(ends) else 0, math.ceil(encoder.dim / 8)), np.uint8)
    packed = np.split(tokens, ends[:-1]) if len(ends) else []  # views, so tokens are in memory once
    vectors = np.zeros((len(texts), encoder.dim), np.float32)
    known = _known_rows(previous, encoder)
    new = []
    for row, key in enumerate(given.keys):
        if previous is None or key not in known:
            new.append(row)
            continue
        old, begin, end = known[key]
        packed[row][:] = previous.tokens[begin:end]
        vectors[row] = previous.vectors.reconstruct(old)
    on_encoded(len(texts) - len(new))
    for position, encoding in encoder.encode_documents([texts[row] for row in new]):
        row = new[position]
        vectors[row] = encoding.vector
        packed[row][:] = pack(encoding.tokens if lengths[row] else encoding.vector[None])
        on_encoded(1)
    return tokens, packed, vectors


def _pairs(
    chunk: Chunk, packed: np.ndarray, encoder: Encoder, split: Callable[[str], list[str]]
) -> Iterator[Pair]:
    """Yield the aligned parts of a bilingual chunk: its title, its words, each question."""
    ids = encoder.token_ids(encoded_parts(chunk))
    signs = unpack(packed, encoder.dim)
    asks_ja = chunk.asks_ja if len(chunk.asks_ja) == len(chunk.asks) else ()
    begin = 0
    for japanese, part in zip([chunk.title_ja, chunk.text_ja, *asks_ja], ids, strict=False):
        tokens = signs[begin : begin + len(part)]
        begin += len(part)
        # Parts beyond the encoder's maximum length have no tokens.
        yield Pair(split(japanese), part[: len(tokens)], tokens)


def _known_rows(previous: Generation | None, encoder: Encoder) -> dict[bytes, tuple[int, int, int]]:
    """Return row and token range of texts that are already encoded, by text key."""
    if previous is None or previous.manifest.model_key != encoder.key:
        return {}
    facts = previous.rows
    return rows_by_key(facts["key"], facts["first_token"], facts["tokens"])


def rows_by_key(
    keys: np.ndarray, firsts: np.ndarray, lengths: np.ndarray
) -> dict[bytes, tuple[int, int, int]]:
    """Return row and token range of each text, by its key.

    Args:
        keys: From `text_key`, shape (n,).
        firsts: The first token of each text, shape (n,).
        lengths: Tokens of each text, shape (n,).
    """
    return {
        bytes(key): (row, int(first), int(first + n))
        for row, (key, first, n) in enumerate(zip(keys, firsts, lengths, strict=True))
    }
