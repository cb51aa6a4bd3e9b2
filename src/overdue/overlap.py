"""How codes overlap: codes on sentences -> units by codes -> pairs, sets and flows with what chance would give.

A unit is a sentence, a section or an article. Only asserted codes count. Expected counts are those of
independence: with n units, n_a of them with code a and n_b with b, n_a * n_b / n units hold both.
"""

from itertools import combinations, pairwise

import numpy as np
import pandas as pd

from overdue.codebook import Codebook

UNITS = ("sentence", "section", "article")
KEYS = {"sentence": ["article_id", "sentence_id"], "section": ["article_id", "section"], "article": ["article_id"]}


def code_matrix(codes: pd.DataFrame, sentences: pd.DataFrame, unit: str, columns: list[str]) -> pd.DataFrame:
    """Which unit holds which code.

    Parameters
    ----------
    codes, sentences : pd.DataFrame
        Tables of a corpus. Headings carry no codes here: they repeat what their sentences say.
    unit : str
        `sentence`, `section` or `article`.
    columns : list of str
        Codes to show, in this order; one that never occurs keeps its column of False: a zero is a finding.

    Returns
    -------
    pd.DataFrame
        Index the keys of the unit, every unit with at least one sentence; a column of bool per code.
    """
    keys = KEYS[unit]
    body = sentences.loc[~sentences["is_heading"], ["article_id", "sentence_id", "section"]]
    asserted = codes.loc[codes["polarity"] == "asserted", ["article_id", "sentence_id", "code"]]
    coded = asserted.merge(body, on=["article_id", "sentence_id"])
    units = pd.MultiIndex.from_frame(body[keys].drop_duplicates())
    present = coded[[*keys, "code"]].drop_duplicates().assign(value=True)
    table = present.pivot(index=keys, columns="code", values="value")
    table.index = pd.MultiIndex.from_frame(table.index.to_frame(index=False))
    return table.reindex(index=units, columns=columns).notna()


def dimension_matrix(matrix: pd.DataFrame, dimension_of: dict[str, str]) -> pd.DataFrame:
    """Which unit holds any code of which dimension: columns the dimensions, in the order of their first code."""
    names = list(dict.fromkeys(dimension_of[code] for code in matrix.columns))
    return pd.DataFrame({name: matrix[[c for c in matrix if dimension_of[c] == name]].any(axis=1) for name in names})


def pair_overlap(matrix: pd.DataFrame, rows: list[str], columns: list[str]) -> pd.DataFrame:
    """Overlap of every code in `rows` with every other one in `columns`.

    Returns
    -------
    pd.DataFrame
        `a`, `b`; `n_a`, `n_b`, `observed`, counts of units; `expected` under independence; `lift`, observed over
        expected (NaN where that is 0); `jaccard`, observed over units with either; `npmi` from -1 (never together)
        over 0 (chance) to 1 (always together) (Bouma 2009).

    Examples
    --------
    >>> matrix = pd.DataFrame({"a": [1, 1, 0, 0], "b": [1, 0, 0, 0]}, dtype=bool)
    >>> pair_overlap(matrix, ["a"], ["b"])[["observed", "expected", "lift", "jaccard", "npmi"]].values.round(3).tolist()
    [[1.0, 0.5, 2.0, 0.5, 0.5]]
    """
    n = len(matrix)
    values = matrix.to_numpy(dtype=float)
    together = pd.DataFrame(values.T @ values, index=matrix.columns, columns=matrix.columns)
    counts = matrix.sum()
    records = [(a, b, counts[a], counts[b], together.at[a, b]) for a in rows for b in columns if a != b]
    table = pd.DataFrame(records, columns=["a", "b", "n_a", "n_b", "observed"])
    table = table.astype({"n_a": int, "n_b": int, "observed": int})
    table["expected"] = table["n_a"] * table["n_b"] / max(1, n)
    with np.errstate(divide="ignore", invalid="ignore"):
        table["lift"] = (table["observed"] / table["expected"]).where(table["expected"] > 0)
        table["jaccard"] = table["observed"] / (table["n_a"] + table["n_b"] - table["observed"]).where(lambda s: s > 0)
        log_share = np.log(table["observed"] / n)
        npmi = np.log(table["lift"]) / -log_share
    npmi = npmi.where(table["observed"] > 0, -1.0).where(table["observed"] < n, 1.0)
    table["npmi"] = npmi.where(table["expected"] > 0)
    return table


def set_overlap(matrix: pd.DataFrame) -> pd.DataFrame:
    """Every combination of columns: how many units hold just these (`exclusive`) and at least these (`inclusive`).

    Returns
    -------
    pd.DataFrame
        Index `sets`, tuples of column names, all non-empty combinations by size and order; `exclusive`,
        `inclusive`; `expected`, exclusive count if the columns were independent.
    """
    n, share = len(matrix), matrix.mean()
    names = list(matrix.columns)
    rows = []
    for size in range(1, len(names) + 1):
        for chosen in combinations(names, size):
            others = [name for name in names if name not in chosen]
            inclusive = matrix[list(chosen)].all(axis=1)
            exclusive = inclusive & ~matrix[others].any(axis=1)
            expected = n * share[list(chosen)].prod() * (1 - share[others]).prod()
            rows.append((chosen, int(exclusive.sum()), int(inclusive.sum()), float(expected)))
    table = pd.DataFrame(rows, columns=["sets", "exclusive", "inclusive", "expected"])
    return table.set_index("sets")


def flows(matrix: pd.DataFrame, dimension_of: dict[str, str], source: str, target: str) -> pd.DataFrame:
    """Units that hold a code of one dimension and a code of another, for every such pair that occurs.

    Returns
    -------
    pd.DataFrame
        `source`, `target` codes; `units` with both; `share`, over the units that hold the source code.
    """
    pairs = pair_overlap(
        matrix,
        [c for c in matrix if dimension_of[c] == source],
        [c for c in matrix if dimension_of[c] == target],
    )
    table = pairs.loc[pairs["observed"] > 0, ["a", "b", "observed", "n_a"]]
    table = table.rename(columns={"a": "source", "b": "target", "observed": "units"})
    table["share"] = table["units"] / table["n_a"]
    return table.drop(columns="n_a").sort_values(
        ["units", "source", "target"], ascending=[False, True, True], ignore_index=True
    )


def cross_pairs(matrix: pd.DataFrame, dimension_of: dict[str, str]) -> pd.DataFrame:
    """`pair_overlap` of all codes of different dimensions, each pair once; of all codes if there is one dimension
    only."""
    names = list(dict.fromkeys(dimension_of[code] for code in matrix.columns))
    groups = {name: [code for code in matrix if dimension_of[code] == name] for name in names}
    if len(names) == 1:
        codes = groups[names[0]]
        parts = [pair_overlap(matrix, [code], codes[place + 1 :]) for place, code in enumerate(codes)]
    else:
        parts = [pair_overlap(matrix, groups[a], groups[b]) for a, b in combinations(names, 2)]
    return pd.concat(parts, ignore_index=True)


def pair_grid(pairs: pd.DataFrame, codebook: Codebook) -> pd.DataFrame:
    """Observed counts of `cross_pairs` as a matrix, in the order of the code book; NaN where no pair was asked for."""
    grid = pairs.pivot(index="a", columns="b", values="observed")
    rows = [code for code in codebook.codes if code in grid.index]
    columns = [code for code in codebook.codes if code in grid.columns]
    return grid.reindex(index=rows, columns=columns)


def partners(pairs: pd.DataFrame, codebook: Codebook) -> pd.DataFrame:
    """For every code of the first dimension, the codes of the last one it meets.

    Returns
    -------
    pd.DataFrame
        Index `code`; `units` that hold it, `partners`, codes it meets, `commonest` of them and units `together`.
    """
    names = list(codebook.dimensions)
    wanted = pairs[pairs["a"].isin(codebook.ids(names[0])) & pairs["b"].isin(codebook.ids(names[-1]))]
    rows = []
    for code, group in wanted.groupby("a", sort=False):
        met = group[group["observed"] > 0].sort_values("observed", ascending=False, kind="stable")
        best = (met["b"].iloc[0], int(met["observed"].iloc[0])) if len(met) else ("none", 0)
        rows.append((code, int(group["n_a"].iloc[0]), len(met), *best))
    return pd.DataFrame(rows, columns=["code", "units", "partners", "commonest", "together"]).set_index("code")


def compare_units(codes: pd.DataFrame, sentences: pd.DataFrame, dimension_of: dict[str, str]) -> pd.DataFrame:
    """How many units hold codes of at least one, two, ... dimensions, for each kind of unit.

    Returns
    -------
    pd.DataFrame
        Index `unit`; `n`, all units; a column for each number of dimensions, counts of units.
    """
    rows = []
    for unit in UNITS:
        held = dimension_matrix(code_matrix(codes, sentences, unit, list(dimension_of)), dimension_of).sum(axis=1)
        counts = {f"at least {k}": int((held >= k).sum()) for k in range(1, len(set(dimension_of.values())) + 1)}
        rows.append({"unit": unit, "n": len(held), **counts})
    return pd.DataFrame(rows).set_index("unit")


def alluvial(
    matrix: pd.DataFrame, dimension_of: dict[str, str], dimensions: list[str], most: int
) -> tuple[list[pd.Series], list[pd.DataFrame], pd.DataFrame]:
    """What an alluvial diagram draws: the `most` strongest links between each two neighbouring dimensions.

    Returns
    -------
    stages : list of pd.Series
        For each dimension its codes that have a link, value the units of their links (the larger side), largest first.
    links : list of pd.DataFrame
        For each step `source`, `target`, `units`, `share`.
    table : pd.DataFrame
        All links one under another, with their `step`.
    """
    steps = list(pairwise(dimensions))
    links = [flows(matrix, dimension_of, a, b).head(most) for a, b in steps]
    stages = []
    for place, name in enumerate(dimensions):
        out = links[place].groupby("source")["units"].sum() if place < len(links) else pd.Series(dtype=float)
        into = links[place - 1].groupby("target")["units"].sum() if place else pd.Series(dtype=float)
        codes = [code for code in matrix if dimension_of[code] == name]
        height = pd.concat([out, into], axis=1).max(axis=1).reindex(codes).dropna()
        stages.append(height.sort_values(ascending=False, kind="stable"))
    named = [link.assign(step=f"{a} to {b}") for link, (a, b) in zip(links, steps, strict=True)]
    table = (
        pd.concat(named, ignore_index=True)
        if named
        else pd.DataFrame(columns=["source", "target", "units", "share", "step"])
    )
    return stages, links, table.set_index("step")
