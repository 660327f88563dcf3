"""The front door: open an index, search it, answer from it."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import numpy as np
import threadpoolctl
from msgspec.structs import replace

from . import log
from .arguments import read_count, read_text
from .encoding.encoder import Encoder, OnnxEncoder
from .errors import (
    CourseMissing,
    Cs25SearchError,
    EncoderError,
    IndexDamaged,
    IndexMissing,
    IngestNeeded,
    QuestionError,
    rebuild,
)
from .index.files import read_about, read_generation
from .index.generation import Generation
from .index.publish import current_generation, generations
from .integrity import fingerprint
from .language_model import Endpoint, read_endpoint
from .place import (
    BUNDLED,
    COURSE_FILE,
    Place,
    check_name,
    course_folder,
    existing_courses,
    index_names,
    read_place,
)
from .question.read import read_question
from .ranking.filters import EVERYTHING, Filters, read_filters
from .ranking.searcher import Found, Searcher, Turn
from .ranking.source import LocalSource, Source
from .records import About, Answer, Chunk, Guide, Hit, Kind, Sentence, Slide

if TYPE_CHECKING:
    from .answers.findings import Findings


def open_index(  # noqa: PLR0913 (the front door)
    path: Path | str | None = None,
    encoder: Encoder | None = None,
    store: str = "",
    uri: str = "",
    once: bool = False,
    course: str = "",
) -> "Index":
    """Open the live generation of an index, or if it is damaged, the previous one.

    Args:
        path: The index folder; CS25_INDEX, else index/ in the project, when None.
        encoder: A loaded encoder to share; it must be the one that built the index.
        store: "faiss" for files in the folder, or "milvus"; if empty, CS25_STORE or "faiss".
        uri: The address of Milvus; if empty, CS25_URI. Only the encoder is read from the folder.
        once: Optimise for one question: opening is faster, further questions are slower.
        course: Which of the courses in the folder; if empty, CS25_COURSE, else the only one with an
            index, else the bundled one.

    Returns:
        An index. Its `damage` is None unless the live generation is damaged.

    Raises:
        IndexMissing: Nothing has been built at `path`.
        CourseMissing: There is no such course.
        IndexDamaged: A file has changed since it was written, and no earlier generation is intact.
        EncoderError: The encoder is missing, altered, or differs from the one that built the index.
        StoreError: Milvus does not respond, or nothing has been built there.
    """
    return open_place(read_place(path, store, uri, course), encoder, once, read_endpoint())


def open_place(
    place: Place,
    encoder: Encoder | None = None,
    once: bool = False,
    endpoint: Endpoint | None = None,
) -> "Index":
    """Open the live generation of an index; see `open_index`.

    Args:
        endpoint: The language model that writes answers; None for extracts.

    Raises:
        As `open_index`.
    """
    index = _open(place, encoder, once)
    index.endpoint = endpoint
    return index


def _open(place: Place, encoder: Encoder | None, once: bool) -> "Index":
    folder = place.folder
    if place.is_milvus:
        from .milvus.connection import Connection
        from .milvus.read import MilvusSource, read_whole

        connection = Connection(place.uri)
        generation, head = read_whole(connection)
        encoder = encoder_for(generation, folder, encoder, once)
        return Index(folder, MilvusSource(connection, generation, head, encoder), encoder)
    try:
        return _open_local(folder, read_generation(folder), encoder, once)
    except IndexMissing:
        raise missing(place) from None
    except (IndexDamaged, EncoderError) as error:
        damage = error.of_course(place.course)
    for name in generations(folder):
        with suppress(IndexDamaged, EncoderError):
            return _open_local(folder, read_generation(folder, name), encoder, once, damage)
    raise damage


def read_live(place: Place) -> Generation:
    """Return the live generation without its encoder; from Milvus, without its chunks.

    Raises:
        As `open_index`.
    """
    if place.is_milvus:
        from .milvus.connection import Connection
        from .milvus.read import read_whole

        return read_whole(Connection(place.uri))[0]
    with named(place):
        return read_generation(place.folder)


@contextmanager
def named(place: Place) -> Iterator[None]:
    """Name the course in errors that its index causes."""
    try:
        yield
    except IndexMissing:
        raise missing(place) from None
    except IngestNeeded as error:
        raise error.of_course(place.course) from None


def read_course(place: Place) -> About:
    """Return what is known about a course: from its index, else from its folder.

    Raises:
        DataError: There is no index, and a file of the course is faulty.
    """
    from .course.read import load_course

    try:
        return read_live(place).about if place.is_milvus else read_about(place.folder)
    except Cs25SearchError:
        return load_course(_folder_of(place)).about


def _folder_of(place: Place) -> Path:
    """Return the folder of a course.

    Raises:
        CourseMissing: There is neither an index nor a folder.
    """
    folder = course_folder(place.course, place.courses)
    if not (folder / COURSE_FILE).is_file():
        raise missing(place)
    return folder


def missing(place: Place) -> Cs25SearchError:
    """Return the error about a course without an index, or about one that does not exist."""
    if not (course_folder(place.course, place.courses) / COURSE_FILE).is_file():
        return CourseMissing(place.course, existing_courses(place))
    others = [] if place.course == BUNDLED.name else index_names(place.root)
    return IndexMissing(place.folder, others).of_course(place.course)


class CourseLine(msgspec.Struct, frozen=True):
    """What a list of courses says about one of them.

    Attributes:
        videos, hours, notes: What its index has; 0 without an index.
        built: When the index was built, in ISO 8601; "" without an index.
        problem: Why its index or its course.toml cannot be read; else "".
    """

    name: str
    title: str = ""
    videos: int = 0
    hours: float = 0.0
    notes: int = 0
    built: str = ""
    problem: str = ""


def list_courses(place: Place) -> list[CourseLine]:
    """Return the courses by name: the bundled one, those with an index, those with a folder."""
    from .course.read import all_folders

    names = {*existing_courses(place), *all_folders(place.courses)}
    return [_course_line(place.of_course(name)) for name in sorted(names)]


def _course_line(place: Place) -> CourseLine:
    from .course.settings import read_settings

    name, built = place.course, place.course in index_names(place.root)
    try:
        check_name(name)
        if not built:
            return CourseLine(name, read_settings(course_folder(name, place.courses)).about.title)
        with named(place):
            generation = read_generation(place.folder)
    except Cs25SearchError as error:
        return CourseLine(name, problem=str(error))
    return CourseLine(
        name,
        generation.about.title,
        len(generation.videos),
        round(sum(video.duration for video in generation.videos) / 3600, 1),
        generation.manifest.counts["notes"],
        generation.manifest.created,
    )


def open_all(place: Place, once: bool = False) -> dict[str, "Index"]:
    """Open the index of every course that has one; they share an encoder where they can.

    Raises:
        IndexMissing: No course has an index.
        As `open_index`.
    """
    indexes: dict[str, Index] = {}
    encoder: Encoder | None = None
    for name in index_names(place.root):
        own = place.of_course(name)
        try:
            indexes[name] = open_place(own, encoder, once)
        except EncoderError:  # built with another encoder
            indexes[name] = open_place(own, None, once)
        encoder = encoder or indexes[name].encoder
    if not indexes:
        raise IndexMissing(place.root)
    return indexes


def search_all(
    indexes: Mapping[str, "Index"],
    question: str,
    k: int = 5,
    filters: Callable[["Index"], Filters] = lambda index: EVERYTHING,
) -> tuple[list[Hit], bool]:
    """Return the best moments of several courses, and whether they fit; each hit names its course.

    Scores are standardised over the chunks of one index, so they cannot be compared between
    indexes. The lists are merged by reciprocal rank (Cormack, Clarke and Büttcher, SIGIR 2009):
    as they have no hit in common, this takes the first of each, then the second of each, beginning
    with the course that answers most likely. A course in which nothing fits is left out if
    something fits in another.

    Args:
        indexes: By the name of their course; see `open_all`.
        filters: Returns those for an index. One that has nothing of a lecture, video, speaker or
            kind is skipped.

    Raises:
        QuestionError: As for `Index.search`; for the filters, if no index has anything.
    """
    found: dict[str, Found] = {}
    refused: QuestionError | None = None
    for name, index in indexes.items():
        try:
            # As typed: a word that one course lacks may be right in another.
            found[name] = index.find(question, k, filters(index), exact=True)
        except QuestionError as error:
            refused = error
    if refused and not found:
        raise refused
    judged = {name: indexes[name].judged(one) for name, one in found.items() if one.hits}
    fitting = [name for name, one in judged.items() if one.fits]
    hits = (
        (hit.rank, -judged[name].probability, replace(hit, course=name))
        for name in fitting or judged
        for hit in found[name].hits
    )
    merged = [hit for *_, hit in sorted(hits, key=lambda ranked: ranked[:2])]
    return [replace(hit, rank=n) for n, hit in enumerate(merged[:k], start=1)], bool(fitting)


def read_slides(place: Place) -> tuple[Slide, ...]:
    """Return the slides of a course: from its index, else from its folder.

    Raises:
        IndexDamaged: A file has changed since it was written.
        DataError: There is no index, and a file of the course is faulty.
    """
    from .course.read import load_course

    try:
        return read_live(place).slides
    except IndexMissing:
        return load_course(_folder_of(place)).slides


def live_name(place: Place) -> str:
    """Return the name of the live generation.

    Raises:
        As `open_index`.
    """
    if place.is_milvus:
        from .milvus.read import live_store_name

        return live_store_name(place.uri)
    return current_generation(place.folder)


def _open_local(
    folder: Path,
    generation: Generation,
    encoder: Encoder | None,
    once: bool,
    damage: Cs25SearchError | None = None,
) -> "Index":
    encoder = encoder_for(generation, folder, encoder, once)
    return Index(folder, LocalSource(generation), encoder, damage)


def encoder_for(
    generation: Generation, folder: Path, encoder: Encoder | None = None, once: bool = False
) -> Encoder:
    """Return the encoder that built a generation.

    Raises:
        EncoderError: It is not in the folder, or the given encoder is a different one.
    """
    key = generation.manifest.model_key
    if encoder is None:
        exported = folder / "models" / key
        encoder = _load_encoder(exported, fingerprint(exported), once)
    if encoder.key != key:
        raise EncoderError(
            f"The index in {folder} was built with {key}; queries with {encoder.key} would give "
            "nonsense.\nRebuild the index with the other encoder: cs25search ingest --model NAME"
        )
    return encoder


# The encoder is the largest part of an open index, and generations share it.
@lru_cache(maxsize=1)
def _load_encoder(folder: Path, state: str, once: bool) -> OnnxEncoder:
    """Load an encoder; `state` is only part of the cache key."""
    # One core per query: its products are too small to share, and waiting threads would spin.
    threadpoolctl.threadpool_limits(limits=1, user_api="blas")
    return OnnxEncoder(folder, once=once)


class Request(msgspec.Struct, frozen=True):
    """A question and how to answer it.

    Attributes:
        filters: Which chunks may answer it.
        context: The previous question, for follow-ups such as "and why?"; else empty. An answer
            also has what the conversation is about.
        exact: Search for the words as typed; otherwise, misspelt ones are corrected.
    """

    question: str
    filters: Filters = EVERYTHING
    context: str | Answer = ""
    exact: bool = False


def questions_of(context: str | Answer) -> tuple[str, str]:
    """Return the previous question as it was understood, and the last one that was asked whole."""
    if isinstance(context, str):
        return context, ""
    if context.status == "small_talk":
        return context.subject, context.subject
    before = context.understood or context.question
    return before, context.subject or before


def turn_of(question: str, before: str, subject: str = "") -> Turn:
    """Return a question of a conversation as it was typed, with those before it."""
    return Turn(question, tuple(dict.fromkeys(filter(None, (before, subject)))))


class Index:
    """An open index. Searching does not change it, so threads can share it.

    Attributes:
        path: The index folder.
        damage: What is wrong with the live generation, if this is the previous one; else None.
        endpoint: The language model that writes answers; None for extracts.
    """

    def __init__(
        self,
        path: Path,
        source: Source,
        encoder: Encoder,
        damage: Cs25SearchError | None = None,
    ) -> None:
        self.path = path
        self.searcher = Searcher(source, encoder)
        self.damage = damage
        self.endpoint: Endpoint | None = None

    @property
    def generation(self) -> Generation:
        """The whole index; for a store, without the chunks."""
        return self.searcher.source.generation

    @property
    def encoder(self) -> Encoder:
        """The encoder that built the index."""
        return self.searcher.encoder

    @property
    def name(self) -> str:
        """The name of the generation, which is part of every hit and answer."""
        return self.generation.manifest.generation

    @property
    def warning(self) -> str:
        """The text to show if `damage` is not None: what is wrong, what is searched, what to do."""
        problem = str(self.damage).splitlines()[0]
        created = self.generation.manifest.created
        return (
            f"{problem}\nThe previous generation is searched: {self.name} of {created}.\n"
            f"{rebuild(self.generation.about.name)}"
        )

    def search(  # noqa: PLR0913 (convenient keywords for users; inside, they are Filters)
        self,
        query: str,
        k: int = 5,
        lectures: Iterable[int] = (),
        speaker: str = "",
        kind: Kind | None = None,
        qa: bool = False,
        exact: bool = False,
    ) -> list[Hit]:
        """Return the moments that answer `query`, best first, without overlaps.

        Args:
            query: A question or keywords in English or Japanese.
            k: Maximum number of hits; a larger k only adds hits at the end.
            lectures: Only these lectures of the deck; all videos when empty.
            speaker: Only speakers whose name contains this, ignoring case: where captions name
                them, the moments in which they speak; else the videos that list them.
            kind: Rank only notes, or only transcripts.
            qa: Only answers to questions from the audience.
            exact: Search for the words as typed; otherwise, misspelt ones are corrected.

        Returns:
            Up to `k` hits; none if the query has no searchable word.

        Raises:
            QuestionError: The query is empty or longer than MAX_QUERY characters, `k` is less than
                1, an argument has the wrong type, or the index has nothing of this lecture, speaker
                or kind.
        """
        return list(self.find(query, k, read_filters(lectures, speaker, kind, qa), exact).hits)

    def find(
        self,
        question: str,
        k: int = 5,
        filters: Filters = EVERYTHING,
        exact: bool = False,
        turn: Turn | None = None,
    ) -> Found:
        """Return what is found for a question; `answer_found` and the map use it.

        Args:
            exact: Search for the words as typed; otherwise, misspelt ones are corrected, and
                `question.typed` of the result is the question as typed.
            turn: The conversation from which `understood` completed it: what was told is known.

        Raises:
            QuestionError: As for `search`.
        """
        with log.question("search", self.name, question) as outcome:
            found = self._find(question, filters, read_count("k", k), exact, turn)
            outcome["hits"] = len(found.hits)
        return found

    def answer(
        self,
        question: str,
        lectures: Iterable[int] = (),
        on_sentence: Callable[[Sentence], None] = lambda sentence: None,
        context: str | Answer = "",
        exact: bool = False,
    ) -> Answer:
        """Return what the lectures say about a question, with citations for every sentence.

        The sentences are extracts. If CS25_LLM_BASE_URL and CS25_LLM_MODEL named a language model
        when the index was opened, it writes them, and each is checked against the moments it cites.

        Args:
            question: English or Japanese.
            lectures: Only these lectures of the deck; all videos when empty.
            on_sentence: Called with each sentence by a language model once it has passed the
                checks.
            context: The previous question, or the answer to it, for follow-ups such as "and why?".
                An answer also has what the conversation is about.
            exact: Search for the words as typed; otherwise, misspelt ones are corrected.

        Raises:
            QuestionError: As for `search`.
        """
        request = Request(question, read_filters(lectures), context, exact)
        return self.answer_request(request, on_sentence=on_sentence)

    def answer_request(
        self,
        request: Request,
        shown: int | None = None,
        on_sentence: Callable[[Sentence], None] = lambda sentence: None,
    ) -> Answer:
        """Return what the lectures say about a question with its filters; see `answer`.

        Args:
            shown: Maximum number of closest moments when there is no answer.

        Raises:
            QuestionError: As for `search`.
        """
        from .answers.answer import limit_moments
        from .answers.findings import JUDGED

        question = read_text("The question", request.question)
        with log.question("answer", self.name, question) as outcome:
            before, subject = questions_of(request.context)
            whole = self.understood(question, before, subject, request.filters)
            k = max(JUDGED, read_count("k", shown) if shown is not None else 0)
            turn = turn_of(question, before, subject) if whole != question else None
            found = self._find(whole, request.filters, k, request.exact, turn)
            answer = self._answer(found, on_sentence, outcome)
            if shown is not None:
                answer = limit_moments(answer, found, shown)
            if answer.status == "small_talk":  # the conversation goes on where it was
                return replace(answer, subject=before)
            if whole == question:
                return answer
            return replace(answer, question=question, understood=whole, subject=subject or before)

    def understood(
        self, question: str, context: str, subject: str = "", filters: Filters = EVERYTHING
    ) -> str:
        """Return a question that can be asked alone: itself, or completed from those before it.

        Args:
            context: The previous question, as it was understood; empty without one.
            subject: The last question that was asked whole, if that is another one.

        Raises:
            QuestionError: As for `search`.
        """
        if not context.strip():
            return question
        from .answers.conversation import about_its_lecture, in_conversation
        from .question.follow_up import refers_back, understood_as

        whole = understood_as(question, context, subject)
        if whole != question and (
            about := about_its_lecture(self.searcher, question, context, filters)
        ):
            return about
        if whole != question and refers_back(question):
            return whole
        turn = turn_of(question, context, subject)
        return in_conversation(self.searcher, turn, whole, filters)

    def fits(self, found: Found) -> bool:
        """Return whether the moments found may answer the question, as `answer` decides it."""
        return self.judged(found).fits

    def judged(self, found: Found) -> "Findings":
        """Return how likely the moments found answer the question, however few were asked for."""
        from .answers.findings import JUDGED, judge

        if 0 < len(found.hits) < JUDGED:
            found = self.searcher.find_again(found, found.filters, JUDGED)
        return judge(self.searcher, found)

    def answer_found(
        self, found: Found, on_sentence: Callable[[Sentence], None] = lambda sentence: None
    ) -> Answer:
        """Return what the lectures say about a question that has been searched for.

        Args:
            found: From `find`, with k at least `findings.JUDGED`.
            on_sentence: As for `answer`.
        """
        with log.question("answer", self.name, found.question.text) as outcome:
            return self._answer(found, on_sentence, outcome)

    def _find(
        self, question: str, filters: Filters, k: int, exact: bool, turn: Turn | None
    ) -> Found:
        as_typed = read_question(question)
        read = as_typed if exact else self.searcher.corrected(as_typed)
        return replace(self.searcher.find(read, filters, k), turn=turn)

    def _answer(
        self, found: Found, on_sentence: Callable[[Sentence], None], outcome: dict[str, object]
    ) -> Answer:
        from .answers.answer import build_answer

        answer = build_answer(self.searcher, found, self.endpoint, on_sentence)
        outcome |= {"status": answer.status, "model": answer.model}
        question = found.question
        return replace(
            answer, generation=self.name, question=question.asked, corrected=question.corrected
        )

    def guide(self, goal: str) -> Guide:
        """Return what to watch for a goal: the lectures that fit it, best first.

        Args:
            goal: English or Japanese: a topic, a kind of work, or the time one has.

        Raises:
            QuestionError: The goal is empty or too long.
        """
        from .answers.guide import build_guide, topic_of_goal
        from .ranking.lectures import GOAL_MOMENTS

        typed = read_text("The goal", goal)
        found = self.searcher.find(
            read_question(topic_of_goal(typed), as_typed=True), Filters(), GOAL_MOMENTS
        )
        return build_guide(self.searcher, found, typed)

    def chunks_of(self, video_id: str, start: float = 0.0, end: float = np.inf) -> list[Chunk]:
        """Return the chunks of a video that overlap a time span, notes first."""
        return self.searcher.source.chunks_of(video_id, start, end)

    def score_notes(self, found: Found) -> tuple[list[Chunk], np.ndarray]:
        """Return all notes and their scores for a question, shape (n_notes,).

        The scores have mean 0 and are only comparable for the same question.
        """
        return self.searcher.score_notes(found)
