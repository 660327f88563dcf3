"""Caption text to cues: the kind is told by the content, not by the name of the file."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise

from cs25search.errors import CaptionError
from cs25search.records import Cue, Word
from cs25search.times import clock

from .documents import is_printed_list, read_json, read_printed_list, read_xml
from .encodings import decode
from .lines import count_lrc, count_sbv, is_tsv, read_lrc, read_sbv, read_tsv
from .rolling import said, without_repeats
from .sounds import without_sounds
from .speakers import take_speakers
from .spoken import count_times, read_transcript
from .styled import read_styled, styled_kind
from .subtitles import count_time_lines, read_blocks, without_speech
from .track import Problems, Shown, Timed, Track

LOOP = 4  # so many captions in a row with the same words: a recogniser has lost its place
BACKWARDS_MS = 1000  # captions of two speakers may overlap by so much

# Slow speech: a caption without an end lasts so long at most.
SHORTEST_MS, MS_PER_LETTER = 3000, 150
# What services write into a transcript and nobody says.
_FURNITURE = re.compile(
    r"^[ \t]{0,20}(?:Transcribed by https://otter\.ai|"
    r"\[Auto-generated transcript\. Edits may have been applied for clarity\.\])[ \t]{0,20}$",
    re.M | re.I,
)

KNOWN = "SRT, WebVTT, json3 or another kind that docs/captions.md lists"


def parse_captions(data: bytes | str, source: str = "<captions>") -> Track:
    """Return the captions in a text of any kind, repeats and sound marks removed.

    A caption that cannot be read is left out and listed in `Track.skipped`.

    Args:
        data: The whole file; an encoding other than Unicode is guessed.
        source: The name that errors give.

    Raises:
        CaptionError: The bytes are not text, or there is no caption with a spoken word;
            NoSpeech when the file is a list of chapters, pictures or metadata.

    >>> track = parse_captions("1\\n00:01:02,500 --> 00:01:04,000\\nAttention is all you need.\\n")
    >>> track.kind, track.cues
    ('SRT', (Cue(start=62.5, end=64.0, text='Attention is all you need.', words=(), speaker=''),))
    """
    text, encoding = decode(data, source)
    text = _FURNITURE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    problems = Problems(source)
    shown, kind, chapters = _read(text, problems)
    remarks = _remarks(shown)
    shown = _in_order(shown)
    if kind in ("SRT", "WebVTT", "srv1"):
        if found := without_speech(text, shown, source):
            raise found
        shown = without_repeats(shown)
    shown = take_speakers(shown)
    timed = any(time is not None for one in shown for line in one.lines for time, _ in line)
    cues = tuple(cue for one in shown if (cue := _cue(one, timed)))
    if not cues:
        raise _no_cue(source, shown, problems.found)
    return Track(cues, tuple(problems.found), kind, encoding, remarks, chapters)


def _read(text: str, problems: Problems) -> tuple[list[Shown], str, tuple[tuple[float, str], ...]]:
    """Return the captions of a text as it shows them, its kind, and headings between them."""
    head = text.lstrip()[:20]
    if is_printed_list(text) and not _is_json(text):
        return read_printed_list(text, problems), "youtube-transcript-api list", ()
    if head.startswith("{") or (head.startswith("[") and _is_json(text)):
        return *read_json(text, problems), ()
    if styled := styled_kind(text):
        return read_styled(text, styled, problems), styled.upper(), ()
    if head.startswith("<") and not re.match(r"<(?:!doctype html|html)\b", head, re.I):
        return *read_xml(text, problems), ()
    if is_tsv(text):
        return read_tsv(text, problems), "TSV", ()
    # Text that quotes another kind is told apart by what most lines are.
    counts = {
        "subtitles": count_time_lines(text),
        "SBV": count_sbv(text),
        "LRC": count_lrc(text),
    }
    best = max(counts, key=lambda name: counts[name])
    if counts[best] == 0 and count_times(text) > 1 and not head.startswith("WEBVTT"):
        return read_transcript(text, problems)
    if best == "SBV" and counts[best]:
        return read_sbv(text, problems), best, ()
    if best == "LRC" and counts[best]:
        return read_lrc(text, problems), best, ()
    return read_blocks(text, problems), "WebVTT" if head.startswith("WEBVTT") else "SRT", ()


def _is_json(text: str) -> bool:
    """Return whether a text that begins with a bracket is JSON and no printed list or time."""
    return re.match(r"\s*(?:\{\s*(?:\"|\}|$)|\[\s*(?:\{\s*\"|\[|\]|$))", text[:2000]) is not None


def _remarks(shown: Sequence[Shown]) -> tuple[str, ...]:
    """Return what is odd about captions in the order of their file."""
    remarks = []
    back = [one for before, one in pairwise(shown) if one.start < before.start - BACKWARDS_MS]
    if back:
        remarks.append(
            f"Captions stand after later ones in {len(back)} places, first at "
            f"{clock(back[0].start / 1000)}; they were put in order."
        )
    run, longest = 1, (1, 0)
    for before, one in pairwise(shown):
        same = bool(one.lines) and said(one.lines) == said(before.lines) and one.lines[0][0][1]
        run = run + 1 if same else 1
        longest = max(longest, (run, -one.start))
    if longest[0] >= LOOP:
        remarks.append(
            f"{longest[0]} captions in a row until {clock(-longest[1] / 1000)} have the same words."
        )
    return tuple(remarks)


def clip(cues: Iterable[Cue], duration: float) -> list[Cue]:
    """Return the cues with everything after `duration` seconds cut off.

    >>> clip([Cue(9.0, 12.0, "across"), Cue(10.0, 13.0, "out")], duration=10.0)
    [Cue(start=9.0, end=10.0, text='across', words=(), speaker='')]
    """
    kept = []
    for cue in cues:
        if cue.start >= duration:
            continue
        words = tuple(word for word in cue.words if word.start < duration)
        if cue.words and not words:
            continue
        text = cue.text if len(words) == len(cue.words) else " ".join(w.text for w in words)
        kept.append(replace(cue, end=min(cue.end, duration), text=text, words=words))
    return kept


def _no_cue(source: str, shown: Sequence[Shown], found: Sequence[CaptionError]) -> CaptionError:
    """Return the error for a file that gives no cue."""
    if found:
        return CaptionError(source, found[0].line, f"no caption can be read; {found[0].reason}")
    if shown:
        return CaptionError(source, 0, "no caption has a spoken word")
    return CaptionError(source, 0, f"there is no caption in {KNOWN}")


def _in_order(shown: list[Shown]) -> list[Shown]:
    """Return captions sorted by start; a missing end is when the words are spoken, or the next."""
    shown.sort(key=lambda one: one.start)
    for one, following in pairwise([*shown, None]):
        if one is not None and one.end is None:
            spoken = one.start + max(SHORTEST_MS, MS_PER_LETTER * sum(map(_letters, one.lines)))
            one.end = min(spoken, following.start) if following else spoken
    return shown


def _letters(line: Sequence[Timed]) -> int:
    return sum(len(word) for _, word in line)


def _cue(one: Shown, track_is_timed: bool) -> Cue | None:
    """Return the cue for a caption, None when nothing is spoken in it.

    A file that times words leaves out the time of a word that stands alone: it is the cue's.
    """
    tokens = without_sounds(token for line in one.lines for token in line)
    if not tokens:
        return None
    latest = one.start
    words = []
    for time, text in tokens:
        latest = max(latest, time or 0)  # a hostile file may count backwards
        words.append(Word(latest / 1000, text))
    end = max(latest, one.end or 0)
    timed = any(time is not None for time, _ in tokens) or (track_is_timed and len(tokens) == 1)
    text = " ".join(text for _, text in tokens)
    return Cue(one.start / 1000, end / 1000, text, tuple(words) if timed else (), one.speaker)
