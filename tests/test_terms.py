"""Term counts, checked by hand on ten words and by properties on any table."""

from collections import Counter

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from overdue.corpus import Corpus
from overdue.segmentation import load_segmenter
from overdue.terms import concordance, count_terms, term_frequencies, terms_by_article, vocabulary_profile

WORDS = ["失业", "罚息", "协商", "还款", "逾期"]
ROWS = st.lists(
    st.tuples(st.sampled_from("abcd"), st.integers(0, 5), st.sampled_from(WORDS), st.integers(1, 9)), min_size=1
)


def as_terms(rows: list[tuple[str, int, str, int]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["article_id", "sentence_id", "term", "count"])


def test_frequencies_of_ten_words(small: Corpus) -> None:
    table = term_frequencies(small.terms)
    assert table.index.tolist() == ["罚息", "协商", "失业", "逾期", "还款"]
    assert table["count"].tolist() == [3, 2, 2, 2, 1]
    assert table["per_10k"].tolist() == pytest.approx([10_000 * n / 10 for n in (3, 2, 2, 2, 1)])
    assert table["articles"].tolist() == [2, 1, 1, 1, 1]
    assert table["share"].tolist() == pytest.approx([2 / 2, 1 / 2, 1 / 2, 1 / 2, 1 / 2])


def test_counts_by_article_keep_zeroes(small: Corpus) -> None:
    table = terms_by_article(small.terms)
    assert table.loc["a"].to_dict() == {"失业": 2, "逾期": 2, "罚息": 1, "协商": 0, "还款": 0}
    assert table.loc["b"].to_dict() == {"失业": 0, "逾期": 0, "罚息": 2, "协商": 2, "还款": 1}


def test_vocabulary_of_each_article(small: Corpus) -> None:
    table = vocabulary_profile(small.terms)
    assert table["tokens"].to_dict() == {"a": 5, "b": 5}
    assert table["types"].to_dict() == {"a": 3, "b": 3}
    assert table["type_token_ratio"].to_dict() == pytest.approx({"a": 3 / 5, "b": 3 / 5})


def test_repeated_word_is_counted_and_stop_words_are_not() -> None:
    sentences = pd.DataFrame(
        {"article_id": ["a", "a"], "sentence_id": [0, 1], "text": ["罚息越滚越多，罚息！", "的。"]}
    )
    table = count_terms(sentences, load_segmenter())
    assert table.loc[table["term"] == "罚息", "count"].tolist() == [2]
    assert set(table["sentence_id"]) == {0}


def test_no_sentences_give_an_empty_table_of_terms() -> None:
    table = count_terms(pd.DataFrame(columns=["article_id", "sentence_id", "text"]), load_segmenter())
    assert table.empty
    assert table.columns.tolist() == ["article_id", "sentence_id", "term", "count"]
    assert term_frequencies(table).empty


def test_counts_are_those_of_the_segmenter(corpus: Corpus) -> None:
    counted = corpus.terms.groupby("term")["count"].sum().to_dict()
    segmenter = load_segmenter()
    assert counted == Counter(term for text in corpus.sentences["text"] for term in segmenter.terms(text))


@settings(deadline=None, max_examples=50)
@given(ROWS)
def test_rates_add_up_to_ten_thousand(rows: list[tuple[str, int, str, int]]) -> None:
    table = term_frequencies(as_terms(rows))
    assert table["per_10k"].sum() == pytest.approx(10_000)
    assert table["count"].sum() == sum(row[3] for row in rows)
    assert table["share"].between(0, 1).all()


@settings(deadline=None, max_examples=50)
@given(ROWS, st.randoms())
def test_order_of_rows_changes_no_frequency(rows: list[tuple[str, int, str, int]], random: object) -> None:
    shuffled = rows.copy()
    random.shuffle(shuffled)
    for function in (term_frequencies, terms_by_article, vocabulary_profile):
        assert_frame_equal(function(as_terms(rows)), function(as_terms(shuffled)))


def test_concordance_cuts_context_at_the_width_and_at_the_edges() -> None:
    sentences = pd.DataFrame({"article_id": ["a"], "sentence_id": [7], "text": ["先还罚息再谈本金，罚息"]})
    table = concordance(sentences, "罚息", width=2)
    assert table[["left", "term", "right"]].values.tolist() == [["先还", "罚息", "再谈"], ["金，", "罚息", ""]]
    assert table["sentence_id"].tolist() == [7, 7]


def test_concordance_takes_the_term_literally() -> None:
    sentences = pd.DataFrame({"article_id": ["a", "b"], "sentence_id": [0, 0], "text": ["利率(年化)", "利率年化"]})
    assert concordance(sentences, "(年化)")["article_id"].tolist() == ["a"]
    assert concordance(sentences, ".").empty


@settings(deadline=None, max_examples=50)
@given(st.text("罚息。", max_size=12), st.text("罚息", min_size=1, max_size=2), st.integers(0, 5))
def test_concordance_finds_every_occurrence_where_it_stands(text: str, term: str, width: int) -> None:
    sentences = pd.DataFrame({"article_id": ["a"], "sentence_id": [0], "text": [text]}, dtype="str")
    table = concordance(sentences, term, width)
    assert len(table) == sum(text.startswith(term, at) for at in range(len(text)))
    assert all(row.left + row.term + row.right in text for row in table.itertuples())
