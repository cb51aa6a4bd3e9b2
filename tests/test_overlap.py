"""How codes overlap: four sentences worked by hand, then scikit-learn and scipy, then properties of any matrix."""

from collections.abc import Callable
from itertools import combinations
from math import log
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from overdue.codebook import Code, Codebook
from overdue.corpus import Corpus
from overdue.overlap import (
    alluvial,
    code_matrix,
    compare_units,
    cross_pairs,
    dimension_matrix,
    flows,
    pair_grid,
    pair_overlap,
    partners,
    set_overlap,
)

CODES = ["job_loss", "penalty", "lawsuit", "negotiation"]
DIMENSION = dict(zip(CODES, ["cause", "consequence", "consequence", "strategy"], strict=True))
MATRICES = st.lists(st.tuples(*[st.booleans()] * 4), min_size=1, max_size=12).map(
    lambda rows: pd.DataFrame(rows, columns=CODES, dtype=bool)
)


def units(corpus: Corpus, unit: str = "sentence") -> pd.DataFrame:
    return code_matrix(corpus.codes, corpus.sentences, unit, CODES)


@pytest.mark.parametrize(
    ("unit", "expected"),
    [
        ("sentence", {("a", 1): "j", ("a", 2): "jp", ("b", 0): "pn", ("b", 1): ""}),
        ("section", {("a", 1): "jp", ("b", 0): "pn", ("b", 1): ""}),
        ("article", {("a",): "jp", ("b",): "pn"}),
    ],
)
def test_units_hold_the_codes_asserted_in_their_body(
    small: Corpus, unit: str, expected: dict[tuple[Any, ...], str]
) -> None:
    initials = {"j": "job_loss", "p": "penalty", "n": "negotiation"}
    matrix = units(small, unit)
    held = {key: {code for code in CODES if matrix.at[key, code]} for key in matrix.index}
    assert held == {key: {initials[letter] for letter in letters} for key, letters in expected.items()}
    assert set(matrix.dtypes.astype(str)) == {"bool"}


def test_code_that_never_occurs_keeps_its_column(small: Corpus) -> None:
    matrix = units(small)
    assert matrix.columns.tolist() == CODES
    assert not matrix["lawsuit"].any()


def test_units_without_any_code_stay(save_corpus: Callable[..., Corpus]) -> None:
    corpus = save_corpus(codes=[])
    for unit, n in {"sentence": 4, "section": 3, "article": 2}.items():
        assert units(corpus, unit).shape == (n, 4)
        assert not units(corpus, unit).to_numpy().any()


def test_dimension_holds_where_any_of_its_codes_does(small: Corpus) -> None:
    matrix = dimension_matrix(units(small), DIMENSION)
    assert matrix.columns.tolist() == ["cause", "consequence", "strategy"]
    assert matrix.to_numpy().tolist() == [
        [True, False, False],
        [True, True, False],
        [False, True, True],
        [False, False, False],
    ]


def test_pairs_of_four_sentences(small: Corpus) -> None:
    """job_loss in 2 of 4, penalty in 2, negotiation in 1; job_loss meets penalty once, penalty negotiation once."""
    table = cross_pairs(units(small), DIMENSION).set_index(["a", "b"])
    expected = {
        ("job_loss", "penalty"): (2, 2, 1, 2 * 2 / 4, 1 / (4 / 4), 1 / 3, log(1) / log(4)),
        ("job_loss", "lawsuit"): (2, 0, 0, 2 * 0 / 4, np.nan, 0 / 2, np.nan),
        ("job_loss", "negotiation"): (2, 1, 0, 2 * 1 / 4, 0 / (2 / 4), 0 / 3, -1),
        ("penalty", "negotiation"): (2, 1, 1, 2 * 1 / 4, 1 / (2 / 4), 1 / 2, log(2) / log(4)),
        ("lawsuit", "negotiation"): (0, 1, 0, 0 * 1 / 4, np.nan, 0 / 1, np.nan),
    }
    assert set(table.index) == set(expected)
    columns = ["n_a", "n_b", "observed", "expected", "lift", "jaccard", "npmi"]
    for pair, values in expected.items():
        assert table.loc[pair, columns].astype(float).tolist() == pytest.approx(values, nan_ok=True), pair


def test_npmi_runs_from_never_over_chance_to_always() -> None:
    matrix = pd.DataFrame(
        {"a": [1, 1, 0, 0], "same": [1, 1, 0, 0], "other": [0, 0, 1, 1], "half": [1, 0, 1, 0]}, dtype=bool
    )
    table = pair_overlap(matrix, ["a"], ["same", "other", "half"])
    assert table["npmi"].tolist() == pytest.approx([1, -1, 0])


def test_code_in_every_unit_is_always_together_with_itself_alone() -> None:
    matrix = pd.DataFrame({"a": [True, True], "b": [True, True]})
    assert pair_overlap(matrix, ["a"], ["a", "b"])[["b", "lift", "npmi"]].values.tolist() == [["b", 1, 1]]


def test_sets_of_four_sentences(small: Corpus) -> None:
    """Shares 2/4, 2/4, 1/4 of cause, consequence, strategy."""
    table = set_overlap(dimension_matrix(units(small), DIMENSION))
    expected = {
        ("cause",): (1, 2, 4 * 1 / 2 * 1 / 2 * 3 / 4),
        ("consequence",): (0, 2, 4 * 1 / 2 * 1 / 2 * 3 / 4),
        ("strategy",): (0, 1, 4 * 1 / 2 * 1 / 2 * 1 / 4),
        ("cause", "consequence"): (1, 1, 4 * 1 / 2 * 1 / 2 * 3 / 4),
        ("cause", "strategy"): (0, 0, 4 * 1 / 2 * 1 / 2 * 1 / 4),
        ("consequence", "strategy"): (1, 1, 4 * 1 / 2 * 1 / 2 * 1 / 4),
        ("cause", "consequence", "strategy"): (0, 0, 4 * 1 / 2 * 1 / 2 * 1 / 4),
    }
    assert table.index.tolist() == list(expected)
    assert table[["exclusive", "inclusive", "expected"]].to_numpy() == pytest.approx(np.array(list(expected.values())))


def test_flows_are_shares_of_the_source(small: Corpus) -> None:
    matrix = units(small)
    assert flows(matrix, DIMENSION, "cause", "consequence").values.tolist() == [["job_loss", "penalty", 1, 1 / 2]]
    assert flows(matrix, DIMENSION, "consequence", "strategy").values.tolist() == [["penalty", "negotiation", 1, 1 / 2]]
    assert flows(matrix, DIMENSION, "cause", "strategy").empty


def test_strongest_flow_comes_first() -> None:
    matrix = pd.DataFrame({"job_loss": [1, 1, 1], "penalty": [1, 0, 0], "lawsuit": [1, 1, 0]}, dtype=bool)
    table = flows(matrix, DIMENSION, "cause", "consequence")
    assert table["target"].tolist() == ["lawsuit", "penalty"]
    assert table["share"].tolist() == pytest.approx([2 / 3, 1 / 3])


def test_alluvial_keeps_the_strongest_links_and_the_nodes_they_touch() -> None:
    matrix = pd.DataFrame(
        {"job_loss": [1, 1, 1], "penalty": [1, 0, 0], "lawsuit": [1, 1, 0], "negotiation": [1, 1, 1]}, dtype=bool
    )
    stages, links, table = alluvial(matrix, DIMENSION, ["cause", "consequence", "strategy"], most=1)
    assert [stage.to_dict() for stage in stages] == [{"job_loss": 2}, {"lawsuit": 2}, {"negotiation": 2}]
    assert [link[["source", "target", "units"]].values.tolist() for link in links] == [
        [["job_loss", "lawsuit", 2]],
        [["lawsuit", "negotiation", 2]],
    ]
    assert table.index.tolist() == ["cause to consequence", "consequence to strategy"]


def test_node_is_as_high_as_the_larger_side_of_its_links() -> None:
    matrix = pd.DataFrame({"job_loss": [1, 1, 0], "penalty": [1, 1, 1], "negotiation": [1, 1, 1]}, dtype=bool)
    stages, _, _ = alluvial(matrix, DIMENSION, ["cause", "consequence", "strategy"], most=5)
    assert stages[1].to_dict() == {"penalty": 3}


def test_alluvial_of_one_dimension_has_no_links() -> None:
    stages, links, table = alluvial(pd.DataFrame({"job_loss": [True]}), DIMENSION, ["cause"], most=5)
    assert (len(stages), stages[0].empty, links, len(table)) == (1, True, [], 0)


def test_units_are_compared_by_the_dimensions_they_hold(small: Corpus) -> None:
    table = compare_units(small.codes, small.sentences, DIMENSION)
    assert table.to_dict("index") == {
        "sentence": {"n": 4, "at least 1": 3, "at least 2": 2, "at least 3": 0},
        "section": {"n": 3, "at least 1": 2, "at least 2": 2, "at least 3": 0},
        "article": {"n": 2, "at least 1": 2, "at least 2": 2, "at least 3": 0},
    }


def test_grid_leaves_empty_what_was_not_asked_for(small: Corpus) -> None:
    grid = pair_grid(cross_pairs(units(small), DIMENSION), small.codebook)
    assert grid.index.tolist() == ["job_loss", "penalty", "lawsuit"]
    assert grid.columns.tolist() == ["penalty", "lawsuit", "negotiation"]
    expected = [[1, 0, 0], [np.nan, np.nan, 1], [np.nan, np.nan, 0]]
    assert grid.to_numpy() == pytest.approx(np.array(expected), nan_ok=True)


def test_partners_of_the_first_dimension_are_of_the_last(small: Corpus) -> None:
    by_sentence, by_section = (
        partners(cross_pairs(units(small, unit), DIMENSION), small.codebook).loc["job_loss"].tolist()
        for unit in ("sentence", "section")
    )
    assert by_sentence == [2, 0, "none", 0]
    assert by_section == [1, 0, "none", 0]


def test_commonest_partner_is_named_with_the_units_it_shares(small: Corpus) -> None:
    matrix = pd.DataFrame({"job_loss": [1, 1, 0], "negotiation": [1, 1, 1]}, dtype=bool)
    table = partners(cross_pairs(matrix, DIMENSION), small.codebook)
    assert table.loc["job_loss"].tolist() == [2, 1, "negotiation", 2]


def one_dimension(names: str) -> Codebook:
    return Codebook({name: Code(name, "only", name, name, "") for name in names}, {"only": "唯一"}, "1")


def test_one_dimension_pairs_its_codes_once() -> None:
    matrix = pd.DataFrame({"x": [1, 1], "y": [1, 0], "z": [0, 0]}, dtype=bool)
    table = cross_pairs(matrix, dict.fromkeys("xyz", "only"))
    assert table[["a", "b", "observed"]].values.tolist() == [["x", "y", 1], ["x", "z", 0], ["y", "z", 0]]


@pytest.mark.xfail(strict=True, reason="partners: with one dimension a code is paired only with those after it")
def test_one_dimension_gives_every_code_all_its_partners() -> None:
    matrix = pd.DataFrame({"x": [1, 1], "y": [1, 0], "z": [1, 0]}, dtype=bool)
    table = partners(cross_pairs(matrix, dict.fromkeys("xyz", "only")), one_dimension("xyz"))
    assert table["partners"].to_dict() == {"x": 2, "y": 2, "z": 2}


def test_order_of_articles_changes_no_overlap(
    save_corpus: Callable[..., Corpus], small_sentences: list[Any], small_codes: list[Any]
) -> None:
    forward, backward = save_corpus(), save_corpus(reversed(small_sentences), reversed(small_codes))
    assert_frame_equal(units(forward), units(backward).sort_index())
    assert_frame_equal(cross_pairs(units(forward), DIMENSION), cross_pairs(units(backward), DIMENSION))


@settings(deadline=None, max_examples=50)
@given(MATRICES)
def test_pairs_agree_with_scikit_learn_and_scipy(matrix: pd.DataFrame) -> None:
    from scipy.stats.contingency import expected_freq
    from sklearn.metrics import confusion_matrix, jaccard_score

    for row in pair_overlap(matrix, CODES[:2], CODES[2:]).itertuples():
        table = confusion_matrix(matrix[row.a], matrix[row.b], labels=[True, False])
        assert row.observed == table[0, 0]
        if row.n_a or row.n_b:
            assert row.jaccard == pytest.approx(jaccard_score(matrix[row.a], matrix[row.b]))
        else:
            assert np.isnan(row.jaccard)
        if table.sum(axis=0).all() and table.sum(axis=1).all():
            assert row.expected == pytest.approx(expected_freq(table)[0, 0])
            assert row.lift == pytest.approx(row.observed / expected_freq(table)[0, 0])


@settings(deadline=None, max_examples=50)
@given(MATRICES)
def test_npmi_is_pointwise_mutual_information_over_its_largest_value(matrix: pd.DataFrame) -> None:
    n = len(matrix)
    for row in pair_overlap(matrix, CODES, CODES).itertuples():
        if 0 < row.observed < n:
            share = row.observed / n
            expected = log(share / ((row.n_a / n) * (row.n_b / n))) / -log(share)
            assert row.npmi == pytest.approx(expected)
        assert np.isnan(row.npmi) or -1 - 1e-9 <= row.npmi <= 1 + 1e-9


@settings(deadline=None, max_examples=50)
@given(MATRICES)
def test_exclusive_counts_add_up_to_the_units_with_any(matrix: pd.DataFrame) -> None:
    table = set_overlap(matrix)
    assert table["exclusive"].sum() == matrix.any(axis=1).sum()
    assert table["expected"].sum() == pytest.approx(len(matrix) * (1 - (1 - matrix.mean()).prod()))
    for chosen in combinations(CODES, 2):
        above = [sets for sets in table.index if set(sets) >= set(chosen)]
        assert table["inclusive"].loc[[chosen]].sum() == table["exclusive"].loc[above].sum()


@settings(deadline=None, max_examples=50)
@given(MATRICES)
def test_flow_shares_are_of_the_source_and_at_most_one(matrix: pd.DataFrame) -> None:
    table = flows(matrix, DIMENSION, "cause", "consequence")
    assert table["share"].tolist() == pytest.approx(
        [row.units / matrix[row.source].sum() for row in table.itertuples()]
    )
    assert table["share"].between(0, 1, inclusive="right").all()
    assert set(table["target"]) == {
        code for code in ("penalty", "lawsuit") if (matrix["job_loss"] & matrix[code]).any()
    }


def test_larger_units_hold_no_less_together(corpus: Corpus) -> None:
    """A pair that meets in a sentence meets in its section and in its article."""
    book = corpus.codebook
    dimension = {code.id: code.dimension for code in book.codes.values()}
    met = {}
    for unit in ("sentence", "section", "article"):
        pairs = cross_pairs(code_matrix(corpus.codes, corpus.sentences, unit, book.ids()), dimension)
        met[unit] = set(pairs.loc[pairs["observed"] > 0, ["a", "b"]].itertuples(index=False, name=None))
    assert met["sentence"] < met["section"] < met["article"]
