"""make damage: every file of an index is damaged in every way, which must be detected.

Prints the number of cases, and of those that were served, or refused without the file's name.
"""

import random
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from cs25search import Cs25SearchError, open_index
from cs25search.index.check import check_index
from cs25search.index.files import write_generation
from cs25search.index.publish import current_generation
from tests.reliability.crashes import Turns

FLIPS = 200


def main() -> None:
    """Damage each file, check, count; exit with 1 if damage was not detected."""
    encoder = open_index().encoder
    with tempfile.TemporaryDirectory() as scratch:
        turns = Turns(Path(scratch) / "index", encoder)
        cases = unseen = 0
        for damage, problem in every_damage(turns, FLIPS):
            cases += 1
            if problem:
                unseen += 1
                print(f"{damage}: {problem}")
    print(f"{cases} cases of damage: {unseen} failures")
    sys.exit(bool(unseen))


def every_damage(turns: Turns, flips: int) -> Iterator[tuple[str, str]]:
    """Damage each file of the only generation in turn; yield the damage, and what is wrong.

    Nothing is wrong if the index was refused with the file's name and the remedy, and `check_index`
    finds the same.
    """
    chance = random.Random(2)
    write_generation(turns.index_dir, turns.next)
    turns.check()
    live, other = _two_folders(turns)
    away = turns.index_dir.parent / "other"
    other.rename(away)  # so that nothing can stand in
    for path in sorted(path for path in live.rglob("*") if path.is_file()):
        whole = path.read_bytes()
        name = path.relative_to(live)
        for damage, changed in _damages(whole, (away / name).read_bytes(), flips, chance):
            if changed == whole:
                continue
            path.unlink(missing_ok=True)
            if changed is not None:
                path.write_bytes(changed)
            yield f"{name} {damage}", _seen(turns, str(live / name))
        path.write_bytes(whole)
    away.rename(other)
    if problem := turns.check():
        yield "put right again", problem


def _damages(
    whole: bytes, other: bytes, flips: int, chance: random.Random
) -> Iterator[tuple[str, bytes | None]]:
    yield "deleted", None
    yield "emptied", b""
    yield "halved", whole[: len(whole) // 2]
    yield "cut by a byte", whole[:-1]
    yield "swapped", other
    for _ in range(min(flips, 8 * len(whole))):
        bit = chance.randrange(8 * len(whole))
        changed = bytearray(whole)
        changed[bit // 8] ^= 1 << bit % 8
        yield f"with bit {bit} flipped", bytes(changed)


def _seen(turns: Turns, path: str) -> str:
    # The seal is named by the file that it seals.
    named = path.replace("manifest.sha256", "manifest.json")
    looks: tuple[Callable[[], object], ...] = (
        lambda: open_index(turns.index_dir, turns.encoder),
        lambda: _first_damage(turns),
    )
    for look in looks:
        try:
            look()
        except Cs25SearchError as error:
            if named not in str(error):
                return f"not named: {error}"
            if "cs25search ingest" not in str(error):
                return f"no cure: {error}"
        else:
            return "not seen"
    return ""


def _first_damage(turns: Turns) -> None:
    for line in check_index(turns.index_dir).damaged:
        raise Cs25SearchError(f"{line}\ncs25search ingest")


def _two_folders(turns: Turns) -> tuple[Path, Path]:
    live = turns.index_dir / current_generation(turns.index_dir)
    (other,) = (p for p in turns.index_dir.glob("2*") if p != live)
    return live, other


if __name__ == "__main__":
    main()
