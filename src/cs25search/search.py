"""The public interface of an index: open, search, answer."""

import os
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import threadpoolctl

from . import log
from .answers.opening import asks_for_lecture
from .encoding.encoder import Encoder, OnnxEncoder
from .errors import REBUILD, Cs25SearchError, IndexDamaged, ModelError, QuestionError
from .index.files import read_generation
from .index.generation import Generation
from .index.publish import current_generation, generations
from .integrity import fingerprint
from .question.cleanup import main_question, topic_of, without_talk
from .ranking.filters import Filters, read_count, read_filters, read_text
from .ranking.moments import build_hits
from .ranking.rank import rank, read_query, score_rows
from .records import Answer, Chunk, Hit, Kind, Sentence

if TYPE_CHECKING:
    from .index.vocabulary import Vocabulary

STORES = ("faiss", "milvus")
MAX_QUERY = 2000  # characters; the encoder reads about the first 1,000


def default_index_dir() -> Path:
    """Return the index folder: CS25_INDEX, or index/ in the project, or in the current folder."""
    if given := os.environ.get("CS25_INDEX"):
        return Path(given)
    project = Path(__file__).resolve().parents[2]
    return (project if (project / "pyproject.toml").is_file() else Path.cwd()) / "index"


def open_index(
    path: Path | str | None = None,
    encoder: Encoder | None = None,
    store: str = "",
    uri: str = "",
    once: bool = False,
) -> "Index":
    """Open the live generation of an index, or if it is damaged, the previous one.

    Args:
        path: The index folder; see `default_index_dir`.
        encoder: A loaded encoder to share; it must be the one that built the index.
        store: "faiss" for files in the folder, or "milvus"; if empty, CS25_STORE or "faiss".
        uri: The address of Milvus, see `milvus.Store`; if empty, CS25_URI. Only the encoder in the
            folder is used then.
        once: Optimise for one question: opening is faster, further questions are slower.

    Returns:
        An index. Its `damage` is None unless the live generation is damaged.

    Raises:
        IndexMissing: Nothing has been built at `path`.
        IndexDamaged: A file has changed since it was written, and no earlier generation is sound.
        ModelError: The encoder is missing, altered, or differs from the one that built the index.
        StoreError: Milvus does not answer, or nothing has been built there.
    """
    folder = Path(path) if path is not None else default_index_dir()
    if chosen_store(store) == "milvus":
        from .milvus.connection import Store
        from .milvus.read import MilvusIndex, read_whole

        there = Store(uri)
        generation, head = read_whole(there)
        encoder = encoder_for(generation, folder, encoder, once)
        return MilvusIndex(there, folder, generation, head, encoder)
    try:
        generation = read_generation(folder)
        return Index(folder, generation, encoder_for(generation, folder, encoder, once))
    except (IndexDamaged, ModelError) as error:
        damage = error
    for name in generations(folder):
        with suppress(IndexDamaged, ModelError):
            generation = read_generation(folder, name)
            return Index(folder, generation, encoder_for(generation, folder, encoder, once), damage)
    raise damage


def read_live(folder: Path) -> Generation:
    """Return the live generation without its encoder; from Milvus, without its chunks.

    Raises:
        As `open_index`.
    """
    if chosen_store() == "milvus":
        from .milvus.connection import Store
        from .milvus.read import read_whole

        return read_whole(Store())[0]
    return read_generation(folder)


def live_name(folder: Path) -> str:
    """Return the name of the live generation.

    Raises:
        As `open_index`.
    """
    if chosen_store() == "milvus":
        from .milvus.read import live_store_name

        return live_store_name()
    return current_generation(folder)


def chosen_store(store: str = "") -> str:
    """Return the kind of store, "faiss" or "milvus"; CS25_STORE if none is given.

    Raises:
        QuestionError: It is neither.
    """
    store = store or os.environ.get("CS25_STORE", "") or "faiss"
    if store not in STORES:
        raise QuestionError(f"The store {store!r} is unknown; use one of {', '.join(STORES)}.")
    return store


def encoder_for(
    generation: Generation, folder: Path, encoder: Encoder | None = None, once: bool = False
) -> Encoder:
    """Return the encoder that built a generation.

    Raises:
        ModelError: It is not in the folder, or the given encoder is a different one.
    """
    key = generation.manifest.model_key
    if encoder is None:
        model = folder / "models" / key
        encoder = _load_encoder(model, fingerprint(model), once)
    if encoder.key != key:
        raise ModelError(
            f"The index in {folder} was built with {key}; queries with {encoder.key} would give "
            "nonsense.\nRebuild the index with the other model: python -m ingest --model NAME"
        )
    return encoder


# The encoder is the largest part of an open index, and generations share it.
@lru_cache(maxsize=1)
def _load_encoder(folder: Path, state: str, once: bool) -> OnnxEncoder:
    """Load an encoder; `state` is only part of the cache key."""
    # One core per query: its products are too small to share, and waiting threads would spin.
    threadpoolctl.threadpool_limits(limits=1, user_api="blas")
    return OnnxEncoder(folder, once=once)


class Index:
    """An open index. Searching does not change it, so threads can share it.

    Attributes:
        damage: What is wrong with the live generation, if this is the previous one; else None.
    """

    def __init__(
        self,
        path: Path,
        generation: Generation,
        encoder: Encoder,
        damage: Cs25SearchError | None = None,
    ) -> None:
        self.path = path
        self.generation = generation
        self.encoder = encoder
        self.damage = damage

    @property
    def name(self) -> str:
        """The name of the generation, which is part of every hit and answer."""
        return self.generation.manifest.generation

    @property
    def warning(self) -> str:
        """The warning if `damage` is not None: what is wrong, what is searched, what to do."""
        problem = str(self.damage).splitlines()[0]
        created = self.generation.manifest.created
        return (
            f"{problem}\nThe previous generation is searched: {self.name} of {created}.\n{REBUILD}"
        )

    @log.question("search", lambda hits: {"hits": len(hits)})
    def search(
        self,
        query: str,
        k: int = 5,
        lectures: Iterable[int] = (),
        speaker: str = "",
        kind: Kind | None = None,
        qa: bool = False,
    ) -> list[Hit]:
        """Return the moments that answer `query`, best first, without overlaps.

        Args:
            query: A question or keywords in English or Japanese.
            k: Maximum number of hits; a larger k only adds hits at the end.
            lectures: Only these lectures of the deck; all videos when empty.
            speaker: Only videos with a speaker whose name contains this, ignoring case.
            kind: Rank only notes, or only transcripts.
            qa: Only answers to questions from the audience.

        Returns:
            Up to `k` hits; none if the query has no searchable word.

        Raises:
            QuestionError: The query is empty or longer than MAX_QUERY characters, `k` is less than
                1, an argument has the wrong type, or the index has nothing of this lecture, speaker
                or kind.
        """
        k = read_count("k", k)
        query, allowed = self.check(query, lectures, speaker, kind, qa)
        if not any(character.isalnum() for character in query):
            return []
        probe = read_query(query, self.generation, self.encoder)
        ranked = rank(probe, self.generation, allowed)
        return build_hits(ranked, probe, self.generation, self.encoder, k)

    @log.question("answer", lambda answer: {"status": answer.status, "model": answer.model})
    def answer(
        self,
        question: str,
        lectures: Iterable[int] = (),
        on_sentence: Callable[[Sentence], None] = lambda sentence: None,
        context: str = "",
    ) -> Answer:
        """Return what the lectures say about a question, with citations for every sentence.

        The sentences are extracts. If CS25_LLM_BASE_URL and CS25_LLM_MODEL name a language model,
        it writes them, and each is checked against the moments it cites.

        Args:
            question: English or Japanese.
            lectures: Only these lectures of the deck; all videos when empty.
            on_sentence: Called with each sentence by a language model once it has passed the
                checks.
            context: The question before, for one that needs it ("and why?").

        Raises:
            QuestionError: As for `search`, or the settings of the language model are wrong.
        """
        from .answers.extract import answer

        found = answer(self, question, lectures, on_sentence, context)
        return replace(found, generation=self.name)

    def check(
        self,
        query: str,
        lectures: Iterable[int] = (),
        speaker: str = "",
        kind: Kind | None = None,
        qa: bool = False,
    ) -> tuple[str, np.ndarray | None]:
        """Return the query to search for, and the rows that pass the filters.

        The query is the question without the text around it; for a question about which lecture,
        only its topic, because the other words match moments that talk about lectures.

        Raises:
            QuestionError: As for `search`.
        """
        query = without_talk(check_query(query))
        topic = topic_of(query) if asks_for_lecture(query) else query
        return main_question(topic), self.allowed(read_filters(lectures, speaker, kind, qa))

    @cached_property
    def vocabulary(self) -> "Vocabulary":
        """The words of the index, counted on first use."""
        from .index.vocabulary import Vocabulary

        return Vocabulary(self.generation, self.encoder)

    def near(
        self,
        query: str,
        k: int,
        lectures: Iterable[int] = (),
        speaker: str = "",
        kind: Kind | None = None,
        qa: bool = False,
    ) -> "Index":
        """Return the index to rank in: here, the whole one."""
        return self

    def chunks_of(self, video_id: str, start: float = 0.0, end: float = np.inf) -> list[Chunk]:
        """Return the chunks of a video that overlap a time span, notes first."""
        generation = self.generation
        numbers = [n for n, video in enumerate(generation.videos) if video.video_id == video_id]
        facts = generation.rows
        inside = np.isin(facts["video"], numbers) & (facts["start"] < end) & (facts["end"] > start)
        return [generation.chunks[int(row)] for row in np.flatnonzero(inside)]

    def score_notes(self, query: str) -> tuple[list[Chunk], np.ndarray]:
        """Return all notes and their scores for `query`, shape (n_notes,).

        The scores have mean 0 and are only comparable for the same query.

        Raises:
            QuestionError: The query is empty or longer than MAX_QUERY characters.
        """
        query, _ = self.check(query)
        rows = np.flatnonzero(self.generation.rows["note"])
        if not len(rows) or not any(character.isalnum() for character in query):
            return [], np.zeros(0, np.float32)
        probe = read_query(query, self.generation, self.encoder)
        notes = [self.generation.chunks[int(row)] for row in rows]
        return notes, score_rows(probe, self.generation, rows)

    def allowed(self, filters: Filters) -> np.ndarray | None:
        """Return the rows that pass the filters, ascending; None without filters."""
        filters.check(self.generation.videos, self.generation.manifest)
        return filters.rows(self.generation.videos, self.generation.rows)


def check_query(query: str) -> str:
    """Return the query without control characters and repeated spaces.

    Raises:
        QuestionError: It is not a text, is empty after cleaning, or has more than MAX_QUERY
            characters.
    """
    query = read_text("The question", query)
    # Lone surrogates cannot be encoded, and control characters are never intended.
    clean = "".join(c if c.isprintable() else " " for c in query)
    clean = " ".join(clean.split())
    if not clean:
        raise QuestionError("The question is empty. Type what you want to find.")
    if len(clean) > MAX_QUERY:
        raise QuestionError(
            f"The question has {len(clean)} characters; the limit is {MAX_QUERY}. "
            "Ask for one thing at a time."
        )
    return clean
