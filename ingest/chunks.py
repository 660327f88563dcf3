"""Split cues into chunks: overlapping windows of a talk that end at sentence ends or pauses."""

import math
import re
from collections.abc import Iterator, Sequence
from itertools import accumulate

from msgspec.structs import replace

from cs25search.records import Chunk, Cue, Word

WINDOW_WORDS = (
    80  # about half a minute of speech: one thought, and within the encoder's input length
)
STEP_WORDS = 40  # half a window, so that what one window cuts is complete in the next
REACH_WORDS = 20  # distance from these goals within which a sentence end or a pause is looked for
PAUSE_SECONDS = 1.0
SILENCE_SECONDS = 30.0  # a silence this long always ends a window

# Longer cues are split. The reach below and above a goal leaves room for any cue up to this size.
LONGEST_CUE_WORDS = 2 * REACH_WORDS

_SENTENCE_END = re.compile(r"[.?!。？！…][\"'”’)\]」』）]*$")
# Japanese, Chinese, Thai, Lao, Burmese and Khmer put no spaces between words.
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
_UNSPACED_SENTENCE = re.compile(r"[^。？！]+(?:[。？！]+[」』）]*)?|[。？！]+")
_CHARACTERS_PER_WORD = 2  # in text without spaces
_LONGEST_WORD = 20  # a longer run without spaces counts as several words


def build_chunks(video_id: str, cues: Sequence[Cue], title: str = "") -> list[Chunk]:
    """Return windows of about WINDOW_WORDS words; each starts about STEP_WORDS after the last.

    A window ends at the end of a sentence or before a pause if there is one within REACH_WORDS,
    and in any case before a silence of SILENCE_SECONDS.
    Every cue with words is in a chunk; cues of over LONGEST_CUE_WORDS words are split.

    Args:
        video_id: The video the cues belong to.
        cues: Sorted by start, as `parse_captions` returns them.
        title: The title of each chunk.

    >>> cues = [Cue(0.0, 2.0, "So what is attention?"), Cue(2.0, 4.0, "It is a soft look-up.")]
    >>> [(chunk.chunk_id, chunk.end, chunk.text) for chunk in build_chunks("U8J32Z3qV8s", cues)]
    [('U8J32Z3qV8s:0t', 4.0, 'So what is attention? It is a soft look-up.')]
    """
    starts = [cue.start for cue in cues]
    parts = [
        part
        for cue, following in zip(cues, [*starts[1:], math.inf], strict=False)
        for part in _split(cue, following)
    ]
    parts.sort(key=lambda part: part.start)  # long cues of two speakers may overlap
    chunks: list[Chunk] = []
    latest_id = -1
    for window in (run[first:stop] for run in runs(parts) for first, stop in _windows(run)):
        # Only in broken files do two windows start in the same millisecond; ids must differ even
        # then.
        latest_id = max(latest_id + 1, round(window[0].start * 1000))
        chunks.append(
            Chunk(
                chunk_id=f"{video_id}:{latest_id}t",
                video_id=video_id,
                start=window[0].start,
                end=max(cue.end for cue in window),
                text=" ".join(word for cue in window for word in cue.text.split()),
                kind="transcript",
                title=title,
                cues=tuple(window),
            )
        )
    return chunks


def count_words(text: str) -> int:
    """Return how many words a text has; without spaces, two characters count as one.

    >>> count_words("attention is all you need"), count_words("注意機構とは何か")
    (5, 4)
    """
    return sum(map(_size, text.split()))


def _size(token: str) -> int:
    """Return the number of words that a run without spaces counts as."""
    unspaced = len(_UNSPACED.findall(token))
    return max(1, unspaced // _CHARACTERS_PER_WORD, len(token) // _LONGEST_WORD)


def runs(cues: Sequence[Cue]) -> Iterator[list[Cue]]:
    """Yield the cues between one long silence and the next."""
    run: list[Cue] = []
    heard_until = 0.0
    for cue in cues:
        if run and cue.start - heard_until >= SILENCE_SECONDS:
            yield run
            run = []
        run.append(cue)
        heard_until = max(heard_until, cue.end)
    if run:
        yield run


def _windows(cues: Sequence[Cue]) -> Iterator[tuple[int, int]]:
    """Yield the first cue of each window and the one after its last."""
    before = [0, *accumulate(count_words(cue.text) for cue in cues)]  # words before each cue
    natural = [ends_naturally(cues, number) for number in range(len(cues))]
    first = stop = 0
    while stop < len(cues):
        end = _cut(before, natural, first, WINDOW_WORDS)
        # Two windows may end at the same sentence end; the second would add nothing new.
        if end > stop:
            yield first, end
            stop = end
        first = min(_cut(before, natural, first, STEP_WORDS), stop)


def ends_naturally(cues: Sequence[Cue], number: int) -> bool:
    """Return whether a cue ends a sentence or is followed by a pause."""
    if _SENTENCE_END.search(cues[number].text[-8:]):
        return True
    return number + 1 < len(cues) and (cues[number + 1].start - cues[number].end >= PAUSE_SECONDS)


def _cut(before: Sequence[int], natural: Sequence[bool], first: int, goal: int) -> int:
    """Return where to cut about `goal` words after cue `first`, as the number of the next cue.

    A natural end within reach is preferred, then the cut closest to the goal. The rest of the talk
    is taken whole if it is within reach.
    """
    last = len(natural)
    if before[last] - before[first] <= goal + REACH_WORDS:
        return last
    best, best_rank = first + 1, (True, float("inf"))
    for stop in range(first + 1, last + 1):
        words = before[stop] - before[first]
        if words > goal + REACH_WORDS:
            break
        off = abs(words - goal)
        rank = (off > REACH_WORDS or not natural[stop - 1], float(off))
        if rank < best_rank:
            best, best_rank = stop, rank
    return best


def _split(cue: Cue, following: float) -> list[Cue]:
    """Return a cue in parts of at most LONGEST_CUE_WORDS words; none if it has no word.

    A part ends at a sentence end if it is then at least half full. `following` is the start of the
    next cue.
    """
    if count_words(cue.text) <= LONGEST_CUE_WORDS:
        return [cue] if cue.text.strip() else []
    groups: list[list[Word]] = [[]]
    size = 0
    for word in _words(cue, following):
        after = _size(word.text)
        ended = groups[-1] and _SENTENCE_END.search(groups[-1][-1].text[-8:])
        if size + after > LONGEST_CUE_WORDS or (ended and size >= LONGEST_CUE_WORDS // 2):
            groups.append([])
            size = 0
        groups[-1].append(word)
        size += after
    starts = [group[0].start for group in groups]
    ends = [*starts[1:], max(cue.end, starts[-1])]
    return [
        replace(
            cue,
            start=start,
            end=end,
            text=" ".join(word.text for word in group),
            words=tuple(group) if cue.words else (),
        )
        for start, end, group in zip(starts, ends, groups, strict=True)
    ]


def _words(cue: Cue, following: float) -> list[Word]:
    """Return the words of a cue, split to LONGEST_CUE_WORDS; missing times are interpolated."""
    if cue.words:
        return [Word(word.start, piece) for word in cue.words for piece in _pieces(word.text)]
    pieces = [piece for token in cue.text.split() for piece in _pieces(token)]
    before = [0, *accumulate(map(_size, pieces))]
    spoken_until = min(cue.end, following)  # a cue may stay on screen while the next one is spoken
    seconds = spoken_until - cue.start
    return [
        Word(min(spoken_until, cue.start + seconds * done / before[-1]), piece)
        for done, piece in zip(before, pieces, strict=False)
    ]


def _pieces(token: str) -> list[str]:
    """Return the parts of a long run without spaces, cut at sentence ends and then by length."""
    if _size(token) <= LONGEST_CUE_WORDS:
        return [token]
    longest = LONGEST_CUE_WORDS * _CHARACTERS_PER_WORD
    return [
        sentence[at : at + longest]
        for sentence in _UNSPACED_SENTENCE.findall(token)
        for at in range(0, len(sentence), longest)
    ]
