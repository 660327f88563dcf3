"""make bench-app: how long people wait for the app, in a real browser.

Prints p50 and p95 in milliseconds: from Enter to the first moment shown, the search inside it,
and from a click on a strip to its player. The browser shares the machine with the server.
"""

import shutil
import time
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import sync_playwright

from cs25search.evaluate import read_questions
from cs25search.search import default_index_dir, open_index
from tests.e2e.conftest import ARGUMENTS, PROJECT, open_page, serve

QUESTIONS, CLICKS = 30, 20


def main() -> None:
    """Measure and print."""
    folder = Path(default_index_dir())
    file = read_questions(PROJECT / "tests" / "data" / "questions.json")
    questions = [entry.q for entry in file.questions[: QUESTIONS + 1]]
    index = open_index(folder)
    searching = [_ms(lambda q=q: index.search(q, k=5)) for q in questions][1:]
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        begin = time.perf_counter()
        with serve(folder) as served, open_page(browser) as page:
            page.goto(served.url)
            page.locator("hr").wait_for()
            print(f"start to first page    {time.perf_counter() - begin:8.1f} s")
            showing = [_ms(lambda q=q: _ask(page, q)) for q in questions][1:]
            clicking = [_ms(lambda n=n: _click(page, n)) for n in range(CLICKS)]
        browser.close()
    _print("question to moments", showing)
    _print("  of it search", searching)
    share = 1 - np.median(searching) / np.median(showing)
    print(f"  share not search     {share:8.0%}")
    _print("strip link to player", clicking)


def _ask(page: Any, question: str) -> None:
    box = page.get_by_label("Your question")
    box.fill(question)
    box.press("Enter")
    # The page names the question it answers in its URL; the moments follow it.
    page.wait_for_function(
        "q => new URL(location).searchParams.get('q') === q"
        " && !document.querySelector('[data-testid=stStatusWidget]')"
        " && document.querySelector('.st-key-moment-1')"
        " && !document.querySelector('[data-stale=true]')",
        arg=question,
    )


def _click(page: Any, number: int) -> None:
    page.evaluate("document.querySelectorAll('iframe').forEach(f => f.dataset.old = 'yes')")
    links = page.locator("[class*=st-key-cell-] button")
    links.nth(number % links.count()).click()
    page.locator("iframe[src*=youtube]:not([data-old])").first.wait_for()


def _ms(work: Any) -> float:
    begin = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - begin)


def _print(name: str, figures: list[float]) -> None:
    p50, p95 = np.percentile(figures, [50, 95])
    print(f"{name:<22} {p50:8.0f} ms p50 {p95:8.0f} ms p95")


if __name__ == "__main__":
    main()
