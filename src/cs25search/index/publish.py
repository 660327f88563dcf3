"""Publish a generation atomically: completely or not at all.

    .building-<name>/   being written, read back and synced to disk
    <name>/             renamed: complete, but not read yet
    CURRENT             replaced by a file that contains <name>: from now on readers open it
    .removing-<name>/   the generation before the previous one, being removed

If the process dies between any two steps, the generation named in CURRENT is complete.
"""

import os
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import Cs25SearchError, IndexDamaged, IndexMissing
from ..integrity import replace_file

if TYPE_CHECKING:
    import filelock

LOCK = "ingest.lock"  # held by the one ingest that may write
NAME = re.compile(r"[0-9]{8}T[0-9]{6}Z-[0-9a-f]{4}")
NOTHING_YET = (
    "none"  # content of CURRENT before the first generation; a missing CURRENT means damage
)
PATIENCE = 2.0  # seconds within which the holder of a lock must have written its process id
WINDOWS = os.name == "nt"


def current_generation(index_dir: Path) -> str:
    """Return the name of the live generation.

    Raises:
        IndexMissing: Nothing has been built here.
        IndexDamaged: CURRENT is missing, or does not name a folder next to it.
    """
    pointer = index_dir / "CURRENT"
    try:
        content = pointer.read_bytes()
    except FileNotFoundError:
        if generations(index_dir):
            raise IndexDamaged(pointer, "is missing") from None
        raise IndexMissing(index_dir) from None
    except OSError as error:
        raise IndexDamaged(pointer, f"cannot be read ({error.strerror})") from None
    if content == f"{NOTHING_YET}\n".encode():
        raise IndexMissing(index_dir)
    name = content[:-1].decode("ascii", "replace")
    # Only accept names that we generate: CURRENT must not point outside the index folder.
    if content[-1:] != b"\n" or not NAME.fullmatch(name) or not (index_dir / name).is_dir():
        seen = content[:80].decode("ascii", "replace")
        raise IndexDamaged(pointer, f"names generation {seen!r}, which does not exist")
    return name


def generations(index_dir: Path) -> list[str]:
    """Return the names of all generations in an index folder, newest first."""
    with suppress(OSError):
        found = [path.name for path in index_dir.iterdir() if NAME.fullmatch(path.name)]
        return sorted(found, reverse=True)
    return []


def publish(index_dir: Path, name: str, write: Callable[[Path], None]) -> None:
    """Make a new generation live; the previous one is kept, older ones are removed.

    Args:
        name: Its name, see NAME.
        write: Writes all its files into a folder, and raises if one cannot be read back.

    Raises:
        OSError: A step failed. The live generation is the previous or the new one, and complete.
    """
    index_dir.mkdir(parents=True, exist_ok=True)
    for path in index_dir.iterdir():
        if path.name.startswith((".building-", ".removing-")):
            _remove_tree(path)
    if not (index_dir / "CURRENT").exists() and not generations(index_dir):
        _point_to(index_dir, NOTHING_YET)
    before = _live(index_dir)
    building = index_dir / f".building-{name}"
    try:
        building.mkdir()
        write(building)
        for path in building.rglob("*"):
            _sync(path)
        _sync(building)
        building.rename(index_dir / name)
        _sync(index_dir)
        _point_to(index_dir, name)
    except BaseException:
        _remove_tree(building)
        if not _may_be_live(index_dir, name):  # otherwise it would only fill the disk
            _remove(index_dir / name)
        raise
    for other in generations(index_dir):
        if other not in (name, before):
            _remove(index_dir / other)


@contextmanager
def ingest_lock(index_dir: Path) -> Iterator[None]:
    """Hold the write lock of an index; the system releases it if the process dies.

    Raises:
        Cs25SearchError: Another process holds it.
    """
    index_dir.mkdir(parents=True, exist_ok=True)
    owner = index_dir / "ingest.owner"
    import filelock  # only writers need it, and queries must start fast

    lock = filelock.FileLock(index_dir / LOCK, timeout=0)
    _acquire(lock, owner)
    try:
        replace_file(owner, f"{os.getpid()}\n".encode(), _sync)
        yield
    finally:
        owner.unlink(missing_ok=True)
        lock.release()


def _acquire(lock: "filelock.BaseFileLock", owner: Path) -> None:
    """Take the lock, or raise an error that names its holder.

    The holder's process id is written after the lock is taken, and the id of a killed process stays
    until then. The app also takes the lock briefly to see whether it is free. So this waits a
    little for a holder whose id is not that of a live process.
    """
    import filelock

    waiting_until = time.monotonic() + PATIENCE
    while True:
        with suppress(filelock.Timeout):
            lock.acquire()
            return
        is_late = time.monotonic() > waiting_until
        pid = _living_owner(owner, believed=is_late)
        if pid or is_late:
            raise Cs25SearchError(
                f"Another ingest (process {pid or 'unknown'}) is writing to {owner.parent}.\n"
                "Wait until it is done, or choose another folder with --index DIR."
            )
        time.sleep(0.05)


def _living_owner(owner: Path, believed: bool) -> int | None:
    """Return the recorded process id of the lock holder, None if that process has ended.

    Args:
        believed: Whether to trust it on Windows, where signal 0 means Ctrl+C and cannot be used to
            ask.
    """
    try:
        pid = int(owner.read_text())
        if WINDOWS:
            return pid if believed else None
        os.kill(pid, 0)
    except PermissionError:  # alive, but owned by another user
        return pid
    except (OSError, ValueError):
        return None
    return pid


def _live(index_dir: Path) -> str | None:
    try:
        return current_generation(index_dir)
    except Cs25SearchError:
        return None


def _may_be_live(index_dir: Path, name: str) -> bool:
    try:
        return current_generation(index_dir) == name
    except IndexMissing:
        return False
    except (OSError, Cs25SearchError):  # CURRENT cannot be read, so it may name this one
        return True


def _point_to(index_dir: Path, name: str) -> None:
    # As bytes: in text mode, Windows would end the line in CR LF.
    replace_file(index_dir / "CURRENT", f"{name}\n".encode(), _sync)
    _sync(index_dir)


def _remove(folder: Path) -> None:
    """Remove a generation; readers never see it partly removed."""
    leaving = folder.with_name(f".removing-{folder.name}")
    with suppress(OSError):
        folder.rename(leaving)
        _remove_tree(leaving)


def _sync(path: Path) -> None:
    """Flush a file or folder to disk.

    Windows cannot open folders, and only syncs files opened for writing.
    """
    if WINDOWS and path.is_dir():
        return
    handle = os.open(path, os.O_RDWR if WINDOWS else os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _remove_tree(folder: Path) -> None:
    """Remove a folder as far as the system allows."""
    import shutil  # only writers need it

    shutil.rmtree(folder, ignore_errors=True)
