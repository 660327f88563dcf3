"""The transcript of a lecture as paragraphs, and search within it."""

from collections.abc import Sequence
from dataclasses import dataclass

from ...records import Cue
from ...text.clean import clean
from .markup import mark

LONG, TOO_LONG = (
    40.0,
    80.0,
)  # seconds after which a sentence end, and after which any cue, ends a paragraph


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of text and its start in seconds.

    A note also has a title, and the name of the language model if one wrote it.
    """

    start: float
    end: float
    text: str
    title: str = ""
    model: str = ""


def paragraphs(cues: Sequence[Cue], breaks: Sequence[float] = ()) -> list[Passage]:
    """Return cues as paragraphs of about a minute that end at a sentence end if possible.

    Args:
        breaks: Seconds at which a new paragraph must begin, such as chapter starts.

    >>> said = [Cue(0, 30, "One."), Cue(30, 50, "Two."), Cue(50, 60, "Three")]
    >>> [(p.start, p.text) for p in paragraphs(said)]
    [(0, 'One. Two.'), (50, 'Three')]
    >>> [p.text for p in paragraphs(said, breaks=[30])]
    ['One.', 'Two. Three']
    """
    groups: list[list[Cue]] = []
    for cue in cues:
        group = groups[-1] if groups else None
        if group is None or _ends(group, cue, breaks):
            groups.append([cue])
        else:
            group.append(cue)
    return [Passage(group[0].start, group[-1].end, _text(group)) for group in groups]


def _text(group: Sequence[Cue]) -> str:
    """Return the text of a paragraph, with names where the speaker changes."""
    parts = []
    before = ""
    for cue in group:
        name = f"{clean(cue.speaker)}: " if cue.speaker and cue.speaker != before else ""
        before = cue.speaker
        parts.append(f"{name}{clean(cue.text)}")
    return " ".join(parts)


def _ends(group: list[Cue], following: Cue, breaks: Sequence[float]) -> bool:
    lasts = following.start - group[0].start
    is_sentence = group[-1].text.rstrip().endswith((".", "?", "!", "。", "？", "！"))
    return (
        any(group[0].start < second <= following.start for second in breaks)
        or (is_sentence and lasts >= LONG)
        or lasts >= TOO_LONG
    )


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


def find(passages: Sequence[Passage], wanted: str) -> list[int]:
    """Return the indices of the passages that contain the words."""
    return [
        number
        for number, passage in enumerate(passages)
        if occurrences(passage.title, wanted) or occurrences(passage.text, wanted)
    ]


def marked(text: str, wanted: str) -> str:
    """Return the escaped text with the words marked."""
    shown = clean(text)
    return mark(shown, occurrences(shown, wanted))
