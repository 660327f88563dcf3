"""Search quality on the bundled questions does not fall by more than .02."""

import json
from pathlib import Path

import pytest

from cs25search import Index, open_index
from cs25search.evaluation import DEPTH, ask_all, measure, read_questions

HERE = Path(__file__).parent
FLOORS = HERE / "quality.json"
SLACK = 0.02
MEASURES = ("success@1", "success@5", "lecture@1")
UPDATE = "python tests/test_quality.py"


def quality(index: Index) -> dict[str, dict[str, float]]:
    """Return the measures of an index on the bundled questions, by language."""
    questions = read_questions(HERE / "data/questions.json").questions
    found = {}
    for language in ("en", "ja"):
        scored = ask_all(questions, lambda query: index.search(query, k=DEPTH), language)
        measured = measure(scored)
        found[language] = {name: round(measured[name], 4) for name in MEASURES}
    return found


@pytest.fixture(scope="module")
def measured(index):
    return quality(index)


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("name", MEASURES)
def test_quality_does_not_fall(measured, language, name):
    before = json.loads(FLOORS.read_text())[language][name]
    now = measured[language][name]
    assert now >= before - SLACK, (
        f"{name}, {language}: {now:.3f}, and it was {before:.3f}; at most {SLACK} may be lost.\n"
        f"If that is meant, ingest and store the new figures: {UPDATE}"
    )


if __name__ == "__main__":  # measures the index of CS25_INDEX, or index/ in the project
    FLOORS.write_text(json.dumps(quality(open_index()), indent=1) + "\n")
