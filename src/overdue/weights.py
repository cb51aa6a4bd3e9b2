"""Weigh terms by TF-IDF and compare texts: terms -> weights by article or section -> similarity.

    w(t, d) = tf(t, d) * (ln((1 + N) / (1 + df(t))) + 1), every row then divided by its Euclidean length

tf is the count of the term in the unit, df the number of units that hold it, N the number of units:
scikit-learn's smoothed idf, which never is 0, so that a term of every unit still counts in a comparison (Spärck
Jones 1972 for the idea).
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.sparse import csr_matrix


@dataclass(frozen=True)
class Weights:
    """TF-IDF weights: `matrix` has a row per unit in `units` and a column per term in `terms`, rows of length 1."""

    matrix: csr_matrix
    units: pd.Index
    terms: pd.Index


def weigh_terms(terms: pd.DataFrame, unit: pd.Series, min_units: int = 1) -> Weights:
    """TF-IDF of every term in every unit.

    Parameters
    ----------
    terms : pd.DataFrame
        Columns `term`, `count`.
    unit : pd.Series
        For each row of `terms` the unit it belongs to: its article, or its article and section.
    min_units : int
        Terms in fewer units are left out.

    Examples
    --------
    >>> terms = pd.DataFrame({"term": ["罚息", "协商", "罚息"], "count": [1, 1, 1]})
    >>> w = weigh_terms(terms, pd.Series(["a", "a", "b"]))
    >>> round(float(w.matrix[0, w.terms.get_loc("协商")]), 4)  # (ln(3/2)+1) / sqrt((ln(3/2)+1)**2 + 1)
    0.8148
    """
    rows, units = pd.factorize(unit, sort=True)
    columns, names = pd.factorize(terms["term"], sort=True)
    shape = (len(units), len(names))
    counts = csr_matrix((terms["count"].to_numpy(dtype=float), (rows, columns)), shape=shape)
    counts.sum_duplicates()
    held = np.diff(counts.tocsc().indptr)
    frequent = np.flatnonzero(held >= min_units)
    if not len(frequent):  # too few units for the bar: every term is kept
        frequent = np.arange(len(names))
    if not len(names):
        return Weights(counts, pd.Index(units), pd.Index(names))
    from sklearn.feature_extraction.text import TfidfTransformer

    matrix = TfidfTransformer(norm="l2", smooth_idf=True).fit_transform(counts[:, frequent])
    return Weights(matrix, pd.Index(units), pd.Index(names[frequent]))


def top_weights(weights: Weights, n: int = 10) -> pd.DataFrame:
    """The `n` heaviest terms of every unit.

    Returns
    -------
    pd.DataFrame
        `unit`, `rank` from 1, `term`, `weight`; ties by term.
    """
    rows = []
    for number, unit in enumerate(weights.units):
        row = weights.matrix[number].toarray().ravel()
        for rank, column in enumerate(np.lexsort((np.arange(len(row)), -row.round(12)))[:n], start=1):
            if row[column] > 0:
                rows.append((unit, rank, weights.terms[column], row[column]))
    return pd.DataFrame(rows, columns=["unit", "rank", "term", "weight"])


def similarity(weights: Weights) -> pd.DataFrame:
    """Cosine similarity of every two units, 0 (no term in common) to 1, ordered so that like units stand together."""
    cosine = np.clip((weights.matrix @ weights.matrix.T).toarray(), 0, 1)
    order = _cluster_order(cosine)
    names = weights.units[order]
    return pd.DataFrame(cosine[np.ix_(order, order)], index=names, columns=names)


def shared_terms(weights: Weights, a: str, b: str, n: int = 10) -> pd.DataFrame:
    """The terms that make two units alike: products of weights, which add up to their cosine similarity.

    Returns
    -------
    pd.DataFrame
        Index `term`; `product`, largest first; `share` of the similarity.
    """
    row_a, row_b = (weights.matrix[weights.units.get_loc(unit)] for unit in (a, b))
    products = pd.Series(row_a.multiply(row_b).toarray().ravel(), index=weights.terms.rename("term"), name="product")
    table = products[products > 0].sort_values(ascending=False, kind="stable").to_frame()
    table["share"] = table["product"] / table["product"].sum()
    return table.head(n)


def closest_pairs(matrix: pd.DataFrame, n: int = 10) -> pd.DataFrame:
    """The `n` most similar pairs of different units of a similarity matrix: `a`, `b`, `similarity`."""
    rows, columns = np.triu_indices(len(matrix), k=1)
    values = matrix.to_numpy()[rows, columns]
    order = np.argsort(-values.round(12), kind="stable")[:n]
    return pd.DataFrame(
        {"a": matrix.index[rows[order]], "b": matrix.index[columns[order]], "similarity": values[order]}
    )


def _cluster_order(cosine: np.ndarray) -> np.ndarray:
    """Leaf order of average-linkage clustering on 1 - cosine."""
    if len(cosine) < 3:
        return np.arange(len(cosine))
    from scipy.cluster.hierarchy import leaves_list, linkage
    from scipy.spatial.distance import squareform

    distance = 1 - (cosine + cosine.T) / 2
    np.fill_diagonal(distance, 0)
    leaves: np.ndarray = leaves_list(linkage(squareform(distance.round(10), checks=False), method="average"))
    return leaves
