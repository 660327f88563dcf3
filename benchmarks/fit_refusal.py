"""Fit answers/refusal.json again: python -m benchmarks.fit_refusal [--index DIR] [--write]

Both development sets are fitted together: questions of the authors' kind and real wording. Every
figure printed is of questions that the fit did not see: 10-fold cross-validation, five times over,
the strength of regularisation chosen inside each fold. Needs scikit-learn.
"""

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np
from scipy.optimize import minimize
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GridSearchCV, StratifiedKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from benchmarks.answers import NOT_FITTED
from cs25search import Index, open_index
from cs25search.answers.features import FEATURES, NEAREST, build_features
from cs25search.answers.findings import encode_topic, gather
from cs25search.answers.refusal import FITTED

# The sign of each coefficient: 1 if a higher feature makes an answer more likely, else -1.
SHARES = (0.0, 0.02, 0.05, 0.1, 0.15, 0.2)  # wrongly refused at most
SIGNS = {"unknown": -1, "absent": -1, "names": -1}
TESTS = Path(__file__).parents[1] / "tests/data"
REFUSE_AT, DOUBT_AT = 0.03, 0.08  # share of answerable questions refused; refused or only shown
LEFT_OUT = (NOT_FITTED, "touched")  # the lectures speak of it, but do not say it
# The length of Japanese questions tells the sets apart by their writers, not by what is answered.
NOT_USED = {"en": (), "ja": ("asked",)}
STRENGTHS = [0.1, 0.3, 1.0, 3.0]
ABOUT = "Coefficients of refusal.py, written by python -m benchmarks.fit_refusal --write"


class MonotoneLogistic(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Logistic regression with an L2 penalty in which no coefficient has the wrong sign.

    Free signs fit these questions slightly better, by learning how they were written; but a better
    match must never count against a question.
    """

    def __init__(self, C: float = 1.0) -> None:  # noqa: N803 (scikit-learn's name)
        self.C = C

    def fit(self, features: np.ndarray, answered: np.ndarray) -> "MonotoneLogistic":
        """Find the coefficients; features must be standardised."""
        self.classes_ = np.array([False, True])
        sides = np.where(answered, 1.0, -1.0)

        def loss(parameters: np.ndarray) -> tuple[float, np.ndarray]:
            weights, intercept = parameters[:-1], parameters[-1]
            margins = sides * (features @ weights + intercept)
            pull = -sides / (1 + np.exp(margins))
            gradient = np.append(features.T @ pull + weights / self.C, pull.sum())
            return np.logaddexp(0, -margins).sum() + weights @ weights / (2 * self.C), gradient

        bounds = [(0, None) if SIGNS.get(name, 1) > 0 else (None, 0) for name in FEATURES]
        start = np.zeros(features.shape[1] + 1)
        found = minimize(loss, start, jac=True, bounds=[*bounds, (None, None)], method="L-BFGS-B")
        self.coef_, self.intercept_ = found.x[None, :-1], found.x[-1:]
        return self

    def predict(self, features: np.ndarray) -> np.ndarray:
        """Return the likelier outcome, shape (n,)."""
        likelier: np.ndarray = self.predict_proba(features)[:, 1] >= 0.5
        return likelier

    def predict_proba(self, features: np.ndarray) -> np.ndarray:
        """Return the probabilities of both outcomes, shape (n, 2)."""
        likely = 1 / (1 + np.exp(-(features @ self.coef_[0] + self.intercept_[0])))
        return np.stack([1 - likely, likely], axis=1)


@dataclass(frozen=True, slots=True)
class Example:
    """A question, whether the lectures answer it, and of which kind and development set it is."""

    question: str
    answered: bool
    kind: str
    of_set: str


def read_examples(language: str) -> list[Example]:
    """Return the questions of both development sets in a language; small talk is left out."""
    key = "q_ja" if language == "ja" else "q"
    dev = json.loads((TESTS / "questions.json").read_bytes())
    own = json.loads((TESTS / "unanswerable.json").read_bytes())
    real = json.loads((TESTS / "real-dev.json").read_bytes())
    asked, unanswered = (
        [entry for entry in real[name] if entry["lang"] == language]
        for name in ("questions", "unanswerable")
    )
    return [
        *(Example(entry[key], True, "answered", "dev") for entry in dev["questions"]),
        *(Example(e[key], False, "dev", "dev") for e in dev["unanswerable"] if e.get(key)),
        *(Example(e[key], False, e["kind"], "dev") for e in own["unanswerable"]),
        *(Example(entry["q"], True, "answered", "real") for entry in asked),
        *(Example(e["q"], False, e["kind"], "real") for e in unanswered if e["kind"] != "talk"),
    ]


def read_features(index: Index, examples: Sequence[Example], language: str) -> np.ndarray:
    """Return the features of every question, shape (n_examples, n_features).

    Those that the language does not use are zero, and so are their coefficients.
    """
    rows = []
    for example in examples:
        found = index.find(example.question, k=NEAREST)
        searcher = index.searcher
        topic, evidence = encode_topic(searcher, found), gather(searcher, found)
        rows.append(build_features(found, topic, evidence).values())
    features = np.array(rows)
    features[:, [FEATURES.index(name) for name in NOT_USED[language]]] = 0
    return features


def fitter(seed: int) -> GridSearchCV:
    """Return a logistic regression that chooses its own regularisation."""
    model = make_pipeline(StandardScaler(), MonotoneLogistic())
    folds = StratifiedKFold(5, shuffle=True, random_state=seed)
    grid = {"monotonelogistic__C": STRENGTHS}
    return GridSearchCV(model, grid, scoring="neg_log_loss", cv=folds)


def unseen_probabilities(features: np.ndarray, answered: np.ndarray) -> np.ndarray:
    """Return, for each question, the mean probability by models that did not see it."""
    runs = []
    for seed in range(5):
        folds = StratifiedKFold(10, shuffle=True, random_state=seed)
        both = cross_val_predict(fitter(seed), features, answered, cv=folds, method="predict_proba")
        runs.append(both[:, 1])
    mean: np.ndarray = np.mean(runs, axis=0)
    return mean


def calibration_error(probabilities: np.ndarray, answered: np.ndarray, bins: int = 10) -> float:
    """Return the expected calibration error: the difference of probability and share, by bin."""
    of_bin = np.minimum((probabilities * bins).astype(int), bins - 1)
    gaps = [
        abs(probabilities[of_bin == b].mean() - answered[of_bin == b].mean()) * (of_bin == b).mean()
        for b in np.unique(of_bin)
    ]
    return float(np.sum(gaps))


def report(language: str, examples: Sequence[Example], probabilities: np.ndarray) -> None:
    """Print what the model tells apart, question by question unseen, in each development set."""
    for name, chosen in by_set(examples).items():
        answered = np.array([example.answered for example in examples])[chosen]
        kinds = np.array([example.kind for example in examples])[chosen]
        likely = probabilities[chosen]
        print(f"\n{language}, {name}: {answered.sum()} answerable, {(~answered).sum()} not")
        print(f"AUC                         {roc_auc_score(answered, likely):.3f}")
        print(f"expected calibration error  {calibration_error(likely, answered):.3f}")
        print("wrongly refused   refused   below")
        for share in SHARES:
            wrongly, rightly, limit = refused_at(likely, answered, share)
            each = [
                f"{k} {(likely[kinds == k] < limit).mean():.2f}"
                for k in np.unique(kinds[~answered])
            ]
            print(f"{wrongly:15.3f}   {rightly:7.3f}   {limit:5.3f}   {', '.join(each)}")


def by_set(examples: Sequence[Example]) -> dict[str, np.ndarray]:
    """Return which examples are of each development set, and of both, shape (n_examples,)."""
    sets = np.array([example.of_set for example in examples])
    return {name: sets == name for name in ("dev", "real")} | {"both": sets != ""}


def table(index: Index) -> str:
    """Return the curve of refusals on unseen questions as Markdown, both languages side by side."""
    curves, lines = [], []
    for language in ("en", "ja"):
        examples = [one for one in read_examples(language) if one.kind not in LEFT_OUT]
        answered = np.array([example.answered for example in examples])
        probabilities = unseen_probabilities(read_features(index, examples, language), answered)
        for name, chosen in by_set(examples).items():
            right, likely = answered[chosen], probabilities[chosen]
            if name != "both":
                curves.append([refused_at(likely, right, share)[:2] for share in SHARES])
            lines.append(
                f"{language}, {name}: {right.sum()} answerable questions and {(~right).sum()} not, "
                f"AUC {roc_auc_score(right, likely):.3f}, expected calibration error "
                f"{calibration_error(likely, right):.3f}."
            )
    heading = " | ".join(
        f"wrongly refused, {language} {name} | refused, {language} {name}"
        for language in ("en", "ja")
        for name in ("dev", "real")
    )
    rows = [
        f"| {' | '.join(f'{share:.3f}' for pair in pairs for share in pair)} |"
        for pairs in zip(*curves, strict=True)
    ]
    return "\n".join([f"| {heading} |", "|" + "---:|" * 8, *rows, "", *lines])


def refused_at(
    probabilities: np.ndarray, answered: np.ndarray, share: float
) -> tuple[float, float, float]:
    """Return the shares that are refused if at most `share` of the answerable questions may be.

    Returns:
        The shares of answerable and other questions, and the threshold of the probability.

    >>> answered = np.array([True, True, False, False])
    >>> refused_at(np.array([0.9, 0.2, 0.1, 0.4]), answered, 0.0)
    (0.0, 0.5, 0.2)
    """
    limit = threshold(probabilities[answered], share)
    wrongly, rightly = (float((probabilities[x] < limit).mean()) for x in (answered, ~answered))
    return wrongly, rightly, limit


def threshold(of_answerable: np.ndarray, share: float) -> float:
    """Return the probability that at most this share of the answerable questions falls below."""
    return float(np.sort(of_answerable)[int(share * len(of_answerable))])


def coefficients(
    features: np.ndarray, answered: np.ndarray, probabilities: np.ndarray
) -> dict[str, object]:
    """Return the model fitted to all questions, including its scaling, and two thresholds."""
    scaler, model = (step for _, step in fitter(0).fit(features, answered).best_estimator_.steps)
    weights = model.coef_[0] / scaler.scale_
    intercept = float(model.intercept_[0] - weights @ scaler.mean_)
    of_answerable = probabilities[answered]
    return {
        "coefficients": [round(float(w), 4) for w in weights],
        "intercept": round(intercept, 4),
        "refuse_below": round(threshold(of_answerable, REFUSE_AT), 4),
        "answer_from": round(threshold(of_answerable, DOUBT_AT), 4),
    }


def main() -> None:
    """Fit both languages and print the figures; with --write, write the coefficients."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--index", help="an index of the bundled course alone")
    parser.add_argument("--write", action="store_true", help="replace answers/refusal.json")
    arguments = parser.parse_args()
    index = open_index(arguments.index)
    file: dict[str, object] = {"about": ABOUT, "features": FEATURES}
    for language in ("en", "ja"):
        everything = read_examples(language)
        examples = [example for example in everything if example.kind not in LEFT_OUT]
        features = read_features(index, examples, language)
        answered = np.array([example.answered for example in examples])
        probabilities = unseen_probabilities(features, answered)
        report(language, examples, probabilities)
        fitted = coefficients(features, answered, probabilities)
        refused = probabilities < fitted["refuse_below"]
        for name, chosen in by_set(examples).items():
            wrongly, rightly = (refused[chosen & x].mean() for x in (answered, ~answered))
            print(f"as written, {name}: {wrongly:.3f} wrongly refused, {rightly:.3f} refused")
        model = fitter(0).fit(features, answered)
        for kind in LEFT_OUT:
            unsaid = [example for example in everything if example.kind == kind]
            below = (
                model.predict_proba(read_features(index, unsaid, language))[:, 1]
                < fitted["refuse_below"]
            )
            print(f"{len(unsaid)} not fitted, {kind}: {below.mean():.3f} refused as written")
        file[language] = fitted
        print(fitted)
    if arguments.write:
        content = msgspec.json.format(msgspec.json.encode(file), indent=1)
        FITTED.write_bytes(content + b"\n")


if __name__ == "__main__":
    main()
