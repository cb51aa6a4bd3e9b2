"""TF-IDF and similarity: worked by hand on two articles of five words, held against scikit-learn, and by properties."""

from math import log, sqrt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from overdue.corpus import Corpus
from overdue.weights import Weights, closest_pairs, shared_terms, similarity, top_weights, weigh_terms

# Article a: 逾期 2, 失业 2, 罚息 1; article b: 罚息 2, 协商 2, 还款 1. N = 2; 罚息 stands in both, the others in one.
BOTH = log(3 / 3) + 1
ONE = log(3 / 2) + 1
LENGTH_A = sqrt((2 * ONE) ** 2 + (2 * ONE) ** 2 + (1 * BOTH) ** 2)
LENGTH_B = sqrt((2 * BOTH) ** 2 + (2 * ONE) ** 2 + (1 * ONE) ** 2)
COSINE = (1 * BOTH / LENGTH_A) * (2 * BOTH / LENGTH_B)

ROWS = st.lists(st.tuples(st.sampled_from("abcde"), st.sampled_from("甲乙丙丁戊己"), st.integers(1, 9)), min_size=1)


def weigh(rows: list[tuple[str, str, int]], min_units: int = 1) -> Weights:
    table = pd.DataFrame(rows, columns=["article_id", "term", "count"])
    return weigh_terms(table, table["article_id"], min_units)


def as_table(weights: Weights) -> pd.DataFrame:
    return pd.DataFrame(weights.matrix.toarray(), index=weights.units, columns=weights.terms)


def test_weights_of_two_articles(small: Corpus) -> None:
    table = as_table(weigh_terms(small.terms, small.terms["article_id"]))
    weights_a = {"逾期": 2 * ONE, "失业": 2 * ONE, "罚息": BOTH, "协商": 0, "还款": 0}
    weights_b = {"逾期": 0, "失业": 0, "罚息": 2 * BOTH, "协商": 2 * ONE, "还款": ONE}
    assert table.loc["a"].to_dict() == pytest.approx({term: weight / LENGTH_A for term, weight in weights_a.items()})
    assert table.loc["b"].to_dict() == pytest.approx({term: weight / LENGTH_B for term, weight in weights_b.items()})


def test_similarity_of_two_articles(small: Corpus) -> None:
    table = similarity(weigh_terms(small.terms, small.terms["article_id"]))
    assert table.loc["a", "b"] == pytest.approx(COSINE)
    assert np.diag(table) == pytest.approx([1, 1])


def test_shared_term_makes_all_of_the_similarity(small: Corpus) -> None:
    table = shared_terms(weigh_terms(small.terms, small.terms["article_id"]), "a", "b")
    assert table.index.tolist() == ["罚息"]
    assert table.loc["罚息"].to_dict() == pytest.approx({"product": COSINE, "share": 1})


def test_heaviest_terms_rank_from_one_and_ties_by_term(small: Corpus) -> None:
    table = top_weights(weigh_terms(small.terms, small.terms["article_id"]), n=2)
    assert table[["unit", "rank", "term"]].values.tolist() == [
        ["a", 1, "失业"],
        ["a", 2, "逾期"],
        ["b", 1, "协商"],
        ["b", 2, "罚息"],
    ]


def test_terms_of_too_few_units_are_left_out(small: Corpus) -> None:
    weights = weigh_terms(small.terms, small.terms["article_id"], min_units=2)
    assert weights.terms.tolist() == ["罚息"]
    assert weights.matrix.toarray().tolist() == [[1], [1]]


@pytest.mark.xfail(strict=True, reason="weigh_terms: scikit-learn refuses a matrix without columns or rows")
@pytest.mark.parametrize("rows", [[("a", "罚息", 1)], [("a", "罚息", 1), ("b", "协商", 1)]])
def test_no_term_in_enough_units_gives_no_columns(rows: list[tuple[str, str, int]]) -> None:
    weights = weigh(rows, min_units=2)
    assert weights.matrix.shape == (len(rows), 0)


def test_a_single_article_is_only_like_itself() -> None:
    table = similarity(weigh([("a", "罚息", 3), ("a", "协商", 1)]))
    assert table.shape == (1, 1)
    assert closest_pairs(table).empty


def test_articles_without_a_common_term_have_no_shared_terms() -> None:
    weights = weigh([("a", "罚息", 1), ("b", "协商", 1)])
    assert similarity(weights).loc["a", "b"] == 0
    assert shared_terms(weights, "a", "b").empty


def test_like_articles_stand_together() -> None:
    rows = [("a", "甲", 1), ("b", "乙", 1), ("c", "甲", 1), ("d", "乙", 1), ("a", "丙", 1), ("c", "丙", 1)]
    order = similarity(weigh(rows)).index.tolist()
    assert {frozenset(order[:2]), frozenset(order[2:])} == {frozenset("ac"), frozenset("bd")}


def test_closest_pairs_are_the_largest_cells_above_the_diagonal() -> None:
    names = ["a", "b", "c"]
    matrix = pd.DataFrame([[1, 0.2, 0.7], [0.2, 1, 0.4], [0.7, 0.4, 1]], index=names, columns=names)
    assert closest_pairs(matrix, 2).values.tolist() == [["a", "c", 0.7], ["b", "c", 0.4]]


@settings(deadline=None, max_examples=50)
@given(ROWS)
def test_weights_are_those_of_scikit_learn(rows: list[tuple[str, str, int]]) -> None:
    from sklearn.feature_extraction.text import TfidfVectorizer

    articles = sorted({row[0] for row in rows})
    texts = ["".join(term * count for article, term, count in rows if article == name) for name in articles]
    vectorizer = TfidfVectorizer(analyzer=list)
    expected = vectorizer.fit_transform(texts).toarray()
    weights = weigh(rows)
    assert weights.terms.tolist() == vectorizer.get_feature_names_out().tolist()
    assert weights.matrix.toarray() == pytest.approx(expected)


@settings(deadline=None, max_examples=50)
@given(ROWS)
def test_rows_have_length_one_and_similarity_is_symmetric(rows: list[tuple[str, str, int]]) -> None:
    weights = weigh(rows)
    assert weights.matrix.multiply(weights.matrix).sum(axis=1) == pytest.approx(1)
    table = similarity(weights)
    assert np.allclose(table, table.T)
    assert table.to_numpy().min() >= 0
    assert table.to_numpy().max() <= 1 + 1e-12


@settings(deadline=None, max_examples=50)
@given(ROWS)
def test_shared_terms_add_up_to_the_similarity(rows: list[tuple[str, str, int]]) -> None:
    weights = weigh(rows)
    first, last = weights.units[0], weights.units[-1]
    table = shared_terms(weights, first, last, n=100)
    assert table["product"].sum() == pytest.approx(similarity(weights).loc[first, last])
    assert table.empty or table["share"].sum() == pytest.approx(1)


@settings(deadline=None, max_examples=50)
@given(ROWS, st.randoms())
def test_order_of_rows_changes_no_weight(rows: list[tuple[str, str, int]], random: object) -> None:
    shuffled = rows.copy()
    random.shuffle(shuffled)
    assert_frame_equal(as_table(weigh(rows)), as_table(weigh(shuffled)))
    assert_frame_equal(top_weights(weigh(rows)), top_weights(weigh(shuffled)))
    assert_frame_equal(similarity(weigh(rows)), similarity(weigh(shuffled)))
