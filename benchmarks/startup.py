"""The cost of a process from its start: a question, the first encoder, an unchanged ingest.

Measured in processor time, which depends less on other work on the machine.
"""

import asyncio
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.table import Row
from cs25search import progress
from cs25search.ui.views.texts import say
from ingest.encoder import DEFAULT_ENCODER
from tests.e2e.conftest import serve
from tests.page_client import ask_page

RUNS = 5
QUERY = "Why does the router need float32?"
LIBRARIES = "numpy, faiss, onnxruntime, tokenizers, msgspec, click"
MOST = {"search": 1.5, "ask": 1.8}  # times the libraries' import
WAITING = frozenset({"index_missing", "building"})  # texts of a page that cannot answer yet
EXPORT = (
    "import resource, sys; from pathlib import Path; from ingest.encoder import *; "
    "source, folder = find_model(DEFAULT_ENCODER, True), Path(sys.argv[1], 'models', 'one'); "
    "export(source, sys.argv[2], DEFAULT_SHA256, folder); "
    "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
)


def startup_rows(folder: Path) -> list[Row]:
    """Return the rows of a cold question, the first encoder and an unchanged ingest."""
    importing, *asking = alternate(
        ["-c", f"import {LIBRARIES}"],
        *(["-m", "cs25search", command, QUERY, "--index", str(folder)] for command in MOST),
    )
    rows = [
        Row(
            f"cold `cs25search {command}`, processor time",
            f"importing {LIBRARIES}: {importing:.2f} s",
            f"{taken:.2f} s",
            f"{taken / importing:.2f} ×",
            f"≤ {most} ×",
            taken / importing <= most,
        )
        for (command, most), taken in zip(MOST.items(), asking, strict=True)
    ]
    return [*rows, encoder_row(), again_row(folder)]


def encoder_row() -> Row:
    """Return the cost of writing the default encoder for the first time, and of torch's export."""
    begin = processor_seconds(["-c", "import ingest.encoder"])
    own, memory = export_cost(DEFAULT_ENCODER)
    by_torch, memory_of_torch = export_cost("the same weights by another name")
    return Row(
        "default encoder on the first ingest, processor time",
        f"imports: {begin:.2f} s; torch's export: {by_torch:.1f} s, {memory_of_torch:.0f} MB",
        f"{own - begin:.2f} s more, {memory:.0f} MB",
        f"+ {own - begin:.2f} s",
        "≤ + 1 s",
        own - begin <= 1,
    )


def export_cost(name: str) -> tuple[float, float]:
    """Return processor seconds and peak memory in MB of a process that writes an encoder.

    Args:
        name: What the default encoder's weights are called; torch exports all but the default one.
    """
    with tempfile.TemporaryDirectory() as scratch:
        taken, printed = run_program(["-c", EXPORT, scratch, name])
    return taken, int(printed) * 1024 / 1e6


def page_rows(root: Path, fast: bool) -> list[Row]:
    """Return how long `make run` takes from an empty index folder: to a page, and to an answer.

    As in the Makefile, ingest and server start together.

    Args:
        root: The index folder, which does not exist yet.
        fast: Whether documents are encoded in bfloat16.
    """
    command = [sys.executable, "-m", "ingest", "--offline", "--index", str(root)]
    begin = time.perf_counter()
    with (
        subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as ingest,
        serve(root) as server,
    ):
        up = time.perf_counter() - begin
        url, first = server.url.replace("http", "ws"), None
        while shown := texts_of(url):
            if first is None and "building" in shown:
                first = time.perf_counter() - begin
            time.sleep(0.1)
        whole = time.perf_counter() - begin
        if ingest.wait():
            raise RuntimeError(f"{' '.join(command)} ended with exit code {ingest.returncode}")
    begin = time.perf_counter()
    with serve(root):
        alone = time.perf_counter() - begin
    most = 10 if fast else 20
    told = whole if first is None else first
    return [
        Row(
            "`make run` from an empty index folder to an answer in the app, installed before",
            f"start of the server alone: {alone:.1f} s",
            f"{whole:.1f} s",
            f"{whole / alone:.1f} ×",
            f"≤ {most} s on this processor",
            whole <= most,
        ),
        Row(
            "the same, to a page that shows how far the index is",
            f"start of the server, in that run: {up:.1f} s",
            f"{told:.1f} s",
            f"+ {told - up:.1f} s",
            "≤ + 1 s",
            first is not None and first - up <= 1,
        ),
    ]


def texts_of(url: str) -> frozenset[str]:
    """Return which of the texts WAITING a page with a question shows.

    Raises:
        RuntimeError: The page shows an error, or cannot be opened.
    """
    _, page = asyncio.run(ask_page(url, QUERY))
    if page.startswith("!"):
        raise RuntimeError(page)
    return frozenset(key for key in WAITING if say("en", key) in page)


def again_row(folder: Path) -> Row:
    """Return the time of an ingest that finds nothing new."""
    before = stamps(folder)
    starting, again = alternate(
        ["-m", "ingest", "--help"], ["-m", "ingest", "--offline", "--index", str(folder)]
    )
    written = [name for name, stamp in stamps(folder).items() if before.get(name) != stamp]
    return Row(
        "ingest again, nothing changed, processor time",
        f"process start (`python -m ingest --help`): {starting:.2f} s",
        f"{again:.2f} s; files changed: {', '.join(written) or 'none'}",
        f"+ {again - starting:.2f} s",
        "≤ + 1 s, no byte written",
        again - starting <= 1 and not written,
    )


def alternate(*programs: Sequence[str]) -> list[float]:
    """Return the median processor seconds of Python programs that run in turn."""
    seconds = [[processor_seconds(program) for program in programs] for _ in range(RUNS)]
    return [statistics.median(taken) for taken in zip(*seconds, strict=True)]


def processor_seconds(program: Sequence[str]) -> float:
    """Return the processor time of one Python program, its modules compiled before."""
    return run_program(program)[0]


def run_program(program: Sequence[str]) -> tuple[float, str]:
    """Return the processor time of one Python program, and what it prints."""
    # Without compiled modules, each start would compile ours again.
    env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, *program]
    done = subprocess.run(command, check=True, capture_output=True, env=env, text=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    taken = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return taken, done.stdout


def stamps(folder: Path) -> dict[str, tuple[int, int, int]]:
    """Return inode, size and time of change of every file except locks and the progress shown."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix != ".lock" and path.name != progress.FILE:
            facts = path.stat()
            name = path.relative_to(folder).as_posix()
            found[name] = (facts.st_ino, facts.st_size, facts.st_mtime_ns)
    return found
