"""An ingest started from the page: a process of its own, so that a closed tab does not end it."""

import os
import re
import subprocess
import sys
from pathlib import Path

import filelock
import msgspec
import streamlit as st

LOG = "ingest.log"
REPORT = "last-ingest.json"
LAST_LINES = 40
_CODES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


def command(folder: Path, offline: bool) -> list[str]:
    """Return the command that brings an index up to date."""
    options = ["--offline"] if offline else []
    return [sys.executable, "-m", "ingest", *options, "--index", str(folder)]


def start(folder: Path, offline: bool) -> None:
    """Start an ingest that writes what it says to a log in the index folder."""
    folder.mkdir(parents=True, exist_ok=True)
    # A file is no terminal; told otherwise, the ingest writes its progress as it goes.
    env = os.environ | {
        "TTY_COMPATIBLE": "1",
        "TTY_INTERACTIVE": "1",
        "NO_COLOR": "1",
        "COLUMNS": "100",
        "PYTHONUNBUFFERED": "1",
    }
    with (folder / LOG).open("wb") as log:
        process = subprocess.Popen(  # noqa: S603 (our own command)
            command(folder, offline),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            env=env,
            start_new_session=True,
        )
    _started()[str(folder)] = process


def is_running(folder: Path) -> bool:
    """Return whether an ingest writes to an index, whoever started it."""
    process = _started().get(str(folder))
    return (process is not None and process.poll() is None) or _is_locked(folder)


def exit_code(folder: Path) -> int | None:
    """Return how the ingest that the app started last has ended; None when none has."""
    process = _started().get(str(folder))
    return process.poll() if process else None


def read_log(folder: Path) -> str:
    """Return the last lines that an ingest wrote."""
    try:
        return last_lines((folder / LOG).read_text("utf-8", "replace"))
    except OSError:
        return ""


def last_lines(log: str) -> str:
    r"""Return the end of a log as a terminal would show it; a progress bar is one line.

    >>> last_lines("start\n\x1b[2KEncoding  10/99\r\x1b[2KEncoding  20/99\r\n\x1b[?25hdone\n")
    'start\nEncoding  20/99\ndone'
    """
    shown: list[str] = []
    for line in re.split(r"\n", _CODES.sub("", log)):
        parts = [part.rstrip() for part in line.split("\r") if part.strip()]
        if not parts:
            continue
        # A bar that is drawn again replaces itself.
        if shown and shown[-1].split()[0] == parts[-1].split()[0] and "/" in parts[-1]:
            shown.pop()
        shown.append(parts[-1])
    return "\n".join(shown[-LAST_LINES:])


def failures(folder: Path) -> list[tuple[str, str, str]]:
    """Return (title, cause, cure) of what the last ingest could not get."""
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


def _is_locked(folder: Path) -> bool:
    if not folder.is_dir():
        return False
    try:
        with filelock.FileLock(folder / "ingest.lock", timeout=0):
            return False
    except filelock.Timeout:
        return True


@st.cache_resource(show_spinner=False)
def _started() -> dict[str, subprocess.Popen[bytes]]:
    return {}
