"""The face of the index: open it, ask it."""

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
MAX_QUERY = 2000  # characters; the encoder reads about 1,000 of them


def default_index_dir() -> Path:
    """Return the index folder: CS25_INDEX, else index/ in the project, else in this folder."""
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
    """Open the live generation of an index; if it is damaged, the one before, and say so.

    Args:
        path: The index folder; see `default_index_dir`.
        encoder: Only to share a loaded one; it must be the one that built the index.
        store: "faiss", files in the folder, or "milvus"; CS25_STORE, else "faiss", when empty.
        uri: Where Milvus is, see `milvus.Store`; CS25_URI when empty. Of the folder, only the
            encoder is used then.
        once: For one question: opens faster, and takes longer for each further question.

    Returns:
        An index whose `damage` is None, or what is wrong with the live generation.

    Raises:
        IndexMissing: Nothing has been built at `path`.
        IndexDamaged: A file is not the one that was written, and no earlier generation is sound.
        ModelError: The encoder is missing, altered, or another than the one that built the index.
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
    """Return where the index is: "faiss" or "milvus", from CS25_STORE when nothing is given.

    Raises:
        QuestionError: It is another word.
    """
    store = store or os.environ.get("CS25_STORE", "") or "faiss"
    if store not in STORES:
        raise QuestionError(f"The store {store!r} is none of {', '.join(STORES)}.")
    return store


def encoder_for(
    generation: Generation, folder: Path, encoder: Encoder | None = None, once: bool = False
) -> Encoder:
    """Return the encoder that built a generation.

    Raises:
        ModelError: It is not in the folder, or the one given is another.
    """
    key = generation.manifest.model_key
    if encoder is None:
        model = folder / "models" / key
        encoder = _load_encoder(model, fingerprint(model), once)
    if encoder.key != key:
        raise ModelError(
            f"The index in {folder} was built with {key}; a query with {encoder.key} would give "
            "nonsense.\nRebuild the index with the model you want: python -m ingest --model NAME"
        )
    return encoder


# The encoder is the largest part of an open index, and generations share it.
@lru_cache(maxsize=1)
def _load_encoder(folder: Path, state: str, once: bool) -> OnnxEncoder:
    """Load an encoder; `state` is here only to be part of the key."""
    # One core a query: what it multiplies is too short to share, and a waiting thread spins.
    threadpoolctl.threadpool_limits(limits=1, user_api="blas")
    return OnnxEncoder(folder, once=once)


class Index:
    """An open index. Searching changes nothing, so threads may share it.

    Attributes:
        damage: Why this is not the live generation but the one before; None if it is.
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
        """The name of the generation; every hit and answer carries it."""
        return self.generation.manifest.generation

    @property
    def warning(self) -> str:
        """What to tell when `damage` is not None: what is wrong, what is searched, the cure."""
        problem = str(self.damage).splitlines()[0]
        created = self.generation.manifest.created
        return (
            f"{problem}\nThe generation before it is searched: {self.name} of {created}.\n{REBUILD}"
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
        """Return the moments that answer `query`, best first, no two of the same half minute.

        Args:
            query: A question or key words, English or Japanese.
            k: How many at most; a greater k makes the list longer and changes nothing before.
            lectures: Only these lectures of the deck; all videos when empty.
            speaker: Only videos with a speaker whose name holds this, in any case.
            kind: Rank by notes only, or by transcripts only.
            qa: Only what is said in answer to questions from the audience.

        Returns:
            Up to `k` hits; none when the query has no word to look for.

        Raises:
            QuestionError: The query is empty or longer than MAX_QUERY characters, `k` is less
                than 1, an argument has another type than it should, or nothing in the index is
                of this lecture, speaker or kind.
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
    ) -> Answer:
        """Return what the lectures say about a question, every sentence with its citations.

        Sentences are extracts, unless CS25_LLM_BASE_URL and CS25_LLM_MODEL name a language
        model: then it writes them, and each is checked against the moments it cites.

        Args:
            question: English or Japanese.
            lectures: Only these lectures of the deck; all videos when empty.
            on_sentence: Called with each sentence of a language model as soon as it is checked.

        Raises:
            QuestionError: As for `search`; or the variables of the language model are wrong.
        """
        from .answers.extract import answer

        found = answer(self, question, lectures, on_sentence)
        return replace(found, generation=self.name)

    def check(
        self,
        query: str,
        lectures: Iterable[int] = (),
        speaker: str = "",
        kind: Kind | None = None,
        qa: bool = False,
    ) -> tuple[str, np.ndarray | None]:
        """Return a query fit to be searched, and the rows that the filters let through.

        That is what is asked, without the talk around it and what is only said beside it; of a
        question for a lecture, its topic: else lectures are found in which lectures are spoken of.

        Raises:
            QuestionError: As for `search`.
        """
        query = without_talk(check_query(query))
        topic = topic_of(query) if asks_for_lecture(query) else query
        return main_question(topic), self.allowed(read_filters(lectures, speaker, kind, qa))

    @cached_property
    def vocabulary(self) -> "Vocabulary":
        """The words of the index, counted when the first question needs them."""
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
        """Return an index that holds every row which decides the first `k` hits: this one."""
        return self

    def chunks_of(self, video_id: str, start: float = 0.0, end: float = np.inf) -> list[Chunk]:
        """Return the chunks of a video that show a second between two, notes first."""
        generation = self.generation
        numbers = [n for n, video in enumerate(generation.videos) if video.video_id == video_id]
        facts = generation.rows
        inside = np.isin(facts["video"], numbers) & (facts["start"] < end) & (facts["end"] > start)
        return [generation.chunks[int(row)] for row in np.flatnonzero(inside)]

    def score_notes(self, query: str) -> tuple[list[Chunk], np.ndarray]:
        """Return all notes and how well each answers `query`, shape (n_notes,).

        The scores have mean 0; they compare notes for one query, not queries.

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
        """Return the rows that the filters let through, ascending; None when there is no filter."""
        filters.check(self.generation.videos, self.generation.manifest)
        return filters.rows(self.generation.videos, self.generation.rows)


def check_query(query: str) -> str:
    """Return the query without control characters and surplus blanks.

    Raises:
        QuestionError: It is no text, nothing is left, or more than MAX_QUERY characters.
    """
    query = read_text("The question", query)
    # Lone surrogates cannot be encoded, control characters cannot be meant.
    clean = "".join(c if c.isprintable() else " " for c in query)
    clean = " ".join(clean.split())
    if not clean:
        raise QuestionError("The question is empty. Type what you want to find.")
    if len(clean) > MAX_QUERY:
        raise QuestionError(
            f"The question has {len(clean)} characters; at most {MAX_QUERY} are searched. "
            "Ask for one thing at a time."
        )
    return clean
