"""A process that searches an index, controlled by lines on stdin.

python -m benchmarks.asking INDEX THREADS: opens the index, warms up, answers "ready". Then
"ask SECONDS" answers how many questions it asked in that time, and "memory" its memory.
`make bench` runs one or four of them, so that one thread, many threads and many processes are
measured in the same way.
"""

import json
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from cs25search import Index, open_index

QUESTIONS = Path(__file__).parents[1] / "tests/data/questions.json"


class Asker:
    """Starts the process and communicates with it."""

    def __init__(self, index_dir: Path, threads: int) -> None:
        command = [sys.executable, "-m", "benchmarks.asking", str(index_dir), str(threads)]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.read()

    def send(self, line: str) -> None:
        """Send a command."""
        assert self._process.stdin  # noqa: S101
        print(line, file=self._process.stdin, flush=True)

    def read(self) -> dict[str, float]:
        """Return its reply; this may take long."""
        assert self._process.stdout  # noqa: S101
        answer: dict[str, float] = json.loads(self._process.stdout.readline())
        return answer

    def close(self) -> None:
        """End the process."""
        self._process.communicate()


def ask(index: Index, queries: list[str], seconds: float, threads: int) -> int:
    """Ask for some seconds with some threads; return how many questions were asked."""
    end = time.monotonic() + seconds

    def run(offset: int) -> int:
        count = 0
        while time.monotonic() < end:
            index.search(queries[(offset + count) % len(queries)])
            count += 1
        return count

    with ThreadPoolExecutor(threads) as pool:
        return sum(pool.map(run, range(0, 7 * threads, 7)))


def memory(folder: Path) -> dict[str, float]:
    """Return megabytes: the peak of this process, and its share of the mapped index files.

    `mapped` counts every page of these files that this process has touched, `share` divides each
    by the number of processes that have (Linux's Rss and Pss).
    """
    status = Path("/proc/self/status").read_text()
    peak = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    found = {"peak": int(peak.split()[1]) / 1000, "mapped": 0.0, "share": 0.0}
    ours = False
    for line in Path("/proc/self/smaps").read_text().splitlines():
        name, *rest = line.split()
        if not name.endswith(":"):
            ours = rest[-1].startswith(str(folder.resolve()))
        elif ours and name in ("Rss:", "Pss:"):
            found["mapped" if name == "Rss:" else "share"] += int(rest[0]) / 1000
    return found


def main() -> None:
    """Run the commands from stdin."""
    folder, threads = Path(sys.argv[1]), int(sys.argv[2])
    file = json.loads(QUESTIONS.read_bytes())
    english, japanese = ([entry[key] for entry in file["questions"]] for key in ("q", "q_ja"))
    index = open_index(folder)
    for query in english[:20] + japanese[:5]:
        index.search(query)
    print(json.dumps({}), flush=True)
    for line in sys.stdin:
        order = line.split()
        if order[0] == "ask":
            answer = {"asked": ask(index, english, float(order[1]), threads)}
            print(json.dumps(answer), flush=True)
        else:
            print(json.dumps(memory(folder)), flush=True)


if __name__ == "__main__":
    main()
