"""The strings that are shown for a hit, with escaped data: Markdown, or HTML if stated."""

from collections.abc import Sequence
from textwrap import shorten

from ...records import Chunk, Hit, Language, Video, in_language
from ...search import Index
from ...text.clean import clean
from ...text.highlight import marks
from ...text.markdown import escape_markdown
from ...times import clock, watch_url
from ...transcripts import cues_of, speakers_of
from ...wording import label, lecture_title
from .html import escape_html, mark_spans
from .markup import escape_markup
from .texts import say

# Kinds of captions, see Video.captions.
MACHINE_MADE = {
    "automatic": "captions_automatic",
    "dubbed": "captions_dubbed",
    "machine-translated": "captions_translated",
}

LONG_QUOTE = 300  # letters of speech on a card; the rest is folded
AROUND = 60.0  # seconds around a chunk in which the lines before and after it are looked up


def video_title(video: Video, language: Language) -> str:
    """Return number and title of a lecture, or the title of a video outside the deck. Not escaped.

    >>> video_title(Video("", "GLOM", (), 0.0, 8), "ja"), video_title(Video("", "A", (), 0.0), "en")
    ('第8回 · GLOM', 'A')
    """
    return lecture_title(video, language, (" · ", " · "))


def video_line(video: Video, language: Language) -> str:
    """Return number, title and speakers of a recording."""
    title = video_title(video, language)
    speakers = ", ".join(video.speakers)
    return " · ".join(
        [f"**{escape_markup(title)}**", *([escape_markup(speakers)] if speakers else [])]
    )


def note_title(note: Chunk, language: Language) -> str:
    """Return the title of a note, marked if a language model wrote it. Not escaped.

    >>> note_title(Chunk("", "", 0, 9, "", "note", "Routing", model="llama3.1"), "en")
    'Routing (by AI)'
    """
    title = in_language(note.title, note.title_ja, language)
    return say(language, "title_by_model", title=title) if note.model else title


def title_or_words(chunk: Chunk, language: Language, letters: int) -> str:
    """Return the title of a note; of speech, its first words. Not escaped.

    Args:
        letters: The most characters of speech.
    """
    if chunk.kind == "transcript":  # its title is that of the recording
        return shorten(chunk.text, letters, placeholder=" …")
    return note_title(chunk, language)


def note_label(model: str, language: Language) -> str:
    """Return the label of a note, with the language model that wrote it, if any. Not escaped.

    >>> note_label("", "en"), note_label("llama3.1", "en")
    ('Study note', 'Study note by the language model llama3.1')
    """
    return say(language, "note_by", model=clean(model)) if model else label("note", language)


def labelled_texts(
    hit: Hit, question: str, language: Language, around: tuple[str, str] = ("", "")
) -> list[tuple[str, str]]:
    """Return the texts of a hit, best first, as (label, text with the question's words marked).

    Speech comes before the note about it; but in Japanese, the note comes first, because only notes
    are translated.

    Args:
        around: Lines to show before and after the speech, from `context`.

    Returns:
        HTML.
    """
    found = []
    if hit.chunk.kind == "transcript":
        before, after = (escape_html(line) for line in around)
        lines = [
            *([f"<span class=cs-muted>… {before}</span>"] if before else []),
            mark_question(question, hit.quote),
            *([f"<span class=cs-muted>{after} …</span>"] if after else []),
        ]
        whole = (label("transcript", language), " ".join(lines))
        if language == "en" and len(hit.quote) > LONG_QUOTE:
            found.append((whole[0], mark_question(question, excerpt(hit.quote, question))))
            whole = (say(language, "said_whole"), whole[1])
        found.append(whole)
    if hit.note:
        note = in_language(hit.note.text, hit.note.text_ja, language)
        name = escape_html(note_label(hit.note.model, language))
        found.append((name, mark_question(question, note)))
    return found[::-1] if language == "ja" else found


def excerpt(quote: str, question: str) -> str:
    """Return about LONG_QUOTE letters of a long quote, from just before the question's words.

    >>> said = "so " * 200 + "the router needs float32 " + "and " * 200
    >>> shown = excerpt(said, "router")
    >>> shown[:8], "the router needs float32" in shown, shown[-9:], len(shown) < 320
    ('… so so ', True, 'and and …', True)
    """
    text = clean(quote)
    spans = marks(question, text)
    first = spans[0][0] if spans else 0
    begin = min(max(0, first - LONG_QUOTE // 4), max(0, len(text) - LONG_QUOTE))
    begin = text.rfind(" ", 0, begin) + 1
    end = text.find(" ", begin + LONG_QUOTE)
    shown = text[begin:end] if end > 0 else text[begin:]
    return f"{'… ' if begin else ''}{shown}{' …' if end > 0 else ''}"


def speech_around(hit: Hit, index: Index) -> tuple[str, str]:
    """Return the lines said just before and after a quote of speech; "" if there are none."""
    if hit.chunk.kind != "transcript" or not hit.chunk.cues:
        return "", ""
    begin, end = hit.chunk.start - AROUND, hit.chunk.end + AROUND
    near = index.chunks_of(hit.video.video_id, begin, end)
    return lines_around(hit.chunk, [chunk for chunk in near if chunk.kind == "transcript"])


def lines_around(chunk: Chunk, others: Sequence[Chunk]) -> tuple[str, str]:
    """Return the last line of other chunks before a chunk, and the first one after it."""
    cues = cues_of(others)
    before = [cue.text for cue in cues if cue.start < chunk.cues[0].start]
    after = [cue.text for cue in cues if cue.start > chunk.cues[-1].start]
    return (before[-1] if before else ""), (after[0] if after else "")


def is_qa(hit: Hit) -> bool:
    """Return whether the moment is a question from the audience."""
    return hit.chunk.qa or (hit.note is not None and hit.note.qa)


def as_markdown(hit: Hit, language: Language) -> str:
    """Return a moment as Markdown to paste elsewhere: quote, place, slide."""
    title = video_title(hit.video, language)
    if hit.chunk.kind == "note":
        text = escape_markdown(in_language(hit.chunk.text, hit.chunk.text_ja, language))
        quoted = f"{escape_markdown(note_label(hit.chunk.model, language))}: {text}"
    else:
        quoted = f"> {escape_markdown(hit.quote)}"
    place, link = f"{escape_markdown(title)}, {clock(hit.start)}", watch_link(hit)
    lines = [quoted, "", f"[{place}]({link})" if link else place]
    if hit.slide:
        name = in_language(hit.slide.title, hit.slide.title_ja, language)
        number = say(language, "slide_short", number=hit.slide.number)
        title = f"{number}: {escape_markdown(name)}"
        lines.append(f"[{title}]({hit.slide.url})" if hit.slide.url else title)
    return "\n".join(lines)


def spoken_by(hit: Hit, language: Language) -> str:
    """Return the speakers of a moment and the origin of its captions, as HTML; "" for one unnamed
    speaker."""
    names = ", ".join(escape_html(name) for name in speakers_of(hit.chunk.cues))
    parts = [say(language, "spoken_by", names=names)] if names else []
    if hit.chunk.kind == "transcript" and (maker := captions_by(hit.video, language)):
        parts.append(maker)
    return " · ".join(parts)


def captions_by(video: Video, language: Language) -> str:
    """Return who made the captions of a video, as HTML, if a machine did; else ""."""
    kind, comma, model = video.captions.partition(", ")
    key = MACHINE_MADE.get(kind)
    return say(language, key, by=comma + escape_html(model)) if key else ""


def watch_link(hit: Hit) -> str:
    """Return the URL that opens the video at the moment; "" if it is not on YouTube."""
    return watch_url(hit.video.video_id, hit.start)


def mark_question(question: str, text: str) -> str:
    """Return a text as HTML, with the words of a question marked."""
    shown = clean(text)
    return mark_spans(shown, marks(question, shown))
