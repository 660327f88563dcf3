"""python -m benchmarks.page_run [--index DIR]: what one run of the search page costs.

A run is search, answer and map, as the app does them, over 60 of the bundled questions, half of
them Japanese.
"""

import argparse
import json
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from benchmarks.table import Row
from cs25search import Index, open_index
from cs25search.ui.views.map_rows import map_rows

QUESTIONS = Path(__file__).parents[1] / "tests/data/questions.json"
EVERY = 4  # question


def page_run(index: Index, question: str) -> None:
    """Do what the search page does for a question."""
    found = index.find(question)
    index.answer_found(found)
    map_rows(index, found)


def measure(index: Index) -> tuple[list[list[str]], float]:
    """Return the texts that each page run encodes, and its milliseconds of processor time."""
    encoder: Any = index.encoder
    encode = encoder.encode_query
    encoded: list[list[str]] = []

    def noted(text: str) -> Any:
        encoded[-1].append(text)
        return encode(text)

    entries = json.loads(QUESTIONS.read_bytes())["questions"][::EVERY]
    questions = [question[key] for question in entries for key in ("q", "q_ja")]
    page_run(index, questions[0])
    page_run(index, questions[1])
    encoder.encode_query = noted
    begin = time.process_time()
    for question in questions:
        encoded.append([])
        page_run(index, question)
    seconds = time.process_time() - begin
    encoder.encode_query = encode
    return encoded, 1000 * seconds / len(questions)


def passes_row(index: Index) -> Row:
    """Return the encoder passes of a question, its answer and its map."""
    encoded, _ = measure(index)
    passes = sum(map(len, encoded)) / len(encoded)
    texts = sum(len(set(one)) for one in encoded) / len(encoded)
    return Row(
        f"encoder passes of search, answer and map, {len(encoded)} questions",
        f"different texts in a question: {texts:.2f}",
        f"{passes:.2f} ({by_passes(encoded)})",
        f"{passes / texts:.2f} ×",
        "no text twice",
        passes == texts,
    )


def by_passes(encoded: Iterable[Sequence[str]]) -> str:
    """Return how many questions take how many encoder passes.

    >>> by_passes([["a"], ["b"], ["c", "c in detail"]])
    '1 pass: 2 questions; 2 passes: 1 question'
    """
    counts = sorted(Counter(map(len, encoded)).items())
    return "; ".join(
        f"{passes} {'pass' if passes == 1 else 'passes'}: "
        f"{questions} {'question' if questions == 1 else 'questions'}"
        for passes, questions in counts
    )


def main() -> None:
    """Print the encoder passes and the processor time of a page run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--index", help="an index of the bundled course")
    encoded, milliseconds = measure(open_index(parser.parse_args().index))
    passes = sum(map(len, encoded)) / len(encoded)
    print(f"{passes:.2f} encoder passes, {milliseconds:.1f} ms of processor time per page run")
    print(by_passes(encoded))


if __name__ == "__main__":
    main()
