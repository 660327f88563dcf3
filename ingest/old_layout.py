"""Move the index of an earlier version into the folder of its course.

Up to format 4, an index folder held one index. Now it has a folder for each course.
"""

import os
import shutil
from pathlib import Path

from cs25search.index.publish import generations, ingest_lock
from cs25search.place import BUNDLED

KEPT = ("captions", "notes", "models", "speech", "deck.txt")  # what a rebuild needs
MOVING = ".moving"


def is_old(root: Path) -> bool:
    """Return whether an index folder has the layout of an earlier version."""
    names = generations(root)
    if any((root / name / "about.json").is_file() for name in names):
        return False  # the folder of one course
    # Folders called captions or notes alone may be the user's own.
    return bool(names) or (root / "CURRENT").exists()


def move_old(root: Path) -> Path:
    """Move captions, notes and models into the folder of the bundled course; return that folder.

    They are linked, or copied, and the folder appears in one step, so an interruption loses
    nothing. `remove_old` removes the originals once the new index is complete.

    Raises:
        OSError: The system refuses to write.
        Cs25SearchError: Another ingest is writing to the folder.
    """
    folder = root / BUNDLED.name
    with ingest_lock(root):  # another ingest may move it too
        shutil.rmtree(root / MOVING, ignore_errors=True)
        if folder.exists():
            return folder
        (root / MOVING).mkdir()
        for name in KEPT:
            old, new = root / name, root / MOVING / name
            if old.is_dir():
                shutil.copytree(old, new, copy_function=_link)
            elif old.is_file():
                _link(str(old), str(new))
        (root / MOVING).rename(folder)
    return folder


def remove_old(root: Path) -> None:
    """Remove what the earlier version left in the index folder itself, if it was moved."""
    moved = [name for name in KEPT if (root / BUNDLED.name / name).exists()]
    # CURRENT last: until then, an interrupted removal is recognised and finished.
    for name in (*generations(root), *moved, "ingest.lock", "CURRENT"):
        path = root / name
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def _link(old: str, new: str) -> None:
    try:
        os.link(old, new)
    except OSError:  # another file system, or one without links
        shutil.copy2(old, new)
