"""python -m benchmarks.told [--index DIR]: do explanations answer what strangers asked?

Questions and judgements: tests/data/explained.json. A question that an explanation has word for
word is left out. The second question of a conversation is asked after the first one.
"""

import argparse
import json
from collections import Counter
from pathlib import Path

from benchmarks.answers import DATA
from cs25search import Answer, Index, open_index
from cs25search.index.explanations import bare_form
from cs25search.records import Explanation, in_language

FILE = DATA / "explained.json"
COLUMNS = ("full", "in part", "another explanation", "moments or sides", "no answer")


def told_by(answer: Answer, items: dict[str, str]) -> str:
    """Return the first question of the explanation that an answer shows; "" if it shows none.

    Args:
        items: The first question of each explanation, by its text in either language.
    """
    return items.get(bare_form(answer.unsaid or " ".join(one.text for one in answer.sentences)), "")


def measure(index: Index) -> dict[str, Counter[str]]:
    """Return how many questions are answered by what, for each kind and language."""
    explanations: tuple[Explanation, ...] = index.searcher.source.generation.explanations.items
    items = {
        bare_form(
            " ".join(in_language(part.text, part.text_ja, language) for part in item.parts)
        ): item.asks[0]
        for item in explanations
        for language in ("en", "ja")
    }
    known = {bare_form(ask) for item in explanations for ask in (*item.asks, *item.asks_ja)}
    counts: dict[str, Counter[str]] = {}
    for one in json.loads(FILE.read_text(encoding="utf-8"))["questions"]:
        then = one.get("then", "")
        if bare_form(then or one["q"]) in known:
            continue
        answer = index.answer(one["q"])
        if then:
            answer = index.answer(then, context=answer)
        first = told_by(answer, items)
        if first:
            column = "full" if first in one["full"] else "in part"
            if first not in one["full"] + one["part"]:
                column = "another explanation"
        else:
            column = "moments or sides" if answer.status == "answered" else "no answer"
        kind = "second of a conversation" if then else "single"
        counts.setdefault(f"{kind}, {one['lang']}", Counter())[column] += 1
    return counts


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--index", type=Path, default=None)
    counts = measure(open_index(parser.parse_args().index))
    print(f"| questions | all | {' | '.join(COLUMNS)} |")
    print("|---|" + "---:|" * (len(COLUMNS) + 1))
    for kind, found in counts.items():
        print(f"| {kind} | {found.total()} | {' | '.join(str(found[one]) for one in COLUMNS)} |")


if __name__ == "__main__":
    main()
