"""make crashes: a publish fails at each of its file operations; the index must stay sound.

`make crashes` fails system calls with strace, also those of C code: at each of them the process is
killed, or the call returns ENOSPC or EIO. tests/test_publish.py does the same to Python's calls,
in a fraction of the time.

Two generations are published in turn. Nothing is repaired between two faults, so each publish
begins with the remains of the one before; the index must always be one of the two, and complete.
"""

import errno
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import faiss

from cs25search import Chunk, Index, Video
from cs25search.encoding.encoder import Encoder
from cs25search.index.build import Content, build_generation
from cs25search.index.files import write_generation
from cs25search.index.generation import Generation
from cs25search.index.publish import generations
from cs25search.ranking.source import LocalSource
from cs25search.search import open_index

QUESTIONS = ("What do giraffes drink?", "marmalade of the zebra", "precision")
AUDITED = ("open", "os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.scandir", "os.listdir")
CALLS = ("openat", "write", "writev", "pwrite64", "fsync", "close", "mkdir", "mkdirat", "rename",
         "renameat", "renameat2", "unlink", "unlinkat", "rmdir", "ftruncate", "getdents64",
         "mmap")  # fmt: skip
FAULTS = ("signal=SIGKILL", "error=ENOSPC", "error=EIO")
DONE, REFUSED, SURVIVED = 0, 3, 4  # exit codes of a child that publishes; survived: in spite of it
ENDS = (DONE, REFUSED, SURVIVED, -signal.SIGKILL)
FIRED: list[int] = []  # in a child: the operation that was made to fail

Found = list[list[tuple[str, float]]]  # per question: (chunk id, score)


class Turns:
    """An index in which two small generations are published in turn."""

    def __init__(self, index_dir: Path, encoder: Encoder) -> None:
        self.index_dir = index_dir
        self.encoder = encoder
        self.both = _two_generations(encoder)
        self.expected = [
            self.found(Index(index_dir, LocalSource(one), encoder)) for one in self.both
        ]
        self.live = 0
        write_generation(index_dir, self.both[0])

    def found(self, index: Index) -> Found:
        """Return the hits of an index."""
        return [
            [(hit.chunk.chunk_id, round(hit.score, 4)) for hit in index.search(question)]
            for question in QUESTIONS
        ]

    @property
    def next(self) -> Generation:
        """The generation to publish next."""
        return self.both[1 - self.live]

    def check(self) -> str:
        """Return what is wrong, and record which generation is live."""
        index = open_index(self.index_dir, self.encoder)  # compares all checksums: it is fresh
        if index.damage:
            return index.warning
        found = self.found(index)
        if found not in self.expected:
            return f"{index.name} is neither of the two"
        self.live = self.expected.index(found)
        return ""

    def check_nothing_is_left(self) -> str:
        """Publish without faults; return what is wrong afterwards."""
        write_generation(self.index_dir, self.next)
        left = [path.name for path in self.index_dir.iterdir() if path.name.startswith(".")]
        if left or len(generations(self.index_dir)) > 2:
            return f"left behind: {left}, {generations(self.index_dir)}"
        return self.check()


@cache
def _two_generations(encoder: Encoder) -> list[Generation]:
    """Return two small generations that answer QUESTIONS differently."""
    return [_small(encoder, "tea"), _small(encoder, "marmalade")]


def _small(encoder: Encoder, drink: str) -> Generation:
    said = (f"giraffes drink {drink}", f"the zebra eats no {drink}", "routers need precision")
    chunks = [
        Chunk(f"abcdefghijk:{n}", "abcdefghijk", 30.0 * n, 30.0 * n + 30, text, "transcript")
        for n, text in enumerate(said)
    ]
    video = Video("abcdefghijk", "A talk", (), 1000.0)
    return build_generation(Content([video], chunks, inputs=drink), encoder, "model")


def in_child(work: Callable[[], object]) -> subprocess.CompletedProcess[bytes]:
    """Run a function in a copy of this process, which may die."""
    child = os.fork()
    if child == 0:
        _publish_and_exit(work)
    return _ended(child)


def _publish_and_exit(work: Callable[[], object]) -> None:
    code = SURVIVED + 1  # not an error that a user should see
    try:
        work()
        code = SURVIVED if FIRED else DONE
    except OSError:
        code = REFUSED
    except Exception as error:
        # A file that was cut short in silence is found when it is read back.
        code = REFUSED if type(error).__name__ == "IndexDamaged" else code
        if code != REFUSED:
            print(repr(error), file=sys.stderr)
    finally:
        os._exit(code)


def _ended(child: int) -> subprocess.CompletedProcess[bytes]:
    _, status = os.waitpid(child, 0)
    return subprocess.CompletedProcess([], os.waitstatus_to_exitcode(status))


def fail_at(index_dir: Path, number: int, fault: str, lasting: bool = False) -> None:
    """Let the file operation with this number fail in this process, from 0; it cannot be undone.

    Args:
        fault: One of FAULTS, or "cut": FAISS writes half a file without an error.
        lasting: All operations after it fail too.
    """
    count = -1

    def step() -> None:
        nonlocal count
        count += 1
        if count == number or (lasting and count > number):
            FIRED.append(count)
            if fault == "signal=SIGKILL":
                os.kill(os.getpid(), signal.SIGKILL)
            code = getattr(errno, fault.removeprefix("error="))
            raise OSError(code, os.strerror(code))

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        if event in AUDITED and _is_inside(index_dir, event, arguments):
            step()

    sync, write = os.fsync, faiss.write_index

    def failing_sync(handle: int) -> None:
        step()
        sync(handle)

    def failing_write(index: faiss.Index, name: str) -> None:
        if fault != "cut":
            step()
        write(index, name)
        if fault == "cut":
            os.truncate(name, Path(name).stat().st_size // 2)

    os.fsync, faiss.write_index = failing_sync, failing_write
    if fault != "cut":
        sys.addaudithook(hook)


def _is_inside(index_dir: Path, event: str, arguments: tuple[object, ...]) -> bool:
    if event != "open":
        return True
    path, mode = str(arguments[0]), arguments[1]
    # Files that are only read cannot tear anything; strace fails them too.
    return path.startswith(str(index_dir)) and mode not in ("r", "rb", None)


def main() -> None:
    """Fail every system call of a publish in every way; exit with 1 if anything was torn."""
    if not shutil.which("strace"):
        sys.exit("make crashes needs strace: apt-get install strace")
    encoder = open_index().encoder
    with tempfile.TemporaryDirectory() as scratch:
        turns = Turns(Path(scratch) / "index", encoder)
        cases, failures = _trace(turns)
    for failure in failures[:20]:
        print(failure)
    shown = ", ".join(f"{call} {count}" for call, count in cases.items())
    print(f"{cases.total()} faults at system calls ({shown}): {len(failures)} failures")
    sys.exit(bool(failures))


def _trace(turns: Turns) -> tuple[Counter[str], list[str]]:
    cases: Counter[str] = Counter()
    failures: list[str] = []
    for call in CALLS:
        for fault in FAULTS:
            for number in range(1, 10_000):
                rule = f"inject={call}:{fault}:when={number}"
                done, fired = _strace(turns, call, rule)
                if not fired:
                    break
                cases[call] += 1
                if problem := _problem_after(turns, done):
                    failures.append(f"{rule}: {problem}")
                if number % 5 == 0 and (problem := _twice(turns, call, fault, number)):
                    failures.append(f"{rule}, then in the next publish: {problem}")
                    cases[call] += 1
        print(f"{call}: {cases[call]} faults, {len(failures)} failures", flush=True)
        if problem := turns.check_nothing_is_left():
            failures.append(f"after all of {call}: {problem}")
    return cases, failures


def _problem_after(turns: Turns, done: int) -> str:
    if done not in ENDS:
        return f"the process ended with {done}"
    return turns.check()


def _twice(turns: Turns, call: str, fault: str, number: int) -> str:
    """Fail again while the next publish clears up and writes."""
    done, _ = _strace(turns, call, f"inject={call}:{fault}:when={1 + number // 5}")
    return _problem_after(turns, done)


def _strace(turns: Turns, call: str, rule: str) -> tuple[int, bool]:
    """Publish under a rule; return how the process ended, and whether the rule applied."""
    ready, go = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(go)
        os.read(ready, 1)  # one more read than the publish has
        _publish_and_exit(lambda: write_generation(turns.index_dir, turns.next))
    os.close(ready)
    with tempfile.NamedTemporaryFile("r") as log:
        tracer = subprocess.Popen(
            ["strace", "-qq", "-f", "-p", str(child), "-e", f"trace={call}", "-e", rule,
             "-o", log.name],
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        status = Path(f"/proc/{child}/status")
        while "TracerPid:\t0" in status.read_text():
            time.sleep(0.002)
        os.write(go, b"!")
        os.close(go)
        done = _ended(child).returncode
        tracer.wait()
        traced = log.read()
    return done, "INJECTED" in traced or done == -signal.SIGKILL


def operations(
    turns: Turns, fault: str, lasting: bool = False, first: int = 0, step: int = 1
) -> Iterator[tuple[int, int]]:
    """Let each operation of a publish fail in turn; yield its number and how the process ended.

    Args:
        lasting: All operations after it fail too.
        first: The number of the first operation that fails.
        step: 1 for every operation, 3 for each third one.
    """
    for number in range(first, 10_000, step):

        def work(number: int = number) -> None:
            fail_at(turns.index_dir, number, fault, lasting)
            write_generation(turns.index_dir, turns.next)

        done = in_child(work).returncode
        yield number, done
        if done == DONE:
            return


if __name__ == "__main__":
    main()
