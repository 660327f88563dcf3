"""How a generation comes to be the live one: whole, or not at all.

    .building-<name>/   being written, read back and synced
    <name>/             renamed: whole, nobody reads it yet
    CURRENT             replaced by a file that says <name>: from now on everybody does
    .removing-<name>/   the generation before the one before, on its way out

Killed or failing between any two steps, what CURRENT names is whole.
"""

import os
import re
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import Cs25SearchError, IndexDamaged, IndexMissing

if TYPE_CHECKING:
    import filelock

NAME = re.compile(r"[0-9]{8}T[0-9]{6}Z-[0-9a-f]{4}")
NOTHING_YET = "none"  # what CURRENT says before the first generation; a lost CURRENT is damage
PATIENCE = 2.0  # seconds in which the holder of a lock must have said who it is
WINDOWS = os.name == "nt"


def current_generation(index_dir: Path) -> str:
    """Return the name of the live generation.

    Raises:
        IndexMissing: Nothing has been built here.
        IndexDamaged: CURRENT is lost, or names no folder beside it.
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
    # Only a name that we give ourselves: CURRENT must not lead out of the index folder.
    if content[-1:] != b"\n" or not NAME.fullmatch(name) or not (index_dir / name).is_dir():
        seen = content[:80].decode("ascii", "replace")
        raise IndexDamaged(pointer, f"names generation {seen!r}, which is not there")
    return name


def generations(index_dir: Path) -> list[str]:
    """Return the names of all generations in an index folder, newest first."""
    with suppress(OSError):
        found = [path.name for path in index_dir.iterdir() if NAME.fullmatch(path.name)]
        return sorted(found, reverse=True)
    return []


def publish(index_dir: Path, name: str, write: Callable[[Path], None]) -> None:
    """Make a new generation the live one; the one before stays, older ones go.

    Args:
        name: What it will be called, see NAME.
        write: Writes all its files into a folder, and raises when one cannot be read again.

    Raises:
        OSError: The system refuses a step. Then the live generation is still the one before,
            or already the new one, and whole.
    """
    index_dir.mkdir(parents=True, exist_ok=True)
    for path in index_dir.iterdir():
        if path.name.startswith((".building-", ".removing-")):
            shutil.rmtree(path, ignore_errors=True)
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
        shutil.rmtree(building, ignore_errors=True)
        if not _may_be_live(index_dir, name):  # then it only takes room on a full disk
            _remove(index_dir / name)
        raise
    for other in generations(index_dir):
        if other not in (name, before):
            _remove(index_dir / other)


@contextmanager
def ingest_lock(index_dir: Path) -> Iterator[None]:
    """Hold the right to write to an index; released by the system when its owner dies.

    Raises:
        Cs25SearchError: Another process holds it.
    """
    index_dir.mkdir(parents=True, exist_ok=True)
    owner = index_dir / "ingest.owner"
    import filelock  # only writers need it, and a query should start soon

    lock = filelock.FileLock(index_dir / "ingest.lock", timeout=0)
    _acquire(lock, owner)
    try:
        _replace(owner, f"{os.getpid()}\n")
        yield
    finally:
        owner.unlink(missing_ok=True)
        lock.release()


def _acquire(lock: "filelock.BaseFileLock", owner: Path) -> None:
    """Take the lock, or say who has it.

    The name of the owner is written after the lock is taken, and a name left by a process that
    was killed stays until then; the app takes the lock for a moment to see whether it is free.
    So a holder without a living name gets a little time.
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
    """Return the process that says it holds the lock, None where it is known to have ended.

    Args:
        believed: Whether to believe it on Windows, where signal 0 is no question but Ctrl+C.
    """
    try:
        pid = int(owner.read_text())
        if WINDOWS:
            return pid if believed else None
        os.kill(pid, 0)
    except PermissionError:  # alive, and somebody else's
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
    except (OSError, Cs25SearchError):  # CURRENT cannot be read just now: it may say so
        return True


def _point_to(index_dir: Path, name: str) -> None:
    _replace(index_dir / "CURRENT", f"{name}\n")
    _sync(index_dir)


def _replace(path: Path, text: str) -> None:
    fresh = path.with_name(f".{path.name}.new")
    fresh.write_bytes(text.encode())  # as text, Windows would end the line in CR LF
    _sync(fresh)
    fresh.replace(path)


def _remove(folder: Path) -> None:
    """Remove a generation; nobody sees it half removed."""
    leaving = folder.with_name(f".removing-{folder.name}")
    with suppress(OSError):
        folder.rename(leaving)
        shutil.rmtree(leaving, ignore_errors=True)


def _sync(path: Path) -> None:
    """Make sure that a file or folder is on the disk, not only in its cache.

    Windows opens no folders, and syncs a file only for somebody who may write to it.
    """
    if WINDOWS and path.is_dir():
        return
    handle = os.open(path, os.O_RDWR if WINDOWS else os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
