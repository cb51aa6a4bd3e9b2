"""How many sentences and articles assert a code: worked by hand, then by properties of the shipped corpus."""

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from overdue.corpus import Corpus
from overdue.prevalence import coded_sentences, codes_by_article, count_codes, term_leanings


def test_codes_are_counted_in_body_sentences_by_polarity(small: Corpus) -> None:
    table = count_codes(small).set_index("code")
    assert table.index.tolist() == ["job_loss", "penalty", "lawsuit", "negotiation"]
    assert table["dimension"].tolist() == ["cause", "consequence", "consequence", "strategy"]
    assert table["sentences"].tolist() == [2, 2, 0, 1]
    assert table["share"].tolist() == pytest.approx([2 / 4, 2 / 4, 0 / 4, 1 / 4])
    assert table["articles"].tolist() == [1, 2, 0, 1]
    assert table["averted"].tolist() == [0, 1, 0, 0]
    assert table["negated"].tolist() == [1, 0, 0, 0]


def test_codes_by_article_keep_codes_and_articles_without_any(
    save_corpus: Callable[..., Corpus], small_sentences: list[Any]
) -> None:
    corpus = save_corpus(sentences=[*small_sentences, ("c", 0, 0, False, "还款")])
    assert codes_by_article(corpus).to_dict("index") == {
        "job_loss": {"a": 2, "b": 0, "c": 0},
        "penalty": {"a": 1, "b": 1, "c": 0},
        "lawsuit": {"a": 0, "b": 0, "c": 0},
        "negotiation": {"a": 0, "b": 1, "c": 0},
    }


def test_coded_sentences_are_of_the_body_and_of_one_polarity(small: Corpus) -> None:
    key = ["article_id", "sentence_id", "code"]
    assert coded_sentences(small)[key].values.tolist() == [
        ["a", 1, "job_loss"],
        ["a", 2, "job_loss"],
        ["a", 2, "penalty"],
        ["b", 0, "penalty"],
        ["b", 0, "negotiation"],
    ]
    assert coded_sentences(small, "averted")[key].values.tolist() == [["b", 1, "penalty"]]
    assert coded_sentences(small)["text"].tolist()[0] == "失业逾期"


@pytest.mark.parametrize("least", [1.2, 1.5, 1.6])
def test_terms_lean_to_the_dimension_of_their_sentences(small: Corpus, least: float) -> None:
    """Worked by hand with the base shares 2/4, 2/4 and 1/4 of cause, consequence and strategy.

    失业 stands in 2 sentences, both a cause: (2 + 2/4) / (2 + 1) / (2/4) = 5/3.
    逾期 stands in one body sentence, a cause: (1 + 2/4) / (1 + 1) / (2/4) = 3/2.
    协商 stands in 2, one a strategy: (1 + 1/4) / (2 + 1) / (1/4) = 5/3; consequence (1 + 2/4) / (2 + 1) / (2/4) = 1.
    罚息 stands in 3, two a consequence: (2 + 2/4) / (3 + 1) / (2/4) = 5/4.
    """
    lift = {
        "失业": ("cause", 5 / 3),
        "逾期": ("cause", 3 / 2),
        "协商": ("strategy", 5 / 3),
        "罚息": ("consequence", 5 / 4),
    }
    expected = {term: name if value >= least else "" for term, (name, value) in lift.items()} | {"还款": ""}
    assert term_leanings(small, least).to_dict() == expected


def test_corpus_without_codes_counts_zeroes(save_corpus: Callable[..., Corpus]) -> None:
    corpus = save_corpus(codes=[])
    counts = count_codes(corpus)
    assert counts[["sentences", "share", "articles", "averted", "negated"]].to_numpy().sum() == 0
    assert codes_by_article(corpus).shape == (4, 2)
    assert codes_by_article(corpus).to_numpy().sum() == 0
    assert set(term_leanings(corpus)) == {""}


def test_order_of_articles_changes_no_count(
    save_corpus: Callable[..., Corpus], small_sentences: list[Any], small_codes: list[Any]
) -> None:
    forward, backward = save_corpus(), save_corpus(reversed(small_sentences), reversed(small_codes))
    assert backward.articles["article_id"].tolist() == ["b", "a"]
    assert_frame_equal(count_codes(forward), count_codes(backward))
    assert_frame_equal(codes_by_article(forward), codes_by_article(backward)[["a", "b"]])
    assert term_leanings(forward).to_dict() == term_leanings(backward).to_dict()


def test_counts_agree_with_each_other_on_the_shipped_corpus(corpus: Corpus) -> None:
    counts = count_codes(corpus).set_index("code")
    by_article = codes_by_article(corpus)
    assert by_article.sum(axis=1).to_dict() == counts["sentences"].to_dict()
    assert (by_article > 0).sum(axis=1).to_dict() == counts["articles"].to_dict()
    body = int((~corpus.sentences["is_heading"]).sum())
    pd.testing.assert_series_equal(counts["share"] * body, counts["sentences"].astype(float), check_names=False)
    assert counts["share"].between(0, 1).all()
