"""`overdue.noise`: every kind of damage does what it says, and the same seed gives the same bytes everywhere."""

import hashlib
import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pandas as pd
import pytest
from opencc import OpenCC

from overdue.cleaning.pinyin import is_reading
from overdue.encodings import decode
from overdue.markup import read_html
from overdue.noise import HALF_WIDTH, WRAP, Recipe, add_noise, material, shift_gbk, spin
from overdue.resources import resource
from overdue.sample import make_articles

TITLE = "老秦的面馆还能撑多久"
PARAGRAPHS = [
    "他在老街开了一间面馆，前年换了房东，租金一下涨了三成；生意又淡，只好拿信用卡垫着进货的钱。问题是，钱总有垫完的那一天，他心里明白得很。",
    "到了冬天，两张卡都刷满了，他把账本翻来覆去算了一整夜：欠款六万，罚息还在涨！第二天一早，他就去网点找人商量分期的事情，手心全是汗。",
    "网点的人（一位年轻的客户经理）问他为什么还不上，他说房租涨了，客人少了，同时孩子上学也要钱。对方听完，让他把半年的流水打出来再谈。",
    "流水打出来有十几页，他一页一页地看，这才知道自己每个月光利息就要付两千多。他想，如果早一点来谈，影响会不会小一些？可是没有如果。",
    "后来银行答应分三十六期，每期还一千八，罚息不再往上加。他签了字，走出门，给老家的母亲打了个电话，说今年过年可以回去了，别担心。",
    "面馆还是那间面馆，他把菜单减到六样，自己起早和面，晚上再去送两个小时外卖。因此每个月总算有了一点余钱，先还卡，再存一点，不敢多花。",
    "邻居问他怕不怕再断供，他说怕，所以每个月发钱的头一天就先转出去。手机上那些借钱的软件，他一个一个都删了，连通知短信也不再看。",
]
TEXT = "\n".join([TITLE, *PARAGRAPHS])
FACTS = {"name": "noodles", "author": "小棠", "date": "2024-03-08", "product": "信用卡", "site": "云边账本"}
PLAIN = Recipe(seed=1)
HEAD, MIDDLE, TAIL = ["breadcrumb", "rank", "byline", "widget"], ["prompt", "credit"], [
    "disclaimer", "contact", "comments", "app", "related"
]  # fmt: skip
CLASSES = [*HEAD, *MIDDLE, *TAIL, "caption", "teaser", "title", "spam_head", "spam_tail"]
RECIPES = {
    "all classes": Recipe(seed=5, chrome=tuple(CLASSES)),
    "traditional, pinyin": Recipe(seed=5, script="s2t", pinyin=0.2, half_width=True),
    "mixed, censored": Recipe(seed=5, script="mixed", censored=("题", "同时"), layout="blank"),
    "slipped bytes": Recipe(seed=5, shifted=3, layout="wrap", encoding="gb18030"),
    "page": Recipe(seed=5, chrome=("byline",), suffix=".html", encoding="utf-16"),
    "row of a table": Recipe(seed=5, chrome=("contact",), suffix=".jsonl"),
    "Markdown": Recipe(seed=5, suffix=".md", encoding="big5", script="s2t"),
}
MANY_SEEDS = pytest.mark.parametrize("seed", range(8))


def damaged(**options: object) -> str:
    return add_noise(TEXT, replace(PLAIN, **options), FACTS).text


def added(*classes: str, seed: int = 1) -> tuple[list[str], list[tuple[str, str]]]:
    """Lines of the page, and those that were put in with their kind."""
    noisy = add_noise(TEXT, Recipe(seed=seed, chrome=classes), FACTS)
    return noisy.text.split("\n"), noisy.added


# The same seed, the same bytes


def test_a_recipe_without_damage_changes_nothing() -> None:
    noisy = add_noise(TEXT, PLAIN, FACTS)
    assert (noisy.text, noisy.data, noisy.added, noisy.unrepaired) == (TEXT, TEXT.encode(), [], TEXT)


@pytest.mark.parametrize("recipe", RECIPES.values(), ids=RECIPES)
def test_the_same_seed_gives_the_same_bytes(recipe: Recipe) -> None:
    assert add_noise(TEXT, recipe, FACTS) == add_noise(TEXT, recipe, FACTS)


@pytest.mark.parametrize("name", ["all classes", "traditional, pinyin", "slipped bytes"])
def test_another_seed_gives_other_bytes(name: str) -> None:
    outcomes = {add_noise(TEXT, replace(RECIPES[name], seed=seed), FACTS).data for seed in range(5)}
    assert len(outcomes) == 5


SUMS = """
import hashlib, json
from overdue.sample import make_articles
print(json.dumps({name: hashlib.sha256(noisy.data).hexdigest() for name, noisy in make_articles()}))
"""


def test_the_shipped_articles_are_made_again_whatever_the_hash_seed() -> None:
    environment = {**os.environ, "PYTHONHASHSEED": "4321", "LC_ALL": "C", "TZ": "Asia/Taipei"}
    done = subprocess.run([sys.executable, "-c", SUMS], env=environment, capture_output=True, check=True, timeout=60)
    shipped = {path.name: path.read_bytes() for path in resource("data", "articles").iterdir()}
    assert json.loads(done.stdout) == {name: hashlib.sha256(data).hexdigest() for name, data in shipped.items()}


# What happens to the letters


@pytest.mark.parametrize("script", ["s2t", "s2tw", "s2hk"])
def test_script_is_converted_as_named(script: str) -> None:
    assert damaged(script=script) == OpenCC(script).convert(TEXT) != TEXT


def test_mixed_script_converts_every_other_line() -> None:
    lines = damaged(script="mixed").split("\n")
    expected = [
        OpenCC("s2t").convert(line) if number % 2 == 0 else line for number, line in enumerate(TEXT.split("\n"))
    ]
    assert lines == expected


NOTE = re.compile(r"([㐀-鿿])\(([^()]+)\)")


@pytest.mark.parametrize("rate", [0.1, 0.5, 1.0])
def test_pinyin_notes_stand_behind_about_that_share_of_characters(rate: float) -> None:
    text = damaged(pinyin=rate)
    notes = NOTE.findall(text)
    characters = len(re.findall("[㐀-鿿]", TEXT))
    assert NOTE.sub(r"\1", text) == TEXT
    assert all(is_reading(character, syllable) for character, syllable in notes)
    assert abs(len(notes) / characters - rate) < 0.07


def test_censored_words_are_gone_from_the_body_but_not_from_the_title() -> None:
    text = damaged(censored=("题", "面馆", "同时"))
    assert text == TEXT.replace("题", "").replace("同时", "").replace("面馆", "").replace(
        "老秦的还能", "老秦的面馆还能"
    )


def test_half_width_changes_punctuation_and_nothing_else() -> None:
    text = damaged(half_width=True)
    assert text == TEXT.translate(HALF_WIDTH)
    assert not set(text) & set("，？！：；（）")
    assert text.count("。") == TEXT.count("。")


@pytest.mark.parametrize("count", [1, 2, 4])
def test_so_many_paragraphs_get_a_run_of_slipped_bytes(count: int) -> None:
    noisy = add_noise(TEXT, replace(PLAIN, shifted=count), FACTS)
    pairs = list(zip(noisy.text.split("\n"), TEXT.split("\n"), strict=True))
    assert sum(new != old for new, old in pairs) == count
    assert noisy.unrepaired == noisy.text
    for new, old in pairs:
        assert new[:5] == old[:5]
        assert new[-5:] == old[-5:]


def test_slipped_bytes_are_gbk_without_the_first_byte() -> None:
    assert shift_gbk("罚息").encode("gbk", "replace")[:2] == "罚息".encode("gbk")[1:3]


def test_unrepaired_is_the_text_without_what_no_rule_can_bring_back() -> None:
    recipe = Recipe(seed=1, censored=("题",), script="s2t", pinyin=0.2, chrome=("byline",), half_width=True)
    assert add_noise(TEXT, recipe, FACTS).unrepaired == TEXT.replace("题", "")


# Page lines


@MANY_SEEDS
@pytest.mark.parametrize("kind", [*HEAD, *MIDDLE, *TAIL, "caption", "teaser", "title"])
def test_a_class_puts_in_lines_of_its_kind_and_leaves_the_article_whole(kind: str, seed: int) -> None:
    lines, put_in = added(kind, seed=seed)
    assert {name for name, _ in put_in} == ({kind, "links"} if kind == "related" else {kind})
    for _, line in put_in:
        lines.remove(line)
    assert sorted(lines) == sorted(TEXT.split("\n"))


@MANY_SEEDS
def test_the_article_keeps_its_order_among_all_page_lines(seed: int) -> None:
    lines, _ = added(*CLASSES, seed=seed)
    places = [lines.index(paragraph) for paragraph in PARAGRAPHS]
    assert all(left < right for left, right in pairwise(places))
    assert lines.index(TITLE) < places[0]


@MANY_SEEDS
@pytest.mark.parametrize("kind", ["breadcrumb", "rank"])
def test_lines_above_stand_above_the_title(kind: str, seed: int) -> None:
    lines, [(_, line)] = added(kind, seed=seed)
    assert lines == [line, *TEXT.split("\n")]


@MANY_SEEDS
@pytest.mark.parametrize("kind", ["byline", "widget"])
def test_lines_below_the_title_stand_there(kind: str, seed: int) -> None:
    lines, [(_, line)] = added(kind, seed=seed)
    assert lines == [TITLE, line, *PARAGRAPHS]


@MANY_SEEDS
@pytest.mark.parametrize("kind", MIDDLE)
def test_lines_inside_stand_between_two_paragraphs(kind: str, seed: int) -> None:
    lines, [(_, line)] = added(kind, seed=seed)
    assert lines.index(PARAGRAPHS[0]) < lines.index(line) < lines.index(PARAGRAPHS[-1])


@MANY_SEEDS
@pytest.mark.parametrize("kind", TAIL)
def test_lines_below_stand_below_the_last_paragraph(kind: str, seed: int) -> None:
    lines, put_in = added(kind, seed=seed)
    assert lines == [*TEXT.split("\n"), *(line for _, line in put_in)]


def test_the_title_stands_a_second_time() -> None:
    lines, put_in = added("title")
    assert put_in == [("title", TITLE)]
    assert lines.count(TITLE) == 2


def test_captions_are_the_title_with_a_number_each_twice() -> None:
    lines, _ = added("caption")
    assert (lines.count(f"{TITLE} 图1"), lines.count(f"{TITLE} 图2")) == (2, 2)


@MANY_SEEDS
def test_a_teaser_repeats_what_follows_and_is_cut(seed: int) -> None:
    lines, [(_, teaser)] = added("teaser", seed=seed)
    assert lines[1] == teaser
    assert teaser in "".join(PARAGRAPHS)
    assert not teaser.endswith("。")


@pytest.mark.parametrize(("kind", "place"), [("spam_head", 0), ("spam_tail", -1)])
def test_spam_is_the_first_or_the_last_line(kind: str, place: int) -> None:
    lines, put_in = added(kind)
    assert put_in == [("spam", lines[place])]
    assert lines[place] in material()["spam"]


@pytest.mark.parametrize("seed", range(40))
def test_no_number_of_a_contact_can_be_real(seed: int) -> None:
    _, put_in = added("contact", seed=seed)
    assert not re.search(r"(?<!\d)1[3-9]\d{9}(?!\d)", "".join(line for _, line in put_in))


@MANY_SEEDS
def test_no_template_is_left_unfilled(seed: int) -> None:
    _, put_in = added(*CLASSES, seed=seed)
    assert not [line for _, line in put_in if set(line) & set("{}")]


# Layout and file


def test_blank_lines_part_the_paragraphs() -> None:
    assert damaged(layout="blank") == TEXT.replace("\n", "\n\n")


def test_indented_lines_open_with_blanks() -> None:
    lines = damaged(layout="indent").split("\n")
    assert all(line.startswith("  ") for line in lines[::2])
    assert [line.strip() for line in lines[::2]] == TEXT.split("\n")
    assert set(lines[1::2]) == {""}


def test_wrapped_lines_are_cut_at_the_width_and_joined_give_the_text() -> None:
    lines = damaged(layout="wrap").split("\n")
    assert max(map(len, lines)) == WRAP
    assert "".join(lines) == TEXT.replace("\n", "")


def test_a_page_holds_the_text_in_paragraphs() -> None:
    text = damaged(suffix=".html")
    assert text.startswith("<!DOCTYPE html>")
    assert read_html(text).text == TEXT


def test_signs_of_html_are_escaped() -> None:
    text = f"{TITLE}\n利息<本金&罚息>0"
    assert read_html(add_noise(text, replace(PLAIN, suffix=".html"), FACTS).text).text == text


def test_a_row_of_a_table_is_json_with_id_source_and_text() -> None:
    assert json.loads(damaged(suffix=".jsonl")) == {"article_id": "noodles", "source": "云边账本", "text": TEXT}


def test_markdown_has_the_title_as_heading() -> None:
    short = f"{TITLE}\n生意淡了。\n他去了银行。"
    assert add_noise(short, replace(PLAIN, suffix=".md"), FACTS).text.startswith(f"# {TITLE}\n")


@pytest.mark.parametrize(
    ("encoding", "script"),
    [("utf-8", ""), ("utf-8-sig", ""), ("utf-16", ""), ("gb18030", ""), ("gbk", ""), ("big5", "s2tw")],
)
def test_bytes_are_in_the_encoding_that_is_named(encoding: str, script: str) -> None:
    noisy = add_noise(TEXT, replace(PLAIN, encoding=encoding, script=script), FACTS)
    assert noisy.data == noisy.text.encode(encoding)
    assert decode(noisy.data)[0] == noisy.text


# Spinning


def test_spinning_replaces_words_by_those_of_the_table_only() -> None:
    table = material()["spin"]
    assert spin("影响很大，因此可以谈", seed=1, rate=1.0) == f"{table['影响']}很大，{table['因此']}{table['可以']}谈"


def test_no_rate_spins_nothing() -> None:
    assert spin(TEXT, seed=1, rate=0.0) == TEXT


def test_a_spun_text_is_the_same_with_the_same_seed_and_another_with_another() -> None:
    spun = [spin(TEXT * 5, seed, rate=0.5) for seed in (1, 1, 2)]
    assert spun[0] == spun[1] != spun[2]


# The shipped recipes


def test_the_gold_lists_every_line_that_was_put_in_and_what_no_rule_can_bring_back() -> None:
    made = {Path(file).stem: noisy for file, noisy in make_articles()}
    removed = pd.read_csv(resource("data", "gold", "removed.csv"), keep_default_na=False)
    assert removed.values.tolist() == [[name, *line] for name, noisy in made.items() for line in noisy.added]
    unrepaired = {path.stem: path.read_text("utf-8") for path in resource("data", "gold", "unrepaired").iterdir()}
    assert unrepaired == {name: noisy.unrepaired + "\n" for name, noisy in made.items()}


# Bugs that are not mended yet


@pytest.mark.xfail(
    strict=True, reason="the longest of the first three lines is marked: a paragraph, where one is there"
)
def test_markdown_marks_the_title_and_no_paragraph() -> None:
    assert damaged(suffix=".md").startswith(f"# {TITLE}\n{PARAGRAPHS[0]}")
