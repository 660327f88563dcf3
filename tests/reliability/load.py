"""make load: many sessions during publishing, and memory over 10,000 questions.

1. SESSIONS sessions of the app on one real server, each over its own WebSocket as a browser's,
   all asking at the same time, while a new generation is published every few seconds; then
   WAVES of a quarter of them, after each of which the server's memory is printed.
2. QUESTIONS questions to one index by THREADS threads, while generations go on being published;
   the memory of the process (resident set) is printed on the way.
Every answer must be right and name one generation.
"""

import asyncio
import os
import shutil
import sys
import tempfile
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from cs25search import Index, open_index
from cs25search.evaluation import read_questions
from cs25search.index.files import read_generation, write_generation
from cs25search.place import read_place
from tests.e2e.conftest import PROJECT, serve
from tests.page_client import PATIENCE, ask_page

SESSIONS = 500
QUESTIONS, THREADS = 10_000, 8
WAVES = 10  # of a quarter of the sessions, after all of them at once
EVERY = 5.0  # seconds between two publishes


def main() -> None:
    """Ask, publish, count; exit with 1 after a wrong or missing answer."""
    sessions = int(sys.argv[1]) if len(sys.argv) > 1 else SESSIONS
    questions = int(sys.argv[2]) if len(sys.argv) > 2 else QUESTIONS
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(shutil.copytree(read_place().folder, Path(scratch) / "index"))
        file = read_questions(PROJECT / "tests" / "data" / "questions.json")
        texts = [entry.q for entry in file.questions]
        failures = _ask_app(folder, texts, sessions) + _ask_index(folder, texts, questions)
    for failure, count in failures.most_common(10):
        print(f"{count} x {failure}")
    sys.exit(bool(failures))


class Publisher:
    """Publishes the same lectures under a new name every few seconds, until it is stopped."""

    def __init__(self, folder: Path) -> None:
        self.names: list[str] = [open_index(folder).name]
        self._folder = folder
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> "Publisher":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.wait(EVERY):
            self.names.append(write_generation(self._folder, read_generation(self._folder)))


def _ask_app(folder: Path, texts: list[str], sessions: int) -> Counter[str]:
    index = open_index(folder)
    best = {text: _heading(index, text) for text in texts}
    with serve(folder) as served, Publisher(folder) as publisher:
        url = served.url.replace("http", "ws")
        asyncio.run(ask_page(url, texts[0]))  # the server has read what it needs
        print(f"a server with one session: {_resident(served.pid):.0f} MB resident")
        pages = []
        for wave in (sessions, *[max(1, sessions // 4)] * WAVES):
            begin = time.perf_counter()
            pages += asyncio.run(_all_sessions(url, [texts[n % len(texts)] for n in range(wave)]))
            took = time.perf_counter() - begin
            print(f"{wave:>6} sessions in {took:3.0f} s  {_resident(served.pid):6.0f} MB resident")
    failures: Counter[str] = Counter()
    for question, page in pages:
        if page.startswith("!"):
            failures[page] += 1
        elif best[question] not in page:
            failures[f"another answer to {question!r}"] += 1
    print(
        f"{len(pages)} sessions on one server, up to {sessions} at once, "
        f"{len(publisher.names) - 1} generations published meanwhile: {failures.total()} failures"
    )
    return failures


def _heading(index: Index, question: str) -> str:
    """Return the link of the best moment on the page."""
    hit = index.search(question, k=5)[0]
    return f"https://youtu.be/{hit.video.video_id}?t={int(hit.start)}"


async def _all_sessions(url: str, questions: list[str]) -> list[tuple[str, str]]:
    together = asyncio.gather(*(ask_page(url, question) for question in questions))
    return await asyncio.wait_for(together, PATIENCE)


def _ask_index(folder: Path, texts: list[str], questions: int) -> Counter[str]:
    failures: Counter[str] = Counter()
    first = open_index(folder)
    expected = {text: [hit.chunk for hit in first.search(text)] for text in texts}
    opened = {"index": first}

    def ask(number: int) -> None:
        text = texts[number % len(texts)]
        index = opened["index"]
        try:
            hits = index.search(text)
        except Exception as error:  # whatever it is, it is counted
            failures[repr(error)] += 1
            return
        if {hit.generation for hit in hits} != {index.name}:
            failures["hits of several generations"] += 1
        if [hit.chunk for hit in hits] != expected[text]:
            failures[f"another answer to {text!r}"] += 1

    with Publisher(folder) as publisher, ThreadPoolExecutor(THREADS) as pool:
        for done in range(0, questions, questions // 10):
            list(pool.map(ask, range(done, done + questions // 10)))
            opened["index"] = open_index(folder)  # as the app does when CURRENT changes
            print(f"{done + questions // 10:>6} questions  {_resident():6.1f} MB resident")
    print(
        f"{questions} questions by {THREADS} threads, {len(publisher.names) - 1} generations "
        f"published meanwhile: {failures.total()} failures"
    )
    return failures


def _resident(process: int | str = "self") -> float:
    pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


if __name__ == "__main__":
    main()
