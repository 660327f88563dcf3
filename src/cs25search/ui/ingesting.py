"""Start an ingest from the page, as a separate process, so that closing the tab does not end it.

Its progress is written to the index folder (progress.py), for every session and every server.
"""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import filelock
import msgspec
import streamlit as st

from ..errors import FAILED
from ..index.publish import LOCK
from ..progress import FILE, REPORT, read_progress
from .access import Access, is_local, may_ingest

LOG = "ingest.log"
ADDED = "added"  # folder of the caption files that visitors have added
CLOCK = 0.1  # seconds by which file times may lag behind
LOOPBACK = "127.0.0.1"  # the address of visitors for whom Streamlit has none


@dataclass
class _Started:
    """The last ingest of each folder that this server started."""

    lock: threading.RLock = field(default_factory=threading.RLock)
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    times: dict[str, float] = field(default_factory=dict)  # start, comparable to a file's st_mtime


def command(folder: Path, offline: bool, added: str = "") -> list[str]:
    """Return the command that brings an index up to date.

    -P: do not import a folder named cs25search from the current directory.

    Args:
        added: One more option, such as --video=ID; "" for none.
    """
    options = (["--offline"] if offline else []) + ([added] if added else [])
    return [sys.executable, "-P", "-m", "cs25search", "ingest", *options, "--index", str(folder)]


def may_start(access: Access) -> bool:
    """Return whether the visitor of this session may start an ingest."""
    return may_ingest(access, *_visitor())


def may_add(access: Access) -> bool:
    """Return whether the visitor of this session may add videos: only on this machine."""
    return may_start(access) and is_local(*_visitor())


def _visitor() -> tuple[str, str, Mapping[str, str]]:
    """Return Host header, address and headers of the visitor of this session."""
    headers: Mapping[str, str] = st.context.headers
    return headers.get("host", ""), st.context.ip_address or LOOPBACK, headers


def keep_file(folder: Path, name: str, content: bytes) -> Path:
    """Write a caption file that a visitor adds, and return where it is.

    A file of the same name is replaced, so it stays the same recording.

    Args:
        name: From `adding.file_name`.

    Raises:
        OSError: The index folder cannot be written to.
    """
    path = folder / ADDED / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def start(folder: Path, offline: bool, added: str = "") -> None:
    """Start an ingest, unless one is already writing to this index; then that one is shown.

    Args:
        added: One more option, such as --video=ID; "" for none.

    Raises:
        OSError: The index folder cannot be written to.
    """
    started = _started()
    with started.lock:
        if is_running(folder):
            return
        folder.mkdir(parents=True, exist_ok=True)
        (folder / FILE).unlink(missing_ok=True)  # of the ingest before
        # Its output is for the administrator of the server; the page reads the progress file.
        started.times[str(folder)] = time.time()
        with (folder / LOG).open("wb") as log:
            started.processes[str(folder)] = subprocess.Popen(  # noqa: S603 (our own command)
                command(folder, offline, added),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=os.environ | {"NO_COLOR": "1"},
                start_new_session=True,
            )


def is_running(folder: Path) -> bool:
    """Return whether any ingest is writing to an index."""
    process = _started().processes.get(str(folder))
    return (process is not None and process.poll() is None) or _is_locked(folder)


def exit_code(folder: Path) -> int | None:
    """Return the exit code of the last ingest that this server started, None if it started none."""
    process = _started().processes.get(str(folder))
    if process is None or process.poll() is None:
        return None
    code = read_progress(folder).code if _is_recorded(folder) else None
    return FAILED if code is None else code


def remarks(folder: Path) -> str:
    """Return the remarks of the ingest, one per line; its output if it made no remarks."""
    if is_running(folder) or _is_recorded(folder):
        return "\n".join(read_progress(folder).remarks)
    return _last_words(folder)


def failures(folder: Path) -> list[tuple[str, str, str]]:
    """Return (title, cause, cure) of everything the last ingest could not fetch."""
    try:
        rows = msgspec.json.decode((folder / REPORT).read_bytes())
        entries = rows if isinstance(rows, list) else rows.get("videos", [])
        return [
            (str(row.get("title") or row.get("video_id", "")), str(row["cause"]),
             str(row.get("what_to_do", "")))
            for row in entries if row.get("cause")
        ]  # fmt: skip
    except (OSError, msgspec.DecodeError, AttributeError):
        return []


def _is_recorded(folder: Path) -> bool:
    """Return whether an ingest has written progress since this server started one.

    It may have been started by another server slightly earlier; the outcome is the same.
    """
    try:
        return (folder / FILE).stat().st_mtime >= _started().times[str(folder)] - CLOCK
    except OSError:
        return False


def _last_words(folder: Path) -> str:
    try:
        return "\n".join((folder / LOG).read_text("utf-8", "replace").splitlines()[-40:])
    except OSError:
        return ""


def _is_locked(folder: Path) -> bool:
    if not folder.is_dir():
        return False
    try:
        # Check one at a time: of two checks at once, each would mistake the other for an ingest.
        with _started().lock, filelock.FileLock(folder / LOCK, timeout=0):
            return False
    except filelock.Timeout:
        return True
    except OSError:  # no permission to write: we cannot run an ingest, nor know whether others do
        return False


@st.cache_resource(show_spinner=False)
def _started() -> _Started:
    return _Started()
