"""python -m benchmarks.golden FILE [--against OLD] [--index DIR]: what every question returns.

For changes that must not change results: run it before and after, and compare the two files. The
questions are all those in tests/data, in both languages. A language model is not asked.
"""

import argparse
import json
import math
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cs25search import Answer, Cs25SearchError, Hit, Index, open_index
from cs25search.formats import answer_json
from cs25search.ranking.filters import Filters
from cs25search.ui.views.map_rows import MapRow, map_rows

DATA = Path(__file__).parents[1] / "tests/data"
FILES = ("questions.json", "unanswerable.json", "real-dev.json", "course-questions.json")
TOLERANCE = 1e-6  # scores that differ by no more than this are equal
SHOWN = 5  # differences printed
FILTERS = Filters(lectures=frozenset([2, 5]), kind="note")


def read_questions() -> list[str]:
    """Return all questions in tests/data in both languages, without duplicates."""
    entries = [
        entry
        for name in FILES
        for part in json.loads((DATA / name).read_bytes()).values()
        if isinstance(part, list)
        for entry in part
    ]
    asked = [entry[key] for entry in entries for key in ("q", "q_ja") if entry.get(key)]
    return list(dict.fromkeys(asked))


def ask(index: Index, question: str) -> dict[str, Any]:
    """Return what a page shows for a question as JSON, or the error."""
    try:
        found = index.find(question, 10)
        filtered = index.find(question, 3, FILTERS)
        return {
            "hits": [_hit(hit) for hit in found.hits],
            "filtered": [_hit(hit) for hit in filtered.hits],
            "answer": _answer(index.answer_found(found)),
            "map": [_map_row(row) for row in map_rows(index, found)],
        }
    except Cs25SearchError as error:
        return {"error": str(error)}


def _hit(hit: Hit) -> dict[str, Any]:
    return {
        "chunk": hit.chunk.chunk_id,
        "note": hit.note.chunk_id if hit.note else "",
        "slide": hit.slide.number if hit.slide else 0,
        "start": hit.start,
        "end": hit.end,
        "score": hit.score,
    }


def _answer(answer: Answer) -> dict[str, Any]:
    shown = answer_json(answer)
    del shown["generation"]
    return shown | {"probability": answer.probability}


def _map_row(row: MapRow) -> dict[str, Any]:
    return {"video": row.video.video_id, "strengths": [bar.strength for bar in row.bars]}


def differences(old: Any, new: Any, place: str = "") -> Iterator[str]:
    """Yield where two JSON values differ, with both values.

    >>> list(differences({"score": 1.0, "n": [1, 2]}, {"score": 1.0 + 1e-9, "n": [1, 3]}))
    ['/n/1: 2, now 3']
    """
    if isinstance(old, dict) and isinstance(new, dict) and old.keys() == new.keys():
        for key in old:
            yield from differences(old[key], new[key], f"{place}/{key}")
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for number, (one, other) in enumerate(zip(old, new, strict=True)):
            yield from differences(one, other, f"{place}/{number}")
    elif isinstance(old, float) and isinstance(new, float):
        if not math.isclose(old, new, abs_tol=TOLERANCE):
            yield f"{place}: {old}, now {new}"
    elif old != new:
        yield f"{place}: {_short(old)}, now {_short(new)}"


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 200 else f"{text[:200]}…"


def main() -> None:
    """Write the results; with --against, exit 1 if they differ from the older ones."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path, help="where to write the results")
    parser.add_argument("--against", type=Path, help="results of an earlier run")
    parser.add_argument("--index", help="an index of the bundled course")
    given = parser.parse_args()
    index = open_index(given.index)
    index.endpoint = None  # extracts only; a language model would not repeat itself
    results = {question: ask(index, question) for question in read_questions()}
    given.file.write_text(json.dumps(results, ensure_ascii=False), "utf-8")
    print(f"{len(results)} questions written to {given.file}")
    if not given.against:
        return
    old = json.loads(given.against.read_bytes())
    changed = [
        question for question in old if list(differences(old[question], results.get(question)))
    ]
    for question in changed[:SHOWN]:
        print(f"{question}\n  {next(differences(old[question], results.get(question)))}")
    print(f"{len(changed)} of {len(old)} questions differ from {given.against}")
    sys.exit(bool(changed))


if __name__ == "__main__":
    main()
