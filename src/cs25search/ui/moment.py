"""A hit as the strings that a card shows. All are Markdown with data escaped, URLs apart."""

from ..lexical import marks
from ..records import Hit, Language, Slide, Video
from ..times import clock, watch_url
from .markup import clean, escape, mark
from .texts import say


def lecture_title(number: int | None, title: str, title_ja: str, language: Language) -> str:
    """Return number and title of a lecture; a video outside the deck has only a title.

    >>> lecture_title(8, "GLOM", "", "ja"), lecture_title(None, "Panel", "", "en")
    ('第8回 · GLOM', 'Panel')
    """
    shown = _in(language, title, title_ja)
    return f"{say(language, 'lecture', number=number)} · {shown}" if number else shown


def video_line(video: Video, language: Language) -> str:
    """Return number and title of a recording, and who speaks."""
    title = lecture_title(video.lecture, video.title, video.title_ja, language)
    speakers = ", ".join(video.speakers)
    return " · ".join([f"**{escape(title)}**", *([escape(speakers)] if speakers else [])])


def heading(hit: Hit, language: Language) -> str:
    """Return when it is said, and the title of the note about it, if there is one."""
    times = f"{clock(hit.start)}–{clock(hit.end)}"
    if not hit.note:
        return times
    return f"{times} · {escape(_in(language, hit.note.title, hit.note.title_ja))}"


def passages(hit: Hit, question: str, language: Language) -> list[tuple[str, str]]:
    """Return what there is to read, best first, as (label, text with the question's words marked).

    What was said comes before the note about it, but a Japanese reader, for whom only notes
    are translated, sees the note first.
    """
    found = []
    if hit.chunk.kind == "transcript":
        found.append((say(language, "said"), _marked(question, hit.quote)))
    if hit.note:
        note = _in(language, hit.note.text, hit.note.text_ja)
        found.append((say(language, "note"), _marked(question, note)))
    return found[::-1] if language == "ja" else found


def watch_link(hit: Hit) -> str:
    """Return the URL that opens the video at the moment."""
    return watch_url(hit.video.video_id, hit.start)


def slide_title(slide: Slide, language: Language) -> str:
    """Return the title of a slide."""
    return escape(_in(language, slide.title, slide.title_ja))


def slide_summary(slide: Slide, language: Language) -> str:
    """Return the summary of a slide."""
    return escape(_in(language, slide.summary, slide.summary_ja))


def _in(language: Language, english: str, japanese: str) -> str:
    return japanese if language == "ja" and japanese else english


def _marked(question: str, text: str) -> str:
    shown = clean(text)
    return mark(shown, marks(question, shown))
