"""Tell the lines of an article from those of its page: bylines, navigation, prompts, captions, repeats, spam.

Every rule takes the text and returns deletions of whole lines. What a line looks like is data
(`data/lexicon/chrome.yml`); where it stands, and what else stands on the page, decides with it.
"""

import re
from dataclasses import dataclass
from functools import cache

import yaml

from overdue.cleaning.edits import Change
from overdue.resources import resource

BODY_LENGTH = 40
"""Characters from which a line with a sentence end counts as a paragraph of the article."""
SENTENCE_END = re.compile(r"[。！？!?；;]")
TEASER_LINES = 8
TEASER_COVERED = 0.9
GRAM = 6
REPEATED_LENGTH = 15
"""A shorter line may well stand twice in one article (a label, a short answer)."""
FIGURE_NUMBER = re.compile(r"[\s\-_]*图\s?\d{1,2}$")
HAN = re.compile(r"[㐀-鿿]")
SPAM = re.compile(
    r"一级[毛黄]片|国产[一精]|人妻|精品久久|在线[播观][放看]|免费视频|免费观看|无码|av[片资]|成人[片网]|黄色|牲交|高潮|"
    r"澳门[^，。]{0,4}(?:赌|娱乐)|博彩|娱乐城|百家乐|棋牌|菠菜|开奖|六合彩|世界杯投注|电竞投注|外围|贵宾会|翻墙|加速器|VPN|科学上网|代开发票|私服|SEO"
)
SPAM_HITS, SPAM_HITS_IN_SENTENCE = 2, 4
"""A sentence may well name two such things as a cause of debt; a string of keywords ends in no full stop."""


@dataclass(frozen=True)
class Line:
    """A line and its place in the text."""

    start: int
    end: int
    text: str


@dataclass(frozen=True)
class ChromeRule:
    """A class of page lines: its name, the part of the page it stands in, and what such a line looks like."""

    name: str
    where: str
    rest: bool
    pattern: re.Pattern[str]


@cache
def chrome_rules() -> tuple[ChromeRule, ...]:
    """The classes of `data/lexicon/chrome.yml`."""
    classes = yaml.safe_load(resource("data", "lexicon", "chrome.yml").read_text("utf-8"))
    return tuple(
        ChromeRule(
            name,
            spec["where"],
            spec.get("rest", False),
            re.compile("|".join(f"(?:{line})" for line in spec["lines"])),
        )
        for name, spec in classes.items()
    )


def split_lines(text: str) -> list[Line]:
    """The lines of `text` that are not empty."""
    ends = [m.start() for m in re.finditer(r"\n|\Z", text)]
    starts = [0, *(end + 1 for end in ends)]
    return [Line(s, e, text[s:e]) for s, e in zip(starts, ends, strict=False) if text[s:e].strip()]


def find_chrome(text: str, rule: ChromeRule) -> list[Change]:
    """Deletions of the lines that one chrome class matches, in its part of the page."""
    lines = split_lines(text)
    first, last = _body(lines)
    parts = {"head": range(first), "tail": range(last + 1, len(lines)), "anywhere": range(len(lines))}
    hits = [i for i in parts[rule.where] if rule.pattern.fullmatch(lines[i].text.strip())]
    if rule.rest and hits:
        hits = list(range(hits[0], len(lines)))
    return [_delete(lines[i], text) for i in hits]


def find_spam(text: str) -> list[Change]:
    """Deletions of lines of keyword spam: several of its words in one line."""
    changes = []
    for line in split_lines(text):
        bar = SPAM_HITS_IN_SENTENCE if line.text.rstrip().endswith(("。", "！", "？")) else SPAM_HITS
        if len(set(SPAM.findall(line.text))) >= bar:
            changes.append(_delete(line, text))
    return changes


def find_repeats(text: str) -> list[Change]:
    """Deletions of the second and later copies of a title, caption or paragraph.

    A title that comes back with a figure number (`… 图1`) is a caption.
    """
    seen: set[str] = set()
    changes = []
    for number, line in enumerate(split_lines(text)):
        bare = FIGURE_NUMBER.sub("", line.text.strip())
        key = "".join(bare.split())
        if key in seen:
            changes.append(_delete(line, text))
        elif number == 0 or _may_be_title(line, number) or len(key) >= REPEATED_LENGTH:
            seen.add(key)
    return changes


def find_teaser(text: str) -> list[Change]:
    """Deletion of an abstract near the head that only repeats, and cuts, what the article says below it."""
    lines = split_lines(text)
    for i, line in enumerate(lines[:TEASER_LINES]):
        han = "".join(HAN.findall(line.text))
        if len(han) < BODY_LENGTH:
            continue
        rest = "".join(HAN.findall("".join(other.text for other in lines[i + 1 :])))
        grams = [han[k : k + GRAM] for k in range(len(han) - GRAM + 1)]
        known = {rest[k : k + GRAM] for k in range(len(rest) - GRAM + 1)}
        if sum(gram in known for gram in grams) >= TEASER_COVERED * len(grams):
            return [_delete(line, text)]
    return []


def _body(lines: list[Line]) -> tuple[int, int]:
    """Index of the first and of the last paragraph; without one, the middle."""
    paragraphs = [i for i, line in enumerate(lines) if len(line.text) >= BODY_LENGTH and SENTENCE_END.search(line.text)]
    paragraphs = [i for i in paragraphs if not _page_line(lines[i].text.strip())]
    if not paragraphs:
        return len(lines) // 2, len(lines) // 2
    return paragraphs[0], paragraphs[-1]


def _page_line(text: str) -> bool:
    return any(rule.pattern.fullmatch(text) for rule in chrome_rules() if rule.where == "anywhere")


def _may_be_title(line: Line, number: int) -> bool:
    return number < TEASER_LINES and 6 <= len(line.text.strip()) <= 60


def _delete(line: Line, text: str) -> Change:
    """Deletion of a line together with its line end."""
    return Change(line.start, min(line.end + 1, len(text)))
