"""How long an ingest says nothing when its stderr is a file or a pipe."""

import os
import subprocess
import sys
import tempfile
import time
from itertools import pairwise
from pathlib import Path

from benchmarks.corpora import cs25_notes
from benchmarks.fifty import SENTENCE
from benchmarks.growth import COURSE, LECTURES, track
from benchmarks.table import Row

MOST = 10.0  # seconds without a line


def silence_row(model: Path) -> Row:
    """Return the longest time without a line in a first ingest, encoding included.

    Args:
        model: The folder of the encoder.
    """
    sentences = [part for note in cs25_notes().chunks for part in SENTENCE.split(note.text)]
    with tempfile.TemporaryDirectory() as scratch:
        captions, course, index = (
            Path(scratch) / name for name in ("captions", "of/made", "index")
        )
        for folder in (captions, course, index / course.name / "models"):
            folder.mkdir(parents=True)
        (course / "course.toml").write_text(COURSE, "utf-8")
        (index / course.name / "models" / model.name).symlink_to(model)
        for number in range(LECTURES[0]):
            one = track(sentences, number)
            (captions / one.origin.name).write_bytes(one.data)
        command = [
            sys.executable, "-m", "ingest", course.name, "--offline",
            "--captions", str(captions), "--index", str(index),
        ]  # fmt: skip
        env = os.environ | {"CS25_COURSES": str(course.parent)}
        times, lines = [time.perf_counter()], []
        with subprocess.Popen(
            command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        ) as ingest:
            for line in ingest.stderr or ():
                times.append(time.perf_counter())
                lines.append(line.strip())
        times.append(time.perf_counter())
    if ingest.returncode:
        raise RuntimeError("\n".join(lines))
    longest = max(later - earlier for earlier, later in pairwise(times))
    timed = sum(line.endswith(" left") for line in lines)
    whole = times[-1] - times[0]
    return Row(
        f"ingest of {LECTURES[0]} generated lectures with stderr in a pipe: longest silence",
        f"the whole ingest: {whole:.0f} s",
        f"{longest:.1f} s; {len(lines)} lines, {timed} of them with the time left",
        f"{longest / whole:.2f} ×",
        f"≤ {MOST:.0f} s, and the time left",
        longest <= MOST and (timed > 0 or whole <= MOST),
    )
