"""The options that several commands share, read once."""

import functools
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click
import msgspec
from msgspec.structs import replace

from .place import STORES, default_folder
from .ranking.filters import Filters, read_filters
from .records import Kind, Language
from .text.japanese import language_of
from .transcripts import find_video

if TYPE_CHECKING:
    from .search import Index

index_dir_option = click.option(
    "--index",
    "index_dir",
    type=click.Path(path_type=Path),
    envvar="CS25_INDEX",
    default=default_folder,
    metavar="DIR",
    help="The index folder.  [default: index/ in the project]  E.g. --index /srv/index",
)
uri_option = click.option(
    "--uri",
    default="",
    metavar="URI",
    help="The address of Milvus: FILE.db or http://host:19530.  [default: CS25_URI]  "
    "E.g. --uri lectures.db",
)
HITS = 5  # of a search, if -k is not given
Command = TypeVar("Command", bound=Callable[..., Any])


class SearchOptions(msgspec.Struct, frozen=True):
    """What is asked for on the command line.

    Attributes:
        question: The words of the command line, or stdin.
        k: Maximum number of moments; None if not given.
        videos: Ids, links or lecture numbers of the videos to search.
        lang: "auto" for the language of the question.
        exact: Search for the words as typed.
    """

    question: str
    k: int | None
    lectures: tuple[int, ...]
    videos: tuple[str, ...]
    speaker: str
    kind: Kind | None
    qa: bool
    lang: str
    exact: bool

    @property
    def hits(self) -> int:
        """Maximum number of moments of a search."""
        return HITS if self.k is None else self.k

    @property
    def is_filtered(self) -> bool:
        """Whether some option limits what may be found."""
        return bool(self.lectures or self.videos or self.speaker or self.kind or self.qa)

    def filters(self, index: "Index") -> Filters:
        """Return the filters for an index.

        Raises:
            QuestionError: The index has no such video.
        """
        filters = read_filters(self.lectures, self.speaker, self.kind, self.qa)
        known = index.generation.videos
        videos = frozenset(find_video(known, name).video_id for name in self.videos)
        return replace(filters, videos=videos)

    def language(self, question: str = "") -> Language:
        """Return the language of titles, notes and slides."""
        if self.lang == "auto":
            return language_of(question or self.question)
        return "ja" if self.lang == "ja" else "en"


def store_options(command: Command) -> Command:
    """Add --store, None if not given, and --uri; `read_place` reads the environment for both."""
    store_option = click.option(
        "--store",
        type=click.Choice(STORES),
        help="The kind of index.  [default: CS25_STORE, or faiss]  "
        "E.g. --store milvus --uri http://localhost:19530",
    )
    return store_option(uri_option(command))


def question_options(command: Command) -> Command:
    """Add QUESTION and the options of a search; the command gets both as its argument `options`."""

    @functools.wraps(command)
    def with_options(
        *arguments: Any, words: tuple[str, ...], video: tuple[str, ...], **others: Any
    ) -> Any:
        question = sys.stdin.read().strip() if words == ("-",) else " ".join(words)
        names = ("k", "lectures", "speaker", "kind", "qa", "lang", "exact")
        own = {name: others.pop(name) for name in names}
        options = SearchOptions(question=question, videos=video, **own)
        return command(*arguments, options=options, **others)

    for option in reversed(
        (
            click.argument("words", metavar="QUESTION", nargs=-1),
            click.option("-k", type=int, help="Maximum number of moments.  [default: 5; ask: 3]"),
            click.option("--lecture", "lectures", type=int, multiple=True,
                         help="Only this lecture, by its number."),
            click.option("--video", multiple=True, metavar="VIDEO|LECTURE",
                         help="Only this video: its id, link or lecture."),
            click.option("--speaker", default="",
                         help="Only what this speaker says, or videos that list this speaker; "
                         "part of the name is enough."),
            click.option("--kind", type=click.Choice(["note", "transcript"]),
                         help="Rank by notes or transcripts only."),
            click.option("--qa", is_flag=True,
                         help="Only answers to questions from the audience."),
            click.option("--exact", is_flag=True,
                         help="Search for the words as typed; do not correct misspelt ones."),
            click.option("--lang", type=click.Choice(["auto", "en", "ja"]), default="auto",
                         show_default=True,
                         help="The language of titles, notes and slides; auto: of the question."),
        )
    ):  # fmt: skip
        with_options = option(with_options)
    return with_options  # type: ignore[return-value]
