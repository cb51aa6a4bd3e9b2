"""Learn to code from coded sentences, and code with what was learned: a linear model per code, explained by characters.

A sentence is its runs of one to three characters and, more faintly, those of the sentence before it, weighed by
TF-IDF. For every code a linear support vector machine (Fan et al. 2008) weighs the runs; its threshold is the one that
serves best on articles left out of training, and a logistic curve turns its value into a score. What decided is the
stretch of characters whose weights add up to most: the evidence.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse import csr_matrix, hstack

from overdue.coding import ASSERTED, Coding

MODEL = "model"
OWN, BEFORE = "own", "before"
RUNS = {OWN: (1, 3), BEFORE: (1, 2)}
"""Shortest and longest run of characters in each block of features."""
SHARE = {OWN: 1.0, BEFORE: 0.4}
"""Weight of each block, of length 1 before."""
RARE = 2
"""A run in fewer training sentences is left out."""
COST, POSITIVE_WEIGHT = 0.5, 3.0
"""Regularisation of the support vector machine and weight of the rarer side, chosen on the learning articles."""
SUPPORT = 0.5
"""How far a value may fall short of the threshold where a rule found the code."""
FOLDS = 4
SMALLEST = 0.06
"""Weights nearer to zero than this are dropped from the stored model: they change no decision that matters."""
Matrix = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Example:
    """A sentence to learn from or to code: its text, the sentence before it (or ''), and what is known of it.

    `group` names what it was taken from: an article, or a part of the bank; groups are left out of training as a whole.
    `natural` says that it stands in running text, so that its codes come as often as in articles.
    """

    text: str
    before: str = ""
    codes: frozenset[str] = frozenset()
    group: str = ""
    natural: bool = False


@dataclass(frozen=True)
class Model:
    """A trained coder: per block the runs with their idf, per code weights, bias, threshold and score curve."""

    codes: tuple[str, ...]
    idf: dict[str, pd.Series]
    weights: csr_matrix
    bias: Matrix
    threshold: Matrix
    slope: Matrix

    def values(self, examples: Sequence[Example]) -> Matrix:
        """Decision values, examples x codes: above `threshold` the code is given."""
        blocks = [SHARE[name] * self._vectorizers[name].transform(_texts(examples, name)) for name in RUNS]
        product: Matrix = (hstack(blocks, format="csr") @ self.weights.T).toarray() + self.bias
        return product

    def code(self, examples: Sequence[Example], by_rules: Sequence[list[Coding]]) -> list[list[Coding]]:
        """The codes of every sentence by model and rules together, in the order of the code book.

        A code is asserted where its value passes the threshold, or where a rule found it and its value falls
        short by less than `SUPPORT`; a code that the model does not know is the rules' alone. What a rule found
        to be averted or
        denied stays so.

        Parameters
        ----------
        examples : sequence of Example
            The sentences.
        by_rules : sequence of list of Coding
            What the rules found in each.
        """
        if not examples:
            return []
        margins = self.values(examples) - self.threshold
        return [
            self._combine(example.text, margin, rules)
            for example, margin, rules in zip(examples, margins, by_rules, strict=True)
        ]

    def _combine(self, text: str, margin: Matrix, rules: list[Coding]) -> list[Coding]:
        ruled = {coding.code: coding for coding in rules}
        codings = []
        for column, code in enumerate(self.codes):
            coding = ruled.pop(code, None)
            if coding is not None and (coding.polarity != ASSERTED or margin[column] > -SUPPORT):
                codings.append(replace(coding, score=self._score(column, margin[column])))
            elif coding is None and margin[column] > 0:
                start, end = self._evidence(text, column)
                score = self._score(column, margin[column])
                codings.append(Coding(code, text[start:end], start, end, ASSERTED, score, MODEL))
        return [*codings, *ruled.values()]

    def _score(self, column: int, margin: float) -> float:
        return round(float(1 / (1 + np.exp(-self.slope[column] * margin))), 4)

    def _evidence(self, text: str, column: int) -> tuple[int, int]:
        """The stretch of `text` whose weights for a code add up to most (largest sum of neighbours, Kadane)."""
        weights = self._pull[column]
        gain = np.zeros(len(text))
        shortest, longest = RUNS[OWN]
        for size in range(shortest, longest + 1):
            for at in range(len(text) - size + 1):
                place = self._place.get(text[at : at + size])
                if place is not None:
                    gain[at : at + size] += weights[place] / size
        best, start, end, here, since = -np.inf, 0, len(text), 0.0, 0
        for at, value in enumerate(gain):
            if here <= 0:
                here, since = 0.0, at
            here += value
            if here > best:
                best, start, end = here, since, at + 1
        return start, end

    @cached_property
    def _vectorizers(self) -> dict[str, Any]:
        return {name: _vectorizer(name, self.idf[name]) for name in RUNS}

    @cached_property
    def _place(self) -> dict[str, int]:
        return {run: place for place, run in enumerate(self.idf[OWN].index)}

    @cached_property
    def _pull(self) -> Matrix:
        """How far one occurrence of a run moves each code: codes x runs of the sentence's own block."""
        pull: Matrix = self.weights[:, : len(self.idf[OWN])].toarray() * self.idf[OWN].to_numpy()
        return pull


def train_model(examples: Sequence[Example], codes: Sequence[str], seed: int = 20) -> Model:
    """Learn a model; the same examples give the same model.

    Parameters
    ----------
    examples : sequence of Example
        With their codes; at least two groups of natural ones, on which the thresholds are found.
    codes : sequence of str
        What to learn, in the order of the code book. A code without examples is never given.
    """
    truth = np.array([[code in example.codes for code in codes] for example in examples])
    natural = np.array([example.natural for example in examples])
    folds = _folds(examples, seed)
    held = np.zeros(truth.shape)
    for fold in range(FOLDS):
        inside, outside = np.flatnonzero(folds != fold).tolist(), np.flatnonzero(folds == fold).tolist()
        part = _fit([examples[i] for i in inside], truth[inside], codes, seed)
        held[outside] = part.values([examples[i] for i in outside])
    threshold, slope = _thresholds(held[natural], truth[natural])
    whole = _fit(examples, truth, codes, seed)
    return Model(whole.codes, whole.idf, whole.weights, whole.bias, threshold, slope)


def save_model(model: Model, folder: Path) -> None:
    """Write a model as three files that can be read: runs with idf, weights by code, and thresholds."""
    folder.mkdir(parents=True, exist_ok=True)
    runs = pd.concat(
        [idf.rename("idf").rename_axis("run").reset_index().assign(block=name) for name, idf in model.idf.items()]
    )
    runs["idf"] = runs["idf"].astype("float32")
    runs.to_parquet(folder / "runs.parquet", index=False, compression="zstd")
    weights = model.weights.tocoo()
    table = pd.DataFrame({"code": weights.row, "run": weights.col, "weight": weights.data})
    table = table.astype({"code": "int16", "run": "int32", "weight": "float32"})
    table.to_parquet(folder / "weights.parquet", index=False, compression="zstd")
    curves = {
        code: {"bias": round(float(b), 6), "threshold": round(float(t), 6), "slope": round(float(s), 6)}
        for code, b, t, s in zip(model.codes, model.bias, model.threshold, model.slope, strict=True)
    }
    (folder / "codes.json").write_text(json.dumps(curves, indent=1) + "\n", "utf-8")


@cache
def load_model(folder: Path) -> Model:
    """Read what `save_model` wrote."""
    curves: dict[str, Any] = json.loads((folder / "codes.json").read_text("utf-8"))
    runs = pd.read_parquet(folder / "runs.parquet")
    idf = {name: runs[runs["block"] == name].set_index("run")["idf"].astype(float) for name in RUNS}
    weights = pd.read_parquet(folder / "weights.parquet")
    shape = (len(curves), len(runs))
    matrix = csr_matrix((weights["weight"].astype(float), (weights["code"], weights["run"])), shape=shape)
    column = {key: np.array([curve[key] for curve in curves.values()]) for key in ("bias", "threshold", "slope")}
    return Model(tuple(curves), idf, matrix, column["bias"], column["threshold"], column["slope"])


def _fit(examples: Sequence[Example], truth: npt.NDArray[np.bool_], codes: Sequence[str], seed: int) -> Model:
    from sklearn.svm import LinearSVC

    vectorizers = {name: _vectorizer(name, None) for name in RUNS}
    blocks = [
        SHARE[name] * vectorizer.fit_transform(_texts(examples, name)) for name, vectorizer in vectorizers.items()
    ]
    matrix = hstack(blocks, format="csr")
    weights, bias = np.zeros((len(codes), matrix.shape[1])), np.full(len(codes), -np.inf)
    for column in range(len(codes)):
        if truth[:, column].any():
            machine = LinearSVC(C=COST, class_weight={0: 1.0, 1: POSITIVE_WEIGHT}, random_state=seed)
            machine.fit(matrix, truth[:, column])
            weights[column], bias[column] = machine.coef_[0], machine.intercept_[0]
    weights[np.abs(weights) < SMALLEST] = 0
    idf = {
        name: pd.Series(vectorizer.idf_, index=vectorizer.get_feature_names_out())
        for name, vectorizer in vectorizers.items()
    }
    nothing = np.zeros(len(codes))
    return Model(tuple(codes), idf, csr_matrix(weights), bias, nothing, nothing + 1)


def _thresholds(values: Matrix, truth: npt.NDArray[np.bool_]) -> tuple[Matrix, Matrix]:
    """The threshold of best F1 of each code, drawn towards the common one by as much as its cases are few, and a
    slope."""
    from sklearn.linear_model import LogisticRegression

    common = _best_threshold(values[np.isfinite(values)], truth[np.isfinite(values)])
    threshold, slope = np.full(truth.shape[1], common), np.ones(truth.shape[1])
    for column in range(truth.shape[1]):
        cases = int(truth[:, column].sum())
        if cases >= 2 and np.isfinite(values[:, column]).all():
            own = _best_threshold(values[:, column], truth[:, column])
            threshold[column] = (cases * own + 20 * common) / (cases + 20)
            curve = LogisticRegression(C=1e3).fit(values[:, [column]], truth[:, column])
            slope[column] = max(0.1, float(curve.coef_[0, 0]))
    return threshold, slope


def _best_threshold(values: Matrix, truth: npt.NDArray[np.bool_]) -> float:
    order = np.argsort(-values, kind="stable")
    hits = np.cumsum(truth[order])
    f1 = 2 * hits / (np.arange(1, len(hits) + 1) + truth.sum())
    best = int(np.argmax(f1))
    following = values[order[min(best + 1, len(order) - 1)]]
    return float((values[order[best]] + following) / 2)


def _folds(examples: Sequence[Example], seed: int) -> npt.NDArray[np.int64]:
    """Fold of each example; a group is in one fold."""
    groups = sorted({example.group for example in examples})
    shuffled = np.random.default_rng(seed).permutation(len(groups))
    fold = {group: int(shuffled[place]) % FOLDS for place, group in enumerate(groups)}
    return np.array([fold[example.group] for example in examples])


def _texts(examples: Iterable[Example], block: str) -> Iterator[str]:
    return (example.text if block == OWN else example.before for example in examples)


def _vectorizer(block: str, idf: pd.Series | None) -> Any:
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectorizer = TfidfVectorizer(
        analyzer="char",
        lowercase=True,
        ngram_range=RUNS[block],
        sublinear_tf=True,
        min_df=RARE,
        vocabulary=None if idf is None else list(idf.index),
    )
    if idf is not None:
        vectorizer.idf_ = idf.to_numpy()
    return vectorizer
