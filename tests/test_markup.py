"""`overdue.markup`: HTML -> a line per block, and what the head says of the page."""

from html import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from overdue.markup import read_html

PAGES = {
    "a line per paragraph": ("<p>先协商。</p><p>再还款。</p>", "先协商。\n再还款。"),
    "inline tags do not part words": ("<p>先<b>协</b><a href='#'>商</a>。</p>", "先协商。"),
    "a line break is a line": ("<p>本金<br>利息<br/>罚息</p>", "本金\n利息\n罚息"),
    "headings and paragraphs": ("<h1>后果</h1><div>罚息上涨。</div>", "后果\n罚息上涨。"),
    "list items": ("<ul><li>留证据</li><li>打热线</li></ul>", "留证据\n打热线"),
    "cells are kept apart": (
        "<table><tr><th>期数</th><th>月供</th></tr><tr><td>12</td><td>900</td></tr></table>",
        "期数 | 月供\n12 | 900",
    ),
    "the end of a row has no bar": ("<table><tr><td>本金</td><td>利息</td></tr></table>", "本金 | 利息"),
    "bars of the text stay": ("<p>本金 | 利息 |</p>", "本金 | 利息 |"),
    "source line ends are blanks": ("<p>本金\n  利息</p>", "本金 利息"),
    "entities": ("<p>甲&amp;乙&nbsp;丙&lt;丁&#8220;</p>", "甲&乙 丙<丁“"),
    "scripts, styles and the head": (
        "<head><title>标题</title><style>p{}</style></head><body><script>var a='藏'</script><p>正文</p></body>",
        "正文",
    ),
    "navigation and buttons": ("<nav>首页</nav><button>提交</button><p>正文</p>", "正文"),
    "comments": ("<p>本<!-- 藏 -->金</p>", "本金"),
    "tags that are never closed": ("<div><p>本金<p>利息<b>罚息", "本金\n利息罚息"),
    "no tags at all": ("本金", "本金"),
    "nothing": ("", ""),
    "nothing but tags": ("<p> </p><div></div>", ""),
}


@pytest.mark.parametrize(("html", "text"), PAGES.values(), ids=PAGES)
def test_visible_text_is_taken(html: str, text: str) -> None:
    assert read_html(html).text == text


HEADS = {
    "author": ('<meta name="author" content=" 小棠 ">', "小棠"),
    "published": ('<meta property="article:published_time" content="2024-03-08T09:00:00Z">', "2024-03-08T09:00:00Z"),
    "title": ('<meta property="og:title" content="面馆老秦">', "面馆老秦"),
    "url": ('<meta property="og:url" content="https://example.com/1">', "https://example.com/1"),
}


@pytest.mark.parametrize(("key", "meta", "value"), [(key, *case) for key, case in HEADS.items()], ids=HEADS)
def test_metadata_is_read_from_the_head(key: str, meta: str, value: str) -> None:
    assert read_html(f"<head>{meta}</head><body>甲</body>").metadata == {key: value}


def test_empty_metadata_is_none() -> None:
    assert read_html('<head><meta name="author" content=" "></head><body>甲</body>').metadata == {}


def test_ten_thousand_nested_elements_do_not_exhaust_the_stack() -> None:
    assert read_html("<div>" * 10_000 + "甲").text == "甲"


@settings(max_examples=100, deadline=None, derandomize=True)
@given(st.lists(st.text("甲乙丙，。12 <>&\"'", max_size=12), max_size=8))
def test_escaped_paragraphs_come_back(lines: list[str]) -> None:
    page = "".join(f"<p>{escape(line)}</p>" for line in lines)
    expected = [" ".join(line.split()) for line in lines if line.strip()]
    assert read_html(page).text == "\n".join(expected)


def test_an_article_inside_a_form_is_kept() -> None:
    assert read_html('<form id="aspnetForm" method="post"><p>先协商，再还款。</p></form>').text == "先协商，再还款。"


@pytest.mark.xfail(strict=True, reason="read_html promises the visible text, but `hidden` and display:none are read")
@pytest.mark.parametrize("attribute", ["hidden", 'style="display:none"', 'style="display: none;"'])
def test_hidden_elements_are_left_out(attribute: str) -> None:
    assert read_html(f"<p {attribute}>藏</p><p>正文</p>").text == "正文"
