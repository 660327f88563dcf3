"""Fit answers/course_words.json again: python -m benchmarks.fit_course_words [--write]

Compares what people ask about the course, which facts and the sides of a lecture but its summary
answer, with what they ask about its subject, which notes and explanations answer, and with what
strangers asked about it.
"""

import argparse
import json
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from cs25search.answers.course_words import FITTED, course_terms
from cs25search.course.entries import course_entries
from cs25search.course.read import Course, load_course
from cs25search.records import Chunk, Explanation, Language

DATA = Path(__file__).parents[1] / "tests/data"
TERMS = 1000  # those that weigh most, and in most questions
LEAST = 3  # questions that must have a term
MOST = 6  # questions of an explanation, which has up to 20
SIDES = 8  # questions of a side of a lecture, asked of each lecture
STRANGERS = 4  # weight of a stranger's question: of a person who says what he does not understand
ASKED = ("explained.json", "conversations.json", "real-dev.json", "touched.json")


def fit(language: Language) -> dict[str, object]:
    """Return the model of a language: its bias, and the weights of its terms, highest first."""
    course = load_course()
    about, taught = [*dict.fromkeys(_about(course, language))], [*_taught(course, language)]
    strangers = [*_strangers(language)]
    terms = [course_terms(question) for question in (*about, *taught, *strangers)]
    places = np.arange(len(terms))
    is_about = places < len(about)
    of_each = np.where(places < len(about) + len(taught), 1, STRANGERS)
    counted = TfidfVectorizer(analyzer=sorted, binary=True, use_idf=False, min_df=LEAST)
    rows = counted.fit_transform(terms)
    model = _model().fit(rows, is_about, of_each)
    weighty = np.abs(model.coef_[0]) * np.sqrt((rows > 0).sum(axis=0).A1)
    kept = counted.get_feature_names_out()[np.argsort(-weighty, kind="stable")[:TERMS]]
    counted = TfidfVectorizer(analyzer=sorted, binary=True, use_idf=False, vocabulary=sorted(kept))
    model = _model().fit(counted.fit_transform(terms), is_about, of_each)
    weights = zip(counted.get_feature_names_out(), model.coef_[0].tolist(), strict=True)
    ordered = sorted(weights, key=lambda one: (-one[1], one[0]))
    return {
        "bias": round(float(model.intercept_[0]), 2),
        "weights": {term: round(weight, 2) for term, weight in ordered},
    }


def _model() -> LogisticRegression:
    return LogisticRegression(C=1, max_iter=500, class_weight="balanced")


def _about(course: Course, language: Language) -> Iterator[str]:
    for entry in course_entries(course.about, course.facts, course.slides):
        asks = entry.asks_ja if language == "ja" else entry.asks
        if entry.kind == "fact":
            yield from asks
        elif entry.kind == "lecture" and entry.side != "summary":
            yield from asks[:SIDES]


def _taught(course: Course, language: Language) -> Iterable[str]:
    asked: list[Explanation | Chunk] = [*course.explanations, *course.notes]
    for one in asked:
        yield from (one.asks_ja if language == "ja" else one.asks)[:MOST]


def _strangers(language: Language) -> Iterator[str]:
    for name in ASKED:
        file = json.loads((DATA / name).read_bytes())
        for one in (*file.get("questions", ()), *file.get("unanswerable", ())):
            if one["lang"] == language and one.get("kind") != "talk":
                yield one.get("then") or one["q"]


def main() -> None:
    """Print the model, or write it into the package."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true")
    text = json.dumps({"en": fit("en"), "ja": fit("ja")}, ensure_ascii=False, indent=1) + "\n"
    if parser.parse_args().write:
        FITTED.write_text(text, "utf-8")
    print(text, end="")


if __name__ == "__main__":
    main()
