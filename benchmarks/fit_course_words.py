"""Count answers/course_words.json again: python -m benchmarks.fit_course_words [--write]

Compares the questions that slides, lectures and the facts in facts.json answer with those that the
notes answer. Words of one lecture only are left out: they name what is taught there.
"""

import argparse
import json
import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable

from cs25search.answers.course_words import COUNTED, course_words
from cs25search.course.entries import course_entries, lecture_asks
from cs25search.course.read import load_course
from cs25search.records import Entry, Language, Lecture

LEAST, MOST = 1.0, 3.0  # weights below are left out, weights above count as this
GROUPS = 3  # lectures or slides with different questions that must have a word


def count(language: Language) -> dict[str, float]:
    """Return the words of questions about the course with their weights, most typical first."""
    course = load_course()
    # The single facts in facts/ name what is taught, too.
    whole = json.loads((course.folder / "facts.json").read_bytes())["facts"]
    entries = course_entries(course.about, course.facts[: len(whole)], course.slides)
    written = [one for one in entries if one.kind != "lecture"]
    parts: list[Entry | Lecture] = [*written, *course.about.lectures]
    asked = [ask for part in parts for ask in _asks(part, language)]
    # The same questions are asked about each lecture; they count once.
    about = [course_words(ask) for ask in [*asked, *lecture_questions(language)]]
    taught = [
        course_words(ask)
        for note in course.notes
        for ask in (note.asks_ja if language == "ja" else note.asks)
    ]
    groups: dict[str, set[object]] = defaultdict(set)
    for entry in entries:
        group = entry.lectures if len(entry.lectures) == 1 else entry.slides[:1] or entry
        for ask in _asks(entry, language):
            for word in course_words(ask):
                groups[word].add(group)
    here, there = _frequencies(about), _frequencies(taught)
    weights = {
        word: math.log(here(word) / there(word))
        for word, of in groups.items()
        if len(of) >= GROUPS and not word.isdigit()
    }
    kept = {w: round(min(MOST, weight), 2) for w, weight in weights.items() if weight >= LEAST}
    return dict(sorted(kept.items(), key=lambda one: (-one[1], one[0])))


def lecture_questions(language: Language) -> list[str]:
    """Return what is asked about any lecture, without its number, names and title."""
    return [
        re.sub(r"\{\w+\}", "", ask) for asks in lecture_asks().values() for ask in asks[language]
    ]


def _asks(entry: Entry | Lecture, language: Language) -> tuple[str, ...]:
    return entry.asks_ja if language == "ja" else entry.asks


def _frequencies(questions: list[set[str]]) -> Callable[[str], float]:
    counts = Counter(word for words in questions for word in words)
    return lambda word: (counts[word] + 1) / (len(questions) + 2)


def main() -> None:
    """Print the words, or write them into the package."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true")
    weights = {"en": count("en"), "ja": count("ja")}
    text = json.dumps(weights, ensure_ascii=False, indent=1) + "\n"
    if parser.parse_args().write:
        COUNTED.write_text(text, "utf-8")
    print(text, end="")


if __name__ == "__main__":
    main()
