"""The app on a real server, in a real browser.

These tests run in a separate pytest process, because Playwright keeps an asyncio loop in the main
thread, and tests that start one there themselves would fail.
"""

import http.server
import os
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
import trustme
from playwright.sync_api import Browser, Page, expect, sync_playwright

from .youtube import SILENT

PROJECT = Path(__file__).parents[2]
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
             "--no-proxy-server"]  # fmt: skip
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "user_agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Mobile/15E148",
    "has_touch": True,
}
# Each device and language once; CS25_JOURNEYS=all, as in make e2e, tests every pair of them.
_PAIRS: dict[str, tuple[dict[str, Any], str]] = {
    "desktop-en": ({}, "en"),
    "phone-ja": (PHONE, "ja"),
}
if os.environ.get("CS25_JOURNEYS") == "all":
    _PAIRS |= {"desktop-ja": ({}, "ja"), "phone-en": (PHONE, "en")}
EVERYWHERE = pytest.mark.parametrize(("device", "language"), _PAIRS.values(), ids=_PAIRS.keys())
PATIENCE = 30_000  # milliseconds; a busy machine is slow, not wrong

expect.set_options(timeout=PATIENCE)


@dataclass(frozen=True, slots=True)
class Served:
    """A server that runs the app.

    Attributes:
        url: Its address.
        pid: Its process.
        log: The file with its output.
    """

    url: str
    pid: int
    log: Path


@contextmanager
def serve(index: Path, cwd: Path = PROJECT) -> Iterator[Served]:
    """Run the app on an index; an exception in its log fails the test.

    Args:
        cwd: The folder in which the server is started.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = [f"--server.port={port}", "--server.address=127.0.0.1", "--server.headless=true",
               "--", "--index", str(index)]  # fmt: skip
    command = [sys.executable, "-m", "streamlit", "run", str(PROJECT / "app.py"), *options]
    env = os.environ | {"MALLOC_ARENA_MAX": "2"}  # as in make run
    with tempfile.TemporaryDirectory() as scratch:
        log = Path(scratch) / "log"
        with log.open("wb") as said:
            server = subprocess.Popen(command, cwd=cwd, stdout=said, stderr=said, env=env)
        try:
            _wait_for(f"http://127.0.0.1:{port}/_stcore/health", server, log)
            yield Served(f"http://127.0.0.1:{port}", server.pid, log)
            assert "Traceback" not in log.read_text("utf-8"), log.read_text("utf-8")
        finally:
            server.terminate()
            server.wait(10)


def _wait_for(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + 60
    while server.poll() is None and time.monotonic() < end:
        try:
            with urlopen(url, timeout=1):  # noqa: S310 (our own server)
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"No answer from {url}\n{log.read_text('utf-8')}")


def find_chromium() -> str | None:
    """Return the system's Chromium."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


class Elsewhere(http.server.BaseHTTPRequestHandler):
    """Answers in the place of every other server: see youtube.py."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Answer with the page of the server, whatever is asked for."""
        body = self.server.page.encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: object) -> None:
        """Print nothing."""


@contextmanager
def elsewhere() -> Iterator[http.server.ThreadingHTTPServer]:
    """Run the server that Chromium reaches under every name."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Elsewhere)
    server.daemon_threads = True
    server.handle_error = lambda *_: None  # Chromium's own attempts to reach its vendor's servers
    server.page = SILENT
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("www.youtube.com").configure_cert(context)
    server.socket = context.wrap_socket(
        server.socket, server_side=True, do_handshake_on_connect=False
    )
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()


@contextmanager
def launched() -> Iterator[Browser]:
    """Start the system's Chromium, which must be installed; it reaches no other machine."""
    with elsewhere() as server, sync_playwright() as playwright:
        # Not by routes of Playwright: with them, Chromium would load every file of each page anew.
        rules = f"MAP * 127.0.0.1:{server.server_port}, EXCLUDE 127.0.0.1"
        arguments = [*ARGUMENTS, f"--host-resolver-rules={rules}"]
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=arguments)
        browser.elsewhere, browser.idle = server, {}
        yield browser
        browser.close()


@contextmanager
def open_page(browser: Browser, fresh: bool = False, **options: Any) -> Iterator[Page]:
    """Open a page, by default with the size of a desktop; its storage is empty.

    A page that an earlier test has finished with is taken again, because a new one has to load
    and compile the scripts anew, which takes most of the time of a test.

    `page.asked` lists its requests to other servers; none of them leaves the machine, and every
    frame gets the same answer. An error in the page, or a violation of its security policy, fails
    the test.

    Args:
        fresh: For a test that changes the page for good, as by a script or a clock.
    """
    options = {"viewport": {"width": 1280, "height": 900}, "locale": "en-US"} | options
    idle = browser.idle.setdefault(repr(sorted(options.items())), [])
    page = idle.pop() if idle and not fresh else _new_page(browser, options)
    page.asked, page.problems = [], []
    try:
        yield page
        assert page.problems == []
    except BaseException:
        page.context.close()
        raise
    finally:
        browser.elsewhere.page = SILENT
    if fresh:
        page.context.close()
    else:
        _clear(page, options)
        idle.append(page)


def _new_page(browser: Browser, options: dict[str, Any]) -> Page:
    context = browser.new_context(ignore_https_errors=True, **options)
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    context.on(
        "request",
        lambda request: page.asked.append(request.url) if _is_elsewhere(request.url) else None,
    )
    page.on("pageerror", lambda error: page.problems.append(str(error)))
    page.on(
        "console",
        lambda said: page.problems.append(said.text) if "Security Policy" in said.text else None,
    )
    return page


def _clear(page: Page, options: dict[str, Any]) -> None:
    """Leave nothing of a test in its page."""
    for other in page.context.pages:
        if other is not page:
            other.close()
    page.context.clear_permissions()
    page.context.clear_cookies()
    page.emulate_media(color_scheme=options.get("color_scheme", "light"))
    page.mouse.move(0, 0)
    if page.url.startswith("http"):
        page.evaluate("localStorage.clear(); sessionStorage.clear()")
    page.goto("about:blank")


def _is_elsewhere(url: str) -> bool:
    return not url.startswith(("http://127.0.0.1", "data:", "blob:"))


def open_at(page: Page, url: str) -> Page:
    """Open an address and wait until the page is complete."""
    page.goto(url)
    page.locator("hr").wait_for()  # above the foot, which comes last
    settle(page)
    return page


def open_desk(page: Page, url: str) -> Page:
    """Open the address of a page with a player, and wait for the script of the player."""
    open_at(page, url)
    page.locator(".cs-desk").wait_for(state="attached")
    return page


def settle(page: Page, patience: float = PATIENCE) -> None:
    """Wait until the server has run the page and the browser shows all of it.

    During a run, the page still shows the results of the last one, and loses the focus when they
    are replaced. Call this after something new is visible, or it may return before the run begins.
    """
    page.locator(
        "[data-testid=stApp][data-test-connection-state=CONNECTED]"
        "[data-test-script-state=notRunning]"
    ).wait_for(timeout=patience)
    unfinished = page.locator("[data-stale=true], [data-testid=stSkeleton]")
    expect(unfinished).to_have_count(0, timeout=patience)


def until(read: Callable[[], object], wanted: object) -> None:
    """Wait until a browser's storage, clipboard or player says what is wanted.

    Their scripts may run after the page is complete; Playwright's `expect` waits for elements only.
    """
    end = time.monotonic() + PATIENCE / 1000
    while (found := read()) != wanted and time.monotonic() < end:
        time.sleep(0.1)
    assert found == wanted


def ask(page: Page, question: str) -> None:
    """Ask with the keyboard and wait for the moments."""
    box = page.get_by_label("Your question")
    box.fill(question)
    box.press("Enter")
    page.locator(".st-key-moment-1").wait_for()
    settle(page)


def link_copy(source: Path, target: Path) -> Path:
    """Copy an index; its large files are shared until one of them is replaced."""
    return Path(shutil.copytree(source, target, copy_function=os.link))


@pytest.fixture
def small_link(small_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An index of the small course for a test that changes it; programs see the small course."""
    monkeypatch.setenv("CS25_COURSES", str(small_dir.parents[1] / "courses"))
    return link_copy(small_dir, tmp_path / "index")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all journeys."""
    if not find_chromium():
        pytest.skip("the browser journeys: no Chromium found; on Debian, make e2e installs one")
    with launched() as browser:
        yield browser


@pytest.fixture(scope="session")
def app_url(browser: Browser, index_dir: Path) -> Iterator[str]:
    """The app on the bundled course, one server for all tests that only read."""
    with serve(index_dir) as served:
        yield served.url


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page on a desktop."""
    with open_page(browser) as opened:
        yield opened


@pytest.fixture
def fresh_page(browser: Browser) -> Iterator[Page]:
    """A page on a desktop that no other test uses."""
    with open_page(browser, fresh=True) as opened:
        yield opened
