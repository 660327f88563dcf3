"""Windows: the sections of a talk about which a language model writes notes."""

import hashlib
from collections.abc import Iterable, Sequence

import msgspec

from cs25search.records import Chunk, Cue, Video
from cs25search.times import clock
from cs25search.transcripts import cues_of

from ..chunks import count_words, ends_naturally, runs

WINDOW_SECONDS = 240.0  # about 600 words; with its notes, it fits the 4,096 tokens of small models
REACH_SECONDS = 45.0  # distance from this goal within which a sentence end or a pause is looked for
WINDOW_WORDS = 1200  # a hard limit, because with broken times hours of talk may have one time
FEWEST_WORDS = 20  # fewer words get no note, but their captions are searchable


class Window(msgspec.Struct, frozen=True):
    """A section of a talk, the unit for one request to a model."""

    video_id: str
    title: str  # of the video
    cues: tuple[Cue, ...]

    @property
    def start(self) -> float:
        """Start in seconds."""
        return self.cues[0].start

    @property
    def end(self) -> float:
        """End in seconds."""
        return max(cue.end for cue in self.cues)

    @property
    def time(self) -> str:
        """Start and end in readable form."""
        return f"{clock(self.start)}–{clock(self.end)}"

    @property
    def text(self) -> str:
        """The speech, each line with its start in seconds."""
        return "\n".join(f"[{int(cue.start)}] {' '.join(cue.text.split())}" for cue in self.cues)

    @property
    def key(self) -> str:
        """A key for this video and text, under which the notes are kept."""
        digest = hashlib.blake2b(f"{self.text}\n{self.end}".encode(), digest_size=8).hexdigest()
        return f"{self.video_id}.{digest}"


def build_windows(video: Video, spoken: Iterable[Chunk]) -> list[Window]:
    """Return a talk in windows of about WINDOW_SECONDS that end at sentence ends or pauses.

    Args:
        spoken: The transcript chunks of the video; each of their cues is in one window, unless
            there are fewer than FEWEST_WORDS words between two long silences.

    >>> said = "This is a sentence of it."
    >>> cues = tuple(Cue(second, second + 10, said) for second in range(0, 600, 10))
    >>> chunk = Chunk("x", "x", 0, 600, "", "transcript", cues=cues)
    >>> [w.time for w in build_windows(Video("abcdefghijk", "Talk", (), 600.0), [chunk])]
    ['0:00–4:00', '4:00–8:00', '8:00–10:00']
    """
    return [
        Window(video.video_id, video.title, tuple(part))
        for run in runs(cues_of(spoken))
        for part in _parts(run)
        if sum(count_words(cue.text) for cue in part) >= FEWEST_WORDS
    ]


def _parts(cues: Sequence[Cue]) -> list[Sequence[Cue]]:
    """Return cues in parts of about WINDOW_SECONDS, cut at the closest natural end."""
    parts: list[Sequence[Cue]] = []
    first = 0
    while first < len(cues):
        goal = cues[first].start + WINDOW_SECONDS
        stop, best, size = len(cues), (True, float("inf")), 0
        if cues[-1].end > goal + REACH_SECONDS or _size(cues[first:]) > WINDOW_WORDS:
            for number in range(first, len(cues)):
                size += count_words(cues[number].text)
                off = abs(cues[number].end - goal)
                rank = (off > REACH_SECONDS or not ends_naturally(cues, number), off)
                if rank < best:
                    stop, best = number + 1, rank
                if cues[number].end > goal + REACH_SECONDS:
                    break
                if size > WINDOW_WORDS:
                    stop = number + 1
                    break
        parts.append(cues[first:stop])
        first = stop
    return parts


def _size(cues: Sequence[Cue]) -> int:
    return sum(count_words(cue.text) for cue in cues)
