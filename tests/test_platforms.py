"""Differences of Windows, with its calls replaced; users without a home folder."""

import os
import subprocess
import sys
from pathlib import Path

import filelock
import pytest
from conftest import DATA

from cs25search import integrity
from cs25search.errors import Cs25SearchError
from cs25search.index import publish

# What the system says of a user id that no account has.
NOBODY = """
import pwd


def getpwuid(uid):
    raise KeyError(f"getpwuid(): uid not found: {uid}")


pwd.getpwuid = getpwuid
"""


@pytest.fixture
def windows(monkeypatch):
    """Refuse what Windows refuses, and use its line endings."""
    opened, written = os.open, Path.write_text

    def refuse_folders(path, flags, *mode, **options):
        if Path(path).is_dir():
            raise PermissionError(13, "Permission denied", str(path))
        assert flags & os.O_RDWR or flags & os.O_WRONLY or flags == os.O_RDONLY
        return opened(path, flags, *mode, **options)

    def sync(handle):
        assert os.write(handle, b"") == 0  # fsync of what is open for reading alone fails there

    def kill(pid, signal):
        raise AssertionError(f"signal {signal} would be Ctrl+C")

    def write_text(path, text, encoding=None, errors=None, newline=None):
        return written(path, text, encoding, errors, newline or "\r\n")

    monkeypatch.setattr(publish, "WINDOWS", True)
    monkeypatch.setattr(os, "open", refuse_folders)
    monkeypatch.setattr(os, "fsync", sync)
    monkeypatch.setattr(os, "kill", kill)
    monkeypatch.setattr(Path, "write_text", write_text)


def test_windows_publishes_and_reads_what_was_published(windows, tmp_path):
    def write(folder):
        (folder / "manifest.json").write_bytes(b"{}\n")
        integrity.seal(folder / "manifest.json")

    for name in ("20260101T000000Z-0001", "20260101T000001Z-0002"):
        publish.publish(tmp_path, name, write)
        assert publish.current_generation(tmp_path) == name
        assert integrity.broken_seal(tmp_path / name / "manifest.json") is None


def test_windows_names_the_holder_of_a_lock_without_a_signal(windows, monkeypatch, tmp_path):
    monkeypatch.setattr(publish, "PATIENCE", 0.2)
    (tmp_path / "ingest.owner").write_bytes(b"4321\n")
    # A lock of another process: this one may take its own again.
    holder = filelock.FileLock(tmp_path / "ingest.lock", is_singleton=False)
    with (
        holder,
        pytest.raises(Cs25SearchError, match="process 4321"),
        publish.ingest_lock(tmp_path),
    ):
        raise AssertionError("two hold it")


def test_without_a_home_folder_nothing_is_noted_and_nothing_fails(monkeypatch, tmp_path):
    def no_home(path):
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setattr(Path, "expanduser", no_home)
    (tmp_path / "file").write_bytes(b"x")
    os.utime(tmp_path / "file", (1, 1))
    assert not integrity.is_stamped(tmp_path)
    integrity.leave_stamp(tmp_path, "compared")
    integrity.distrust(tmp_path)
    assert not integrity.is_stamped(tmp_path)


@pytest.mark.parametrize(
    "command",
    [
        ("cs25search", "search", "router float32"),
        ("cs25search", "ask", "Why does the router need float32?"),
        ("cs25search", "check"),
        ("ingest", "--offline"),
    ],
)
def test_programs_run_for_a_user_without_home_folder(command, index_copy, tmp_path):
    (tmp_path / "sitecustomize.py").write_text(NOBODY)
    path = os.pathsep.join([str(tmp_path), *filter(None, [os.environ.get("PYTHONPATH")])])
    done = subprocess.run(
        [sys.executable, "-m", *command, "--index", str(index_copy)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=DATA,
        env={"PYTHONPATH": path, "PYTHONUTF8": "1"},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout
    assert "Traceback" not in done.stderr
