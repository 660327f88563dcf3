"""The app behind a real server, and a real browser before it."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

import pytest

PROJECT = Path(__file__).parents[2]
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]


@contextmanager
def serve(index: Path) -> Iterator[str]:
    """Run the app on an index; yield its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", str(PROJECT / "app.py"),
               f"--server.port={port}", "--server.headless=true"]  # fmt: skip
    server = subprocess.Popen(
        command,
        cwd=PROJECT,
        env=os.environ | {"CS25_INDEX": str(index)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(f"{address}/_stcore/health")
        yield address
    finally:
        server.terminate()
        server.wait(10)


def _wait_for(url: str) -> None:
    for _ in range(300):
        try:
            with urlopen(url, timeout=1):  # noqa: S310 (our own server)
                return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError(url)


def link_copy(source: Path, target: Path) -> Path:
    """Copy an index; its large files are shared until one of them is replaced."""
    return Path(shutil.copytree(source, target, copy_function=os.link))


@pytest.fixture(scope="session")
def browser():
    sync_api = pytest.importorskip("playwright.sync_api")
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if not chromium:
        pytest.skip("no Chromium found; make e2e installs it on Debian")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def app_url(index_dir, browser):
    """The app on the bundled course."""
    with serve(index_dir) as address:
        yield address


@pytest.fixture
def page(browser):
    """A page on a desktop. `page.asked` lists what it asked of other servers."""
    with open_page(browser) as opened:
        yield opened


@contextmanager
def open_page(browser, width=1280, height=900, **options):
    context = browser.new_context(
        viewport={"width": width, "height": height}, locale="en-US", **options
    )
    page = context.new_page()
    page.set_default_timeout(30_000)
    page.asked = []

    def answer(route):
        page.asked.append(route.request.url)
        route.fulfill(status=200, content_type="text/html", body="<title>player</title>a video")

    context.route(lambda url: not url.startswith(("http://127.0.0.1", "data:", "blob:")), answer)
    page.problems = []
    page.on("pageerror", lambda error: page.problems.append(str(error)))
    yield page
    context.close()
