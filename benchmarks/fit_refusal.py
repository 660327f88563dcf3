"""Fit answers/refusal.json again: python -m benchmarks.fit_refusal [--index DIR] [--write]

There is a model for each reading. Those for speech are fitted on a course in which the texts of the
bundled notes are the captions. Both development sets are fitted together: questions of the authors'
kind and real wording. Every figure printed is of questions that the fit did not see: 10-fold
cross-validation, five times over, the strength of regularisation chosen inside each fold. Needs
scikit-learn.
"""

import argparse
import json
from collections.abc import Mapping, Sequence
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
from benchmarks.corpora import Corpus, spoken_notes
from benchmarks.rankers import open_cached
from cs25search import Index, open_index
from cs25search.answers.features import FEATURES, NEAREST, Reading, build_features
from cs25search.answers.findings import encode_topic, gather
from cs25search.answers.refusal import FITTED
from cs25search.encoding.encoder import Encoder
from cs25search.records import Language

# The sign of each coefficient: 1 if a higher feature makes an answer more likely, else -1.
SHARES = (0.0, 0.02, 0.05, 0.1, 0.15, 0.2)  # wrongly refused at most
SIGNS = {"unknown": -1, "absent": -1, "names": -1}
TESTS = Path(__file__).parents[1] / "tests/data"
# Share of answerable questions refused; refused or only shown. Speech is harder to tell apart.
NOTES, SPEECH = (0.03, 0.08), (0.05, 0.12)
# Through the dictionary, most everyday words have some English word that is said in any lecture.
OTHER_LANGUAGE = (0.15, 0.2)
LEFT_OUT = (NOT_FITTED, "touched")  # the lectures mention it, but do not answer
# The length of Japanese questions tells the sets apart by their writers, not by what is answered.
NOT_USED: dict[Language, tuple[str, ...]] = {"en": (), "ja": ("token_count",)}
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


class Fit(msgspec.Struct, frozen=True):
    """What the model of a reading is fitted on.

    Attributes:
        language: Of the questions.
        spoken: The language of the captions; None for the notes.
    """

    language: Language
    spoken: Language | None = None

    @property
    def shares(self) -> tuple[float, float]:
        """The share of answerable questions below each threshold."""
        if self.spoken and self.spoken != self.language:
            return OTHER_LANGUAGE
        return SPEECH if self.spoken else NOTES


FITS: dict[Reading, Fit] = {
    "en": Fit("en"),
    "ja": Fit("ja"),
    "en_speech": Fit("en", "en"),
    "ja_speech": Fit("ja", "ja"),
    "ja_in_english": Fit("ja", "en"),
    "en_in_japanese": Fit("en", "ja"),
}


class Example(msgspec.Struct, frozen=True):
    """A question, whether the lectures answer it, and of which kind and development set it is."""

    question: str
    answered: bool
    kind: str
    of_set: str


def read_examples(language: Language) -> list[Example]:
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


def read_features(index: Index, questions: Sequence[str], language: Language) -> np.ndarray:
    """Return the features of every question, shape (n_questions, n_features).

    Those that the language does not use are zero, and so are their coefficients.
    """
    rows = []
    for question in questions:
        found = index.find(question, k=NEAREST)
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


def report(reading: Reading, examples: Sequence[Example], probabilities: np.ndarray) -> None:
    """Print what the model tells apart, question by question unseen, in each development set."""
    for name, chosen in by_set(examples).items():
        answered = np.array([example.answered for example in examples])[chosen]
        kinds = np.array([example.kind for example in examples])[chosen]
        likely = probabilities[chosen]
        print(f"\n{reading}, {name}: {answered.sum()} answerable, {(~answered).sum()} not")
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


def table(index: Index, spoken: Mapping[Language, Index]) -> str:
    """Return the curve of refusals on unseen questions as Markdown, all readings side by side.

    Args:
        index: Of the notes.
        spoken: Courses with their texts as captions, by language.
    """
    curves, headings, lines = [], [], []
    for reading, fit in FITS.items():
        examples = fitted_examples(fit)
        answered = np.array([example.answered for example in examples])
        source = spoken[fit.spoken] if fit.spoken else index
        likely = unseen_probabilities(features_of(source, examples, fit), answered)
        for name, chosen in by_set(examples).items():
            right, of_set = answered[chosen], likely[chosen]
            if name != "both":
                curves.append([refused_at(of_set, right, share)[:2] for share in SHARES])
                headings.append(f"wrongly refused, {reading} {name} | refused, {reading} {name}")
            lines.append(
                f"{reading}, {name}: {right.sum()} answerable questions and {(~right).sum()} not, "
                f"AUC {roc_auc_score(right, of_set):.3f}, expected calibration error "
                f"{calibration_error(of_set, right):.3f}."
            )
    rows = [
        f"| {' | '.join(f'{share:.3f}' for pair in pairs for share in pair)} |"
        for pairs in zip(*curves, strict=True)
    ]
    rule = "|" + "---:|" * 2 * len(headings)
    return "\n".join([f"| {' | '.join(headings)} |", rule, *rows, "", *lines])


def elsewhere(corpora: Sequence[Corpus], encoder: Encoder) -> str:
    """Return how the bundled models do on courses that they were not fitted on, as Markdown.

    The questions to be refused are the unanswerable ones about the bundled course.
    """
    rows = []
    for corpus in corpora:
        index = open_cached(corpus, encoder)
        for language in corpus.languages:
            asked = [(one.q_ja if language == "ja" else one.q, True) for one in corpus.questions]
            fit = Fit(language)
            asked += [(one.question, False) for one in fitted_examples(fit) if not one.answered]
            statuses = [(index.answer(question).status, is_in) for question, is_in in asked]
            shares = [
                np.mean([status == wanted for status, is_in in statuses if is_in is side])
                for side in (True, False)
                for wanted in ("not_in_lectures", "partly")
            ]
            cells = " | ".join(f"{share:.3f}" for share in shares)
            rows.append(f"| {corpus.name} | {len(corpus.questions)} {language} | {cells} |")
    heading = (
        "| course | answerable questions | of these refused | only shown "
        "| of the others refused | only shown |"
    )
    return "\n".join([heading, "|---|---:|---:|---:|---:|---:|", *rows])


def fitted_examples(fit: Fit) -> list[Example]:
    """Return the questions that a model is fitted to."""
    return [one for one in read_examples(fit.language) if one.kind not in LEFT_OUT]


def features_of(index: Index, examples: Sequence[Example], fit: Fit) -> np.ndarray:
    """Return the features of every example, shape (n_examples, n_features)."""
    return read_features(index, [example.question for example in examples], fit.language)


def open_spoken(encoder: Encoder) -> dict[Language, Index]:
    """Return, by language, a course in which the texts of the bundled notes are the captions."""
    languages: tuple[Language, ...] = ("en", "ja")
    return {language: open_cached(spoken_notes(language), encoder) for language in languages}


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
    features: np.ndarray,
    answered: np.ndarray,
    probabilities: np.ndarray,
    shares: tuple[float, float],
) -> dict[str, object]:
    """Return the model fitted to all questions, including its scaling, and two thresholds."""
    scaler, model = (step for _, step in fitter(0).fit(features, answered).best_estimator_.steps)
    weights = model.coef_[0] / scaler.scale_
    intercept = float(model.intercept_[0] - weights @ scaler.mean_)
    of_answerable = probabilities[answered]
    return {
        "coefficients": [round(float(w), 4) for w in weights],
        "intercept": round(intercept, 4),
        "refuse_below": round(threshold(of_answerable, shares[0]), 4),
        "answer_from": round(threshold(of_answerable, shares[1]), 4),
    }


def main() -> None:
    """Fit all readings and print the figures; with --write, write the coefficients."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--index", help="an index of the bundled course alone")
    parser.add_argument("--write", action="store_true", help="replace answers/refusal.json")
    arguments = parser.parse_args()
    index = open_index(arguments.index)
    spoken = open_spoken(index.searcher.encoder)
    readings = {}
    for reading, fit in FITS.items():
        readings[reading] = fit_reading(reading, fit, spoken[fit.spoken] if fit.spoken else index)
    if arguments.write:
        file = {"about": ABOUT, "features": FEATURES, "readings": readings}
        content = msgspec.json.format(msgspec.json.encode(file), indent=1)
        FITTED.write_bytes(content + b"\n")


def fit_reading(reading: Reading, fit: Fit, index: Index) -> dict[str, object]:
    """Fit the model of a reading, print what it tells apart, and return its coefficients."""
    examples = fitted_examples(fit)
    features = features_of(index, examples, fit)
    answered = np.array([example.answered for example in examples])
    probabilities = unseen_probabilities(features, answered)
    report(reading, examples, probabilities)
    fitted = coefficients(features, answered, probabilities, fit.shares)
    refused = probabilities < fitted["refuse_below"]
    for name, chosen in by_set(examples).items():
        wrongly, rightly = (refused[chosen & x].mean() for x in (answered, ~answered))
        print(f"as written, {name}: {wrongly:.3f} wrongly refused, {rightly:.3f} refused")
    model = fitter(0).fit(features, answered)
    for kind in LEFT_OUT:
        unsaid = [one for one in read_examples(fit.language) if one.kind == kind]
        likely = model.predict_proba(features_of(index, unsaid, fit))[:, 1]
        below = (likely < fitted["refuse_below"]).mean()
        print(f"{len(unsaid)} not fitted, {kind}: {below:.3f} refused as written")
    print(fitted)
    return fitted


if __name__ == "__main__":
    main()
