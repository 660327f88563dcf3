"""Nothing leaves the machine and nothing is left on it, seen from outside Python by strace.

A library that sends reports from C++ evades every guard in Python. So each program runs under
strace, with an empty home and without the variable CI, which switches some reports off. It keeps
running for CS25_STRACE_SECONDS after its work, with `make privacy` for 60.
"""

import asyncio
import ipaddress
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

import pytest
from test_ingest import SRT

SECONDS = float(os.environ.get("CS25_STRACE_SECONDS", "3"))
PROJECT = Path(__file__).parents[1]
WHY = "Why does the router need float32?"
CALLS = "connect,sendto,sendmsg,sendmmsg,open,openat,creat,mkdir,mkdirat,rename,renameat,renameat2"
# Runs `python -m MODULE ARGUMENTS` and keeps the process alive after its end.
STAY = """
import runpy, sys, time
seconds, sys.argv = float(sys.argv[1]), sys.argv[2:]
try:
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
finally:
    time.sleep(seconds)
"""
ADDRESS = re.compile(r'htons\((\d+)\).*?(?:inet_addr\(|inet_pton\(AF_INET6, )"([^"]+)"')
OPENED = re.compile(r'\b(open|openat|creat)\((?:(?:AT_FDCWD|\d+)<?([^>,]*)>?, )?"([^"]*)"(.*)')
MADE = re.compile(r'\b(?:mkdir|mkdirat|rename|renameat|renameat2)\(.*"([^"]*)".*\) = 0')
DEVICES = ("/dev/", "/proc/self/")  # no file that stays


def strace_works() -> bool:
    """Return whether strace is installed and allowed; some containers forbid it."""
    command = ["strace", "-f", "--seccomp-bpf", "-qq", "-e", "trace=connect", "true"]
    return (
        bool(shutil.which("strace"))
        and not subprocess.run(command, capture_output=True, check=False).returncode
    )


pytestmark = pytest.mark.skipif(not strace_works(), reason="strace is missing or may not trace")


@dataclass(frozen=True, slots=True)
class Trace:
    """What a program did, read from strace's lines."""

    lines: tuple[str, ...]

    def left(self) -> list[str]:
        """Return the lines that address another machine, or any name server."""
        found = []
        for line in self.lines:
            for port, host in ADDRESS.findall(line):
                if port == "53" or not ipaddress.ip_address(host).is_loopback:
                    found.append(line)
        return found

    def written(self, *allowed: Path) -> list[str]:
        """Return the lines that create or write a file outside some folders."""
        found = []
        for line in self.lines:
            if match := OPENED.search(line):
                call, folder, name, rest = match.groups()
                if call != "creat" and not re.search("O_(WRONLY|RDWR|CREAT)", rest):
                    continue
                path = Path(folder or "", name)
            elif match := MADE.search(line):
                path = Path(match[1])
            else:
                continue
            inside = any(path.is_relative_to(one) or path in one.parents for one in allowed)
            if not inside and not str(path).startswith(DEVICES) and " = -1 " not in line:
                found.append(line)
        return found


@dataclass(frozen=True, slots=True)
class Traced:
    """A program under strace, with a separate home folder."""

    home: Path
    index: Path
    process: subprocess.Popen[bytes]
    log: Path

    def end(self) -> None:
        """End the program; strace then writes its last lines and ends."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        for child in children.read_text().split():
            os.kill(int(child), signal.SIGTERM)
        self.process.wait(30)

    def check(self) -> None:
        """Assert that nothing left the machine and no file is outside index and cache."""
        trace = Trace(tuple(self.log.read_text("utf-8", "replace").splitlines()))
        assert len(trace.lines) > 100  # it was watched
        assert trace.left() == []
        cache = self.home / ".cache" / "cs25search"
        assert trace.written(self.index, cache, self.home.parent / "tmp") == []
        kept = [path for path in self.home.rglob("*") if path.is_file()]
        assert [path for path in kept if not path.is_relative_to(cache)] == []
        scratch = self.home.parent / "tmp"  # torch leaves an empty folder there
        assert [path for path in scratch.rglob("*") if path.is_file()] == []


@pytest.fixture
def trace(tmp_path: Path, small_copy: Path):
    """Start programs under strace; see `Traced`."""

    @contextmanager
    def start(*command: str, index: Path = small_copy):
        home, scratch, elsewhere = (tmp_path / name for name in ("home", "tmp", "elsewhere"))
        for folder in (home, scratch, elsewhere):
            folder.mkdir()
        forgotten = ("CI", "TF_BUILD", "JENKINS_URL", "XDG_CACHE_HOME", "ORT_DISABLE_TELEMETRY",
                     "HF_HUB_DISABLE_TELEMETRY", "DO_NOT_TRACK", "CS25_LLM_BASE_URL")  # fmt: skip
        environment = {name: value for name, value in os.environ.items() if name not in forgotten}
        environment |= {"HOME": str(home), "TMPDIR": str(scratch), "CS25_INDEX": str(index),
                        "PYTHONDONTWRITEBYTECODE": "1"}  # fmt: skip
        log = tmp_path / "strace"
        strace = ["strace", "-f", "--seccomp-bpf", "-qq", "-y", "-o", str(log), "-e"]
        process = subprocess.Popen(
            [*strace, f"trace={CALLS}", sys.executable, *command],
            cwd=elsewhere,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        try:
            yield Traced(home, index, process, log)
        finally:
            if process.poll() is None:
                process.kill()
            process.wait(30)

    return start


def test_strace_sees_what_leaves_and_what_is_written(trace, tmp_path):
    """The guard works: it finds a packet to another machine and a file in the home folder."""
    code = (
        "import socket, pathlib\n"
        "socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', 9))\n"
        "for host, port in ('192.0.2.1', 9), ('127.0.0.1', 53):\n"
        "    try: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).connect((host, port))\n"
        "    except OSError: pass\n"
        "(pathlib.Path.home() / 'left').write_text('x')\n"
        "(pathlib.Path.home() / 'made').mkdir()"
    )
    with trace("-c", code) as traced:
        traced.process.wait(60)
    seen = Trace(tuple(traced.log.read_text().splitlines()))
    assert [("192.0.2.1" in line, "htons(53)" in line) for line in seen.left()] == [
        (True, False), (False, True)
    ]  # fmt: skip
    assert len(seen.written(tmp_path / "tmp")) == 2


@pytest.mark.parametrize("command", ["search", "ask"])
def test_search_and_ask_stay_at_home(trace, command):
    with trace("-c", STAY, str(SECONDS), "cs25search", command, WHY) as traced:
        assert b"582" in traced.process.communicate(timeout=120 + SECONDS)[0]
    traced.check()


def test_ingest_stays_at_home(trace, tmp_path, small_copy, monkeypatch):
    """A few new captions, or with `make privacy` the whole course and a new export."""
    captions = tmp_path / "captions"
    captions.mkdir()
    (captions / "aaaaaaaaaa1.en.srt").write_text(SRT)
    index = small_copy
    if SECONDS >= 60:
        index = tmp_path / "new"
        monkeypatch.delenv("CS25_COURSES")
    arguments = ("ingest", "--offline", "--captions", str(captions), "--index", str(index))
    with trace("-c", STAY, str(SECONDS), *arguments, index=index) as traced:
        said = traced.process.communicate(timeout=900 + SECONDS)[0]
    assert b"aaaaaaaaaa1" in said and (index / "CURRENT").exists()
    traced.check()


def test_app_stays_at_home_whatever_folder_it_is_started_from(trace):
    from page_client import ask_page

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    app = ("-m", "streamlit", "run", str(PROJECT / "app.py"), f"--server.port={port}")
    with trace(*app, "--server.headless=true") as traced:
        wait_until(lambda: answers(f"http://127.0.0.1:{port}/_stcore/health"))
        _, page = asyncio.run(ask_page(f"ws://127.0.0.1:{port}", WHY))
        assert "https://youtu.be/U8J32Z3qV8s?t=582" in page
        time.sleep(SECONDS)
        traced.end()
    traced.check()


def test_mcp_server_stays_at_home(trace):
    pytest.importorskip("mcp")
    with trace("-m", "cs25search", "mcp") as traced:
        call(traced.process, 1, "initialize", {
            "protocolVersion": "2025-06-18", "capabilities": {},
            "clientInfo": {"name": "test", "version": "1"},
        })  # fmt: skip
        for number, question in enumerate((WHY, "What is DALL·E 2?"), start=2):
            arguments = {"name": "answer_question", "arguments": {"question": question}}
            assert b"generation" in call(traced.process, number, "tools/call", arguments)
        time.sleep(SECONDS)
        traced.process.communicate(timeout=60)  # its stdin ends, and so does it
    traced.check()


def call(process: subprocess.Popen[bytes], number: int, method: str, params: dict) -> bytes:
    """Return the answer of an MCP server to one request."""
    import json

    request = {"jsonrpc": "2.0", "id": number, "method": method, "params": params}
    process.stdin.write(json.dumps(request).encode() + b"\n")
    process.stdin.flush()
    return process.stdout.readline()


def answers(url: str) -> bool:
    """Return whether a server answers."""
    try:
        with urlopen(url, timeout=1):  # noqa: S310 (our own server)
            return True
    except OSError:
        return False


def wait_until(there: Callable[[], bool]) -> None:
    """Wait until a condition holds, at most a minute."""
    for _ in range(300):
        if there():
            return
        time.sleep(0.2)
    pytest.fail("it never came")
