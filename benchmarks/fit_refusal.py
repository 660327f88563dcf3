"""Fit answers/refusal.json again: python -m benchmarks.fit_refusal [--index DIR] [--write]

Every figure is for questions that the fit did not see: 10-fold cross-validation, repeated five
times, with the strength of regularisation chosen inside each fold. Needs scikit-learn.
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
from cs25search.answers.findings import gather
from cs25search.answers.refusal import FITTED

# The sign of each coefficient: 1 if a higher feature makes an answer more likely, else -1.
SHARES = (0.0, 0.02, 0.05, 0.1, 0.15, 0.2)  # wrongly refused at most
SIGNS = {"unknown": -1, "absent": -1, "names": -1}
TESTS = Path(__file__).parents[1] / "tests/data"
REFUSE_AT, DOUBT_AT = 0.04, 0.08  # share of answerable questions refused; refused or only shown
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
    """A question, whether the lectures answer it, and its kind."""

    question: str
    answered: bool
    kind: str


def read_examples(language: str) -> list[Example]:
    """Return the dev questions and the unanswerable ones in a language."""
    key = "q_ja" if language == "ja" else "q"
    dev = json.loads((TESTS / "questions.json").read_bytes())
    own = json.loads((TESTS / "unanswerable.json").read_bytes())
    return [
        *(Example(entry[key], True, "answered") for entry in dev["questions"]),
        *(Example(e[key], False, "dev") for e in dev["unanswerable"] if e.get(key)),
        *(Example(e[key], False, e["kind"]) for e in own["unanswerable"]),
    ]


def read_features(index: Index, examples: Sequence[Example]) -> np.ndarray:
    """Return the features of every question, shape (n_examples, n_features)."""
    rows = []
    for example in examples:
        found = index.find(example.question, k=NEAREST)
        features = build_features(found, gather(index.searcher, found))
        rows.append(features.values())
    return np.array(rows)


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
    """Print how well the model separates questions that it did not see."""
    answered = np.array([example.answered for example in examples])
    kinds = np.array([example.kind for example in examples])
    print(f"\n{language}: {answered.sum()} answerable, {(~answered).sum()} not")
    print(f"AUC                         {roc_auc_score(answered, probabilities):.3f}")
    print(f"expected calibration error  {calibration_error(probabilities, answered):.3f}")
    print("wrongly refused   refused")
    for share in SHARES:
        wrongly, rightly, limit = refused_at(probabilities, answered, share)
        each = [
            f"{k} {(probabilities[kinds == k] < limit).mean():.2f}"
            for k in np.unique(kinds[~answered])
        ]
        print(f"{wrongly:15.3f}   {rightly:7.3f}   {', '.join(each)}")


def table(index: Index) -> str:
    """Return the curve of refusals on unseen questions as Markdown, both languages side by side."""
    curves, lines = [], []
    for language in ("en", "ja"):
        examples = [one for one in read_examples(language) if one.kind != NOT_FITTED]
        answered = np.array([example.answered for example in examples])
        probabilities = unseen_probabilities(read_features(index, examples), answered)
        curves.append([refused_at(probabilities, answered, share)[:2] for share in SHARES])
        lines.append(
            f"{language}: {answered.sum()} answerable questions and {(~answered).sum()} not, "
            f"AUC {roc_auc_score(answered, probabilities):.3f}, expected calibration error "
            f"{calibration_error(probabilities, answered):.3f}."
        )
    heading = "| wrongly refused, en | refused, en | wrongly refused, ja | refused, ja |"
    rows = [
        f"| {' | '.join(f'{share:.3f}' for pair in pairs for share in pair)} |"
        for pairs in zip(*curves, strict=True)
    ]
    return "\n".join([heading, "|---:|---:|---:|---:|", *rows, "", *lines])


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
        examples = [example for example in everything if example.kind != NOT_FITTED]
        features = read_features(index, examples)
        answered = np.array([example.answered for example in examples])
        probabilities = unseen_probabilities(features, answered)
        report(language, examples, probabilities)
        unsaid = [example for example in everything if example.kind == NOT_FITTED]
        model = fitter(0).fit(features, answered)
        of_unsaid = model.predict_proba(read_features(index, unsaid))[:, 1]
        refused = (of_unsaid < threshold(probabilities[answered], 0.05)).mean()
        print(f"{len(unsaid)} not fitted, {NOT_FITTED}: {refused:.3f} refused at 0.050")
        file[language] = coefficients(features, answered, probabilities)
        print(dict(zip(FEATURES, file[language]["coefficients"], strict=True)))  # type: ignore[index]
    if arguments.write:
        content = msgspec.json.format(msgspec.json.encode(file), indent=1)
        FITTED.write_bytes(content + b"\n")


if __name__ == "__main__":
    main()
