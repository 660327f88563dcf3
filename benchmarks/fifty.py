"""Fifty lectures: the bundled ten, and forty whose transcripts are made from the bundled notes.

The text of the forty is real but reordered; the time for searching and indexing does not depend on
its meaning. Each lasts about half an hour.
"""

import random
import re
from itertools import pairwise

from benchmarks.corpora import Corpus, cs25_notes
from cs25search.records import Cue, Video
from ingest.chunks import build_chunks

LECTURES, MINUTES = 40, 30
WORDS_PER_SECOND = 2.5  # about the pace of speech
SENTENCE = re.compile(r"(?<=[.?!])\s+")


def fifty_lectures() -> Corpus:
    """Return the corpus; its questions are the bundled ones."""
    bundled = cs25_notes()
    sentences = [part for note in bundled.chunks for part in SENTENCE.split(note.text)]
    videos, chunks = list(bundled.videos), list(bundled.chunks)
    for number in range(LECTURES):
        video = Video(f"generated{number:02}", f"Lecture {number + 11}", (), MINUTES * 60.0)
        videos.append(video)
        chunks += build_chunks(video.video_id, transcript(sentences, number), video.title)
    return Corpus("fifty lectures", tuple(videos), tuple(chunks), bundled.questions, bundled.slides)


def transcript(sentences: list[str], seed: int) -> list[Cue]:
    """Return half an hour of cues, the same for the same seed.

    >>> cues = transcript(["One two three.", "Four."], seed=0)
    >>> cues[0].start, 1795 < cues[-1].end <= 1800
    (0.0, True)
    """
    draw = random.Random(seed)  # noqa: S311
    said: list[str] = []
    begins = [0.0]
    while True:
        sentence = draw.choice(sentences)
        end = begins[-1] + len(sentence.split()) / WORDS_PER_SECOND
        if end > MINUTES * 60:
            break
        said.append(sentence)
        begins.append(end)
    return [Cue(b, e, text) for (b, e), text in zip(pairwise(begins), said, strict=True)]
