"""The rows of `make bench`: each measurement with its floor and whether the target is met."""

import datetime
import os
import platform
import sys
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

import msgspec

PACKAGES = ("onnxruntime", "openvino", "faiss-cpu", "bm25s", "numpy", "sentence-transformers")
HEADINGS = ("what", "floor, in the same run", "measured", "ratio", "target", "met")


class Row(msgspec.Struct, frozen=True):
    """One line of the table; figures are text, as a reader sees them."""

    what: str
    floor: str
    measured: str
    ratio: str
    target: str
    met: bool | None  # None: not measured in this run


def markdown(rows: Sequence[Row]) -> str:
    """Return the table in Markdown.

    >>> print(markdown([Row("cold search", "5.0 s", "1.0 s", "0.20 ×", "≤ 0.30 ×", True)]))
    | what | floor, in the same run | measured | ratio | target | met |
    |---|---|---|---|---|---|
    | cold search | 5.0 s | 1.0 s | 0.20 × | ≤ 0.30 × | yes |
    """
    lines = [HEADINGS, ("---",) * len(HEADINGS)]
    for row in rows:
        met = {True: "yes", False: "**no**", None: "–"}[row.met]
        lines.append((row.what, row.floor, row.measured, row.ratio, row.target, met))
    shown = [" | ".join(line) for line in lines]
    shown[1] = shown[1].replace(" ", "")
    return "\n".join(f"|{line}|" if line.startswith("---") else f"| {line} |" for line in shown)


def facts() -> str:
    """Return facts about the machine that a reader needs, without its name."""
    versions = ", ".join(f"{package} {version(package)}" for package in PACKAGES)
    return (
        f"{datetime.datetime.now(datetime.UTC).date()}, {_processor()}, {os.cpu_count()} cores, "
        f"{platform.system()} ({platform.machine()}), Python {sys.version.split()[0]}, {versions}."
    )


def _processor() -> str:
    """Return the processor's name, and those of its extensions that matter here."""
    info = Path("/proc/cpuinfo")
    if not info.is_file():
        return platform.processor() or "unknown processor"
    lines = [line.partition(":") for line in info.read_text().splitlines()]
    found = {key.strip(): value.strip() for key, _, value in lines}
    flags = set(found.get("flags", "").split())
    wanted = ("avx2", "avx512_bf16", "avx512_vnni", "avx_vnni", "amx_bf16", "amx_int8")
    named = [flag for flag in wanted if flag in flags]
    return f"{found.get('model name', 'unknown processor')} ({', '.join(named) or 'none of them'})"
