"""Parse captions into cues. The format is detected from the content, not from the file name."""

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise
from unicodedata import decimal

from msgspec.structs import replace

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
from .track import NoSpeech, NoTimes, Problems, Shown, Timed, Track

LOOP = 4  # this many equal captions in a row mean that a speech recogniser was stuck
BACKWARDS_MS = 1000  # captions of two speakers may overlap by this much

# Slow speech; limits the length of a caption without an end.
SHORTEST_MS, MS_PER_LETTER = 3000, 150
# Lines that services add to transcripts.
_FURNITURE = re.compile(
    r"^[ \t]{0,20}(?:[^\n]{1,60} (?:started|stopped) transcription|Transcribed by https://otter\.ai|"
    r"\[Auto-generated transcript\. Edits may have been applied for clarity\.\])[ \t]{0,20}$",
    re.M | re.I,
)

# Time lines as programs for right-to-left and full-width text, and web pages, write them.
_DIGITS = r"[\d:：.,٫،]{4,20}"
_ODD_TIMES = re.compile(
    rf"^[ \t]{{0,9}}({_DIGITS})[ \t]{{0,9}}(?:[-–—－=]{{1,2}} ?(?:>|＞|&gt;)|→|⟶)"
    rf"[ \t]{{0,9}}({_DIGITS})[ \t]{{0,9}}$",
    re.M,
)
_SIGNS = str.maketrans("：٫،", ":,,")
_PAGE = re.compile(r"\s{0,99}<(?:!doctype html|html)\b", re.I)
_POINTER = "version https://git-lfs"  # what a repository has in place of a large file

# Older Teams transcripts write times without leading zeros, as no other program does.
_TEAMS = re.compile(r"\s*[0-9]{1,2}:[0-9]:[0-9]{1,2}\.[0-9]{1,9} --> ")

PROSE_WORDS = 5
KNOWN = "SRT, WebVTT, json3 or another format listed in docs/captions.md"


def parse_captions(data: bytes | str, source: str = "<captions>") -> Track:
    """Return the captions in a text of any known format, without repeats and sound marks.

    A caption that cannot be read is left out and listed in `Track.skipped`.

    Args:
        data: The whole file; encodings other than Unicode are guessed.
        source: The name used in errors.

    Raises:
        CaptionError: The bytes are not text, or there is no caption with a spoken word;
            NoSpeech if the file is a list of chapters, pictures or metadata.

    >>> track = parse_captions("1\\n00:01:02,500 --> 00:01:04,000\\nAttention is all you need.\\n")
    >>> track.kind, track.cues
    ('SRT', (Cue(start=62.5, end=64.0, text='Attention is all you need.', words=(), speaker=''),))
    """
    text, encoding = decode(data, source)
    text = _FURNITURE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    text = _ODD_TIMES.sub(lambda found: f"{_plain(found[1])} --> {_plain(found[2])}", text)
    if not text.strip():
        raise CaptionError(source, 0, "the file is empty")
    problems = Problems(source)
    shown, kind, chapters = _read(text, problems)
    remarks = _remarks(shown)
    shown = _in_order(shown)
    if kind in ("SRT", "WebVTT", "srv1"):
        if found := without_speech(text, shown, source):
            raise found
        shown = without_repeats(shown)
    shown = take_speakers(shown, is_teams=_TEAMS.match(text) is not None)
    timed = any(time is not None for one in shown for line in one.lines for time, _ in line)
    cues = tuple(cue for one in shown if (cue := _cue(one, timed)))
    if not cues:
        raise _no_cue(text, source, shown, problems.found)
    return Track(cues, tuple(problems.found), kind, encoding, remarks, chapters)


def _read(text: str, problems: Problems) -> tuple[list[Shown], str, tuple[tuple[float, str], ...]]:
    """Return the captions of a text as shown, its format, and headings between them."""
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
    # A text may quote another format, so the majority of its lines decides.
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
    """Return whether a text that begins with a bracket is JSON and not a printed list or a time."""
    return re.match(r"\s*(?:\{\s*(?:\"|\}|$)|\[[\[\s]*(?:\{\s*\"|\]|$))", text[:2000]) is not None


def _remarks(shown: Sequence[Shown]) -> tuple[str, ...]:
    """Return remarks on unusual captions, in file order."""
    remarks = []
    back = [one for before, one in pairwise(shown) if one.start < before.start - BACKWARDS_MS]
    if back:
        remarks.append(
            f"Captions were out of order in {len(back)} places, first at "
            f"{clock(back[0].start / 1000)}; they were sorted."
        )
    for apart, what in ((1, "have the same words"), (2, "repeat the same two lines")):
        count, end = _longest_loop(shown, apart)
        if count >= LOOP * apart:
            remarks.append(f"{count} captions in a row until {clock(end / 1000)} {what}.")
            break
    return tuple(remarks)


def _longest_loop(shown: Sequence[Shown], apart: int) -> tuple[int, int]:
    """Return the length of the longest run of captions that repeat, and the start of its last.

    Args:
        apart: How many captions before each one is the one with the same words.
    """
    words = [said(one.lines) for one in shown]
    run, longest = apart, (apart, 0)
    for number in range(apart, len(shown)):
        same = bool(words[number]) and words[number] == words[number - apart]
        run = run + 1 if same and shown[number].lines[0][0][1] else apart
        longest = max(longest, (run, -shown[number].start))
    return longest[0], -longest[1]


def clip(cues: Iterable[Cue], duration: float) -> list[Cue]:
    """Return the cues cut off at `duration` seconds.

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


def _plain(time: str) -> str:
    """Return a time with ASCII digits and signs.

    >>> _plain("٠٠:٠١:٠٢٫٥٠٠"), _plain("00：01：02,500")
    ('00:01:02,500', '00:01:02,500')
    """
    return "".join(str(decimal(one)) if one.isdecimal() else one for one in time.translate(_SIGNS))


def _no_cue(
    text: str, source: str, shown: Sequence[Shown], found: Sequence[CaptionError]
) -> CaptionError:
    """Return the error for a file without cues."""
    if _PAGE.match(text):
        return NoSpeech(source, "this is a web page, not captions")
    if text.startswith(_POINTER):
        return NoSpeech(source, "this is a pointer of Git LFS to the file, not the file itself")
    if found:
        return CaptionError(
            source, found[0].line, f"none of the captions can be read; {found[0].reason}"
        )
    if shown:
        return CaptionError(source, 0, "no caption has a spoken word")
    is_prose = len(text.split()) >= PROSE_WORDS and not text.lstrip().startswith("WEBVTT")
    if is_prose and not re.search(r"\d:\d\d", text):
        return NoTimes(source, 0, "the text has no times")
    return CaptionError(source, 0, f"there is no caption in {KNOWN}")


def _in_order(shown: list[Shown]) -> list[Shown]:
    """Return captions sorted by start; missing ends are estimated from words and next starts."""
    shown.sort(key=lambda one: one.start)
    for one, following in pairwise([*shown, None]):
        if one is not None and one.end is None:
            spoken = one.start + max(SHORTEST_MS, MS_PER_LETTER * sum(map(_letters, one.lines)))
            one.end = min(spoken, following.start) if following else spoken
    return shown


def _letters(line: Sequence[Timed]) -> int:
    return sum(len(word) for _, word in line)


def _cue(one: Shown, track_is_timed: bool) -> Cue | None:
    """Return the cue for a caption, None if it contains no speech.

    Files with word times omit the time of a single word; it is the cue's.
    """
    tokens = without_sounds(token for line in one.lines for token in line)
    if not tokens:
        return None
    latest = one.start
    words = []
    for time, text in tokens:
        latest = max(latest, time or 0)  # times in a hostile file may decrease
        words.append(Word(latest / 1000, text))
    end = max(latest, one.end or 0)
    timed = any(time is not None for time, _ in tokens) or (track_is_timed and len(tokens) == 1)
    text = " ".join(text for _, text in tokens)
    return Cue(one.start / 1000, end / 1000, text, tuple(words) if timed else (), one.speaker)
