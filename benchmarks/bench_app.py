"""make bench-app: waiting times and number of sessions of the app, in a real browser.

In one run, servers are started, questions asked, times clicked, pages measured, and twenty sessions
ask at once. Times are measured in the page, from the key or mouse press to the frame after the
expected content; the browser shares the machine with the server.
"""

import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import quote

import click
import numpy as np

from benchmarks.eval import write_between
from benchmarks.table import Row
from cs25search import Hit, Index
from cs25search.evaluation import read_questions
from cs25search.place import read_place
from cs25search.search import open_index
from cs25search.times import clock
from tests.e2e.conftest import (
    PHONE,
    PROJECT,
    find_chromium,
    launched,
    open_at,
    open_desk,
    open_page,
    serve,
    settle,
)
from tests.e2e.youtube import speak, state

DOCS = PROJECT / "docs" / "app.md"
STARTS, QUESTIONS, CLICKS, SESSIONS = 5, 30, 20, 20
DESKTOP: dict[str, Any] = {"viewport": {"width": 1280, "height": 800}}
ALL_AT_ONCE = 300_000  # milliseconds; twenty pages share the cores of one machine
FIRST_QUESTION = "Why does the router need float32?"
LONGEST = "/lecture?lang=en&lecture={number}"
HITS = 5  # shown for a question

# Sets window.waited: milliseconds from the next key or click until FOUND holds and is painted.
WAIT = """([event, argument]) => {
  const holds = FOUND;
  let began;
  window.waited = new Promise(resolve => {
    addEventListener(event, () => { began ??= performance.now() }, {capture: true, once: true});
    const observer = new MutationObserver(() => {
      if (began !== undefined && holds(argument)) {
        observer.disconnect();
        requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - began)));
      }
    });
    const options = {subtree: true, childList: true, attributes: true, characterData: true};
    observer.observe(document.body, options);
  });
}"""
# The best moment of this question is shown, not that of the one before.
MOMENT_SHOWN = """expected => {
  const card = document.querySelector('.st-key-moment-1');
  return card?.innerText.includes(expected) && !card.querySelector('[data-stale=true]');
}"""
# The line below the player tells the second to play from.
PLAYER_THERE = "expected => document.querySelector('.cs-line')?.textContent.startsWith(expected)"
HEIGHT = "document.querySelector('[data-testid=stMain]').scrollHeight"
TOP = "document.querySelector('.st-key-moment-1').getBoundingClientRect().top"


@click.command()
@click.option("--write", is_flag=True, help="Put the table into docs/app.md.")
def main(write: bool) -> None:
    """Measure and print."""
    folder = Path(read_place().folder)
    index = open_index(folder)
    with launched() as browser:
        rows = measure_starts(browser, folder)
        with serve(folder) as served, open_page(browser) as page:
            open_at(page, served.url)
            rows += measure_questions(page, index)
            rows += measure_clicks(page, index)
            rows += measure_pages(browser, served.url, index)
            rows += measure_sessions(browser, served.url, served.pid, index)
        text = f"{facts(browser.version)}\n\n{as_table(rows)}"
    click.echo(text)
    if write:
        write_between(DOCS, text, "make bench-app")


def measure_starts(browser: Any, folder: Path) -> list[tuple[str, str, str]]:
    """Start servers on a built index, with warm caches of the system."""
    painted, whole = [], []
    for _ in range(STARTS):
        began = time.time()
        with serve(folder) as served, open_page(browser) as page:
            page.goto(served.url)
            page.get_by_label("Your question").wait_for()
            whole.append(1000 * (time.time() - began))
            paint = page.evaluate(
                "performance.timeOrigin"
                " + performance.getEntriesByName('first-contentful-paint')[0].startTime"
            )
            painted.append(paint - 1000 * began)
    return [
        row("command to first paint", painted),
        row("command to a page that can be asked", whole),
    ]


def measure_questions(page: Any, index: Index) -> list[tuple[str, str, str]]:
    """Ask questions one by one; search and answer are timed between them."""
    shown, searching, answering = time_questions(page, index)
    outside = [1 - s / t for s, t in zip(searching, shown, strict=True)]
    return [
        row("question to moments, warm", shown),
        row("– search in it", searching),
        row("– answer in it", answering),
        ("– share that is not search", f"{np.median(outside):.0%}", ""),
    ]


def time_questions(page: Any, index: Index) -> tuple[list[float], list[float], list[float]]:
    """Return the milliseconds of each question: to its moments, of its search, of its answer."""
    shown, searching, answering = [], [], []
    for question, hits in asked(index, QUESTIONS + 3):
        shown.append(ask(page, question, hits))
        settle(page)
        searching.append(milliseconds(partial(index.search, question, HITS)))
        answering.append(milliseconds(partial(index.answer, question)))
    return shown[3:], searching[3:], answering[3:]


def question_row(folder: Path, index: Index) -> Row:
    """Return the row of `make bench`: from Enter to the moments, in a browser if there is one."""
    what, target = "app: question to moments, p50", "≤ 200 ms"
    if not find_chromium():
        return Row(what, "search and answer in it", "no Chromium found", "–", target, None)
    with launched() as browser, serve(folder) as served, open_page(browser) as page:
        open_at(page, served.url)
        shown, searching, answering = time_questions(page, index)
    floor = np.median([s + a for s, a in zip(searching, answering, strict=True)])
    p50 = np.median(shown)
    return Row(
        what, f"search and answer in it: {floor:.0f} ms", f"{p50:.0f} ms",
        f"{p50 / floor:.2f} ×", target, bool(p50 <= 200),
    )  # fmt: skip


def asked(index: Index, count: int) -> list[tuple[str, list[Hit]]]:
    """Return test questions with their hits; consecutive ones have different best hits."""
    file = read_questions(PROJECT / "tests" / "data" / "questions.json")
    chosen: list[tuple[str, list[Hit]]] = []
    for entry in file.questions:
        hits = index.search(entry.q, HITS)
        if not chosen or moment_of(hits) != moment_of(chosen[-1][1]):
            chosen.append((entry.q, hits))
    return chosen[:count]


def moment_of(hits: list[Hit]) -> str:
    """Return the time range in the heading of the best moment."""
    return f"{clock(hits[0].start)}–{clock(hits[0].end)}"


def ask(page: Any, question: str, hits: list[Hit]) -> float:
    """Return milliseconds from Enter to the moments."""
    page.get_by_label("Your question").fill(question)
    wait_for(page, "keydown", MOMENT_SHOWN, moment_of(hits))
    page.keyboard.press("Enter")
    return waited(page)


def measure_clicks(page: Any, index: Index) -> list[tuple[str, str, str]]:
    """Click times of the search page; a page that speaks YouTube's messages is the player."""
    speak(page)
    ask(page, FIRST_QUESTION, index.search(FIRST_QUESTION, HITS))
    settle(page)
    times = []
    links = page.locator("a[data-moment]")
    links.first.click()
    state(page)  # it has answered
    before = len(page.asked)
    for number in range(1, CLICKS + 1):
        link = links.nth(number % links.count())
        second = int(link.get_attribute("href").rpartition("=")[2])
        wait_for(page, "pointerdown", PLAYER_THERE, clock(second - 1))
        link.click()
        times.append(waited(page))
    frames = len(page.asked) - before
    return [
        row("click on a time to the player there", times),
        (f"– frames loaded by {CLICKS} clicks after the first", str(frames), ""),
    ]


def measure_pages(browser: Any, url: str, index: Index) -> list[tuple[str, str, str]]:
    """Measure the heights of the search page, and what the longest lecture costs."""
    lines = []
    for name, device in (("desktop, 1280x800", DESKTOP), ("phone, 390x844", PHONE)):
        with open_page(browser, **device) as page:
            open_desk(page, f"{url}/?lang=en&q={quote(FIRST_QUESTION)}")
            height, top = page.evaluate(HEIGHT), page.evaluate(TOP)
        lines.append((f"search page on a {name}", f"{height:,.0f} px", ""))
        lines.append(("– best moment at", f"{top:,.0f} px", ""))
    longest = max(index.generation.videos, key=lambda video: video.duration)
    address = LONGEST.format(number=longest.lecture)
    times = []
    with open_page(browser, **DESKTOP) as page:
        for _ in range(STARTS):
            began = time.perf_counter()
            page.goto(url + address)
            page.locator(".cs-passage").last.wait_for()
            times.append(1000 * (time.perf_counter() - began))
        settle(page)
        elements = page.locator("[data-testid=stMain] [data-testid=stElementContainer]").count()
    lines.append(row(f"link to the longest lecture, {clock(longest.duration)}", times))
    lines.append(("– elements of Streamlit on it", str(elements), ""))
    return lines


def measure_sessions(browser: Any, url: str, pid: int, index: Index) -> list[tuple[str, str, str]]:
    """Open sessions and let all ask at the same time, each a different question."""
    questions = asked(index, SESSIONS + 1)[1:]
    before = resident(pid)
    with ExitStack() as stack:
        pages = [stack.enter_context(open_page(browser)) for _ in questions]
        for page in pages:
            page.goto(url, wait_until="commit")
        for page in pages:
            page.locator("hr").wait_for(timeout=ALL_AT_ONCE)
            settle(page, ALL_AT_ONCE)
        for page, (question, hits) in zip(pages, questions, strict=True):
            page.get_by_label("Your question").fill(question)
            wait_for(page, "keydown", MOMENT_SHOWN, moment_of(hits))
        for page in pages:
            page.evaluate(PRESS_ENTER)
        times = [waited(page) for page in pages]
        for page in pages:
            settle(page, ALL_AT_ONCE)
        whole = sum(page.get_by_test_id("stException").count() == 0 for page in pages)
        after = resident(pid)
    return [
        row(f"question to moments, {SESSIONS} sessions at once", times),
        ("– sessions without an error", f"{whole} of {SESSIONS}", ""),
        ("server with one session", f"{before:.0f} MB", ""),
        ("– more for each session", f"{(after - before) / SESSIONS:.1f} MB", ""),
    ]


# Enter without waiting for the page to answer, so that no session waits for another.
PRESS_ENTER = """() => {
  const box = document.querySelector('input[aria-label="Your question"]');
  const enter = {key: 'Enter', code: 'Enter', keyCode: 13, bubbles: true, cancelable: true};
  setTimeout(() => { box.focus(); box.dispatchEvent(new KeyboardEvent('keydown', enter));
                     box.dispatchEvent(new KeyboardEvent('keypress', enter)); });
}"""


def wait_for(page: Any, event: str, found: str, argument: str | None) -> None:
    """Start the clock of a page at the next event."""
    page.evaluate(WAIT.replace("FOUND", found), [event, argument])


def waited(page: Any) -> float:
    """Return the time on the clock of a page when it has stopped."""
    return float(page.evaluate("window.waited"))


def milliseconds(work: Callable[[], object]) -> float:
    """Return how long some work takes."""
    begin = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - begin)


def resident(pid: int) -> float:
    """Return the memory of a process in MB (10^6 bytes)."""
    command = ["ps", "-o", "rss=", "-p", str(pid)]
    shown = subprocess.run(command, capture_output=True, check=True)
    return int(shown.stdout) * 1024 / 1e6


def row(name: str, times: list[float]) -> tuple[str, str, str]:
    """Return a line of the table."""
    p50, p95 = np.percentile(times, [50, 95])
    return f"{name} ({len(times)})", f"{p50:,.0f} ms", f"{p95:,.0f} ms"


def as_table(rows: list[tuple[str, str, str]]) -> str:
    """Return the lines as a table in Markdown."""
    lines = ["| | p50 | p95 |", "|---|---:|---:|"]
    return "\n".join([*lines, *(f"| {name} | {p50} | {p95} |" for name, p50, p95 in rows)])


def facts(chromium: str) -> str:
    """Return when and on what this was measured."""
    load = os.getloadavg()[0]
    return (
        f"`make bench-app WRITE=1`, {datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores "
        f"({platform.machine()}), load {load:.1f} at the end, Python {sys.version.split()[0]}, "
        f"Streamlit {version('streamlit')}, Chromium {chromium}."
    )


if __name__ == "__main__":
    main(prog_name="python -m benchmarks.bench_app")
