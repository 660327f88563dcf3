"""The records that travel between ingest, index and page. All times are seconds, as floats."""

from dataclasses import dataclass
from typing import Literal

from .times import clock, watch_url

Kind = Literal["note", "transcript"]
Language = Literal["en", "ja"]
CitationKind = Literal["note", "transcript", "slide", "lecture", "deck"]
Status = Literal["answered", "partly", "not_in_lectures", "small_talk"]


@dataclass(frozen=True, slots=True)
class Word:
    """One spoken word and the second at which it is said."""

    start: float
    text: str


@dataclass(frozen=True, slots=True)
class Cue:
    """One caption as shown; neighbours may overlap."""

    start: float
    end: float
    text: str
    words: tuple[Word, ...] = ()  # only where the format times each word (json3, rolling WebVTT)
    speaker: str = ""  # who says it, where the captions name them


@dataclass(frozen=True, slots=True)
class Video:
    """One recording. `lecture` is its number in the deck, None outside the deck.

    `chapters` are the official ones, each the second at which it starts and its title.
    """

    video_id: str
    title: str
    speakers: tuple[str, ...]
    duration: float
    lecture: int | None = None
    title_ja: str = ""
    chapters: tuple[tuple[float, str], ...] = ()
    captions: str = ""  # who made them: manual, local, automatic, or automatic and by which model


@dataclass(frozen=True, slots=True)
class Chunk:
    """The unit that is indexed and returned.

    A note is a study note about a stretch of a lecture; a transcript chunk is a window of
    its captions. `asks` are questions that the chunk answers: indexed, never shown as a quote.
    """

    chunk_id: str
    video_id: str
    start: float
    end: float
    text: str
    kind: Kind
    title: str = ""
    text_ja: str = ""
    title_ja: str = ""
    terms: tuple[str, ...] = ()
    asks: tuple[str, ...] = ()
    asks_ja: tuple[str, ...] = ()
    qa: bool = False  # part of the questions from the audience
    cues: tuple[Cue, ...] = ()  # transcript chunks only
    model: str = ""  # the language model that wrote a note; empty when people did


@dataclass(frozen=True, slots=True)
class Slide:
    """One slide of the deck, summarised. `number` counts from 1.

    `asks` are questions that the slide answers.
    """

    number: int
    lecture: int | None
    title: str
    summary: str
    url: str
    title_ja: str = ""
    summary_ja: str = ""
    kind: str = ""
    points: tuple[str, ...] = ()
    terms: tuple[str, ...] = ()
    asks: tuple[str, ...] = ()
    asks_ja: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hit:
    """A moment found. `score`: higher is better; `rank` counts from 1.

    `chunk` is what is quoted: the transcript where there is one, else the note. `note` is the
    study note about this moment, None where there is none. `start` is the second to play from.
    `slide` is None for a video outside the deck.
    """

    video: Video
    chunk: Chunk
    note: Chunk | None
    start: float
    end: float
    quote: str
    slide: Slide | None
    score: float
    rank: int
    generation: str = ""  # of the index that gave it


@dataclass(frozen=True, slots=True)
class Citation:
    """What stands behind `[n]` of an answer, mostly a moment of a lecture.

    Attributes:
        n: From 1.
        quote: What is shown for it: words that were said only when `kind` is "transcript".
        quote_ja: Its Japanese side; speech has none.
        model: The language model that wrote `note` or the quote; empty when people did.
        kind: What `quote` is. Of "slide" and "deck", `video` is the deck and has no seconds.
        note: The study note about words that were said; None where there is none.
    """

    n: int
    video: Video
    start: float
    end: float
    quote: str
    slide: Slide | None
    quote_ja: str = ""
    model: str = ""
    kind: CitationKind = "note"
    note: Chunk | None = None
    link: str = ""  # of a slide or the deck

    @property
    def video_id(self) -> str:
        """The YouTube id, or that of a recording elsewhere."""
        return self.video.video_id

    @property
    def lecture(self) -> int | None:
        """The number in the deck; None outside the deck."""
        return self.video.lecture

    @property
    def time(self) -> str:
        """The start as a video player shows it."""
        return clock(self.start)

    @property
    def url(self) -> str:
        """The link that opens the video at this second, or the slide; "" where there is none."""
        return self.link or watch_url(self.video.video_id, self.start)


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of an answer and the numbers of the citations that support it."""

    text: str
    citations: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """A question with what the lectures say about it.

    Attributes:
        status: `answered`: every sentence is cited. `partly`: near moments, no claim made.
            `not_in_lectures`: no answer was found; the nearest moments are given.
            `small_talk`: a greeting or thanks; `text` has a friendly line, `examples` questions.
        text: To be shown: the sentences with their `[n]`, or why there are none.
        sentences: Empty unless answered.
        citations: Moments, those of the sentences first; `n` counts from 1.
        probability: How likely the lectures are to answer, 0 to 1 (see refusal.py).
        model: The language model that wrote the sentences; empty when they are extracts.
        remark: One line on why a configured language model did not write them; else empty.
        remark_ja: The same reason in Japanese, for the app; empty unless these are extracts.
        dropped: Sentences of the language model that did not pass the checks.
        generation: The generation of the index that the moments come from.
        examples: Questions to begin with, in answer to small talk; else empty.
    """

    question: str
    status: Status
    text: str
    sentences: tuple[Sentence, ...]
    citations: tuple[Citation, ...]
    probability: float
    model: str = ""
    remark: str = ""
    dropped: int = 0
    generation: str = ""
    remark_ja: str = ""
    examples: tuple[str, ...] = ()
