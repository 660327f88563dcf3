"""make soak: an ingest is killed repeatedly while the index grows.

A playlist gains a talk; `python -m ingest` is started and killed by SIGKILL at a random moment
while it fetches, encodes or publishes. After each kill the index must be sound, everything that
was found before must be found, and the next ingest must continue. Every tenth one is not killed.
"""

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import suppress
from http.server import ThreadingHTTPServer
from pathlib import Path

from cs25search import Cs25SearchError, Index, open_index
from cs25search.errors import IndexMissing
from cs25search.index.check import check_index
from tests.fake_youtube import FakeYoutube, Talk, serve

PLAYLIST = "PLfakefakefakefake"
PHASES = ("start", "fetch", "encode", "publish")


def main() -> None:
    """Kill, check, count; exit with 1 if anything was lost."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    chance = random.Random(options.seed)
    # A client that is killed leaves the fake an empty line; that is no news.
    ThreadingHTTPServer.handle_error = lambda *_: None  # type: ignore[method-assign]
    with tempfile.TemporaryDirectory() as scratch, serve([], Path(scratch)) as youtube:
        failures = _soak(youtube, Path(scratch) / "index", options.kills, chance)
    for failure in failures:
        print(failure)
    sys.exit(bool(failures))


def _soak(youtube: FakeYoutube, index_dir: Path, kills: int, chance: random.Random) -> list[str]:
    killed: Counter[str] = Counter()
    failures: list[str] = []
    known: set[str] = set()
    rounds = 0
    while killed.total() < kills:
        rounds += 1
        talk = Talk(f"talk{rounds:07}", f"Talk {rounds}", said=_speech(rounds, chance))
        youtube.talks[talk.video_id] = talk
        ingest = _start(youtube, index_dir)
        if rounds % 10 == 1:  # left alone, so that the index grows
            if ingest.wait(600) != 0:
                failures.append(f"round {rounds}: the ingest ended with {ingest.returncode}")
        elif phase := _kill(ingest, youtube, index_dir, PHASES[rounds % len(PHASES)], chance):
            killed[phase] += 1
        known, found = _check(index_dir, known, rounds)
        failures += found
        if rounds % 20 == 0:
            print(f"{killed.total()} kills, {len(known)} videos, {len(failures)} failures")
    if _start(youtube, index_dir).wait(600) != 0:
        failures.append("the last ingest did not end well")
    before = _bytes(index_dir)
    _start(youtube, index_dir).wait(600)
    if _bytes(index_dir) != before:
        failures.append("an ingest with nothing to do changed the index")
    known, found = _check(index_dir, known, rounds)
    if lost := youtube.talks.keys() - known:
        failures.append(f"not in the index after all: {sorted(lost)}")
    shown = ", ".join(f"{killed[phase]} in {phase}" for phase in PHASES)
    print(f"{killed.total()} kills ({shown}), {len(known)} videos, {len(failures)} failures")
    return failures + found


def _speech(number: int, chance: random.Random) -> str:
    syllables = ("ba", "de", "ki", "lo", "mu", "ra", "se", "ti", "vo", "zu")
    words = ["".join(chance.choices(syllables, k=3)) for _ in range(200)]
    return f"The word of talk {number} is {_word(number)}. {' '.join(words)}"


def _word(number: int) -> str:
    return "quark" + "".join("abcdefghij"[int(digit)] for digit in f"{number:04}")


def _start(youtube: FakeYoutube, index_dir: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "ingest", "--playlist", PLAYLIST, "--sleep", "0"]
    return subprocess.Popen(
        [*command, "--proxy", youtube.address, "--index", str(index_dir)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=os.environ | youtube.environment,
    )


def _kill(
    ingest: subprocess.Popen[bytes],
    youtube: FakeYoutube,
    index_dir: Path,
    phase: str,
    chance: random.Random,
) -> str:
    """Kill an ingest during a phase; return the phase, or nothing if it ended before."""
    asked, captions = len(youtube.asked), _captions(index_dir)
    begun = {
        "start": lambda: True,
        "fetch": lambda: len(youtube.asked) > asked,
        "encode": lambda: _captions(index_dir) > captions,
        "publish": lambda: bool(list(index_dir.glob(".building-*"))),
    }[phase]
    while not begun() and ingest.poll() is None:
        time.sleep(0.002)
    time.sleep(chance.uniform(0, {"start": 2, "fetch": 0.5, "encode": 2, "publish": 0.5}[phase]))
    ended = ingest.poll() is not None
    with suppress(ProcessLookupError):
        ingest.send_signal(signal.SIGKILL)
    ingest.wait()
    return "" if ended else phase


def _captions(index_dir: Path) -> int:
    return len(list((index_dir / "captions").glob("*.origin.json")))


def _check(index_dir: Path, known: set[str], rounds: int) -> tuple[set[str], list[str]]:
    """Return the videos in the index, and what is wrong with it."""
    failures = []
    try:
        report = check_index(index_dir)
        failures += report.damaged
        index = open_index(index_dir)
    except IndexMissing:
        return set(), ["the index is gone"] if known else []
    except Cs25SearchError as error:
        return known, [*failures, str(error)]
    if index.damage:
        failures.append(index.warning)
    now = {video.video_id for video in index.generation.videos if video.lecture is None}
    if lost := known - now:
        failures.append(f"lost {sorted(lost)}")
    for video_id in sorted(now)[-2:] + sorted(now)[:1]:
        if not _is_found(index, video_id):
            failures.append(f"{video_id} is not found by its own word")
    return now, [f"round {rounds}: {failure}" for failure in failures]


def _is_found(index: Index, video_id: str) -> bool:
    hits = index.search(f"the word of talk {_word(int(video_id[4:]))}", k=3)
    return any(hit.video.video_id == video_id for hit in hits)


def _bytes(index_dir: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in index_dir.rglob("*") if path.is_file()}


if __name__ == "__main__":
    main()
