"""Which chunks a search may return."""

from collections.abc import Iterable, Sequence
from typing import Any, get_args

import msgspec
import numpy as np
from msgspec.structs import replace

from ..arguments import is_whole, read_text
from ..errors import QuestionError
from ..index.generation import Generation, Manifest
from ..question.read import Question
from ..records import Chunk, Kind, Video
from ..transcripts import speakers_of


class Filters(msgspec.Struct, frozen=True):
    """Restricts the chunks that a search can return; without arguments, all pass.

    Attributes:
        lectures: Only these lectures of the deck; all videos when empty.
        speaker: Only speakers whose name contains this, ignoring case: where captions name them,
            the moments in which they speak; else the videos that list them.
        kind: Only notes, or only transcripts.
        qa: Only answers to questions from the audience.
        videos: Only the videos with these ids; all when empty.
    """

    lectures: frozenset[int] = frozenset()
    speaker: str = ""
    kind: Kind | None = None
    qa: bool = False
    videos: frozenset[str] = frozenset()

    @property
    def is_empty(self) -> bool:
        """Whether every chunk passes."""
        return self == EVERYTHING

    def check(self, videos: Sequence[Video], manifest: Manifest) -> None:
        """Check that the index has something that can pass.

        Raises:
            QuestionError: The index has nothing from a lecture, by the speaker or of the kind.
        """
        known = sorted(video.lecture for video in videos if video.lecture)
        if unknown := sorted(self.lectures - set(known)):
            raise QuestionError(
                f"Lecture {unknown[0]} is not in the index, which has {', '.join(map(str, known))}."
            )
        if missing := sorted(self.videos - {video.video_id for video in videos}):
            raise QuestionError(f"Video {missing[0]} is not in the index.")
        names = sorted({name for video in videos for name in (*video.speakers, *video.voices)})
        if self.speaker and not self._is_named(names):
            speakers = f"The speakers are {', '.join(names)}." if names else "No speaker is known."
            raise QuestionError(f"No speaker is called {self.speaker!r}. {speakers}")
        if self.kind == "transcript" and not manifest.counts["transcript_chunks"]:
            raise QuestionError(
                "kind is 'transcript', but the index contains no transcripts, only notes.\n"
                "Search without --kind, or add captions with --captions: see docs/captions.md."
            )
        if self.kind == "note" and not manifest.counts["notes"]:
            raise QuestionError(
                "kind is 'note', but the index contains no notes, only transcripts.\n"
                "Search without --kind, or let a language model write notes: see docs/courses.md."
            )

    def named_in(self, question: Question, videos: Sequence[Video]) -> "Filters":
        """Return these filters with the lectures that a question names, where none are chosen.

        A question that asks for a lecture is not limited to one that it names.
        """
        if self.lectures or question.intent.lecture:
            return self
        known = {video.lecture for video in videos}
        return replace(self, lectures=frozenset(n for n in question.lectures if n in known))

    def rows(self, generation: Generation) -> np.ndarray | None:
        """Return the rows of a generation that pass, ascending; None if all do."""
        if self.is_empty:
            return None
        videos, rows = generation.videos, generation.rows
        chosen = [
            (not self.lectures or video.lecture in self.lectures)
            and (not self.speaker or self._is_named((*video.speakers, *video.voices)))
            and (not self.videos or video.video_id in self.videos)
            for video in videos
        ]
        passing = np.array(chosen, bool)[rows["video"]]
        if self.kind:
            passing &= rows["note"] == (self.kind == "note")
        if self.qa:
            passing &= rows["qa"]
        if self.speaker:
            passing &= self._spoken(generation)
        return np.flatnonzero(passing)

    def _is_named(self, names: Iterable[str]) -> bool:
        name = self.speaker.casefold()
        return any(name in one.casefold() for one in names)

    def _spoken(self, generation: Generation) -> np.ndarray:
        """Return for each row whether it passes the filter by speaker, shape (n_chunks,)."""
        rows = generation.rows
        listed = np.array([self._is_named(video.speakers) for video in generation.videos], bool)
        passing: np.ndarray = listed[rows["video"]]
        for number, video in enumerate(generation.videos):
            if self._is_named(video.voices):
                # The chunks of a video are contiguous; see build_rows.
                first, stop = np.searchsorted(rows["video"], [number, number + 1])
                passing[first:stop] = self._heard(video, generation.chunks[first:stop])
        return passing

    def _heard(self, video: Video, chunks: Sequence[Chunk]) -> list[bool]:
        """Return which chunks of a video pass, whose captions name the speaker.

        A transcript chunk passes if the speaker says some of it. One without names passes if the
        video lists the speaker. A note passes if such a chunk has its middle in the note.
        """
        # Without a list, the speakers of a video are those of its captions.
        lists = video.speakers != video.voices and self._is_named(video.speakers)
        said = [
            chunk.kind == "transcript"
            and (self._is_named(names) if (names := speakers_of(chunk.cues)) else lists)
            for chunk in chunks
        ]
        middles = [
            (chunk.start + chunk.end) / 2 for chunk, own in zip(chunks, said, strict=True) if own
        ]
        return [
            own
            or (
                chunk.kind == "note"
                and any(chunk.start <= middle < chunk.end for middle in middles)
            )
            for chunk, own in zip(chunks, said, strict=True)
        ]


EVERYTHING = Filters()


def read_filters(
    lectures: Iterable[int] = (), speaker: str = "", kind: Kind | None = None, qa: bool = False
) -> Filters:
    """Return filters from unchecked arguments.

    Raises:
        QuestionError: An argument has the wrong type or value.

    >>> read_filters([5, 5], kind="note")
    Filters(lectures=frozenset({5}), speaker='', kind='note', qa=False, videos=frozenset())
    >>> read_filters("5")
    Traceback (most recent call last):
        ...
    cs25search.errors.QuestionError: lectures is '5'; give whole numbers in a list, such as [5].
    """
    return Filters(
        _read_lectures(lectures),
        read_text("speaker", speaker),
        _read_kind(kind),
        _read_qa(qa),
    )


def _read_lectures(value: Any) -> frozenset[int]:
    wrong = QuestionError(f"lectures is {value!r}; give whole numbers in a list, such as [5].")
    if isinstance(value, str | bytes) or not isinstance(value, Iterable):
        raise wrong
    numbers = list(value)
    if not all(map(is_whole, numbers)):
        raise wrong
    return frozenset(map(int, numbers))


def _read_kind(value: Any) -> Kind | None:
    if value is not None and value not in get_args(Kind):
        raise QuestionError(f"kind is {value!r}; it can be 'note', 'transcript' or None.")
    kind: Kind | None = value
    return kind


def _read_qa(value: Any) -> bool:
    if not isinstance(value, bool):
        raise QuestionError(f"qa is {value!r}; it can be True or False.")
    return value
