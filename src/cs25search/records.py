"""Records shared by ingest, index and app. All times are seconds, as floats."""

from collections.abc import Sequence
from pathlib import Path
from typing import Literal, get_args

import msgspec
from msgspec.structs import replace

from .times import clock, watch_url

Kind = Literal["note", "transcript"]
EntryKind = Literal["slide", "lecture", "fact"]
Language = Literal["en", "ja"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
CitationKind = Literal["note", "transcript", "slide", "lecture", "deck"]
SHORTEST_RANGE = 3  # lectures named as "Lectures 1–3"
Moment = tuple[str, float]  # the id of a video and the start of a note in seconds
Status = Literal["answered", "partly", "not_in_lectures", "small_talk"]


class Word(msgspec.Struct, frozen=True):
    """One spoken word and its start in seconds."""

    start: float
    text: str


class Cue(msgspec.Struct, frozen=True):
    """One caption as shown; neighbours may overlap."""

    start: float
    end: float
    text: str
    words: tuple[Word, ...] = ()  # only for formats that time each word (json3, rolling WebVTT)
    speaker: str = ""  # empty if the captions do not name speakers


class Video(msgspec.Struct, frozen=True):
    """One recording. `lecture` is its number in the deck, None outside the deck.

    `chapters` are the official ones: start in seconds and title.
    """

    video_id: str
    title: str
    speakers: tuple[str, ...]
    duration: float
    lecture: int | None = None
    title_ja: str = ""
    chapters: tuple[tuple[float, str], ...] = ()
    captions: str = ""  # manual, local, automatic, or automatic with the name of the model
    media: str = ""  # URL or path of a recording that is not on YouTube, if known
    voices: tuple[str, ...] = ()  # speakers whom its captions name

    def url(self, start: float) -> str:
        """Return the link that opens it at a whole second; "" if it is not on the web.

        >>> Video("bread-5f3a9c01d2", "T", (), 9.0, media="https://a.org/b.mp4").url(5.9)
        'https://a.org/b.mp4#t=5'
        """
        if found := watch_url(self.video_id, start):
            return found
        on_web = self.media.lower().startswith(("https://", "http://"))
        return f"{self.media}#t={max(0, int(start))}" if on_web else ""

    @property
    def file(self) -> str:
        """The path of a recording that is only a local file; else ""."""
        return "" if self.url(0) else self.media

    def without_file(self) -> "Video":
        """Return it without the path of a local file, which is not for visitors of a website.

        >>> Video("bread-5f3a9c01d2", "T", (), 9.0, media="/my talks/b.mp3").without_file().media
        ''
        """
        return replace(self, media=self.url(0) and self.media)

    def link(self, start: float) -> str:
        """Return its `url`, else that of its local file; "" if there is neither.

        >>> Video("bread-5f3a9c01d2", "T", (), 9.0, media="/my talks/b.mp3").link(5.9)
        'file:///my%20talks/b.mp3#t=5'
        """
        if not self.file:
            return self.url(start)
        return f"{Path(self.file).absolute().as_uri()}#t={max(0, int(start))}"


class Chunk(msgspec.Struct, frozen=True):
    """The unit that is indexed and returned.

    A note is a study note about a section of a lecture; a transcript chunk is a window of its
    captions. `asks` are questions that the chunk answers: indexed, but never quoted.
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
    model: str = ""  # the language model that wrote the note; empty if a person did


class Slide(msgspec.Struct, frozen=True):
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
    points: tuple[str, ...] = ()
    terms: tuple[str, ...] = ()
    asks: tuple[str, ...] = ()
    asks_ja: tuple[str, ...] = ()


class Section(msgspec.Struct, frozen=True):
    """An entry of a lecture's outline: the start of a part, in seconds, and its title."""

    start: float
    title: str
    title_ja: str = ""


class Lecture(msgspec.Struct, frozen=True):
    """A lecture of a course. Unknown facts are empty; durations are seconds, 0 if unknown.

    Attributes:
        number: From 1; 0 for a video outside the list of lectures.
        deck_duration: As the deck states it.
        recommended: Whether the author of the deck recommends it.
        difficulty: "easy", "moderate", "hard", or "" if unknown.
        asks: Questions about the lecture as a whole.
        called: What people call the lecture: "the vision lecture".
    """

    number: int
    title: str
    video_id: str = ""
    title_ja: str = ""
    speakers: tuple[str, ...] = ()
    affiliation: str = ""
    duration: float = 0.0
    deck_duration: float = 0.0
    chapters: tuple[tuple[float, str], ...] = ()
    recommended: bool = False
    in_a_word: str = ""
    in_a_word_ja: str = ""
    before_watching: str = ""
    before_watching_ja: str = ""
    difficulty: str = ""
    difficulty_reason: str = ""
    difficulty_reason_ja: str = ""
    good_for: str = ""
    good_for_ja: str = ""
    summary: str = ""
    summary_ja: str = ""
    verdict: str = ""
    verdict_ja: str = ""
    outline: tuple[Section, ...] = ()
    asks: tuple[str, ...] = ()
    asks_ja: tuple[str, ...] = ()
    called: tuple[str, ...] = ()
    called_ja: tuple[str, ...] = ()
    media: str = ""  # as for `Video`

    @property
    def length(self) -> float:
        """The seconds shown as its length: what the deck states, else the video's."""
        return self.deck_duration or self.duration

    def video(self) -> Video:
        """Return the recording of this lecture."""
        return Video(
            self.video_id, self.title, self.speakers, self.duration, self.number or None,
            self.title_ja, self.chapters, media=self.media,
        )  # fmt: skip


class Deck(msgspec.Struct, frozen=True):
    """Who made the slides, and where they are published; empty if unknown."""

    title: str = ""
    author: str = ""
    url: str = ""


class About(msgspec.Struct, frozen=True):
    """What is known about a course as a whole; an index keeps it.

    Attributes:
        name: The name of its folder.
        about: One sentence that says what visitors can ask.
        rights: Who owns the lectures.
        url: The page of the course.
        examples: Questions to try.
        deck: None if the course has no slides.
    """

    name: str
    title: str
    title_ja: str = ""
    about: str = ""
    about_ja: str = ""
    rights: str = ""
    rights_ja: str = ""
    url: str = ""
    examples: tuple[str, ...] = ()
    examples_ja: tuple[str, ...] = ()
    deck: Deck | None = None
    lectures: tuple[Lecture, ...] = ()


class Entry(msgspec.Struct, frozen=True):
    """What can be asked about the course itself: a slide, one side of a lecture, or a fact.

    Attributes:
        number: Of the slide or lecture; for a fact, its position from 1.
        side: The aspect of a lecture that it is about, such as "summary"; "about" for a fact that
            recommends no lecture; else "".
        asks: Questions that it answers.
        lectures, slides: What it is about, by number.
        more: Text that is searched but not shown, such as the points of a slide.
        outline: For a summary: start in seconds, title and Japanese title of each part.
        asked: For a fact: how many questions of strangers it was found to answer.
    """

    kind: EntryKind
    number: int
    title: str
    title_ja: str
    text: str
    text_ja: str
    asks: tuple[str, ...]
    asks_ja: tuple[str, ...]
    lectures: tuple[int, ...] = ()
    slides: tuple[int, ...] = ()
    side: str = ""
    more: str = ""
    outline: tuple[tuple[float, str, str], ...] = ()
    asked: int = 0


class Part(msgspec.Struct, frozen=True):
    """One or two sentences of an explanation, and the notes that say so, best first.

    `side` is what it is about in a comparison, "BERT" of "BERT or GPT"; else empty.
    """

    text: str
    text_ja: str
    notes: tuple[Moment, ...]
    side: str = ""
    side_ja: str = ""


class Explanation(msgspec.Struct, frozen=True):
    """An answer to a question about what is taught, written from one or several notes.

    Attributes:
        asks: The same question in several wordings.
        parts: The answer; the first part answers the question directly.
        is_said: Whether the lectures answer it; else `parts` says what they leave unsaid, and names
            the closest notes, if they touch on it.
        asked: How many of the people whose questions were collected asked this.
    """

    asks: tuple[str, ...]
    asks_ja: tuple[str, ...]
    parts: tuple[Part, ...]
    is_said: bool = True
    asked: int = 0

    @property
    def notes(self) -> tuple[Moment, ...]:
        """Its notes, each once, in order."""
        return tuple(dict.fromkeys(note for part in self.parts for note in part.notes))


class Hit(msgspec.Struct, frozen=True):
    """A moment that was found. `score`: higher is better; `rank` counts from 1.

    `chunk` is what is quoted: the transcript if there is one, else the note. `note` is the study
    note about this moment, or None. `start` is the second to play from. `slide` is None for a video
    outside the deck.
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
    generation: str = ""  # of the index, at the time of the search
    course: str = ""  # its name, where several courses were searched


class Citation(msgspec.Struct, frozen=True):
    """The source behind `[n]` in an answer, usually a moment of a lecture.

    Attributes:
        n: From 1.
        quote: The text shown; spoken words only if `kind` is "transcript".
        quote_ja: Its Japanese version; empty for speech.
        model: The language model that wrote `note` or the quote; empty if a person did.
        kind: What `quote` is. For "slide" and "deck", `video` is the deck and has no times.
        note: The study note about the spoken words, or None.
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
        """The YouTube id, or the id of another recording."""
        return self.video.video_id

    @property
    def lecture(self) -> int | None:
        """The number in the deck, None outside the deck."""
        return self.video.lecture

    @property
    def time(self) -> str:
        """The start as a video player shows it."""
        return clock(self.start)

    @property
    def url(self) -> str:
        """The link that opens the recording at this second, or the slide; "" if there is none."""
        return self.link or self.video.url(self.start)


class Sentence(msgspec.Struct, frozen=True):
    """A sentence of an answer and the numbers of the citations that support it.

    Attributes:
        side: The side of a comparison that it is about; else "".
        heading: How the text begins if this names its note, lecture or slide; else "".
    """

    text: str
    citations: tuple[int, ...]
    side: str = ""
    heading: str = ""

    @property
    def body(self) -> str:
        """The text without its heading."""
        return self.text.removeprefix(self.heading).lstrip()


class Answer(msgspec.Struct, frozen=True):
    """A question and what the lectures say about it.

    Attributes:
        status: `answered`: every sentence is cited. `partly`: related moments, but no claim.
            `not_in_lectures`: no answer was found; the closest moments are given. `small_talk`: a
            greeting or thanks; `text` is a friendly line, `examples` are questions to try.
        text: The text to show: the sentences with their `[n]`, or why there are none.
        sentences: Empty unless answered.
        citations: Moments, those of the sentences first; `n` counts from 1.
        probability: Probability that the lectures answer the question, 0 to 1 (see refusal.py).
        model: The language model that wrote the sentences; empty if they are extracts.
        remark: One line on why a configured language model did not write the answer; else empty.
        remark_ja: The same reason in Japanese, for the app.
        dropped: Number of sentences by the language model that failed the checks.
        generation: The index generation that the moments come from.
        understood: The question as it was understood, if it refers to the one before; else empty.
        examples: Questions to try, in reply to small talk; else empty.
        corrected: The question that was answered, if misspelt words were corrected; else empty.
        missing: Words of the question that none of the moments has, if there is no claim.
        unsaid: What the lectures leave unsaid, if that is known; else empty.
        unsaid_ja: The same in Japanese, for the app.
        is_explanation: Whether the sentences were written beforehand from the notes that they cite.
        subject: The last question of the conversation that was asked whole, if `understood` is not
            empty; the last question at all if this is small talk; else empty.
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
    understood: str = ""
    corrected: str = ""
    missing: tuple[str, ...] = ()
    subject: str = ""
    unsaid: str = ""
    unsaid_ja: str = ""
    is_explanation: bool = False


def in_language(english: str, japanese: str, language: Language) -> str:
    """Return the Japanese text if `language` is "ja" and there is one, else the English text.

    >>> in_language("router", "ルーター", "ja"), in_language("router", "", "ja")
    ('ルーター', 'router')
    """
    return japanese if language == "ja" and japanese else english


def lecture_label(number: int | None, language: Language) -> str:
    """Return the number of a lecture as text; "" for a video outside the deck.

    >>> lecture_label(5, "en"), lecture_label(5, "ja"), lecture_label(None, "en")
    ('Lecture 5', '第5回', '')
    """
    if number is None:
        return ""
    return f"第{number}回" if language == "ja" else f"Lecture {number}"


def lecture_labels(numbers: Sequence[int], language: Language) -> list[str]:
    """Return the numbers of lectures as text; three or more in a row are one label.

    Args:
        numbers: In ascending order.

    >>> lecture_labels([1, 2, 3, 5, 6, 8], "en")
    ['Lectures 1–3', 'Lecture 5', 'Lecture 6', 'Lecture 8']
    >>> lecture_labels([1, 2, 3, 8], "ja")
    ['第1～3回', '第8回']
    """
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    labels: list[str] = []
    for run in runs:
        first, last = run[0], run[-1]
        if len(run) < SHORTEST_RANGE:
            labels += [lecture_label(number, language) for number in run]
        else:
            labels.append(
                f"第{first}～{last}回" if language == "ja" else f"Lectures {first}–{last}"
            )
    return labels


# "named": the course names the lecture for the goal, or it has what was asked for. "in_time" and
# "too_long": whether it fits into the visitor's time. Else how much of it is about the goal.
Fit = Literal["named", "in_time", "too_long", "whole", "part", "mention"]


class Pick(msgspec.Struct, frozen=True):
    """A lecture that fits a goal.

    Attributes:
        seconds: Time in it that is about the goal; 0 if that was not measured.
        begin: The second to begin at.
        moments: Notes or captions to look at first, in order of time; may be empty.
        end: The second at which the part that fits into the visitor's time ends; 0 if no part was
            chosen.
    """

    lecture: Lecture
    fit: Fit
    seconds: float
    begin: float
    moments: tuple[Chunk, ...]
    end: float = 0.0


class Guide(msgspec.Struct, frozen=True):
    """What to watch for a goal.

    Attributes:
        fact: What the course says about such goals, or None.
        picks: Lectures, best first; empty if none fits.
        time: The seconds that the visitor has, if the goal states them; else 0.
    """

    fact: Entry | None
    picks: tuple[Pick, ...]
    time: float = 0.0
