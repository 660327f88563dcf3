"""Export the transcript of a video as text, Markdown, SRT, WebVTT or JSON."""

import html
import re
from collections.abc import Iterable, Sequence
from typing import Any, Literal

import msgspec
from msgspec.structs import replace

from .errors import QuestionError
from .records import Chunk, Cue, Video
from .text.clean import clean
from .text.markdown import escape_markdown
from .times import clock, read_clock, watch_url
from .wording import recording_title

Format = Literal["txt", "md", "srt", "vtt", "json"]
FORMATS: tuple[Format, ...] = ("txt", "md", "srt", "vtt", "json")
_SPAN = re.compile(r"(?P<start>[0-9:.]{0,12})\s*[-–]\s*(?P<end>[0-9:.]{0,12})")


def find_video(videos: Sequence[Video], name: str) -> Video:
    """Return the video with an id, a YouTube link or a lecture number.

    Raises:
        QuestionError: The index has no such video.
    """
    for video in videos:
        if name in (video.video_id, str(video.lecture)):
            return video
    for video in videos:
        if watch_url(video.video_id, 0) and re.search(rf"[/=]{video.video_id}(?:[?&#]|$)", name):
            return video
    raise QuestionError(
        f"The index has no video {name[:100]!r}.\n"
        "Give a lecture number, or an id that search shows: cs25search transcript 5"
    )


def read_span(text: str) -> tuple[float, float]:
    """Return a span such as "1:30-2:45" in seconds; a missing side means the beginning or the end.

    Raises:
        QuestionError: The text is not a span.

    >>> read_span("1:30-2:45.5"), read_span("-60"), read_span("1:00:00-")
    ((90.0, 165.5), (0.0, 60.0), (3600.0, inf))
    """
    match = _SPAN.fullmatch(text.strip())
    if match:
        start = read_clock(match["start"]) if match["start"] else 0.0
        end = read_clock(match["end"]) if match["end"] else float("inf")
        if start is not None and end is not None and start < end:
            return start, end
    raise QuestionError(f"{text[:40]!r} is not a span of time.\nWrite it as 1:30-2:45 or 90-165.")


def cues_of(chunks: Iterable[Chunk]) -> list[Cue]:
    """Return the cues of overlapping transcript chunks in order, without duplicates."""
    return sorted(
        {cue for chunk in chunks for cue in chunk.cues}, key=lambda cue: (cue.start, cue.end)
    )


def read_cues(chunks: Iterable[Chunk], video: Video, start: float, end: float) -> list[Cue]:
    """Return the cues of a video that are shown between two times.

    Args:
        chunks: Of the video, in this span.

    Raises:
        QuestionError: The index has no captions of the video, or none in this span.
    """
    cues = [cue for cue in cues_of(chunks) if cue.start < end and cue.end > start]
    if cues:
        return cues
    if start > 0 or end < float("inf"):
        raise QuestionError(f"{recording_title(video, 'en')} has no captions in this span.")
    raise QuestionError(
        f"The index has no captions of {recording_title(video, 'en')}.\n"
        "Fetch them with cs25search ingest, or add your own with --captions FILE."
    )


def write_transcript(video: Video, cues: Sequence[Cue], form: Format) -> str:
    """Return cues in a file format, with speakers and the origin of the captions.

    A line break in a title or caption, which would start another cue, becomes a space.
    """
    video = replace(video, title=clean(video.title), captions=clean(video.captions))
    cues = [replace(cue, text=clean(cue.text), speaker=clean(cue.speaker)) for cue in cues]
    if form == "srt":
        blocks = [
            f"{number}\n{_stamp(cue.start, ',')} --> {_stamp(cue.end, ',')}\n{_said(cue)}\n"
            for number, cue in enumerate(cues, 1)
        ]
        return "\n".join(blocks)
    if form == "vtt":
        note = f"NOTE {made_by(video)}\n\n" if made_by(video) else ""
        blocks = [
            f"{_stamp(cue.start, '.')} --> {_stamp(cue.end, '.')}\n{_voiced(cue)}\n" for cue in cues
        ]
        return f"WEBVTT\n\n{note}" + "\n".join(blocks)
    if form == "json":
        return (
            msgspec.json.format(msgspec.json.encode(_plain(video, cues)), indent=1).decode() + "\n"
        )
    if form == "md":
        return _markdown(video, cues)
    head = [recording_title(video, "en"), *([made_by(video)] if made_by(video) else []), ""]
    return "\n".join([*head, *(f"[{clock(cue.start)}] {_said(cue)}" for cue in cues)]) + "\n"


def made_by(video: Video) -> str:
    """Return the label to show with machine-made captions; else "".

    >>> made_by(Video("U8J32Z3qV8s", "Scaling", (), 9.0, captions="automatic, whisper-base"))
    'automatic captions, whisper-base'
    """
    kind, comma, by = video.captions.partition(", ")
    return f"{kind} captions{comma}{by}" if kind not in ("", "manual", "local") else ""


def speakers_of(cues: Iterable[Cue]) -> tuple[str, ...]:
    """Return the speakers of some cues in order, without duplicates."""
    return tuple(dict.fromkeys(cue.speaker for cue in cues if cue.speaker))


def _markdown(video: Video, cues: Sequence[Cue]) -> str:
    shown = [f"# {escape_markdown(recording_title(video, 'en'))}", ""]
    if made_by(video):
        shown += [f"*{escape_markdown(made_by(video))}*", ""]
    before = ""
    for cue in cues:
        url = video.link(cue.start)
        time = f"[{clock(cue.start)}]({url})" if url else clock(cue.start)
        name = (
            f"**{escape_markdown(cue.speaker)}:** " if cue.speaker and cue.speaker != before else ""
        )
        before = cue.speaker
        shown += [f"{time} {name}{escape_markdown(cue.text)}", ""]
    return "\n".join(shown)


def _plain(video: Video, cues: Sequence[Cue]) -> dict[str, Any]:
    return {
        "video_id": video.video_id,
        "lecture": video.lecture,
        "title": video.title,
        "url": video.url(0) or None,
        **({"file": video.file} if video.file else {}),
        "captions": video.captions or None,
        "cues": [
            {"start": cue.start, "end": cue.end, "text": cue.text}
            | ({"speaker": cue.speaker} if cue.speaker else {})
            for cue in cues
        ],
    }


def _said(cue: Cue) -> str:
    return f"{cue.speaker}: {cue.text}" if cue.speaker else cue.text


def _voiced(cue: Cue) -> str:
    text = html.escape(cue.text, quote=False)
    return f"<v {html.escape(cue.speaker, quote=False)}>{text}" if cue.speaker else text


def _stamp(seconds: float, point: str) -> str:
    milliseconds = round(seconds * 1000)
    minutes, rest = divmod(milliseconds, 60_000)
    return f"{minutes // 60:02}:{minutes % 60:02}:{rest // 1000:02}{point}{rest % 1000:03}"
