"""Cut a clean text into sentences and headings, each with its offsets and the headings above it.

Sentences end at 。！？!? and at line ends; ；does not end one. A closing quote or bracket stays with its sentence;
`2.5` and `一、` do not split.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

END = re.compile(r"[。！？!?]+[”’」』》）)】\]\"']*|…{2,}[”’」』》）)】\]\"']*(?=[^，。！？!?”’])")
CLOSING_MARKS = "。！？!?；;：:，,…、"
HEADING_LENGTH = 40
PLAIN_HEADING_LENGTH = 26

NUMBER = "[一二三四五六七八九十百零〇]{1,3}"
LEVELS: tuple[tuple[int, re.Pattern[str]], ...] = (
    (1, re.compile(rf"(?:{NUMBER}[、．.]|第{NUMBER}[章节篇部])\s?.+")),
    (1, re.compile(r"(?:小编|编者)?(?:导语|前言|引言|摘要|导读|按语|总结|结语|结束语|写在最后|后记)")),
    (2, re.compile(rf"[（(]{NUMBER}[）)]\s?.+")),
    (2, re.compile(r"\d{1,2}[.．]\d{1,2}(?![\d%％万亿倍元个年月折厘分])[.、]?\s?.+")),
    (
        2,
        re.compile(
            r"(?:案例|问题|步骤|方法|误区|情形|第[一二三四五六七八九十\d]{1,2}[步招条点种]).{0,3}[:：、\s].+|【[^】]{2,20}】"
        ),
    ),
    (3, re.compile(r"(?:\d{1,2}[.、．)）]|[（(]\d{1,2}[）)])(?!\d)\s?.+")),
)
"""Heading level of a line by its number; 0 is the title."""
PLAIN_LEVEL = 1
ITEM = re.compile(r"[-•·●▪◆■□★*–—]|Q\d*[:：]|[问答][:：]|\||.*\s\|\s")


@dataclass(frozen=True)
class Sentence:
    """A sentence or heading; `start` and `end` are offsets into the clean text, `heading` the path above it."""

    sentence_id: int
    section: int
    heading: str
    is_heading: bool
    text: str
    start: int
    end: int


def split_sentences(text: str, has_title: bool = True) -> list[Sentence]:
    """Split a clean text; joined in order, white space aside, the sentences give it again.

    Parameters
    ----------
    text : str
        One line per title, heading and paragraph.
    has_title : bool
        Whether the first line is the title, which is a heading above all others.

    Examples
    --------
    >>> for s in split_sentences("一、后果\\n罚息2.5%起。他说“会上征信。”真的吗？", has_title=False):
    ...     print(s.sentence_id, s.heading, s.is_heading, s.text)
    0  True 一、后果
    1 一、后果 False 罚息2.5%起。
    2 一、后果 False 他说“会上征信。”
    3 一、后果 False 真的吗？
    """
    sentences: list[Sentence] = []
    path: list[tuple[int, str]] = []
    section = 0
    lines = _lines(text)
    for number, (start, end) in enumerate(lines):
        line = text[start:end]
        following = text[slice(*lines[number + 1])] if number + 1 < len(lines) else None
        level = 0 if number == 0 and has_title else heading_level(line, following)
        if level is None:
            for left, right in _spans(line):
                _append(sentences, section, path, False, text, start + left, start + right)
            continue
        path = [(above, heading) for above, heading in path if above < level]
        if sentences:
            section += 1
        _append(sentences, section, path, True, text, start, end)
        path.append((level, line))
    return sentences


def heading_level(line: str, following: str | None) -> int | None:
    """Level of a heading (1 the highest), or None for a line of text; `following` is the next line.

    A numbered line is a heading if it is short and has no sentence end or colon; a line without number only if a
    paragraph follows, since list items look like it.

    Examples
    --------
    >>> heading_level("1.2 逾期的原因", "很多人……"), heading_level("1. 提交资料：填写信息。", None)
    (2, None)
    """
    if len(line) > HEADING_LENGTH or line[-1] in CLOSING_MARKS.replace("？", "").replace("?", "").replace("：", ""):
        return None
    for level, pattern in LEVELS:
        if pattern.fullmatch(line):
            return None if _says_more(line) or following is None else level
    if (
        following is None
        or len(line) > PLAIN_HEADING_LENGTH
        or line[-1] in "：:"
        or ITEM.match(line)
        or _says_more(line)
    ):
        return None
    if any(mark in line for mark in "，,；;。 ") or _is_plain(following):
        return None
    return PLAIN_LEVEL


def _says_more(line: str) -> bool:
    """Whether a label and its text share the line (`罚息：按日计收`)."""
    label, mark, rest = line.partition("：")
    return bool(mark and len(rest) > len(label) + 6)


def _is_plain(following: str) -> bool:
    """Whether the next line is a list item or another candidate, so that the line before it heads nothing."""
    numbered = any(pattern.fullmatch(following) for _, pattern in LEVELS)
    return not numbered and following[-1] not in CLOSING_MARKS + "”）" and len(following) <= HEADING_LENGTH


def _append(
    sentences: list[Sentence],
    section: int,
    path: Sequence[tuple[int, str]],
    is_heading: bool,
    text: str,
    start: int,
    end: int,
) -> None:
    heading = " > ".join(line for _, line in path)
    sentences.append(Sentence(len(sentences), section, heading, is_heading, text[start:end], start, end))


def _lines(text: str) -> list[tuple[int, int]]:
    """Offsets of the lines that are not blank, white space at their edges left out."""
    return [(m.start(), m.end()) for m in re.finditer(r"[^\s](?:[^\n]*[^\s])?", text)]


def _spans(line: str) -> list[tuple[int, int]]:
    """Offsets of the sentences of a line."""
    spans: list[tuple[int, int]] = []
    start = 0
    for match in END.finditer(line):
        if match.start() == start and spans:
            spans[-1] = (spans[-1][0], match.end())
        else:
            spans.append((start, match.end()))
        start = match.end() + len(line[match.end() :]) - len(line[match.end() :].lstrip())
    if start < len(line):
        spans.append((start, len(line)))
    return spans
