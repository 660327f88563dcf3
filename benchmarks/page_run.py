"""python -m benchmarks.page_run [--index DIR]: what one run of the search page costs.

A run is search, answer and strips, as the app does them, over 60 of the bundled questions, half of
them Japanese.
"""

import argparse
import json
import time
from pathlib import Path
from typing import Any

from cs25search import Index, open_index
from cs25search.ui.views.relevance import relevance

QUESTIONS = Path(__file__).parents[1] / "tests/data/questions.json"
EVERY = 4  # question


def page_run(index: Index, question: str) -> None:
    """Do what the search page does for a question."""
    found = index.find(question)
    index.answer_found(found)
    relevance(index, found)


def measure(index: Index) -> tuple[float, float]:
    """Return encoder passes and milliseconds of processor time per page run."""
    encoder: Any = index.encoder
    encode, passes = encoder.encode_query, 0

    def counted(text: str) -> Any:
        nonlocal passes
        passes += 1
        return encode(text)

    asked = json.loads(QUESTIONS.read_bytes())["questions"][::EVERY]
    questions = [question[key] for question in asked for key in ("q", "q_ja")]
    page_run(index, questions[0])
    page_run(index, questions[1])
    encoder.encode_query = counted
    begin = time.process_time()
    for question in questions:
        page_run(index, question)
    seconds = time.process_time() - begin
    encoder.encode_query = encode
    return passes / len(questions), 1000 * seconds / len(questions)


def main() -> None:
    """Print both."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--index", help="an index of the bundled course")
    passes, milliseconds = measure(open_index(parser.parse_args().index))
    print(f"{passes:.2f} encoder passes, {milliseconds:.1f} ms of processor time per page run")


if __name__ == "__main__":
    main()
