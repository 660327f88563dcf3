"""Search quality on both development sets does not fall by more than .02."""

import json
from pathlib import Path
from statistics import fmean

import pytest

from cs25search import Index, open_index
from cs25search.evaluation import DEPTH, ask_all, measure, overlaps, read_questions, success_at_k

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
        found[f"{language}, real wording"] = real_wording(index, language)
    return found


def real_wording(index: Index, language: str) -> dict[str, float]:
    """Return success on questions as people word them; each may be answered in several places."""
    asked = json.loads((HERE / "data/real-dev.json").read_bytes())["questions"]
    relevant = [
        [
            any(
                hit.video.video_id == gold["video_id"]
                and overlaps(hit.start, hit.end, gold["start"], gold["end"])
                for gold in entry["gold"]
            )
            for hit in index.search(entry["q"], k=DEPTH)
        ]
        for entry in asked
        if entry["lang"] == language
    ]
    return {
        f"success@{k}": round(fmean(success_at_k(flags, k) for flags in relevant), 4)
        for k in (1, 5)
    }


@pytest.fixture(scope="module")
def measured(index):
    return quality(index)


@pytest.mark.parametrize(
    ("questions", "name"),
    [(which, name) for which, floors in json.loads(FLOORS.read_text()).items() for name in floors],
)
def test_quality_does_not_fall(measured, questions, name):
    before = json.loads(FLOORS.read_text())[questions][name]
    now = measured[questions][name]
    assert now >= before - SLACK, (
        f"{name}, {questions}: {now:.3f}, and it was {before:.3f}; at most {SLACK} may be lost.\n"
        f"If that is meant, ingest and store the new figures: {UPDATE}"
    )


if __name__ == "__main__":  # measures the index of CS25_INDEX, or index/ in the project
    FLOORS.write_text(json.dumps(quality(open_index()), indent=1) + "\n")
