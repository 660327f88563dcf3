"""An MCP server over stdin and stdout: search and answers for other programs."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from .errors import Cs25SearchError
from .formats import answer_json, file_json, found_json, guide_json
from .place import Place
from .ranking.filters import read_filters
from .records import Chunk, Video
from .search import Index, live_name, open_place
from .text.clean import printable
from .times import clock
from .transcripts import cues_of

MOST_HITS = 20
MOST_SECONDS = 1800.0  # of transcript per call


class Live:
    """The live generation of an index, reopened when a new one is published."""

    def __init__(self, index: Index, place: Place) -> None:
        self._index = index
        self._place, self._endpoint = place, index.endpoint
        self._name = _live_name(place)
        # If a new one was published meanwhile, the next call reopens it.
        self._is_new = self._name != index.name and index.damage is None
        self._lock = threading.Lock()

    def index(self) -> Index:
        """Return the live generation; if it is damaged, the previous one.

        Raises:
            Cs25SearchError: As `open_index`.
        """
        with self._lock:
            name = _live_name(self._place)
            if self._is_new or name != self._name:
                self._index = open_place(self._place, endpoint=self._endpoint)
                self._name, self._is_new = name, False
            return self._index


def _live_name(place: Place) -> str:
    """Return the name of the live generation, or what is wrong with it."""
    try:
        return live_name(place)
    except Cs25SearchError as error:
        return str(error)


def serve(index: Index, place: Place) -> None:
    """Serve an index until stdin ends.

    Args:
        index: The open index; each call uses the generation that is live at that time.

    Raises:
        Cs25SearchError: The MCP SDK is not installed.
    """
    try:
        from mcp.server import MCPServer
        from mcp.server.mcpserver.exceptions import ToolError
    except ImportError:
        raise Cs25SearchError(
            "The MCP server needs the official SDK, mcp 2 or newer, which is not installed.\n"
            "Install it: pip install 'cs25search[mcp]'"
        ) from None
    server = MCPServer("cs25search")
    live = Live(index, place)

    @contextmanager
    def opened() -> Iterator[Index]:
        """Open the live index; pass our own errors on as text."""
        try:
            yield live.index()
        except Cs25SearchError as error:
            raise ToolError(printable(str(error))) from None

    @server.tool()
    def search_lectures(
        query: str, k: int = 5, lectures: list[int] | None = None, exact: bool = False
    ) -> Any:
        """Find the moments of the lectures where something was said, best first.

        Misspelt words are corrected unless `exact` is true.
        """
        with opened() as index:
            found = index.find(query, min(k, MOST_HITS), read_filters(lectures or ()), exact)
            corrected = found.question.corrected
            return result(index, found_json(query, corrected, found.hits, index.name))

    @server.tool()
    def answer_question(
        question: str, lectures: list[int] | None = None, exact: bool = False
    ) -> Any:
        """Answer from the lectures with cited sentences, or say that there is no answer.

        Misspelt words are corrected unless `exact` is true.
        """
        with opened() as index:
            return result(index, answer_json(index.answer(question, lectures or (), exact=exact)))

    @server.tool()
    def choose_lectures(goal: str) -> Any:
        """Say which lectures to watch for a goal ("offline RL", "I have 30 minutes"), and where to
        begin.
        """
        with opened() as index:
            return result(index, guide_json(index.guide(goal), goal))

    @server.tool()
    def list_lectures() -> Any:
        """List the videos of the index."""
        with opened() as index:
            videos = [video_json(video) for video in index.generation.videos]
            return result(index, {"lectures": videos})

    @server.tool()
    def get_transcript(video: str, start: float = 0.0, end: float = MOST_SECONDS) -> Any:
        """Return what is said in a video between two times in seconds, at most half an hour."""
        with opened() as index:
            return result(index, transcript(index, video, start, end))

    server.run("stdio")


def result(index: Index, found: dict[str, Any]) -> dict[str, Any]:
    """Return a tool's result with cleaned text, and a warning if the newest index is damaged."""
    cleaned: dict[str, Any] = _cleaned(found)
    return cleaned | {"warning": index.warning} if index.damage else cleaned


def _cleaned(value: Any) -> Any:
    """Return JSON without terminal control characters."""
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, dict):
        return {key: _cleaned(one) for key, one in value.items()}
    return [_cleaned(one) for one in value] if isinstance(value, list) else value


def video_json(video: Video) -> dict[str, Any]:
    """Return a video as JSON."""
    return {
        "video_id": video.video_id,
        "lecture": video.lecture,
        "title": video.title,
        "speakers": list(video.speakers),
        "seconds": video.duration,
        "url": video.url(0) or None,
        **file_json(video),
    }


def transcript(index: Index, video_id: str, start: float, end: float) -> dict[str, Any]:
    """Return the captions of a span of a video, or its notes if there are no captions.

    Raises:
        Cs25SearchError: The video is not in the index, or the span is empty or too long.
    """
    known = [video.video_id for video in index.generation.videos]
    if video_id not in known:
        raise Cs25SearchError(f"Video {video_id!r} is not in the index; see list_lectures.")
    if not 0 <= start < end or end - start > MOST_SECONDS:
        raise Cs25SearchError(
            f"start {start:g} and end {end:g} are not a span of up to {MOST_SECONDS:g} seconds."
        )
    chunks = index.chunks_of(video_id, start, end)
    spoken = [chunk for chunk in chunks if chunk.kind == "transcript"]
    cues = [_line(cue.start, cue.end, cue.text) for cue in cues_of(spoken)]
    lines = cues or [_note_line(chunk) for chunk in chunks]
    inside = [line for line in lines if line["start"] < end and line["end"] > start]
    return {
        "video_id": video_id,
        "kind": "transcript" if spoken else "note",
        "lines": sorted(inside, key=lambda line: line["start"]),
    }


def _note_line(note: Chunk) -> dict[str, Any]:
    return _line(note.start, note.end, note.text) | (
        {"note_model": note.model} if note.model else {}
    )


def _line(start: float, end: float, text: str) -> dict[str, Any]:
    return {"start": start, "end": end, "time": clock(start), "text": text}
