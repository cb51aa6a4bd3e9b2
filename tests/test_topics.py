"""Topics of sections: two plain subjects that must be found, matching worked by hand, very few articles."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from overdue.corpus import Corpus
from overdue.topics import (
    SEPARATOR,
    Topics,
    _match,
    agreement_of_views,
    borderline_sentences,
    candidate_ks,
    choose_k,
    fit_topics,
    leading_topic,
    map_units,
    sections,
    top_terms,
    typical_sentences,
)
from overdue.weights import Weights, weigh_terms

MONEY, WORK = ["罚息", "利息", "费用", "本金"], ["失业", "收入", "工作", "工资"]


def two_subjects(n_articles: int = 6) -> pd.DataFrame:
    """Articles of two sections each, the first on money, the second on work; no term in both."""
    rows = []
    for number in range(n_articles):
        for section, words in enumerate((MONEY, WORK)):
            unit = f"a{number}{SEPARATOR}{section:03}"
            rows += [(f"a{number}", unit, word, 1 + (number + place) % 3) for place, word in enumerate(words)]
    return pd.DataFrame(rows, columns=["article_id", "unit", "term", "count"])


def weigh(table: pd.DataFrame) -> tuple[Weights, pd.Series]:
    weights = weigh_terms(table, table["unit"])
    return weights, pd.Series(weights.units.str.split(SEPARATOR).str[0], index=weights.units)


def fit(table: pd.DataFrame, k: int = 2, seed: int = 1) -> Topics:
    return fit_topics(*weigh(table), k=k, seed=seed, resamples=3)


@pytest.fixture(scope="module")
def found() -> Topics:
    return fit(two_subjects())


@pytest.mark.parametrize(
    ("n_sections", "expected"),
    [(0, [2]), (1, [2]), (14, [2]), (15, [3]), (24, [3, 4]), (49, list(range(3, 10))), (500, list(range(3, 11)))],
)
def test_candidates_grow_with_the_sections(n_sections: int, expected: list[int]) -> None:
    assert list(candidate_ks(n_sections)) == expected


def test_sections_carry_article_and_number(small: Corpus) -> None:
    table = sections(small.terms, small.sentences)
    assert sorted(table["unit"].unique()) == ["a § 001", "b § 000", "b § 001"]
    assert table["count"].sum() == small.terms["count"].sum() == 10


def test_two_subjects_are_two_topics(found: Topics) -> None:
    terms = top_terms(found, n=4).groupby("topic")["term"].agg(frozenset)
    assert set(terms) == {frozenset(MONEY), frozenset(WORK)}
    by_section = leading_topic(found).groupby(lambda unit: unit.split(SEPARATOR)[1]).unique()
    assert sorted(by_section["000"].tolist() + by_section["001"].tolist()) == [1, 2]


def test_both_views_agree_on_two_subjects(found: Topics) -> None:
    assert agreement_of_views(found) == 1


def test_topics_without_rivals_are_stable(found: Topics) -> None:
    assert found.stability.tolist() == [1, 1]


def test_shares_add_up_to_one_in_every_unit(found: Topics) -> None:
    assert found.shares.sum(axis=1).tolist() == pytest.approx([1] * 12)
    assert found.shares.to_numpy().min() >= 0


@pytest.mark.filterwarnings("ignore:Maximum number of iterations:sklearn.exceptions.ConvergenceWarning")
def test_topics_are_those_of_scikit_learn(found: Topics) -> None:
    from sklearn.decomposition import NMF

    weights, _ = weigh(two_subjects())
    model = NMF(n_components=2, init="nndsvd", random_state=1, max_iter=400)
    loadings = model.fit_transform(weights.matrix)
    assert found.shares.to_numpy() == pytest.approx(loadings / loadings.sum(axis=1, keepdims=True))
    assert found.terms.to_numpy() == pytest.approx(model.components_)


def test_unit_without_a_topic_has_no_leading_one() -> None:
    shares = pd.DataFrame([[0.25, 0.75], [0.0, 0.0]], index=["a", "b"], columns=[1, 2])
    topics = Topics(shares, pd.DataFrame(), pd.Series([1, 2], index=["a", "b"]), pd.Series(dtype=float))
    assert leading_topic(topics).tolist() == [2, pd.NA]


def test_order_of_articles_changes_no_topic(found: Topics) -> None:
    again = fit(two_subjects().sample(frac=1, random_state=3))
    assert_frame_equal(found.shares, again.shares)
    assert_frame_equal(top_terms(found), top_terms(again))


def test_same_seed_gives_the_same_topics(found: Topics) -> None:
    again = fit(two_subjects())
    assert_frame_equal(found.shares, again.shares, check_exact=True)
    assert found.cluster.tolist() == again.cluster.tolist()


def test_smallest_k_within_one_error_of_the_best_is_chosen() -> None:
    table = choose_k(*weigh(two_subjects()), candidates=range(2, 5), seed=1, resamples=3)
    assert table.index[table["chosen"]].tolist() == [2]
    assert table.loc[2, ["stability", "error"]].tolist() == [1, 0]
    assert table["stability"].between(0, 1).all()


def test_topics_are_matched_one_to_one_by_the_terms_they_share() -> None:
    """{1, 2} has 1/3 in common with {1, 5} and nothing with {3, 4}; {3, 4} is {3, 4}."""
    reference = [frozenset({1, 2}), frozenset({3, 4})]
    assert _match(reference, [frozenset({3, 4}), frozenset({1, 5})]).tolist() == [1 / 3, 1]


def test_topic_without_a_partner_counts_as_lost() -> None:
    assert _match([frozenset({1}), frozenset({2})], [frozenset({2})]).tolist() == [0, 1]


@settings(deadline=None, max_examples=30)
@given(st.lists(st.frozensets(st.integers(0, 9), min_size=1), min_size=1, max_size=5), st.randoms())
def test_topics_match_themselves_in_any_order(sets: list[frozenset[int]], random: object) -> None:
    shuffled = sets.copy()
    random.shuffle(shuffled)
    assert _match(sets, shuffled).tolist() == [1] * len(sets)


def test_map_keeps_like_sections_together() -> None:
    weights, _ = weigh(two_subjects())
    points = map_units(weights)
    money = points[points.index.str.endswith("000")]
    work = points[points.index.str.endswith("001")]
    between = np.linalg.norm(money.mean() - work.mean())
    within = max(np.linalg.norm(group - group.mean(), axis=1).max() for group in (money, work))
    assert between > 2 * within
    assert 0 < points.attrs["explained"] <= 1


def body(texts: dict[str, list[str]]) -> pd.DataFrame:
    """Sentences of sections `article§section`; the first of each section is its heading."""
    rows = []
    for unit, lines in texts.items():
        article, section = unit.split("§")
        rows += [(article, number, int(section), number == 0, line) for number, line in enumerate(lines)]
    return pd.DataFrame(rows, columns=["article_id", "sentence_id", "section", "is_heading", "text"])


@pytest.fixture
def shared() -> Topics:
    units = [f"a{SEPARATOR}000", f"a{SEPARATOR}001", f"b{SEPARATOR}000"]
    shares = pd.DataFrame([[0.9, 0.1], [0.2, 0.8], [0.55, 0.45]], index=units, columns=[1, 2])
    return Topics(shares, pd.DataFrame(), pd.Series([1, 2, 1], index=units), pd.Series([1.0, 1.0]))


SENTENCES = body({"a§0": ["标题", "先还利息。", "再还本金。"], "a§1": ["标题", "他丢了工作。"], "b§0": ["只有标题"]})


def test_typical_sections_show_their_first_body_sentence(shared: Topics) -> None:
    table = typical_sentences(shared, SENTENCES, per_topic=1)
    assert table[["text", "note"]].values.tolist() == [
        ["先还利息。", "topic 1, share 0.90"],
        ["他丢了工作。", "topic 2, share 0.80"],
    ]


def test_section_of_nothing_but_a_heading_is_passed_over(shared: Topics) -> None:
    assert borderline_sentences(shared, SENTENCES, n=3)["article_id"].tolist() == ["a", "a"]


def test_borderline_sections_come_by_the_gap_between_their_topics(shared: Topics) -> None:
    table = borderline_sentences(shared, SENTENCES, n=1)
    assert table[["text", "note"]].values.tolist() == [["他丢了工作。", "topic 2 0.80, topic 1 0.20"]]


def test_two_articles_are_enough() -> None:
    topics = fit(two_subjects(2))
    assert topics.shares.shape == (4, 2)


def test_more_topics_than_sections_gives_as_many_as_sections() -> None:
    assert fit(two_subjects(2), k=9).shares.shape == (4, 4)


def test_one_article_is_enough() -> None:
    topics = fit(two_subjects(1))
    assert topics.shares.shape == (2, 2)


def test_terms_without_weight_are_no_top_terms(found: Topics) -> None:
    table = top_terms(found, n=8)
    assert (table["weight"] > 0).all()


@pytest.mark.parametrize("rows", [[("a", "罚息")], [("a", "罚息"), ("b", "失业")]])
def test_map_of_very_few_sections(rows: list[tuple[str, str]]) -> None:
    table = pd.DataFrame(rows, columns=["unit", "term"]).assign(count=1)
    assert map_units(weigh_terms(table, table["unit"])).shape == (len(rows), 2)
