"""Ingest again after one new video: how the processor time grows with what was indexed before.

Encoding is left out: it only concerns the new video. A stand-in gives vectors at no cost, so the
rest can be measured on nine thousand windows.
"""

import math
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from benchmarks.corpora import cs25_notes
from benchmarks.fifty import SENTENCE, transcript
from benchmarks.table import Row
from cs25search.course.read import load_course
from cs25search.encoding.encoder import Encoder, Forward, OnnxEncoder, read_encoder_facts
from cs25search.errors import IndexMissing
from cs25search.index.build import build_generation
from cs25search.index.files import read_generation, write_generation
from cs25search.records import Video
from cs25search.transcripts import write_transcript
from ingest.captions.files import Origin, RawTrack, store_track, stored_tracks
from ingest.collect import collect, inputs_key

LECTURES = (9, 27, 80)  # of half an hour, about 112 windows each
COURSE = 'title = "Generated lectures"\n'


def growth_row(model: Path) -> Row:
    """Return the time of an ingest after one new video among three sizes of a course.

    Args:
        model: The folder of the encoder, for its tokenizer.
    """
    sentences = [part for note in cs25_notes().chunks for part in SENTENCE.split(note.text)]
    tracks = [track(sentences, number) for number in range(LECTURES[-1] + 1)]
    encoder = OnnxEncoder(model, stand_in(model))
    windows, seconds = [], []
    with tempfile.TemporaryDirectory() as scratch:
        (Path(scratch) / "course.toml").write_text(COURSE, "utf-8")
        first = ingest_seconds(Path(scratch), "first", tracks[:1], encoder)[1]
        for size in LECTURES:
            name = str(size)
            ingest_seconds(Path(scratch), name, tracks[:size], encoder)
            count, taken = ingest_seconds(Path(scratch), name, tracks[size : size + 1], encoder)
            windows.append(count)
            seconds.append(taken)
    exponent = float(np.polyfit(np.log(windows), np.log(seconds), 1)[0])
    last = math.log(seconds[-1] / seconds[-2]) / math.log(windows[-1] / windows[-2])
    sizes = ", ".join(f"{count:,}" for count in windows)
    return Row(
        f"ingest again after one new video among {sizes} windows, without encoding, processor time",
        f"the new video alone: {first:.2f} s",
        ", ".join(f"{taken:.2f} s" for taken in seconds),
        f"grows with windows to the power of {exponent:.2f}; at the end, {last:.2f}",
        "grows with what is new: 0",
        exponent <= 0.1,
    )


def track(sentences: list[str], number: int) -> RawTrack:
    """Return the captions of a generated lecture as SubRip."""
    video_id = f"growing{number:04}"
    origin = Origin(video_id, "local", f"{video_id}.srt", "en", title=f"Lecture {number + 1}")
    video = Video(video_id, origin.title, (), 0.0)
    return RawTrack(origin, write_transcript(video, transcript(sentences, number), "srt").encode())


def stand_in(model: Path) -> Forward:
    """Return a forward pass that looks up a vector for each token."""
    dim = int(read_encoder_facts(model)["dim"])
    table = np.random.default_rng(0).standard_normal((997, dim)).astype(np.float32)

    def forward(ids: np.ndarray, mask: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return table[ids.sum(axis=1) % len(table)], table[ids % len(table)]

    return forward


def ingest_seconds(
    folder: Path, name: str, new: Sequence[RawTrack], encoder: Encoder
) -> tuple[int, float]:
    """Add captions to an index, as `ingest.steps` does.

    Returns:
        How many windows the index has then, and the processor seconds.
    """
    captions, index = folder / f"{name}-captions", folder / name
    for one in new:
        store_track(captions, one)
    begin = time.process_time()
    course = load_course(folder)
    tracks: Mapping[str, RawTrack] = stored_tracks(captions)
    found = collect(course, tracks, None, {})
    content = found.content(inputs_key(course, tracks, found, encoder.key))
    try:
        previous = read_generation(index)
    except IndexMissing:
        previous = None
    write_generation(index, build_generation(content, encoder, "generated", previous))
    return len(found.chunks), time.process_time() - begin
