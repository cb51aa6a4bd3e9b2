"""What an article says never becomes markup, and numbers are rounded before they are shown."""

import html
import re
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from nbconvert.filters import markdown2html

from overdue.corpus import Corpus
from overdue.display import join_names, plain, sentences_html, table_html

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><b>罚息</b>',
    "</q></li></ul>",
    "&lt;b&gt; &amp;",
    "**粗** _斜_ `码` ~~删~~",
    "[链接](javascript:alert(1)) ![图](http://example.org/x.png)",
    "<https://example.org> www.example.org a@example.org",
    "| 甲 | 乙 |",
    "$x^2$ $$y$$",
    "# 标题",
    "1. 数",
    "- 项",
    "> 引",
    "---",
    "\\*星\\*",
    "[^1] [ ] :smile:",
]
RENDERERS = {"index": MarkdownIt("commonmark", {"html": False}).render, "notebook page": markdown2html}
PRINTABLE = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]) | st.just(" "), min_size=1)
OVERRIDE = "\u202e"
BIDI = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")


class Tags(HTMLParser):
    """The tags of a page and its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.text = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


def rendered(page: str) -> tuple[set[str], str]:
    seen = Tags(page)
    return set(seen.tags), " ".join(seen.text.split())


@pytest.mark.parametrize("render", RENDERERS.values(), ids=RENDERERS)
@pytest.mark.parametrize("text", HOSTILE)
def test_quoted_text_stays_text_in_a_sentence(text: str, render: Callable[[str], str]) -> None:
    assert rendered(render(f"- Most often {plain(text)} is said.")) == ({"ul", "li"}, f"Most often {text} is said.")


@pytest.mark.parametrize("render", RENDERERS.values(), ids=RENDERERS)
@settings(deadline=None, max_examples=150)
@given(text=PRINTABLE)
def test_any_text_stays_text_in_a_sentence(text: str, render: Callable[[str], str]) -> None:
    shown = f"x {plain(text)} x"
    assert rendered(render(f"- {shown}")) == ({"ul", "li"}, " ".join(f"x {text} x".split()))


def test_line_breaks_of_an_article_do_not_break_a_sentence() -> None:
    assert plain(" 甲\n\n  乙\t丙 ") == "甲 乙 丙"


TABLE = {"div", "table", "caption", "thead", "tbody", "tr", "th", "td"}


@pytest.mark.parametrize("text", HOSTILE)
def test_text_stays_text_in_every_place_of_a_table(text: str) -> None:
    table = pd.DataFrame({text: [text]}, index=pd.Index([text], name=text))
    tags, shown = rendered(table_html(table, text))
    assert tags == TABLE
    assert shown.count(" ".join(text.split())) >= 1
    assert html.unescape(table_html(table, text)).count(text) == 5


@pytest.mark.parametrize("text", HOSTILE)
def test_text_stays_text_in_every_place_of_a_quotation(text: str) -> None:
    row = {"article_id": text, "sentence_id": 1, "text": text, "note": text}
    evidence = {"evidence_start": 1, "evidence_end": 3}
    page = sentences_html(pd.DataFrame([row | evidence]), text)
    seen = Tags(page)
    assert set(seen.tags) == {"div", "p", "ul", "li", "q", "mark", "span", "cite"}
    assert seen.text.count(text) == 4
    assert f"<mark>{html.escape(text[1:3])}</mark>" in page


@pytest.mark.parametrize("place", ["sentence", "table", "quotation"])
def test_marks_of_direction_do_not_reach_beyond_the_text(place: str) -> None:
    text = f"{OVERRIDE}罚息abc"
    shown = {
        "sentence": plain(text),
        "table": table_html(pd.DataFrame({"title": [text]}), "Titles."),
        "quotation": sentences_html(pd.DataFrame([{"article_id": "a", "sentence_id": 0, "text": text}]), "Said."),
    }[place]
    assert not BIDI.search(shown) or "<bdi" in shown


def cells(table: pd.DataFrame, digits: int = 2) -> list[str]:
    return re.findall(r"<td[^>]*>(.*?)</td>", table_html(table, "Caption.", digits))


def test_numbers_are_rounded_and_grouped() -> None:
    values = [0.123456, 1234.5, 2.0, 1234567, -0.126, 0]
    assert cells(pd.DataFrame({"value": pd.Series(values, dtype=object)})) == [
        "0.12",
        "1,234.50",
        "2",
        "1,234,567",
        "-0.13",
        "0",
    ]
    assert cells(pd.DataFrame({"value": [0.123456]}), digits=4) == ["0.1235"]


@settings(deadline=None, max_examples=50)
@given(st.floats(-1e6, 1e6))
def test_last_bits_of_a_number_do_not_show(value: float) -> None:
    """The last bits of a sum differ from processor to processor; ties and what rounds to zero are left out."""
    assume(abs(100 * value % 1 - 0.5) > 1e-6)
    assume(abs(value) > 0.005)
    near = float(np.nextafter(value, np.inf))
    assert cells(pd.DataFrame({"value": [value]})) == cells(pd.DataFrame({"value": [near]}))


def test_numbers_are_marked_for_alignment_and_words_are_not() -> None:
    page = table_html(pd.DataFrame({"n": [1], "share": [0.5], "word": ["词"], "yes": [True]}), "Caption.")
    assert re.findall(r'<td class="number">(.*?)</td>', page) == ["1", "0.50"]
    assert "<td>词</td>" in page


@pytest.mark.parametrize("missing", [None, np.nan, pd.NA, float("nan")])
def test_missing_value_is_a_dash(missing: object) -> None:
    assert cells(pd.DataFrame({"value": pd.Series([missing], dtype=object)})) == ["–"]


def test_missing_value_in_typed_columns_is_a_dash() -> None:
    table = pd.DataFrame({"n": pd.array([None], dtype="Int64"), "x": [np.nan], "word": pd.array([None], dtype="str")})
    assert cells(table) == ["–", "–", "–"]


def test_truth_is_yes_or_no() -> None:
    assert cells(pd.DataFrame({"certain": [True, False]})) == ["yes", "no"]


def test_number_that_rounds_to_zero_has_no_sign() -> None:
    assert cells(pd.DataFrame({"npmi": [-0.001]})) == ["0"]


def test_table_shows_at_most_so_many_rows_and_says_so() -> None:
    page = table_html(pd.DataFrame({"n": range(1200)}), "Numbers.", rows=3)
    assert page.count("<tr>") == 1 + 3
    assert "<caption>Numbers. First 3 of 1,200 rows.</caption>" in page
    assert "First" not in table_html(pd.DataFrame({"n": range(3)}), "Numbers.", rows=3)


def test_row_and_column_headers_have_their_scope() -> None:
    index = pd.MultiIndex.from_tuples([("甲", 1)], names=["article", "sentence"])
    page = table_html(pd.DataFrame({"n": [2]}, index=index), "Caption.")
    assert re.findall(r'<th scope="col">(.*?)</th>', page) == ["article", "sentence", "n"]
    assert re.findall(r'<th scope="row">(.*?)</th>', page) == ["甲", "1"]


def test_table_without_rows_keeps_its_head() -> None:
    page = table_html(pd.DataFrame({"n": []}), "Nothing.")
    assert '<th scope="col">n</th>' in page
    assert "<td" not in page


def test_table_itself_is_not_changed() -> None:
    table = pd.DataFrame({"x": [0.123456]})
    table_html(table, "Caption.")
    assert table["x"].tolist() == [0.123456]


def test_evidence_is_marked_where_it_is_given() -> None:
    rows = [
        {"article_id": "a", "sentence_id": 4, "text": "有罚息。", "evidence_start": 1, "evidence_end": 3},
        {"article_id": "b", "sentence_id": 5, "text": "没证据。", "evidence_start": None, "evidence_end": None},
    ]
    page = sentences_html(pd.DataFrame(rows), "Said.")
    assert re.findall(r"<q[^>]*>(.*?)</q>", page) == ["有<mark>罚息</mark>。", "没证据。"]
    assert re.findall(r"<cite>(.*?)</cite>", page) == ["a · 4", "b · 5"]


def test_quotations_are_marked_as_chinese() -> None:
    page = sentences_html(pd.DataFrame([{"article_id": "a", "sentence_id": 0, "text": "罚息。"}]), "Said.")
    assert '<q lang="zh-Hans">' in page


def test_missing_note_shows_nothing() -> None:
    rows = [
        {"article_id": "a", "sentence_id": n, "text": "罚息。", "note": note} for n, note in enumerate(["甲", None])
    ]
    assert re.findall(r'<span class="note">(.*?)</span>', sentences_html(pd.DataFrame(rows), "Said.")) == ["甲"]


def test_no_sentences_says_none() -> None:
    page = sentences_html(pd.DataFrame(columns=["article_id", "sentence_id", "text"]), "Said.")
    assert "<li>none</li>" in page


@pytest.mark.parametrize(
    ("names", "joined"), [([], "none"), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")]
)
def test_names_are_joined_as_in_a_sentence(names: list[str], joined: str) -> None:
    assert join_names(names) == joined


@pytest.fixture(scope="module")
def hostile(build: Callable[..., Corpus]) -> Corpus:
    """Two articles whose names, titles and sentences are all markup."""
    lines = [
        "<b>失业</b>以后<script>alert(1)</script>罚息越滚越多。",
        "**起诉**[点这里](javascript:alert(1))申请延期。",
    ]
    texts = [
        "<img src=x onerror=alert(1)>怎么还款\n\n" + "\n".join(lines),
        "<u>住院</u>怎么办\n\n<iframe>住院花光了钱，&lt;i&gt;应急资金&lt;/i&gt;也没有。",
    ]
    return build({"<img src=x onerror=alert(2)>.txt": texts[0], "`**b**`|$x$.txt": texts[1]})


@pytest.mark.parametrize("name", ["01-corpus", "02-terms", "05-codes", "06-overlap", "07-explore"])
def test_hostile_articles_put_no_markup_into_a_notebook(
    name: str, hostile: Corpus, run_cells: Callable[..., Any]
) -> None:
    shown = run_cells(name, hostile)
    allowed = TABLE | {"p", "ul", "li", "q", "mark", "span", "cite", "del", "ins", "sub", "br", "strong", "code"}
    for page in [*shown.html, *map(markdown2html, shown.markdown), *map(RENDERERS["index"], shown.markdown)]:
        assert set(Tags(page).tags) <= allowed, page
    assert any("alert" in page for page in shown.html) or name == "06-overlap"
