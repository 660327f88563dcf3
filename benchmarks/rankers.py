"""The rankers of `make eval`: the baselines, and cs25search as shipped over a cached index."""

import hashlib
import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

import msgspec
from msgspec.structs import replace

from benchmarks.baselines import Baseline, baselines
from benchmarks.corpora import Corpus, cs25_notes
from cs25search import Hit, Index, Video
from cs25search.encoding.encoder import Encoder
from cs25search.errors import Cs25SearchError
from cs25search.evaluation import DEPTH
from cs25search.index.build import BUILD_VERSION, Content, build_generation
from cs25search.index.files import read_generation, write_generation
from cs25search.index.generation import Generation
from cs25search.ranking.source import LocalSource
from cs25search.records import Chunk, Language
from ingest.encoder import DEFAULT_ENCODER

CACHE = Path(__file__).parents[1] / ".eval-cache"
PACKAGE = Path(__file__).parents[1] / "src/cs25search"
# The modules that determine the content of an index; a change of ranking needs no new index.
INDEX_CODE = ("encoding", "index", "text")
SHIPPED = "cs25search"


class Ranker(msgspec.Struct, frozen=True):
    """A function from a query to at most DEPTH hits, and its bytes on disk."""

    name: str
    search: Callable[[str], list[Hit]]
    size: int


def rankers(corpus: Corpus, language: Language, encoder: Encoder, index: Index) -> list[Ranker]:
    """Return the rankers of a corpus, baselines first.

    Args:
        index: Of this corpus.
    """
    others = baselines(corpus.chunks, language, encoder, CACHE / "vectors")
    video_of = {video.video_id: video for video in corpus.videos}
    found = [
        Ranker(name, _search(baseline, corpus.chunks, video_of), baseline.size)
        for name, baseline in others.items()
    ]
    return [*found, shipped(index)]


def shipped(index: Index) -> Ranker:
    """Return cs25search over an index."""
    size = sum(file.size for file in index.generation.manifest.files.values())
    return Ranker(SHIPPED, lambda query: index.search(query, k=DEPTH), size)


def open_cached(corpus: Corpus, encoder: Encoder, cache: Path = CACHE) -> Index:
    """Return the index of a corpus; it is built unless it is on disk.

    A corpus without Japanese gets the bridge of the bundled course, as in an index of both; a
    course of its own does not.
    """
    if corpus.alone or any(chunk.text_ja for chunk in corpus.chunks):
        return Index(cache, LocalSource(_generation(corpus, encoder, cache)), encoder)
    bridge = _generation(cs25_notes(), encoder, cache).bridge
    generation = replace(_generation(corpus, encoder, cache), bridge=bridge)
    return Index(cache, LocalSource(generation), encoder)


def _generation(corpus: Corpus, encoder: Encoder, cache: Path) -> Generation:
    folder = cache / re.sub(r"[^a-z0-9]+", "-", (corpus.base or corpus.name).lower()).strip("-")
    inputs = _fingerprint(corpus, encoder)
    live = None
    with suppress(Cs25SearchError):  # missing, or of another format
        live = read_generation(folder)
    if live and live.manifest.inputs == inputs:
        return live
    content = Content(
        corpus.videos,
        corpus.chunks,
        slides=corpus.slides,
        explanations=corpus.explanations,
        inputs=inputs,
    )
    generation = build_generation(content, encoder, DEFAULT_ENCODER, live)
    write_generation(folder, generation)
    return read_generation(folder)


def _fingerprint(corpus: Corpus, encoder: Encoder) -> str:
    """Return a checksum over everything that determines the index of a corpus."""
    code = [
        module.read_text("utf-8")
        for package in INDEX_CODE
        for module in sorted((PACKAGE / package).glob("*.py"))
    ]
    parts = [
        str(BUILD_VERSION),
        encoder.key,
        repr((corpus.videos, corpus.slides, corpus.chunks, corpus.explanations)),
        *code,
    ]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _search(
    baseline: Baseline, chunks: Sequence[Chunk], video_of: dict[str, Video]
) -> Callable[[str], list[Hit]]:
    """Return a baseline as a search: each chunk it ranks is a hit."""

    def search(query: str) -> list[Hit]:
        found = enumerate((chunks[row] for row in baseline.rank(query)[:DEPTH]), start=1)
        return [
            Hit(video_of[c.video_id], c, None, c.start, c.end, c.text, None, 1 / rank, rank)
            for rank, c in found
        ]

    return search
