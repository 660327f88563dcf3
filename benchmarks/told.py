"""python -m benchmarks.told [--index DIR]: do explanations answer what strangers asked?

Questions and judgements: tests/data/explained.json. A question that an explanation has word for
word is left out. The second question of a conversation is asked after the first one. Of a question
with two parts, each part needs an explanation that answers it. The last table is for
conversations.json, whose writers judged all explanations of a lecture, not only the nearest ones.
"""

import argparse
import json
from collections import Counter
from pathlib import Path

from benchmarks.answers import DATA
from cs25search import Answer, Index, open_index
from cs25search.index.explanations import bare_form
from cs25search.records import Explanation, Language, Sentence, in_language

FILE, CONVERSATIONS = DATA / "explained.json", DATA / "conversations.json"
LANGUAGES: tuple[Language, ...] = ("en", "ja")
PARTS = ("both parts in full", "one in full", "neither")
COLUMNS = ("full", "in part", "another explanation", "moments or sides", "no answer")


def told_by(answer: Answer, items: dict[str, str]) -> str:
    """Return the first question of the explanation that an answer shows; "" if it shows none.

    Args:
        items: The first question of each explanation, by its text in either language.
    """
    return items.get(bare_form(answer.unsaid or " ".join(map(_said, answer.sentences))), "")


def _said(sentence: Sentence) -> str:
    """Return a sentence without the side of a comparison that it begins with."""
    return sentence.body.removeprefix(f"{sentence.side}: ").removeprefix(f"{sentence.side}：")


def measure(index: Index, file: Path | None = None) -> dict[str, Counter[str]]:
    """Return how many questions are answered by what, for each kind and language.

    Args:
        file: Of the questions; FILE if None.
    """
    explanations = _explanations(index)
    items = {
        _text_of(item, language): item.asks[0] for item in explanations for language in LANGUAGES
    }
    known = {bare_form(ask) for item in explanations for ask in (*item.asks, *item.asks_ja)}
    counts: dict[str, Counter[str]] = {}
    for one in json.loads((file or FILE).read_text(encoding="utf-8"))["questions"]:
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


def measure_parts(index: Index) -> dict[str, Counter[str]]:
    """Return how many questions with two parts are answered in full, by language."""
    texts = {
        language: [(item.asks[0], _text_of(item, language)) for item in _explanations(index)]
        for language in LANGUAGES
    }
    counts: dict[str, Counter[str]] = {}
    for one in json.loads(FILE.read_text(encoding="utf-8"))["two_parts"]:
        answer = index.answer(one["q"])
        shown = bare_form(" ".join(part.text for part in answer.sentences))
        told = {first for first, text in texts[one["lang"]] if text in shown}
        full = sum(not told.isdisjoint(one[part]["full"]) for part in ("first", "second"))
        counts.setdefault(f"two parts, {one['lang']}", Counter())[PARTS[2 - full]] += 1
    return counts


def _explanations(index: Index) -> tuple[Explanation, ...]:
    items: tuple[Explanation, ...] = index.searcher.source.generation.explanations.items
    return items


def _text_of(item: Explanation, language: Language) -> str:
    """Return the answer of an explanation in the form in which equal ones are found."""
    return bare_form(" ".join(in_language(x.text, x.text_ja, language) for x in item.parts))


def main() -> None:
    """Print three tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--index", type=Path, default=None)
    index = open_index(parser.parse_args().index)
    tables = (
        (COLUMNS, measure(index)),
        (PARTS, measure_parts(index)),
        (COLUMNS, measure(index, CONVERSATIONS)),
    )
    for columns, counts in tables:
        print(f"| questions | all | {' | '.join(columns)} |")
        print("|---|" + "---:|" * (len(columns) + 1))
        for kind, found in counts.items():
            print(
                f"| {kind} | {found.total()} | {' | '.join(str(found[one]) for one in columns)} |"
            )
        print()


if __name__ == "__main__":
    main()
