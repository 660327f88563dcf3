"""The text of a lecture as rows: a note beside what was said meanwhile, in HTML."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from ...records import LANGUAGES, Chunk, Cue, Hit, Video, in_language
from ...text.clean import clean
from ...times import clock
from .html import Links, escape_html, mark_spans
from .moment import note_label
from .texts import say

SENTENCE_ENDS = 40.0  # seconds after which the end of a sentence ends a paragraph
UNBROKEN = 25.0  # seconds without the end of a sentence after which any cue ends it
View = Literal["both", "notes", "speech", "languages"]


@dataclass(frozen=True, slots=True)
class TextRow:
    """A note and the paragraphs said from its start to that of the next one.

    Attributes:
        note: None where there is no note.
        said: Cues by paragraph.
        chapters: Those that begin here, as (start, title).
        slide: Number of the slide that fits the note; 0 without one.
        is_moment: Whether it contains a moment found for the question.
    """

    note: Chunk | None
    said: tuple[tuple[Cue, ...], ...] = ()
    chapters: tuple[tuple[float, str], ...] = ()
    slide: int = 0
    is_moment: bool = False

    @property
    def start(self) -> float:
        """Second at which it begins."""
        return self.note.start if self.note else self.said[0][0].start

    @property
    def end(self) -> float:
        """Second at which it ends."""
        ends = [paragraph[-1].end for paragraph in self.said]
        return max([*ends, *([self.note.end] if self.note else [])])


@dataclass(frozen=True, slots=True)
class Text:
    """The text of a lecture and how it is shown.

    Attributes:
        view: "languages" shows the English note beside the Japanese one.
        wanted: Words to mark; "" for none.
        deck: Titles of the slides by number. Not escaped.
    """

    rows: tuple[TextRow, ...]
    view: View
    wanted: str = ""
    deck: Mapping[int, str] = field(default_factory=dict)


def rows_of(notes: Sequence[Chunk], cues: Sequence[Cue], breaks: Sequence[float]) -> list[TextRow]:
    """Return notes with what was said during each; speech before the first note comes with it.

    Args:
        notes: In order; without any, each paragraph is a row.
        cues: In order.
        breaks: Seconds at which a new paragraph must begin, such as chapter starts.
    """
    starts = [note.start for note in notes]
    groups = paragraphs(cues, [*breaks, *starts])
    if not notes:
        return [TextRow(None, (group,)) for group in groups]
    ends = [*starts[1:], float("inf")]
    rows = []
    for number, (note, end) in enumerate(zip(notes, ends, strict=True)):
        begin = note.start if number else 0.0
        rows.append(TextRow(note, tuple(one for one in groups if begin <= one[0].start < end)))
    return rows


def with_chapters(rows: Sequence[TextRow], chapters: Sequence[tuple[float, str]]) -> list[TextRow]:
    """Return rows with the chapters to show above each, the first one mostly after their start.

    A chapter may begin in silence before the first word, or inside a note.

    >>> said = [TextRow(None, ((Cue(1, 40, ""),),)), TextRow(None, ((Cue(60, 90, ""),),))]
    >>> [row.chapters for row in with_chapters(said, [(0.0, "A"), (50.0, "B")])]
    [((0.0, 'A'),), ((50.0, 'B'),)]
    """
    named = []
    before = -1.0
    for row in rows:
        middle = (row.start + row.end) / 2
        own = tuple(chapter for chapter in chapters if before <= chapter[0] < middle)
        named.append(replace(row, chapters=own))
        before = max(before, middle)
    return named


def is_moment(row: TextRow, hits: Sequence[Hit]) -> bool:
    """Return whether a row contains a moment found for the question."""
    return any(hit.start < row.end and row.start < hit.end for hit in hits)


def paragraphs(cues: Sequence[Cue], breaks: Sequence[float] = ()) -> list[tuple[Cue, ...]]:
    """Return cues as paragraphs that end at a sentence end if possible.

    Each paragraph has one link that the keyboard reaches, so captions without punctuation must not
    become long ones.

    Args:
        breaks: Seconds at which a new paragraph must begin.

    >>> said = [Cue(0, 30, "One."), Cue(30, 50, "Two."), Cue(50, 60, "Three")]
    >>> [[cue.text for cue in group] for group in paragraphs(said)]
    [['One.', 'Two.'], ['Three']]
    >>> [[cue.text for cue in group] for group in paragraphs(said, breaks=[30])]
    [['One.'], ['Two.', 'Three']]
    >>> [len(group) for group in paragraphs([Cue(n, n + 5, "so") for n in range(0, 60, 5)])]
    [5, 5, 2]
    """
    groups: list[list[Cue]] = []
    for cue in cues:
        group = groups[-1] if groups else None
        if group is None or _ends(group, cue, breaks):
            groups.append([cue])
        else:
            group.append(cue)
    return [tuple(group) for group in groups]


def _ends(group: list[Cue], following: Cue, breaks: Sequence[float]) -> bool:
    begin = group[0].start
    lasts = following.start - begin
    ended = next((cue.end for cue in reversed(group) if _is_sentence_end(cue)), begin)
    return (
        any(begin < second <= following.start for second in breaks)
        or (_is_sentence_end(group[-1]) and lasts >= SENTENCE_ENDS)
        or following.start - ended >= UNBROKEN
    )


def _is_sentence_end(cue: Cue) -> bool:
    return cue.text.rstrip().endswith((".", "?", "!", "。", "？", "！"))


def occurrences(text: str, wanted: str) -> list[tuple[int, int]]:
    """Return the positions of words in a text, ignoring case.

    >>> occurrences("Router, router", "ROUTER")
    [(0, 6), (8, 14)]
    """
    wanted = clean(wanted).lower()
    # Lower case may be longer than the text (Turkish I); then the case is not ignored.
    lowered = text.lower() if len(text.lower()) == len(text) else text
    found = []
    at = lowered.find(wanted) if wanted else -1
    while at >= 0:
        found.append((at, at + len(wanted)))
        at = lowered.find(wanted, at + len(wanted))
    return found


def mark_wanted(text: str, wanted: str) -> str:
    """Return a text as HTML, with the words marked."""
    shown = clean(text)
    return mark_spans(shown, occurrences(shown, wanted))


def show_text(text: Text, video: Video, links: Links) -> str:
    """Return the text of a lecture as HTML."""
    rows = "".join(_row(row, text, video, links) for row in text.rows)
    return f'<div class="cs-text cs-view-{text.view}">{rows}</div>'


def _row(row: TextRow, text: Text, video: Video, links: Links) -> str:
    heads = "".join(
        f"<h2>{links.play(video, start, clock(start))} {escape_html(title)}</h2>"
        for start, title in row.chapters
    )
    sides = []
    if text.view in ("both", "speech") and row.said:
        sides.append(_speech(row, text, video, links))
    if text.view == "languages" and row.note:
        sides += [_note(row, row.note, text, video, replace(links, language=language))
                  for language in LANGUAGES]  # fmt: skip
    elif text.view in ("both", "notes") and row.note:
        sides.append(_note(row, row.note, text, video, links))
    return f"{heads}<section class=cs-passage>{''.join(sides)}</section>" if sides else heads


def _note(row: TextRow, note: Chunk, text: Text, video: Video, links: Links) -> str:
    language, wanted = links.language, text.wanted
    title = in_language(note.title, note.title_ja, language)
    label = f"{clock(note.start)} {mark_wanted(title, wanted)}".strip()
    data = _data(video, note.start, "note") + (f" data-slide={row.slide}" if row.slide else "")
    badges = [
        *([say(language, "moment_here")] if row.is_moment else []),
        *([say(language, "qa")] if note.qa else []),
    ]
    shown = "".join(f" <span class=cs-badge>{badge}</span>" for badge in badges)
    moment = "data-moment" if row.is_moment else "data-note"
    link = links.play(video, note.start, label, attributes=moment)
    parts = [
        f"<h3>{link}{shown}</h3>",
        f"<p>{mark_wanted(in_language(note.text, note.text_ja, language), wanted)}</p>",
    ]
    terms = [mark_wanted(term, wanted) for term in note.terms]
    if row.slide:
        name = say(language, "slide_short", number=row.slide)
        terms.append(f'<span data-tip="{escape_html(text.deck[row.slide])}">{name}</span>')
    if terms:
        parts.append(f"<p class=cs-label>{' · '.join(terms)}</p>")
    if note.model:
        parts.append(f"<p class=cs-label>{escape_html(note_label(note.model, language))}</p>")
    return f"<div class=cs-note lang={language} {data}>{''.join(parts)}</div>"


def _speech(row: TextRow, text: Text, video: Video, links: Links) -> str:
    shown, before = [], ""
    badge = say(links.language, "moment_here")
    has_note = row.note is not None and text.view == "both"  # the keys go from note to note
    for number, paragraph in enumerate(row.said):
        start = paragraph[0].start
        is_first = row.is_moment and row.note is None and not number
        moment = "data-moment" if is_first else "" if has_note else "data-note"
        time = links.play(video, start, clock(start), attributes=moment)
        tail = f" <span class=cs-badge>{badge}</span>" if is_first else ""
        lines = []
        for cue in paragraph:
            name = f"<b>{escape_html(cue.speaker)}:</b> " if cue.speaker not in ("", before) else ""
            before = cue.speaker
            data = _data(video, cue.start, "speech")
            lines.append(f"{name}<span {data}>{mark_wanted(cue.text, text.wanted)}</span>")
        shown.append(f"<p>{time}{tail} {' '.join(lines)}</p>")
    return f"<div class=cs-speech>{''.join(shown)}</div>"


def _data(video: Video, start: float, group: str) -> str:
    return f'data-video="{escape_html(video.video_id)}" data-at={start:g} data-group={group}'


def show_contents(entries: Sequence[tuple[float, str]], video: Video, links: Links) -> str:
    """Return the table of contents of a lecture as HTML.

    Args:
        entries: Second and title of each part.
    """
    lines = "".join(
        f"<li {_data(video, start, 'contents')}>"
        f"{links.play(video, start, f'{clock(start)} {escape_html(title)}')}</li>"
        for start, title in entries
    )
    title = say(links.language, "contents")
    return f'<nav class=cs-contents aria-label="{title}"><h2>{title}</h2><ol>{lines}</ol></nav>'
