"""Check that files are unchanged since they were written.

Sizes are compared at every opening, checksums only once: after a comparison, a stamp in the user's
cache records the size, times and inode of every file. As long as these stay the same, the checksums
are trusted for a day. The system sets the change time (ctime) at every write, even if a program
resets the modification time. Damage by a failing disk leaves no such trace; it is found within a
day, or at once by `cs25search check`.
"""

import hashlib
import mmap
import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path

import msgspec

DAY = 86_400.0  # seconds for which a stamp is valid
SETTLED = 2.0  # seconds; a change after the stamp must not fall into the same clock tick


class FileFacts(msgspec.Struct, frozen=True):
    """Size and checksum of a file as it was written."""

    size: int
    sha256: str


def altered(folder: Path, files: Mapping[str, FileFacts]) -> Iterator[tuple[Path, str]]:
    """Yield every file that has changed since it was written, and what is wrong with it."""
    from concurrent.futures import ThreadPoolExecutor  # once a day

    whole = []
    for name, facts in files.items():
        path = folder / name
        if (problem := wrong_size(path, facts)) is None:
            whole.append((path, facts))
        else:
            yield path, problem
    with ThreadPoolExecutor(os.cpu_count()) as pool:  # hashing releases the GIL
        for (path, facts), found in zip(
            whole, pool.map(_sum_or_problem, (path for path, _ in whole)), strict=True
        ):
            if found.startswith("cannot"):
                yield path, found
            elif found != facts.sha256:
                yield path, f"has sha256 {found[:12]}, expected {facts.sha256[:12]}"


def wrong_size(path: Path, facts: FileFacts) -> str | None:
    """Return what is wrong with a file's size, None if it is right."""
    try:
        size = path.stat().st_size
    except FileNotFoundError:
        return "is missing"
    except OSError as error:
        return f"cannot be read ({error.strerror})"
    return None if size == facts.size else f"has {size} bytes, expected {facts.size}"


def sha256_of(path: Path) -> str:
    """Return the sha256 of a file in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sum_or_problem(path: Path) -> str:
    try:
        return sha256_of(path)
    except OSError as error:
        return f"cannot be read ({error.strerror})"


def seal(path: Path) -> None:
    """Write the checksum of a manifest to a file beside it, in the format of `sha256sum`."""
    # As text, Windows would end the line in CR LF.
    path.with_suffix(".sha256").write_bytes(_seal_of(path).encode())


def broken_seal(path: Path) -> str | None:
    """Return why a file does not match its checksum file, None if it does."""
    beside = path.with_suffix(".sha256")
    try:
        if beside.read_bytes() == _seal_of(path).encode():
            return None
    except FileNotFoundError as error:
        return "is missing" if error.filename == str(path) else f"has no {beside.name} beside it"
    except OSError as error:
        return f"cannot be read ({error.strerror})"
    return f"does not match {beside.name} beside it"


def _seal_of(path: Path) -> str:
    return f"{sha256_of(path)}  {path.name}\n"


def fingerprint(*paths: Path) -> str:
    """Return a text that changes when a file under any of the paths is written to."""
    digest = hashlib.sha256()
    for path in paths:
        for name, facts in _facts_beneath(path):
            times = f"{facts.st_mtime_ns} {facts.st_ctime_ns}"
            digest.update(f"{name} {facts.st_size} {facts.st_ino} {times}\n".encode())
    return digest.hexdigest()


def is_stamped(folder: Path) -> bool:
    """Return whether a stamp from the last day still matches every file of a folder."""
    try:
        stamp = _stamp(folder)
        age = time.time() - stamp.stat().st_mtime
        return 0 <= age < DAY and stamp.read_text() == fingerprint(folder)
    except OSError:
        return False


def leave_stamp(folder: Path, compared: str) -> None:
    """Record that the checksums of a folder are right; do nothing if the cache is not writable.

    Args:
        compared: The fingerprint of the folder from before the comparison.
    """
    newest = max((facts.st_ctime for _, facts in _facts_beneath(folder)), default=0.0)
    if newest > time.time() - SETTLED:
        return
    with suppress(OSError):
        stamp = _stamp(folder)
        stamp.parent.mkdir(parents=True, exist_ok=True)
        for other in stamp.parent.iterdir():
            if time.time() - other.stat().st_mtime > DAY:
                other.unlink()
        fresh = stamp.with_suffix(f".{os.getpid()}")
        fresh.write_text(compared)
        fresh.replace(stamp)


def distrust(folder: Path) -> None:
    """Forget that the checksums of a folder were compared."""
    with suppress(OSError):
        _stamp(folder).unlink()


def _stamp(folder: Path) -> Path:
    """Return the path of the stamp for a folder.

    Raises:
        FileNotFoundError: There is no home folder: HOME is not set and the user has none.
    """
    try:
        cache = Path(os.environ.get("XDG_CACHE_HOME") or Path("~/.cache").expanduser())
    except RuntimeError as error:
        raise FileNotFoundError(str(error)) from None
    name = hashlib.sha256(os.fsencode(folder.resolve())).hexdigest()
    return cache / "cs25search" / "verified" / name


def _facts_beneath(path: Path) -> Iterable[tuple[str, os.stat_result]]:
    """Return path and stat result of every readable file under a path, in a fixed order."""
    found = []
    folders = [str(path)]
    while folders:
        with suppress(OSError), os.scandir(folders.pop()) as entries:
            for entry in entries:
                if entry.is_dir():
                    folders.append(entry.path)
                else:
                    with suppress(FileNotFoundError):
                        found.append((entry.path, entry.stat()))
    return sorted(found, key=lambda one: one[0])


def map_file(path: Path) -> mmap.mmap | bytes:
    """Return the bytes of a file, mapped; they stay readable when the file is removed.

    Raises:
        OSError: It cannot be read.
    """
    if not path.stat().st_size:  # an empty file cannot be mapped
        return b""
    with path.open("rb") as file:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


def replace_file(
    path: Path, data: bytes, flush: Callable[[Path], None] = lambda fresh: None
) -> None:
    """Write a file beside another and put it in its place: readers see the old or the new one.

    Args:
        flush: Called with the new file before it takes the place of the old one.

    Raises:
        OSError: The system refuses to write.
    """
    fresh = path.with_name(f".{path.name}.new")
    fresh.write_bytes(data)
    flush(fresh)
    fresh.replace(path)
