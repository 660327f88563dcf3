"""Chunks with any content become a generation."""

import numpy as np
import pytest

from cs25search import Chunk, Video
from cs25search.index.build import Content, build_generation
from cs25search.index.chunk_text import slide_text
from cs25search.ranking.source import LocalSource
from cs25search.search import Index


def built(index, chunks, previous=None, on_encoded=lambda count: None):
    video = Video("abcdefghijk", "A talk", (), 1000.0)
    content = Content([video], chunks)
    return build_generation(content, index.encoder, "model", previous, on_encoded)


def spoken(number, text):
    start = 10.0 * number
    return Chunk(f"abcdefghijk:{number}t", "abcdefghijk", start, start + 10, text, "transcript")


def test_index_without_a_japanese_note_is_searched_in_both_languages(index, tmp_path):
    chunks = [spoken(0, "zebras eat marmalade"), spoken(1, "giraffes drink tea")]
    small = Index(tmp_path, LocalSource(built(index, chunks)), index.encoder)
    assert small.search("What do giraffes drink?")[0].start == 10
    assert small.search("キリンは何を飲む？")[0].start == 10  # by the dictionary


@pytest.mark.parametrize("text", ["\x00\x01", "🙂🙂", " ", "a" * 5000, "word " * 5000])
def test_odd_text_does_not_spoil_the_index(index, tmp_path, text):
    generation = built(index, [spoken(0, text), spoken(1, "giraffes drink tea")])
    assert (generation.rows["tokens"] > 0).all()
    hits = Index(tmp_path, LocalSource(generation), index.encoder).search("What do giraffes drink?")
    assert hits[0].start == 10
    assert all(np.isfinite(hit.score) for hit in hits)


def test_only_new_texts_are_encoded_again(index):
    first = built(index, [spoken(0, "zebras eat marmalade"), spoken(1, "giraffes drink tea")])
    steps = []
    chunks = [
        spoken(0, "giraffes drink tea"),
        spoken(1, "lions sleep"),
        spoken(2, "zebras eat marmalade"),
    ]
    second = built(index, chunks, first, steps.append)
    assert steps == [2, 1]  # two known at once, then the new one
    fresh = built(index, chunks)
    assert np.array_equal(second.tokens, fresh.tokens)
    assert np.allclose(second.vectors.reconstruct(0), fresh.vectors.reconstruct(0), atol=1e-5)


def test_known_slides_are_not_encoded_again(index):
    class Counting:
        """The encoder, and the texts that it encoded."""

        key, dim = index.encoder.key, index.encoder.dim
        vocabulary_size, token_ids = index.encoder.vocabulary_size, index.encoder.token_ids

        def __init__(self):
            self.texts = []

        def encode_documents(self, texts):
            self.texts += texts
            return index.encoder.encode_documents(texts)

    encoder = Counting()
    video, chunks = Video("abcdefghijk", "A talk", (), 1000.0), [spoken(0, "giraffes drink tea")]
    generation = None
    for slides in (index.generation.slides[:2], index.generation.slides[:3]):
        encoder.texts.clear()
        generation = build_generation(
            Content([video], chunks, slides=slides), encoder, "model", generation
        )
    assert encoder.texts == [slide_text(index.generation.slides[2])]
    assert generation.slide_vectors.shape == (3, encoder.dim)
