"""Check the reply of a language model before it becomes notes.

The reply is untrusted text. A note must fit the schema, be within its window, contain no markup or
links, and share words with the speech there.
"""

import re
from itertools import pairwise

import msgspec
from msgspec.structs import replace

from cs25search.course.read import TimedNote
from cs25search.text.clean import visible
from cs25search.text.japanese import JAPANESE, is_japanese, japanese_words
from cs25search.text.topic_words import english_topic_words
from cs25search.text.words import STOP_WORDS, words

from .windows import Window

VERSION = 1  # incremented whenever a change of prompt or checks would give different notes
ASKS = 4
TITLE, SUMMARY, ASK, TERM = (
    (3, 120),
    (30, 800),
    (8, 240),
    (2, 60),
)  # characters, minimum and maximum
TITLE_JA, SUMMARY_JA, ASK_JA = (2, 80), (15, 500), (4, 160)
MOST_NOTES, MOST_TERMS = 16, 8
# The notes of lecture 1 share at least .38 of their words with the real captions of their window,
# notes of other lectures .25 in the median. This only stops obvious nonsense.
GROUNDED = 0.2
ENGLISH = 0.25  # least share of stop words in an English transcript
_MARKUP = re.compile(
    r"</?[a-z!][^>]*>|\]\(|\]:|://|\bwww\.|\b(?:javascript|vbscript|mailto):|\bdata:\w+/"
    r"|&(?:#\w+|lt|gt|amp|quot);|```|\*\*|^\s*#"
    r"|\b[\w-]+\.(?:com|org|net|io|ai|dev|app|info|biz|ru|cn|co|me|xyz|example|ly)\b",
    re.I,
)
_THOUGHTS = re.compile(r"<think>.*?</think>", re.S)


class _Reply(msgspec.Struct, frozen=True):
    notes: tuple[TimedNote, ...]


class NotesProblem(Exception):
    """A reply is not a valid set of notes; `str()` says why, for the model and the user."""


def read_notes(reply: str, window: Window) -> tuple[TimedNote, ...]:
    """Return the notes in a model's reply, in order and without overlap.

    Raises:
        NotesProblem: It is not JSON of this form, or a note has wrong times, is too long or too
            short, contains markup or links, or is not about the speech.
    """
    reply = _THOUGHTS.sub("", reply)
    # A model may put text or a Markdown fence around its JSON.
    found = reply[reply.find("{") : reply.rfind("}") + 1]
    try:
        notes = msgspec.json.decode(found, type=_Reply, strict=False).notes
    except (msgspec.DecodeError, RecursionError) as error:
        raise NotesProblem(f"the reply is not the requested JSON ({str(error)[:120]})") from None
    if not 1 <= len(notes) <= MOST_NOTES:
        raise NotesProblem(f"there are {len(notes)} notes, not 1 to {MOST_NOTES}")
    said = _Said(window)
    checked = [_checked(number, note, window, said) for number, note in enumerate(notes, start=1)]
    checked.sort(key=lambda note: note.start)
    for one, following in pairwise(checked):
        if following.start - one.start < 1:
            raise NotesProblem(f"two notes start at second {following.start:.0f}")
    ends = [following.start for following in checked[1:]] + [window.end]
    return tuple(
        replace(note, end=min(note.end, end)) for note, end in zip(checked, ends, strict=True)
    )


class _Said:
    """The speech of a window, prepared for comparison with notes."""

    def __init__(self, window: Window) -> None:
        text = " ".join(cue.text for cue in window.cues)
        self.matter = _matter(text)
        spoken = words(text)
        idle = sum(word in STOP_WORDS for word in spoken)
        self.is_english = idle >= ENGLISH * max(1, len(spoken))


def _checked(number: int, note: TimedNote, window: Window, said: _Said) -> TimedNote:
    """Return a note after tidying it, with its times within the window."""
    # The prompt has whole seconds, so the ends of a window may be off by one.
    if not window.start - 1 <= note.start < note.end <= window.end + 1:
        raise NotesProblem(
            f"note {number} runs from {note.start:g} to {note.end:g}; notes must be within "
            f"{int(window.start)} to {int(window.end)}"
        )
    note = replace(
        note,
        start=max(note.start, window.start),
        end=min(note.end, window.end),
        title=_tidy(note.title),
        summary=_tidy(note.summary),
        asks=tuple(_tidy(ask) for ask in note.asks),
        terms=tuple(dict.fromkeys(_tidy(term) for term in note.terms)),
        title_ja=_tidy(note.title_ja),
        summary_ja=_tidy(note.summary_ja),
        asks_ja=tuple(_tidy(ask) for ask in note.asks_ja),
    )
    if note.end - note.start < 1:
        raise NotesProblem(f"note {number} lasts less than a second")
    for name, text, limits in (
        ("title", note.title, TITLE),
        ("summary", note.summary, SUMMARY),
        *(("question", ask, ASK) for ask in note.asks),
    ):
        _check(f"note {number}, {name}", text, limits)
        if len(JAPANESE.findall(text)) * 2 > len(text):
            raise NotesProblem(f"note {number}, {name}: is not English")
    if len(set(note.asks)) != ASKS:
        raise NotesProblem(f"note {number} has {len(set(note.asks))} questions, not {ASKS}")
    own = _matter(f"{note.title} {note.summary}")
    if said.is_english and len(own & said.matter) < GROUNDED * len(own):
        raise NotesProblem(f"note {number} is not about what is said")
    known = own | said.matter
    terms = [term for term in note.terms if _is_term(term, known)][:MOST_TERMS]
    return _japanese(number, replace(note, terms=tuple(terms)))


def _matter(text: str) -> set[str]:
    """Return the content words of a text: stems, and Japanese words."""
    stems = set(english_topic_words(text))
    return stems.union(japanese_words(text)) if is_japanese(text) else stems


def _is_term(term: str, known: set[str]) -> bool:
    """Return whether a term is valid and one of its words is in the transcript or the note."""
    return (
        TERM[0] <= len(term) <= TERM[1]
        and not _MARKUP.search(term)
        and not known.isdisjoint(_matter(term))
    )


def _japanese(number: int, note: TimedNote) -> TimedNote:
    """Return a note with its Japanese version checked, or without one."""
    if not note.title_ja or not note.summary_ja:
        return replace(note, title_ja="", summary_ja="", asks_ja=())
    for name, text, limits in (
        ("title_ja", note.title_ja, TITLE_JA),
        ("summary_ja", note.summary_ja, SUMMARY_JA),
        *(("asks_ja", ask, ASK_JA) for ask in note.asks_ja),
    ):
        _check(f"note {number}, {name}", text, limits)
    if not is_japanese(note.summary_ja):
        raise NotesProblem(f"note {number}, summary_ja: is not Japanese")
    if note.asks_ja and len(set(note.asks_ja)) != ASKS:
        raise NotesProblem(f"note {number} has {len(set(note.asks_ja))} asks_ja, not {ASKS}")
    return note


def _check(place: str, text: str, limits: tuple[int, int]) -> None:
    least, most = limits
    if not least <= len(text) <= most:
        raise NotesProblem(f"{place}: has {len(text)} characters, not {least} to {most}")
    if _MARKUP.search(text):
        raise NotesProblem(f"{place}: contains markup or a link")


def _tidy(text: str) -> str:
    """Return text on one line, without invisible characters."""
    return visible(" ".join(text.split()))
