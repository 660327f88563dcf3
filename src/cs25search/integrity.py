"""Whether files are the ones that were written.

Sizes are compared at every opening, checksums once: who has compared them leaves a stamp in the
user's cache, which names every file's size, times and inode. As long as these are the same, the
checksums are believed for a day. The system sets the time of change (ctime) at every write, also
where a program puts the time of modification back; what a failing disk does to a file leaves no
such trace and is found a day later, or at once by `cs25search check`.
"""

import hashlib
import os
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

DAY = 86_400.0  # seconds for which a stamp counts
SETTLED = 2.0  # seconds: a change after the stamp must not fall into the same tick of the clock


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What a file must be to be the one that was written."""

    size: int
    sha256: str


def altered(folder: Path, files: Mapping[str, FileFacts]) -> Iterator[tuple[Path, str]]:
    """Yield every file that is not the one that was written, and what is wrong with it."""
    from concurrent.futures import ThreadPoolExecutor  # once a day

    whole = []
    for name, facts in files.items():
        path = folder / name
        if (problem := wrong_size(path, facts)) is None:
            whole.append((path, facts))
        else:
            yield path, problem
    with ThreadPoolExecutor(os.cpu_count()) as pool:  # hashing lets other threads run
        for (path, facts), found in zip(
            whole, pool.map(_sum_or_problem, (path for path, _ in whole)), strict=True
        ):
            if found.startswith("cannot"):
                yield path, found
            elif found != facts.sha256:
                yield path, f"has sha256 {found[:12]}, not {facts.sha256[:12]} as written"


def wrong_size(path: Path, facts: FileFacts) -> str | None:
    """Return what is wrong with a file's size, None if nothing is."""
    try:
        size = path.stat().st_size
    except FileNotFoundError:
        return "is missing"
    except OSError as error:
        return f"cannot be read ({error.strerror})"
    return None if size == facts.size else f"has {size} bytes, not the {facts.size} as written"


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
    """Write the checksum of a file that lists the checksums of others, as `sha256sum` does."""
    # As text, Windows would end the line in CR LF.
    path.with_suffix(".sha256").write_bytes(_seal_of(path).encode())


def broken_seal(path: Path) -> str | None:
    """Return why a file does not match its seal, None if it does."""
    beside = path.with_suffix(".sha256")
    try:
        if beside.read_bytes() == _seal_of(path).encode():
            return None
    except FileNotFoundError as error:
        return "is missing" if error.filename == str(path) else f"has lost {beside.name} beside it"
    except OSError as error:
        return f"cannot be read ({error.strerror})"
    return f"does not match {beside.name} beside it"


def _seal_of(path: Path) -> str:
    return f"{sha256_of(path)}  {path.name}\n"


def fingerprint(*paths: Path) -> str:
    """Return a text that changes when a file beneath any of the folders is written to."""
    digest = hashlib.sha256()
    for path in paths:
        for name, facts in _facts_beneath(path):
            times = f"{facts.st_mtime_ns} {facts.st_ctime_ns}"
            digest.update(f"{name} {facts.st_size} {facts.st_ino} {times}\n".encode())
    return digest.hexdigest()


def is_stamped(folder: Path) -> bool:
    """Return whether the checksums of a folder were compared today and no file changed since."""
    try:
        stamp = _stamp(folder)
        age = time.time() - stamp.stat().st_mtime
        return 0 <= age < DAY and stamp.read_text() == fingerprint(folder)
    except OSError:
        return False


def leave_stamp(folder: Path, compared: str) -> None:
    """Note that the checksums of a folder are right; where nothing can be written, do not.

    Args:
        compared: Its fingerprint from before they were compared.
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
    """Return where it is noted that a folder was compared.

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
    """Return path and facts of every file beneath a folder that can be seen, in a fixed order."""
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
