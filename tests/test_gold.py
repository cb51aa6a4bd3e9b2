"""`overdue.gold`: what may be learned from and what is held out, and how a reference is read."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from overdue.gold import (
    HELD_OUT,
    LEARN,
    LEARNING,
    article_sentences,
    codings,
    learning_only,
    read_reference,
    references,
    side,
)

IDS = [f"article-{number}" for number in range(40)]
SHIPPED = [reference.article_id for reference in references()]
SHIPPED_HELD_OUT = [
    "02-jiebei-remedies",
    "05-collection-persists",
    "09-card-minimum-trap",
    "11-card-lawsuit-column",
    "12-hidden-fees-column",
    "16-forum-six-apps",
    "17-forum-second-break",
    "19-notice-card-arrears",
    "22-news-bad-loans",
    "26-guide-compare-options",
    "28-regulator-risk-tips",
    "30-interview-risk-head",
    "32-live-lawyer",
    "34-scam-anti-collection",
    "35-scam-fake-service",
    "36-scam-credit-repair",
]


def held_out(ids: list[str]) -> list[str]:
    return [name for name in ids if side(name, ids) == HELD_OUT]


# The split


def test_24_of_40_articles_are_learned_from() -> None:
    sides = [side(name, IDS) for name in IDS]
    assert (sides.count(LEARN), sides.count(HELD_OUT)) == (24, 16) == (LEARNING, 40 - LEARNING)


def test_the_held_out_articles_are_these_and_stay_these() -> None:
    assert len(SHIPPED) == 40
    assert held_out(SHIPPED) == SHIPPED_HELD_OUT


@settings(max_examples=50, deadline=None, derandomize=True)
@given(st.permutations(IDS), st.lists(st.sampled_from(IDS)))
def test_neither_order_nor_repetition_moves_the_border(ids: list[str], repeated: list[str]) -> None:
    assert sorted(held_out(ids)) == sorted(held_out(IDS))
    assert [side(name, ids + repeated) for name in IDS] == [side(name, IDS) for name in IDS]


def test_the_hash_seed_of_python_does_not_move_the_border() -> None:
    code = f"from overdue.gold import side; ids = {IDS!r}; print([i for i in ids if side(i, ids) == {HELD_OUT!r}])"
    environment = {**os.environ, "PYTHONHASHSEED": "4321"}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == repr(held_out(IDS))


def test_an_unknown_article_is_held_out() -> None:
    assert side("never seen", IDS) == HELD_OUT


# The guard


def test_learning_articles_may_be_learned_from() -> None:
    learn = [name for name in IDS if side(name, IDS) == LEARN]
    learning_only(learn, IDS)
    learning_only([], IDS)


@pytest.mark.parametrize("name", held_out(IDS))
def test_one_held_out_article_among_others_is_refused_by_name(name: str) -> None:
    learn = [other for other in IDS if side(other, IDS) == LEARN]
    with pytest.raises(ValueError, match=rf"^{name} is held out: it may be evaluated on, never learned from"):
        learning_only([*learn, name], IDS)


def test_ids_may_come_from_an_iterator() -> None:
    with pytest.raises(ValueError, match="is held out"):
        learning_only(iter(IDS), iter(IDS))


def test_an_article_that_is_no_reference_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^never seen is held out"):
        learning_only(["never seen"], IDS)


# References

PAGE = """title: 老秦的面馆
form: story
product: 信用卡
author: 小棠
published: 2024-03-08
source: 云边账本: 专栏

# 老秦的面馆

## 一、逾期从哪里来

生意淡了。
#标签 不是标题
### （一）收入少了
客人少了一半。
"""


def test_a_reference_is_its_facts_and_its_lines_with_levels(tmp_path: Path) -> None:
    path = tmp_path / "noodles.md"
    path.write_text(PAGE, "utf-8")
    reference = read_reference(path)
    assert (reference.article_id, reference.title, reference.site) == ("noodles", "老秦的面馆", "云边账本: 专栏")
    assert (reference.form, reference.product, reference.author) == ("story", "信用卡", "小棠")
    assert reference.published == "2024-03-08"
    assert reference.lines == (
        (1, "老秦的面馆"),
        (2, "一、逾期从哪里来"),
        (0, "生意淡了。"),
        (0, "#标签 不是标题"),
        (3, "（一）收入少了"),
        (0, "客人少了一半。"),
    )
    assert reference.text.splitlines() == [line for _, line in reference.lines]


def test_references_come_in_the_order_of_their_ids() -> None:
    assert sorted(SHIPPED) == SHIPPED


@pytest.mark.parametrize("reference", references(), ids=lambda reference: reference.article_id)
def test_a_shipped_reference_opens_with_its_title_and_holds_clean_lines(reference) -> None:
    assert reference.lines[0] == (1, reference.title)
    assert [level for level, _ in reference.lines[1:]].count(1) == 0
    assert all(line == " ".join(line.split()) != "" for _, line in reference.lines)


def test_the_coded_sentences_joined_give_the_references_on_both_sides() -> None:
    table = article_sentences()
    texts = {name: "".join(rows["text"]) for name, rows in table.groupby("article_id")}
    assert {name: "".join(text.split()) for name, text in texts.items()} == {
        reference.article_id: "".join(reference.text.split()) for reference in references()
    }
    assert sorted(table.loc[table["side"] == HELD_OUT, "article_id"].unique()) == SHIPPED_HELD_OUT


def test_every_coding_stands_on_a_sentence_of_a_reference() -> None:
    keys = ["article_id", "sentence_id"]
    assert len(codings().merge(article_sentences()[keys], on=keys)) == len(codings())
