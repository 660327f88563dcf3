"""Ingest: speed of embedding, time spent on the rest, size of the index."""

import logging
import statistics
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from benchmarks.corpora import Corpus
from benchmarks.table import Row
from cs25search import Index
from cs25search.encoding.encoder import Encoder, Encoding, OnnxEncoder, onnx_forward
from cs25search.evaluation import DEPTH, ask_all, measure
from cs25search.index.build import Content, build_generation
from cs25search.index.chunk_text import encoded_text
from cs25search.index.files import write_generation
from cs25search.index.generation import Generation
from cs25search.ranking.source import LocalSource
from ingest.encoder import DEFAULT_ENCODER, find_model, load_encoder

TEXTS, ROUNDS = 192, 3
FLOAT_BYTES, HOUR = 4, 3600


class Timed:
    """An encoder that counts the seconds it spends on documents."""

    def __init__(self, encoder: Encoder) -> None:
        self.encoder = encoder
        self.key, self.multilingual, self.dim = encoder.key, encoder.multilingual, encoder.dim
        self.vocabulary_size = encoder.vocabulary_size
        self.encode_query, self.token_ids = encoder.encode_query, encoder.token_ids
        self.seconds = 0.0

    def encode_documents(self, texts: Sequence[str]) -> Iterator[tuple[int, Encoding]]:
        """Yield what the encoder yields."""
        begin = time.perf_counter()
        for found in self.encoder.encode_documents(texts):
            self.seconds += time.perf_counter() - begin
            yield found
            begin = time.perf_counter()


def batch_encoder(models: Path) -> OnnxEncoder:
    """Return the encoder as ingest uses it, warmed up."""
    encoder = load_encoder(DEFAULT_ENCODER, models, offline=True)
    list(encoder.encode_documents(["warm up"]))
    return encoder


def embedding_rows(corpus: Corpus, encoder: OnnxEncoder, index: Index) -> list[Row]:
    """Return the rows of texts per second and of the resulting ranking.

    Args:
        corpus: The bundled one; its notes are the texts.
        encoder: From `batch_encoder`.
        index: The index that `encoder` built from the same corpus.
    """
    logging.getLogger("sentence_transformers").setLevel(logging.ERROR)
    from sentence_transformers import SentenceTransformer

    plain = SentenceTransformer(str(find_model(DEFAULT_ENCODER, offline=True)), device="cpu")
    texts = [encoded_text(chunk) for chunk in corpus.chunks][:TEXTS]
    plain.encode(texts[:8])
    floor, ours = [], []
    for _ in range(ROUNDS):
        begin = time.perf_counter()
        plain.encode(texts, show_progress_bar=False)
        between = time.perf_counter()
        list(encoder.encode_documents(texts))
        ours.append(time.perf_counter() - between)
        floor.append(between - begin)
    slow, fast = (len(texts) / statistics.median(times) for times in (floor, ours))
    target = 3.0 if has_bfloat16() else 1.5
    exact = OnnxEncoder(
        index.path / "models" / encoder.key,
        onnx_forward(index.path / "models" / encoder.key, threads=0),
    )
    reference = Index(index.path, LocalSource(build(corpus, exact)), exact)
    found, expected = success(index, corpus), success(reference, corpus)
    return [
        Row(
            "ingest, texts embedded per second",
            f"`SentenceTransformer.encode`, float32: {slow:.1f}",
            f"{fast:.1f}, {'bfloat16' if has_bfloat16() else 'float32'}",
            f"{fast / slow:.2f} ×",
            f"≥ {target} × on this processor",
            fast / slow >= target,
        ),
        Row(
            "the ranking that follows, Success@1 en, ja",
            f"all in float32: {expected[0]:.3f}, {expected[1]:.3f}",
            f"{found[0]:.3f}, {found[1]:.3f}",
            f"{found[0] - expected[0]:+.3f}, {found[1] - expected[1]:+.3f}",
            "within .005",
            bool(np.abs(found - expected).max() <= 0.005),
        ),
    ]


def overhead_row(corpus: Corpus, encoder: OnnxEncoder, folder: Path) -> Row:
    """Build the index of a corpus in `folder`; return the time not spent on embedding."""
    timed = Timed(encoder)
    begin = time.perf_counter()
    write_generation(folder, build(corpus, timed))
    rest = time.perf_counter() - begin - timed.seconds
    share = rest / timed.seconds
    return Row(
        f"building beyond embedding, {corpus.name}, {len(corpus.chunks):,} chunks",
        f"embedding: {timed.seconds:.1f} s",
        f"{rest:.1f} s",
        f"{share:.0%}",
        "≤ 10 %",
        share <= 0.10,
    )


def size_rows(name: str, generation: Generation) -> list[Row]:
    """Return the size of an index per hour of speech, and of its token vectors in float32."""
    hours = sum(video.duration for video in generation.videos) / HOUR
    count = generation.manifest.counts["tokens"]
    floats = count * generation.manifest.dim * FLOAT_BYTES / 1e6 / hours
    files = generation.manifest.files
    tokens = files["tokens.npy"].size / 1e6 / hours
    whole = sum(file.size for file in files.values()) / 1e6 / hours
    return [
        Row(
            f"size per spoken hour, {name}, {what}",
            f"float32 token vectors: {floats:.1f} MB",
            f"{size:.2f} MB",
            f"1/{floats / size:.0f}",
            "≤ 1/30",
            size <= floats / 30,
        )
        for what, size in (("token vectors", tokens), ("all files", whole))
    ]


def build(corpus: Corpus, encoder: Encoder) -> Generation:
    """Return the generation of a corpus."""
    content = Content(
        corpus.videos, corpus.chunks, slides=corpus.slides, explanations=corpus.explanations
    )
    return build_generation(content, encoder, DEFAULT_ENCODER)


def success(index: Index, corpus: Corpus) -> np.ndarray:
    """Return Success@1 of the corpus's questions in English and in Japanese."""
    return np.array(
        [
            measure(
                ask_all(corpus.questions, lambda query: index.search(query, k=DEPTH), language)
            )["success@1"]
            for language in corpus.languages
        ]
    )


def has_bfloat16() -> bool:
    """Return whether the processor multiplies bfloat16, according to OpenVINO."""
    import openvino

    return "BF16" in openvino.Core().get_property("CPU", "OPTIMIZATION_CAPABILITIES")
