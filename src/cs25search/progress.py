"""Progress of an ingest: JSON lines in the index folder, written by ingest, read by the app.

Each run that holds the lock starts a new file. Its first line is {"pid": 7}, its last
{"code": 0}; between them are {"step": "encode", "done": 32, "total": 576} and {"remark": "..."}.
"""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import msgspec

from .errors import FAILED

FILE = "ingest.jsonl"
REPORT = "last-ingest.json"  # what each video gave and what failed; written when a run ends
INTERVAL = 0.25  # least seconds between two lines of a step; the last one is always written
READ = 64 * 1024  # bytes at the end of the file that are read
REMARKS = 40  # number of recent remarks that are kept


class ProgressLine(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One line of the file."""

    pid: int = 0
    step: str = ""  # its code, such as fetch or encode
    done: int = 0
    total: int | None = None  # None if not yet known
    remark: str = ""
    code: int | None = None  # exit code, in the last line only


class Progress(msgspec.Struct, frozen=True):
    """The state of the last ingest, as far as it has been written.

    Attributes:
        pid: Process id; 0 if unknown.
        step: The last line about a step, if any.
        remarks: Its remarks, oldest first.
        code: Its exit code; None while it runs, or if it was killed.
    """

    pid: int = 0
    step: ProgressLine | None = None
    remarks: tuple[str, ...] = ()
    code: int | None = None


class Recorder:
    """Writes the lines of one run. A failure to write does not stop the ingest."""

    def __init__(self, file: int) -> None:
        self._file = file
        self._step = ""
        self._next = 0.0  # earliest time at which a step may write again

    def write(self, line: ProgressLine) -> None:
        """Add a line in a single write, so that a reader never sees half of it."""
        with suppress(OSError):
            os.write(self._file, msgspec.json.encode(line) + b"\n")

    def step(self, step: str, done: int, total: int | None) -> None:
        """Write the progress of a step; calls that come too soon are dropped."""
        now = time.monotonic()
        if step != self._step or done == total or now >= self._next:
            self._step, self._next = step, now + INTERVAL
            self.write(ProgressLine(step=step, done=done, total=total))

    def remark(self, text: str) -> None:
        """Write a remark that ingest shows to the user."""
        self.write(ProgressLine(remark=text.encode("utf-8", "replace").decode()))


@contextmanager
def recorded(index_dir: Path) -> Iterator[Recorder]:
    """Start the file of a run; an error that ends the run is recorded as its exit code."""
    try:
        # A new file, because a copy of the folder may share the old one by a hard link.
        (index_dir / FILE).unlink(missing_ok=True)
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_EXCL
        file = os.open(index_dir / FILE, flags, 0o644)
    except OSError:  # ingest itself will report why
        file = os.open(os.devnull, os.O_WRONLY)
    recorder = Recorder(file)
    recorder.write(ProgressLine(pid=os.getpid()))
    try:
        yield recorder
    except BaseException as error:
        recorder.remark(str(error) or type(error).__name__)
        recorder.write(ProgressLine(code=FAILED))
        raise
    finally:
        os.close(file)


def read_progress(index_dir: Path) -> Progress:
    """Return what the last ingest of this folder wrote; unreadable lines are skipped."""
    pid, step, code = 0, None, None
    remarks: list[str] = []
    for line in _lines(index_dir / FILE):
        pid = line.pid or pid
        step = line if line.step else step
        code = line.code if line.code is not None else code
        if line.remark:
            remarks.append(line.remark)
    return Progress(pid, step, tuple(remarks[-REMARKS:]), code)


def _lines(path: Path) -> Iterator[ProgressLine]:
    try:
        with path.open("rb") as file:
            head = file.readline(READ)
            rest = max(file.tell(), path.stat().st_size - READ)
            file.seek(rest)
            tail = file.read(READ)
    except OSError:
        return
    for raw in (head + tail).split(b"\n")[:-1]:  # the last one is incomplete or empty
        with suppress(msgspec.DecodeError):
            yield msgspec.json.decode(raw, type=ProgressLine)
