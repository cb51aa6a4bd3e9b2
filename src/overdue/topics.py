"""Cluster sections into topics: TF-IDF weights -> NMF topics and KMeans clusters, with their stability.

K is the smallest number of topics whose stability lies within one standard error of the best: topics are fitted
again on resamples of the articles, and their ten top terms matched with those of the full fit (Greene et al.
2014; Belford
et al. 2018).
"""

import warnings
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.optimize import linear_sum_assignment
from scipy.sparse import csr_matrix
from threadpoolctl import threadpool_limits

from overdue.weights import Weights

TOP = 10
MIN_STABILITY = 0.5
"""A topic whose top terms agree less than this over resamples is marked as not reproducible."""
SHARE = 0.8
"""Share of the articles in a resample."""
SEPARATOR = " § "


@dataclass(frozen=True)
class Topics:
    """Topics of a corpus: `shares` (units x topics, rows sum to 1 or are 0), `terms` (topics x terms), `cluster`
    per unit by KMeans."""

    shares: pd.DataFrame
    terms: pd.DataFrame
    cluster: pd.Series
    stability: pd.Series


def sections(terms: pd.DataFrame, sentences: pd.DataFrame) -> pd.DataFrame:
    """Terms with the section they stand in: table `terms` with `unit`, the article and the number of the section."""
    table = terms.merge(sentences[["article_id", "sentence_id", "section"]], on=["article_id", "sentence_id"])
    return table.assign(unit=table["article_id"] + SEPARATOR + table["section"].astype(str).str.zfill(3))


def candidate_ks(n_units: int) -> range:
    """Numbers of topics worth trying: 3 to 10, at most one for every five sections, at least 2."""
    return range(min(3, max(2, n_units // 5)), max(2, min(10, n_units // 5)) + 1)


def fit_topics(weights: Weights, articles: pd.Series, k: int, seed: int, resamples: int = 20) -> Topics:
    """Fit `k` topics by NMF (nndsvd start) and, as a second view, `k` clusters by KMeans.

    Parameters
    ----------
    weights : Weights
        A row per unit (section).
    articles : pd.Series
        The article of each unit, in the order of `weights.units`; articles are what is resampled.
    k, seed, resamples : int
        Number of topics; seed of all randomness; number of resamples for the stability.
    """
    loadings, components = _nmf(weights.matrix, k, seed)
    names = pd.RangeIndex(1, len(components) + 1, name="topic")
    totals = loadings.sum(axis=1, keepdims=True)
    shares = np.divide(loadings, totals, out=np.zeros_like(loadings), where=totals > 0)
    from sklearn.cluster import KMeans

    labels = KMeans(n_clusters=len(components), n_init=10, random_state=seed).fit_predict(weights.matrix)
    return Topics(
        shares=pd.DataFrame(shares, index=weights.units, columns=names),
        terms=pd.DataFrame(components, index=names, columns=weights.terms),
        cluster=pd.Series(labels + 1, index=weights.units, name="cluster"),
        stability=pd.Series(
            _stability(weights, articles, components, seed, resamples).mean(axis=0), index=names, name="stability"
        ),
    )


def choose_k(weights: Weights, articles: pd.Series, candidates: range, seed: int, resamples: int = 20) -> pd.DataFrame:
    """Stability of every candidate number of topics.

    Returns
    -------
    pd.DataFrame
        Index `k`; `stability`, mean matched Jaccard of the top terms, 0 to 1; `error`, its standard error over
        resamples; `chosen`, True for one row.
    """
    rows = []
    for k in candidates:
        _, components = _nmf(weights.matrix, k, seed)
        runs = _stability(weights, articles, components, seed, resamples).mean(axis=1)
        rows.append((k, runs.mean(), runs.std(ddof=1) / np.sqrt(len(runs))))
    table = pd.DataFrame(rows, columns=["k", "stability", "error"]).set_index("k")
    best = table.loc[table["stability"].idxmax()]
    good = table.index[table["stability"] >= best["stability"] - best["error"]]
    table["chosen"] = table.index == good.min()
    return table


def top_terms(topics: Topics, n: int = TOP) -> pd.DataFrame:
    """The `n` heaviest terms of each topic: `topic`, `rank`, `term`, `weight`."""
    rows = []
    for topic, row in topics.terms.iterrows():
        heavy = row[row > 0].sort_values(ascending=False, kind="stable").head(n)
        rows += [(topic, rank, term, weight) for rank, (term, weight) in enumerate(heavy.items(), start=1)]
    return pd.DataFrame(rows, columns=["topic", "rank", "term", "weight"])


def leading_topic(topics: Topics) -> pd.Series:
    """The topic with the largest share of each unit that has one (nullable integer, index the unit)."""
    leading = topics.shares.idxmax(axis=1).where(topics.shares.max(axis=1) > 0)
    return leading.astype("Int64").rename("topic")


def agreement_of_views(topics: Topics) -> float:
    """Adjusted Rand index of the NMF topic (the largest share) and the KMeans cluster of every unit: 1 the same, 0
    chance."""
    from sklearn.metrics import adjusted_rand_score

    return float(adjusted_rand_score(topics.shares.to_numpy().argmax(axis=1), topics.cluster))


def map_units(weights: Weights) -> pd.DataFrame:
    """Place units on a plane so that like ones lie near (truncated SVD): index unit, `x`, `y`;
    `attrs['explained']` is the
    share of the variance the two axes keep, which for texts is small."""
    if min(weights.matrix.shape) < 3:
        table = pd.DataFrame(0.0, index=weights.units, columns=["x", "y"])
        table.attrs["explained"] = 0.0
        return table
    from sklearn.decomposition import TruncatedSVD

    svd = TruncatedSVD(n_components=2, algorithm="arpack", random_state=0)
    points = svd.fit_transform(weights.matrix)
    points *= np.where(np.abs(points).max(axis=0) == points.max(axis=0), 1, -1)
    table = pd.DataFrame(points, index=weights.units, columns=["x", "y"])
    table.attrs["explained"] = float(svd.explained_variance_ratio_.sum())
    return table


def typical_sentences(topics: Topics, sentences: pd.DataFrame, per_topic: int) -> pd.DataFrame:
    """First body sentence of the sections with the largest share of each topic, for `display.show_sentences`."""
    parts = []
    for topic in topics.shares.columns:
        units = topics.shares[topic].sort_values(ascending=False, kind="stable").index
        opening = _first_sentences(units, sentences).head(per_topic)
        parts.append(
            opening.assign(
                note=[f"topic {topic}, share {topics.shares.at[unit, topic]:.2f}" for unit in opening["unit"]]
            )
        )
    return pd.concat(parts, ignore_index=True)


def borderline_sentences(topics: Topics, sentences: pd.DataFrame, n: int) -> pd.DataFrame:
    """First body sentence of the sections whose two largest shares differ least, with both topics as note."""
    ranked = np.sort(topics.shares.to_numpy(), axis=1)
    gap = pd.Series(ranked[:, -1] - ranked[:, -2], index=topics.shares.index)[ranked[:, -1] > 0]
    opening = _first_sentences(gap.sort_values(kind="stable").index, sentences).head(n)
    notes = []
    for unit in opening["unit"]:
        first, second = topics.shares.loc[unit].sort_values(ascending=False, kind="stable").head(2).items()
        notes.append(f"topic {first[0]} {first[1]:.2f}, topic {second[0]} {second[1]:.2f}")
    return opening.assign(note=notes)


def _first_sentences(units: pd.Index, sentences: pd.DataFrame) -> pd.DataFrame:
    """First body sentence of each unit that has one, in the order of `units`."""
    body = sentences[~sentences["is_heading"]]
    named = body.assign(unit=body["article_id"] + SEPARATOR + body["section"].astype(str).str.zfill(3))
    first = named.drop_duplicates("unit").set_index("unit")
    kept = units[units.isin(first.index)]
    return first.loc[kept, ["article_id", "sentence_id", "text"]].rename_axis("unit").reset_index()


def _nmf(matrix: csr_matrix, k: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    from sklearn.decomposition import NMF
    from sklearn.exceptions import ConvergenceWarning

    model = NMF(n_components=min(k, *matrix.shape), init="nndsvd", random_state=seed, max_iter=400, tol=1e-4)
    # Small matrices: threads of the linear algebra library cost ten times what they gain.
    with threadpool_limits(1), warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        loadings = model.fit_transform(matrix)
    return loadings, model.components_


def _stability(weights: Weights, articles: pd.Series, components: np.ndarray, seed: int, resamples: int) -> np.ndarray:
    """Matched Jaccard of top terms, resamples x topics."""
    rng = np.random.default_rng(seed)
    codes, names = pd.factorize(articles, sort=True)
    reference = _top_sets(components)
    runs = []
    for _ in range(resamples):
        kept = rng.choice(len(names), size=max(1, round(SHARE * len(names))), replace=False)
        rows = np.flatnonzero(np.isin(codes, kept))
        _, other = _nmf(weights.matrix[rows], len(components), seed)
        runs.append(_match(reference, _top_sets(other)))
    return np.array(runs)


def _top_sets(components: np.ndarray) -> list[frozenset[int]]:
    return [frozenset(i for i in np.argsort(-row, kind="stable")[:TOP].tolist() if row[i] > 0) for row in components]


def _match(reference: list[frozenset[int]], other: list[frozenset[int]]) -> np.ndarray:
    """Jaccard of each reference topic with the topic it is matched to (Hungarian method)."""
    jaccard = np.array([[len(a & b) / max(1, len(a | b)) for b in other] for a in reference])
    rows, columns = linear_sum_assignment(-jaccard)
    matched = np.zeros(len(reference))
    matched[rows] = jaccard[rows, columns]
    return matched
