"""Search and answers for other programs: an MCP server over stdin and stdout."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from .errors import Cs25SearchError
from .formats import answer_json, hit_json
from .records import Chunk, Video
from .search import Index
from .times import clock, watch_url

MOST_HITS = 20
MOST_SECONDS = 1800.0  # of transcript at a time


def serve(index: Index) -> None:
    """Serve an open index until stdin ends.

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

    @contextmanager
    def plainly() -> Iterator[None]:
        """Pass our own errors on as the sentences they are."""
        try:
            yield
        except Cs25SearchError as error:
            raise ToolError(str(error)) from None

    def with_warning(result: dict[str, Any]) -> dict[str, Any]:
        """Say with each result that the newest index is damaged, if it is."""
        return result | {"warning": index.warning} if index.damage else result

    @server.tool()
    def search_lectures(query: str, k: int = 5, lectures: list[int] | None = None) -> Any:
        """Find the moments of the lectures where something was said, best first."""
        with plainly():
            hits = index.search(query, min(k, MOST_HITS), lectures or ())
        found = [hit_json(hit) for hit in hits]
        return with_warning({"query": query, "hits": found, "generation": index.name})

    @server.tool()
    def answer_question(question: str, lectures: list[int] | None = None) -> Any:
        """Answer from the lectures, every sentence cited; says so when they do not answer."""
        with plainly():
            return with_warning(answer_json(index.answer(question, lectures or ())))

    @server.tool()
    def list_lectures() -> Any:
        """List the videos of the index."""
        videos = [video_json(video) for video in index.generation.videos]
        return with_warning({"lectures": videos})

    @server.tool()
    def get_transcript(video: str, start: float = 0.0, end: float = MOST_SECONDS) -> Any:
        """Return what is said in a video between two seconds, half an hour at most."""
        with plainly():
            return with_warning(transcript(index, video, start, end))

    server.run("stdio")


def video_json(video: Video) -> dict[str, Any]:
    """Return a video as JSON."""
    return {
        "video_id": video.video_id,
        "lecture": video.lecture,
        "title": video.title,
        "speakers": list(video.speakers),
        "seconds": video.duration,
        "url": watch_url(video.video_id, 0) or None,
    }


def transcript(index: Index, video_id: str, start: float, end: float) -> dict[str, Any]:
    """Return the captions of a stretch of a video; the notes where there are no captions.

    Raises:
        Cs25SearchError: The video is not in the index, or the stretch is empty or too long.
    """
    known = [video.video_id for video in index.generation.videos]
    if video_id not in known:
        raise Cs25SearchError(f"Video {video_id!r} is not in the index; see list_lectures.")
    if not 0 <= start < end or end - start > MOST_SECONDS:
        raise Cs25SearchError(
            f"start {start:g} and end {end:g} make no stretch of up to {MOST_SECONDS:g} seconds."
        )
    chunks = index.chunks_of(video_id, start, end)
    spoken = [chunk for chunk in chunks if chunk.kind == "transcript"]
    lines = _cue_lines(spoken) if spoken else [_note_line(chunk) for chunk in chunks]
    inside = [line for line in lines if line["start"] < end and line["end"] > start]
    return {
        "video_id": video_id,
        "kind": "transcript" if spoken else "note",
        "lines": sorted(inside, key=lambda line: line["start"]),
    }


def _cue_lines(chunks: list[Chunk]) -> list[dict[str, Any]]:
    # Windows overlap: a cue is in two of them.
    cues = {(cue.start, cue.end, cue.text) for chunk in chunks for cue in chunk.cues}
    return [_line(*cue) for cue in cues]


def _note_line(note: Chunk) -> dict[str, Any]:
    return _line(note.start, note.end, note.text) | (
        {"note_model": note.model} if note.model else {}
    )


def _line(start: float, end: float, text: str) -> dict[str, Any]:
    return {"start": start, "end": end, "time": clock(start), "text": text}
