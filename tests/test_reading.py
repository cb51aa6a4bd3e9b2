"""The text behind a number: raw and clean text out of the log, and sentences drawn with a seed."""

import re
from collections.abc import Callable

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from overdue.articles import RawArticle, read_articles
from overdue.cleaning.contacts import MASK
from overdue.corpus import Corpus
from overdue.reading import (
    QUIET,
    count_edits,
    marked_edits,
    sample_codes,
    sample_edits,
    sample_overlaps,
    sample_uncoded,
    source_text,
)
from overdue.resources import resource

RAW = (
    "  逾期後怎么協(xié)商\r\n\r\n打开APP查看\r\n先聯(lián)系平臺,說明原因。\n"
    "她住院后失业，怕被起诉，拨打过13800138000，那头的人劝她先写一份收支表。"
)


@pytest.fixture(scope="module")
def noisy(build: Callable[..., Corpus]) -> Corpus:
    return build({"noisy.txt": RAW})


@pytest.fixture(scope="module")
def raw_texts() -> dict[str, str]:
    articles = read_articles(resource("data", "articles"))
    return {article.article_id: article.text for article in articles if isinstance(article, RawArticle)}


def same_but_masked(masked: str, text: str) -> bool:
    return len(masked) == len(text) and all(a in (b, MASK) for a, b in zip(masked, text, strict=True))


def test_pieces_give_back_clean_and_raw_text(noisy: Corpus) -> None:
    pieces = source_text(noisy, "noisy")
    assert "".join(pieces["after"]) == noisy.articles["text"].iloc[0]
    assert "".join(pieces["before"]) == RAW.replace("13800138000", MASK * 11)
    assert set(pieces.loc[pieces["before"] != pieces["after"], "rule"]) == set(noisy.edits["rule"])


def test_pieces_give_back_every_shipped_article(corpus: Corpus, raw_texts: dict[str, str]) -> None:
    assert set(corpus.articles["article_id"]) <= set(raw_texts)
    for article in corpus.articles.itertuples():
        pieces = source_text(corpus, article.article_id)
        assert "".join(pieces["after"]) == article.text
        assert same_but_masked("".join(pieces["before"]), raw_texts[article.article_id]), article.article_id


def test_article_without_edits_is_one_piece(build: Callable[..., Corpus]) -> None:
    corpus = build({"plain.txt": "他失业了。"})
    assert source_text(corpus, "plain").values.tolist() == [["", "他失业了。", "他失业了。", True]]


def test_edits_are_struck_out_put_in_and_named(noisy: Corpus) -> None:
    page = marked_edits(noisy, "noisy")
    assert "<del>(xié)</del><sub>pinyin</sub>" in page
    assert re.search("<del>後</del><ins>后</ins><sub>script", page)
    assert f"{MASK * 11}</del><ins>[电话]</ins>" in page
    assert "13800138000" not in page


def test_uncertain_edits_are_marked_so(corpus: Corpus) -> None:
    doubtful = corpus.edits[~corpus.edits["certain"] & ~corpus.edits["rule"].isin(QUIET)].iloc[0]
    assert f"<sub>{doubtful['rule']}?</sub>" in marked_edits(corpus, doubtful["article_id"], limit=10**6)


def test_markup_of_an_article_is_escaped(build: Callable[..., Corpus]) -> None:
    corpus = build({"<b>.txt": "他失業(shīyè)了<script>。\n<i>打开APP查看</i>"})
    page = marked_edits(corpus, "<b>")
    assert set(re.findall(r"</?(\w+)", page)) <= {"div", "p", "del", "ins", "sub", "br"}
    assert "&lt;script&gt;" in page


def test_only_the_beginning_is_shown(noisy: Corpus) -> None:
    assert "聯" not in marked_edits(noisy, "noisy", limit=10)
    assert marked_edits(noisy, "noisy", limit=10).endswith(" …</p></div>")
    assert "…" not in marked_edits(noisy, "noisy", limit=1000)


@pytest.mark.xfail(strict=True, reason="marked_edits: a piece without edits is shown whole, however long")
def test_long_text_without_edits_is_cut_too(build: Callable[..., Corpus]) -> None:
    corpus = build({"long.txt": "他失业了。" * 400})
    assert len(marked_edits(corpus, "long", limit=100)) < 300


def test_mark_of_direction_that_went_turns_nothing(build: Callable[..., Corpus]) -> None:
    page = marked_edits(build({"turned.txt": "他\u202e失业了。"}), "turned")
    assert "\u202e" not in page or "<bdi" in page


def test_edits_are_counted_by_rule() -> None:
    edits = pd.DataFrame(
        [("a", "pinyin", 0, 3, True), ("b", "pinyin", 5, 6, False), ("a", "script", 9, 10, True)],
        columns=["article_id", "rule", "start", "end", "certain"],
    )
    assert count_edits(edits).to_dict("index") == {
        "pinyin": {"edits": 2, "articles": 2, "uncertain": 1, "characters": 3 + 1},
        "script": {"edits": 1, "articles": 1, "uncertain": 0, "characters": 1},
    }


def test_no_edits_count_nothing(corpus: Corpus) -> None:
    assert count_edits(corpus.edits.head(0)).empty


def test_edits_are_drawn_from_every_rule_that_changes_more_than_white_space(corpus: Corpus) -> None:
    table = sample_edits(corpus, per_rule=2, seed=3)
    visible = corpus.edits[corpus.edits["before"].str.strip() + corpus.edits["after"].str.strip() != ""]
    assert set(table.index) == set(visible["rule"])
    assert table.index.value_counts().max() <= 2
    assert table[["before", "after"]].map(len).to_numpy().max() <= 40


def test_same_seed_draws_the_same(corpus: Corpus) -> None:
    for draw in (sample_edits, sample_codes, sample_uncoded, sample_overlaps):
        assert_frame_equal(draw(corpus, 3, seed=5), draw(corpus, 3, seed=5))


def test_other_seeds_draw_others(corpus: Corpus) -> None:
    assert len({tuple(sample_uncoded(corpus, 3, seed)["text"]) for seed in range(5)}) > 1


@pytest.mark.parametrize("dimension", ["cause", "consequence", "strategy"])
def test_drawn_sentences_carry_their_evidence(corpus: Corpus, dimension: str) -> None:
    table = sample_codes(corpus, 50, seed=1, dimension=dimension)
    assert not table.duplicated(["article_id", "sentence_id"]).any()
    keys = ["article_id", "sentence_id", "code"]
    coded = table.rename(columns={"note": "code"}).merge(corpus.codes, on=keys)
    assert len(coded) == len(table)
    assert set(coded["dimension"]) == {dimension}
    assert set(coded["polarity"]) == {"asserted"}
    assert coded["evidence"].tolist() == [r.text[r.evidence_start : r.evidence_end] for r in coded.itertuples()]


def test_drawn_sentences_without_a_code_have_none(small: Corpus) -> None:
    assert sample_uncoded(small, 9, seed=1).empty


def test_sentence_that_only_averts_a_code_is_not_uncoded(small: Corpus) -> None:
    assert ("b", 1) in set(small.codes[["article_id", "sentence_id"]].itertuples(index=False, name=None))
    assert "协商罚息还款" not in sample_uncoded(small, 9, seed=1)["text"].tolist()


def test_overlapping_sentences_assert_codes_of_two_dimensions(small: Corpus) -> None:
    table = sample_overlaps(small, 9, seed=1)
    assert table[["text", "note"]].values.tolist() == [
        ["失业罚息", "job_loss + penalty"],
        ["罚息协商", "penalty + negotiation"],
    ]


def test_nothing_to_draw_gives_empty_tables(save_corpus: Callable[..., Corpus]) -> None:
    corpus = save_corpus(codes=[])
    assert sample_codes(corpus, 5, seed=1).empty
    assert sample_overlaps(corpus, 5, seed=1).empty
    assert sample_edits(corpus, 5, seed=1).empty
    assert len(sample_uncoded(corpus, 50, seed=1)) == 4
