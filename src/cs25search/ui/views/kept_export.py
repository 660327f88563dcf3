"""What is known about kept moments, and their export as Markdown, CSV and cards for Anki.

Own words, study notes and quotes of captions are labelled as what they are.
"""

import csv
import html
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ...records import Chunk, Language, Slide, Video, in_language
from ...search import Index
from ...text.clean import clean
from ...text.markdown import escape_markdown
from ...times import clock
from ...transcripts import cues_of
from .kept import KeptMoment
from .moment import note_label, note_title, video_title
from .texts import say

LONGEST_QUOTE = 500  # characters; a quote ends with the line that exceeds it
# Spreadsheets treat such a cell as a formula; an apostrophe makes it text.
# https://owasp.org/www-community/attacks/CSV_Injection
_FORMULA = re.compile(r"\s*[=+\-@\t\r\n＝＋－＠]")
_COLUMNS = (
    "kept_lecture", "column_about", "column_time", "kept_link", "kept_question", "kept_own",
    "said_short", "view_deck",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Described:
    """A kept moment and what the index has about it.

    Attributes:
        note: The study note about most of it, or None.
        quote: What is said, by the captions; "" without captions.
        slide: The slide that was shown with it, or None.
        course: The name of its course.
    """

    moment: KeptMoment
    video: Video
    note: Chunk | None
    quote: str
    slide: Slide | None
    course: str = ""

    @property
    def link(self) -> str:
        """The link to the second in the recording; "" if it is not on the web."""
        return self.video.url(self.moment.start)

    @property
    def time(self) -> str:
        """The start as a video player shows it."""
        return clock(self.moment.start)

    def place(self, language: Language) -> str:
        """Return number and title of the recording."""
        video = self.video
        return clean(video_title(video, language))

    def title(self, language: Language) -> str:
        """Return the title of the note, else the time."""
        return clean(note_title(self.note, language)) if self.note else self.time

    def question(self, language: Language) -> str:
        """Return a question that the note answers; without one, what is said at this time."""
        if self.note:
            own, other = self.note.asks, self.note.asks_ja
            asks = (other or own) if language == "ja" else (own or other)
            if asks:
                return clean(asks[0])
        about = {"title": self.place(language), "time": self.time}
        return say(language, "kept_front", **about)

    def note_text(self, language: Language) -> str:
        """Return the text of the note; "" without one."""
        return clean(in_language(self.note.text, self.note.text_ja, language)) if self.note else ""

    def note_label(self, language: Language) -> str:
        """Return the label of the note, with the language model that wrote it, if any."""
        return note_label(self.note.model if self.note else "", language)

    def slide_label(self, language: Language) -> str:
        """Return number and title of the slide; "" without one."""
        if self.slide is None:
            return ""
        label = say(language, "slide_short", number=self.slide.number)
        return f"{label}: {clean(in_language(self.slide.title, self.slide.title_ja, language))}"


def describe(moment: KeptMoment, index: Index) -> Described | None:
    """Return what an index has about a moment; None if it does not have the recording."""
    videos = index.generation.videos
    video = next((one for one in videos if one.video_id == moment.video_id), None)
    if video is None:
        return None
    chunks = index.chunks_of(moment.video_id, moment.start, moment.end)
    notes = [chunk for chunk in chunks if chunk.kind == "note"]
    note = max(notes, key=lambda one: _shared(one, moment), default=None)
    slides = index.generation.slides
    slide = next((s for s in slides if s.number == moment.slide and s.lecture == video.lecture),
                 None)  # fmt: skip
    course = index.generation.about.name
    return Described(moment, video, note, _quote(chunks, moment), slide, course)


def _shared(note: Chunk, moment: KeptMoment) -> float:
    return min(note.end, moment.end) - max(note.start, moment.start)


def _quote(chunks: Iterable[Chunk], moment: KeptMoment) -> str:
    said: list[str] = []
    for cue in cues_of(chunk for chunk in chunks if chunk.kind == "transcript"):
        if moment.start <= cue.start < moment.end and sum(map(len, said)) < LONGEST_QUOTE:
            said.append(clean(cue.text))
    return " ".join(said)


def to_markdown(moments: Sequence[Described], title: str, language: Language) -> str:
    """Return moments as Markdown for other programs."""
    lines = [f"# {escape_markdown(title)}", ""]
    for number, one in enumerate(moments, start=1):
        place = f"{escape_markdown(one.place(language))}, {one.time}"
        lines += [
            f"## {number}\\. {escape_markdown(one.title(language))}",
            "",
            f"[{place}]({one.link})" if one.link else place,
            "",
        ]
        for line in _own_lines(one):
            lines += [f"{say(language, 'kept_own')}: {escape_markdown(line)}", ""]
        if text := one.note_text(language):
            lines += [f"{escape_markdown(one.note_label(language))}: {escape_markdown(text)}", ""]
        if one.quote:
            lines += [f"> {escape_markdown(one.quote)}", ""]
        if one.slide:
            name = escape_markdown(one.slide_label(language))
            lines += [f"[{name}]({one.slide.url})" if one.slide.url else name, ""]
    return "\n".join(lines)


def to_csv(moments: Iterable[Described], language: Language) -> str:
    """Return moments as a table; no cell is treated as a formula."""
    table = io.StringIO()
    writer = csv.writer(table)
    *titles, said, slide = (say(language, key) for key in _COLUMNS)
    writer.writerow([*titles, note_label("", language), said, slide])
    for one in moments:
        row = [
            one.place(language), one.title(language), one.time, one.link, one.question(language),
            one.moment.note, one.note_text(language), one.quote, one.slide_label(language),
        ]  # fmt: skip
        writer.writerow([literal(cell) for cell in row])
    return table.getvalue()


def literal(cell: str) -> str:
    """Return a cell that spreadsheets show as it is instead of computing it.

    >>> literal("=HYPERLINK(1)"), literal("9:42")
    ("'=HYPERLINK(1)", '9:42')
    """
    return f"'{cell}" if _FORMULA.match(cell) else cell


def to_anki(moments: Iterable[Described], tag: str, language: Language) -> str:
    """Return moments as a text file that Anki imports: front, back and tags of a card per line.

    The form is in Anki's manual under "Text files": https://docs.ankiweb.net/importing/text-files

    Args:
        tag: The name of the course.
    """
    cards = io.StringIO("#separator:tab\n#html:true\n#tags column:3\n")
    cards.seek(0, io.SEEK_END)
    # All fields in quotation marks: Anki treats a line that begins with # as a comment.
    writer = csv.writer(cards, delimiter="\t", quoting=csv.QUOTE_ALL, lineterminator="\n")
    tags = f"cs25search {'-'.join(clean(tag).split())}"
    for one in moments:
        writer.writerow([html.escape(one.question(language)), _back(one, language), tags])
    return cards.getvalue()


def _back(one: Described, language: Language) -> str:
    own = say(language, "kept_own")
    parts = [f"<p><b>{own}:</b> {html.escape(line)}</p>" for line in _own_lines(one)]
    if text := one.note_text(language):
        label = html.escape(one.note_label(language))
        parts.append(f"<p><b>{label}:</b> {html.escape(text)}</p>")
    elif one.quote:
        parts.append(f"<blockquote>{html.escape(one.quote)}</blockquote>")
    if one.slide:
        parts.append(f"<p>{_anchor(one.slide.url, one.slide_label(language))}</p>")
    parts.append(f"<p>{_anchor(one.link, f'{one.place(language)}, {one.time}')}</p>")
    return "".join(parts)


def _anchor(url: str, text: str) -> str:
    return f'<a href="{html.escape(url)}">{html.escape(text)}</a>' if url else html.escape(text)


def _own_lines(one: Described) -> list[str]:
    return [line for line in map(clean, one.moment.note.splitlines()) if line]
