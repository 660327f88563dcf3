"""How long a process takes from its start: a search, and an ingest that finds nothing new."""

import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.table import Row

RUNS = 3
QUERY = "Why does the router need float32?"


def startup_rows(folder: Path) -> list[Row]:
    """Return the rows of a cold search and of an ingest without news."""
    importing, searching = alternate(
        ["-c", "import sentence_transformers"],
        ["-m", "cs25search", "search", QUERY, "--index", str(folder)],
    )
    ratio = searching / importing
    before = stamps(folder)
    starting, again = alternate(
        ["-m", "ingest", "--help"], ["-m", "ingest", "--offline", "--index", str(folder)]
    )
    written = [name for name, stamp in stamps(folder).items() if before.get(name) != stamp]
    return [
        Row(
            "cold `cs25search search`, process start to output",
            f"`import sentence_transformers`: {importing:.2f} s",
            f"{searching:.2f} s",
            f"{ratio:.2f} ×",
            "≤ 0.30 ×",
            ratio <= 0.30,
        ),
        Row(
            "ingest again, nothing changed",
            f"process start (`python -m ingest --help`): {starting:.2f} s",
            f"{again:.2f} s; files changed: {', '.join(written) or 'none'}",
            f"+ {again - starting:.2f} s",
            "≤ + 1 s, no byte written",
            again - starting <= 1 and not written,
        ),
    ]


def alternate(*programs: Sequence[str]) -> list[float]:
    """Return the median seconds of Python programs run in turn, so that noise hits all alike."""
    seconds: list[list[float]] = [[] for _ in programs]
    for _ in range(RUNS):
        for taken, program in zip(seconds, programs, strict=True):
            begin = time.perf_counter()
            subprocess.run([sys.executable, *program], check=True, capture_output=True)
            taken.append(time.perf_counter() - begin)
    return [statistics.median(taken) for taken in seconds]


def stamps(folder: Path) -> dict[str, tuple[int, int, int]]:
    """Return inode, size and time of change of every file, but of the empty lock."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.name != "ingest.lock":
            facts = path.stat()
            name = path.relative_to(folder).as_posix()
            found[name] = (facts.st_ino, facts.st_size, facts.st_mtime_ns)
    return found
