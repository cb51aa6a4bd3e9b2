"""Sentences computed from small tables: right numbers, singular and plural, few articles, and nothing to say."""

import re
from collections.abc import Callable
from math import log, sqrt
from typing import Any

import pandas as pd
import pytest

from overdue.codebook import Code, Codebook
from overdue.corpus import Corpus
from overdue.explore import Explorer
from overdue.findings import (
    FEW_ARTICLES,
    code_findings,
    code_label,
    corpus_findings,
    explore_findings,
    overlap_findings,
    term_findings,
    topic_findings,
    weight_findings,
)
from overdue.overlap import code_matrix, cross_pairs, dimension_matrix, set_overlap
from overdue.prevalence import count_codes
from overdue.terms import term_frequencies
from overdue.weights import closest_pairs, similarity, top_weights, weigh_terms

DIMENSION = {"job_loss": "cause", "penalty": "consequence", "lawsuit": "consequence", "negotiation": "strategy"}
BOOK = Codebook({"a": Code("a", "x", "甲", "A", ""), "b": Code("b", "y", "乙", "B", "")}, {"x": "X", "y": "Y"}, "1")


def about_overlap(corpus: Corpus, unit: str = "sentence", n_articles: int = 2) -> list[str]:
    matrix = code_matrix(corpus.codes, corpus.sentences, unit, list(DIMENSION))
    sets = set_overlap(dimension_matrix(matrix, DIMENSION))
    return overlap_findings(cross_pairs(matrix, DIMENSION), sets, corpus.codebook, unit, len(matrix), n_articles)


def about_codes(corpus: Corpus, n_coded: int) -> list[str]:
    n_body = int((~corpus.sentences["is_heading"]).sum())
    return code_findings(count_codes(corpus), corpus.codebook, n_body, n_coded)


def about_weights(terms: pd.DataFrame) -> list[str]:
    weights = weigh_terms(terms, terms["article_id"])
    return weight_findings(top_weights(weights), closest_pairs(similarity(weights)))


def about_topics(stability: list[float], sizes: dict[int, int], agreement: float) -> list[str]:
    choice = pd.DataFrame(
        {"stability": [0.9, 0.8], "error": [0.02, 0.01], "chosen": [False, True]}, index=pd.Index([3, 2], name="k")
    )
    return topic_findings(choice, pd.Series(stability), pd.Series(sizes), agreement, 0.5)


def test_terms_of_ten_words(small: Corpus) -> None:
    first, second, third = term_findings(term_frequencies(small.terms), 2)
    assert "**罚息**: 3 of 10 (3000 per 10,000), followed by 协商, 失业 and 逾期." in first
    assert second.startswith("1 term of 5 stands in every article")
    assert third == "4 terms (80%) stand in a single article only."


def test_codes_of_four_sentences(small: Corpus) -> None:
    first, *leaders, last = about_codes(small, n_coded=3)
    assert first.startswith("**3 of 4 sentences (75%) carry a code**, given by rules and a trained model")
    assert leaders == [
        "Among the cause codes, **Job loss 失业** leads: 2 sentences in 1 article.",
        "Among the consequence codes, **Penalty 罚息** leads: 2 sentences in 2 articles.",
        "Among the strategy codes, **Negotiation 协商** leads: 1 sentence in 1 article.",
    ]
    assert last == "1 code of 4 never occurs: Lawsuit 起诉."


def test_overlap_of_four_sentences(small: Corpus) -> None:
    """penalty (2 of 4) and negotiation (1 of 4) meet once, expected 2 * 1 / 4; all dimensions 4 * 1/2 * 1/2 * 1/4."""
    pair, triple, unmet, few = about_overlap(small)
    assert (
        "**Penalty 罚息** with **Negotiation 协商**: 1 sentence, where independence would give 0.5 (lift 2.0)" in pair
    )
    assert triple.startswith("**0 sentences of 4** hold cause, consequence and strategy together;")
    assert "independence would give 0.2" in triple
    assert unmet.startswith("3 of 5 possible pairs")
    assert few == "With 2 articles these are counts, not evidence of a rule: no test is made below 10 articles."


def test_overlap_names_its_unit(small: Corpus) -> None:
    assert all(re.search("sections? of 3|section,", text) for text in about_overlap(small, "section")[:2])


@pytest.mark.parametrize(
    ("n_articles", "warned"), [(1, True), (FEW_ARTICLES - 1, True), (FEW_ARTICLES, False), (200, False)]
)
def test_few_articles_are_called_an_anecdote(small: Corpus, n_articles: int, warned: bool) -> None:
    assert any("not evidence of a rule" in text for text in about_overlap(small, n_articles=n_articles)) is warned


def test_weights_of_two_articles(small: Corpus) -> None:
    """a is 逾期 2, 失业 2, 罚息 1 and b is 罚息 2, 协商 2, 还款 1; only 罚息, idf 1, stands in both."""
    idf = log(3 / 2) + 1
    cosine = (1 * 2) / (sqrt(8 * idf**2 + 1) * sqrt(4 + 5 * idf**2))
    first, second = about_weights(small.terms)
    assert first.startswith("2 different terms lead the 2 articles; the one that leads most often is **失业** (1)")
    assert f"**a** and **b**, with a cosine similarity of {cosine:.2f}; the median" in second
    assert second.endswith(f"is {cosine:.2f}.")


def test_topics_are_counted_against_the_threshold() -> None:
    first, second, third, fourth = about_topics([0.9, 0.5, 0.49], {1: 4, 2: 1}, 0.9)
    assert "**2 topics**, the fewest whose stability (0.80 of 1)" in first
    assert second.startswith("2 of 3 topics are reproducible (their top terms agree by at least 0.5")
    assert third == "The largest topic is number 1 with 4 sections of 5."
    assert "much the same (adjusted Rand index 0.90" in fourth


@pytest.mark.parametrize(("agreement", "said"), [(0.51, "much the same"), (0.5, "differently"), (-0.1, "differently")])
def test_second_method_is_said_to_agree_or_not(agreement: float, said: str) -> None:
    assert f"cuts the sections {said}" in about_topics([1.0], {1: 1}, agreement)[3]


def test_corpus_of_two_articles_by_script_and_edits(build: Callable[..., Corpus]) -> None:
    corpus = build({"a.txt": "他失業(yè)以後還不上了。", "b.txt": "银行来电催款。\n  她申请分期。", "c.txt": ""})
    first, second, third, fourth = corpus_findings(corpus)
    sizes = corpus.articles[["n_chars", "n_chars_raw"]].sum()
    assert first.startswith("The corpus holds **2 articles** with 3 sentences")
    assert "1 traditional and 1 simplified" in first or "1 simplified and 1 traditional" in first
    assert f"**{len(corpus.edits)} edits**" in second
    assert f"({1 - sizes['n_chars'] / sizes['n_chars_raw']:.0%} went)" in second
    busiest = corpus.edits["rule"].mode()
    assert any(f"`{rule}` with" in third for rule in busiest)
    assert fourth == "0 articles repeat another one and are left out of the analysis; 1 input could not be used."


def test_copy_is_counted_in_the_singular(build: Callable[..., Corpus]) -> None:
    text = "他失业以后还不上了。银行来电催他，他想先分期。" * 3
    first, *_, last = corpus_findings(build({"a.txt": text, "b.txt": text}))
    assert "**2 articles**" in first
    assert last.startswith("1 article repeats another one and is left out of the analysis; 0 inputs")


ONE_TERM = term_frequencies(pd.DataFrame({"article_id": ["a", "b"], "term": ["罚息", "协商"], "count": [1, 1]}))


@pytest.mark.parametrize(
    ("said", "pattern"),
    [
        (lambda: about_topics([1.0], {1: 1}, 0)[2], "1 section of 1"),
        (lambda: term_findings(ONE_TERM, 1)[1], "2 terms of 2 stand"),
        (lambda: code_findings(counts([2, 0]), BOOK, 2, 2)[1], "2 sentences in 1 article"),
    ],
)
def test_one_is_singular(said: Callable[[], str], pattern: str) -> None:
    assert pattern in said()


def counts(sentences: list[int]) -> pd.DataFrame:
    table = pd.DataFrame({"code": ["a", "b"], "dimension": ["x", "y"], "sentences": sentences})
    return table.assign(articles=(table["sentences"] > 0).astype(int))


def one_pair_unmet() -> str:
    matrix = pd.DataFrame({"a": [True, False], "b": [True, False], "c": [False, False]})
    book = Codebook({**BOOK.codes, "c": Code("c", "y", "丙", "C", "")}, BOOK.dimensions, "1")
    dimension = {"a": "x", "b": "y", "c": "y"}
    sets = set_overlap(dimension_matrix(matrix, dimension))
    return overlap_findings(cross_pairs(matrix, dimension), sets, book, "sentence", 2, 20)[2]


WRONG_NUMBER = {
    "terms": (
        lambda corpus: term_findings(term_frequencies(corpus.terms.head(1)), 1)[2],
        "1 terms (100%) stand",
    ),
    "sentences": (lambda _: code_findings(counts([1, 0]), BOOK, 1, 1)[0], "1 of 1 sentence (100%) carry"),
    "pairs": (
        lambda _: one_pair_unmet(),
        "1 of 2 possible pairs across dimensions never meet; they are shown as zeroes",
    ),
    "codings": (lambda corpus: explore_findings(corpus, corpus.codes.head(1), "job_loss")[0], "**1 codings**"),
    "topics": (lambda _: about_topics([1.0, 0.2], {1: 1}, 0)[1], "1 of 2 topics are reproducible"),
}


@pytest.mark.parametrize(("said", "wrong"), WRONG_NUMBER.values(), ids=WRONG_NUMBER)
def test_one_is_not_plural(said: Callable[[Corpus], str], wrong: str, small: Corpus) -> None:
    assert wrong not in said(small)


def test_one_edit_is_not_plural(build: Callable[..., Corpus]) -> None:
    corpus = build({"a.txt": "他失业以後还不上。"})
    assert len(corpus.edits) == 1
    assert not any("1 edits" in text for text in corpus_findings(corpus))


def test_single_term_is_followed_by_nothing(small: Corpus) -> None:
    assert "none" not in term_findings(term_frequencies(small.terms.head(1)), 1)[0]


def test_no_code_is_the_commonest_where_there_are_none(save_corpus: Callable[..., Corpus]) -> None:
    assert not any("commonest" in text for text in Explorer(save_corpus(codes=[])).summary())


def test_one_dimension_has_no_pairs_across_dimensions() -> None:
    matrix = pd.DataFrame({"a": [True, False], "b": [True, False]})
    dimension = {"a": "x", "b": "x"}
    sets = set_overlap(dimension_matrix(matrix, dimension))
    said = overlap_findings(cross_pairs(matrix, dimension), sets, BOOK, "section", 2, 20)
    assert not any("across dimensions" in text for text in said)


def test_code_is_named_in_both_languages_once() -> None:
    book = Codebook({"a": Code("a", "x", "甲", "A", ""), "b": Code("b", "x", "b", "b", "")}, {"x": "X"}, "1")
    assert [code_label(book, code) for code in "ab"] == ["A 甲", "b"]


def test_words_of_articles_and_books_are_escaped() -> None:
    terms = pd.DataFrame({"article_id": ["<b>", "_c_"], "term": ["*罚息*", "*罚息*"], "count": [1, 2]})
    book = Codebook(
        {"a": Code("a", "x", "甲", "<i>", ""), "b": Code("b", "y", "乙", "**B**", "")}, BOOK.dimensions, "1"
    )
    said = term_findings(term_frequencies(terms), 2) + about_weights(terms) + code_findings(counts([1, 0]), book, 1, 1)
    text = " ".join(said)
    for raw in ("*罚息*", "<b>", "_c_", "<i>", "**B**"):
        assert raw not in text.replace(f"**{raw}**", raw), raw


def test_few_codes_are_listed_and_many_cut_short() -> None:
    codes = {f"c{n}": Code(f"c{n}", "x", f"码{n}", f"C{n}", "") for n in range(6)}
    book = Codebook(codes, {"x": "X"}, "1")
    table = pd.DataFrame({"code": list(codes), "dimension": "x", "sentences": 0, "articles": 0})
    assert (
        code_findings(table, book, 5, 0)[-1]
        == "6 codes of 6 never occur: C0 码0, C1 码1, C2 码2 and C3 码3 and others."
    )
    assert code_findings(table.head(3), book, 5, 0)[-1] == "3 codes of 3 never occur: C0 码0, C1 码1 and C2 码2."


# Corpora with next to nothing in them.


def tiny(build: Callable[..., Corpus], save_corpus: Callable[..., Corpus]) -> dict[str, Corpus]:
    return {
        "one article": build({"a.txt": "他失业以后还不上。\n银行来电催他。"}),
        "one sentence": build({"a.txt": "他失业了。"}),
        "one heading": build({"a.txt": "失业"}),
        "no codes": save_corpus(codes=[]),
    }


@pytest.mark.parametrize("kind", ["one article", "one sentence", "one heading", "no codes"])
def test_there_is_always_something_to_say(
    kind: str, build: Callable[..., Corpus], save_corpus: Callable[..., Corpus]
) -> None:
    corpus = tiny(build, save_corpus)[kind]
    dimension = {code.id: code.dimension for code in corpus.codebook.codes.values()}
    matrix = code_matrix(corpus.codes, corpus.sentences, "section", list(dimension))
    sets = set_overlap(dimension_matrix(matrix, dimension))
    said: list[Any] = [
        corpus_findings(corpus),
        term_findings(term_frequencies(corpus.terms), len(corpus.articles)),
        about_weights(corpus.terms),
        about_codes(corpus, n_coded=0),
        overlap_findings(
            cross_pairs(matrix, dimension), sets, corpus.codebook, "section", len(matrix), len(corpus.articles)
        ),
        Explorer(corpus).summary(),
    ]
    for sentences in said:
        assert sentences
        for sentence in sentences:
            assert sentence.endswith(".")
            assert not re.search(r"\bnan\b|\binf\b", sentence), sentence


def test_without_codes_there_is_no_overlap_to_show(save_corpus: Callable[..., Corpus]) -> None:
    corpus = save_corpus(codes=[])
    assert about_overlap(corpus) == ["No sentence holds codes of two dimensions: there is no overlap to show."]
    assert about_codes(corpus, 0)[0].startswith("**0 of 4 sentences (0%) carry a code**")


@pytest.mark.parametrize("findings", [lambda terms: term_findings(term_frequencies(terms), 1), about_weights])
def test_without_terms_there_is_still_something_to_say(
    findings: Callable[[pd.DataFrame], list[str]], small: Corpus
) -> None:
    assert findings(small.terms.head(0))
