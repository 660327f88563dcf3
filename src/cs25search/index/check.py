"""cs25search check: verify that every byte of an index is as it was written."""

import math
from pathlib import Path

import msgspec
import numpy as np

from ..encoding.encoder import OnnxEncoder, unit
from ..errors import Cs25SearchError, IndexDamaged
from ..integrity import altered, distrust
from .chunk_text import encoded_text
from .files import read_generation, read_manifest
from .generation import Generation
from .publish import current_generation, generations

SAMPLE = 0.01  # share of the chunks that is encoded again
LEAST = 10  # chunks
LEAST_COSINE = 0.999  # least cosine of a vector with a new encoding of the same text


class CheckReport(msgspec.Struct):
    """What is intact and what is damaged, one line each."""

    intact: list[str] = msgspec.field(default_factory=list)
    damaged: list[str] = msgspec.field(default_factory=list)
    spare: list[str] = msgspec.field(default_factory=list)  # earlier generations


def check_index(index_dir: Path, deep: bool = False) -> CheckReport:
    """Check the live generation and its encoder, and whether an earlier one could replace it.

    Args:
        deep: Encode a random 1 % of the chunks again and compare the vectors.

    Raises:
        IndexMissing: Nothing has been built here.
    """
    report = CheckReport()
    live = None
    try:
        live = current_generation(index_dir)
        generation = _check_generation(index_dir, live, report.intact, report.damaged)
    except IndexDamaged as error:
        report.damaged.append(_what(error))
        generation = None
    if generation:
        encoder = _check_encoder(index_dir / "models" / generation.manifest.model_key, report)
        if deep and encoder:
            _compare(generation, encoder, report)
    for name in generations(index_dir):
        if name != live:
            _check_generation(index_dir, name, report.spare, report.spare)
    return report


def _check_generation(
    index_dir: Path, name: str, intact: list[str], damaged: list[str]
) -> Generation | None:
    """Return a generation if it is intact, and add a line about it to the report."""
    folder = index_dir / name
    distrust(folder)
    try:
        manifest = read_manifest(folder)
        bad = [f"{path} {problem}." for path, problem in altered(folder, manifest.files)]
        damaged += bad
        if bad:
            return None
        generation = read_generation(index_dir, name)
    except IndexDamaged as error:
        damaged.append(_what(error))
        return None
    size = sum(facts.size for facts in manifest.files.values())
    intact.append(f"{folder}: {len(manifest.files)} files, {size / 1e6:.1f} MB")
    return generation


def _check_encoder(folder: Path, report: CheckReport) -> OnnxEncoder | None:
    distrust(folder)
    try:
        encoder = OnnxEncoder(folder)
    except Cs25SearchError as error:
        report.damaged.append(_what(error))
        return None
    report.intact.append(f"{folder}")
    return encoder


def _compare(generation: Generation, encoder: OnnxEncoder, report: CheckReport) -> None:
    n = len(generation.chunks)
    count = min(n, max(LEAST, math.ceil(SAMPLE * n)))
    rows = np.sort(np.random.default_rng().choice(n, count, replace=False))
    texts = [encoded_text(generation.chunks[int(row)]) for row in rows]
    cosines = np.zeros(count)
    for position, encoding in encoder.encode_documents(texts):
        stored = np.asarray(generation.vectors.reconstruct(int(rows[position])))
        cosines[position] = unit(stored) @ encoding.vector
    worst = int(np.argmin(cosines))
    line = (
        f"cosine of {count} vectors with new encodings of their texts: {cosines[worst]:.5f} or more"
    )
    if cosines[worst] >= LEAST_COSINE:
        report.intact.append(line)
    else:
        report.damaged.append(
            f"{line}, expected {LEAST_COSINE}; the lowest is in row {rows[worst]}."
        )


def _what(error: Cs25SearchError) -> str:
    """Return an error's text without its remedy, which is printed once at the end."""
    return str(error).splitlines()[0]
