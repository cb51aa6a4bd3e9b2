"""Mend signs and white space: line ends, invisible characters, indentation, half-width punctuation in Chinese."""

import re

from overdue.cleaning.edits import Change

INVISIBLE = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufffe\u00ad\x00-\x08\x0b\x0e-\x1f\x7f]+")
LINE_END = re.compile(r"\r\n|[\r\u2028\u2029\x0b\x0c\x85]")
EDGES = re.compile(r"(?m)^[^\S\n]+|[^\S\n]+$")
BLANK_LINES = re.compile(r"\A\n+|\n+\Z|(?<=\n)\n+")
HAN = "㐀-䶿一-鿿"
MARKS = "，。！？：；、（）“”《》…"
GAP = re.compile(rf"(?<=[{HAN}{MARKS}])[^\S\n]+(?=[{HAN}{MARKS}])|[^\S\n]+(?=[，。！？：；、）”》])")
WIDE_SPACE = re.compile(r"[^\S\n ]+|[^\S\n]{2,}")
FULL_WIDTH = {",": "，", "?": "？", "!": "！", ":": "：", ";": "；", ".": "。"}
HALF_MARK = re.compile(
    rf"(?<=[{HAN}”）》%％])[,?!:;](?!//)|[,?!:;](?=[{HAN}“（《])|(?<=[{HAN}”）])\.(?=\s|\Z|[{HAN}“])"
)
ELLIPSIS = re.compile(r"(?<!\.)\.{3,8}(?!\.)|。{3,6}")
BRACKETS = re.compile(rf"\(([^()\n]{{0,80}}[{HAN}][^()\n]{{0,80}})\)|(?<=[{HAN}])\(([^()\n]{{1,80}})\)")


def find_invisible(text: str) -> list[Change]:
    """Deletions of zero-width, direction and control characters."""
    return [Change(m.start(), m.end()) for m in INVISIBLE.finditer(text)]


def find_line_ends(text: str) -> list[Change]:
    """Every kind of line end becomes a newline."""
    return [Change(m.start(), m.end(), "\n") for m in LINE_END.finditer(text)]


def find_half_width(text: str) -> list[Change]:
    """Half-width punctuation beside a Chinese character becomes full-width; `2.5`, `1,000` and `10:30` stay.

    Examples
    --------
    >>> text = "先沟通,再还款!月息1.5%,共1,000元(含息)."
    >>> from overdue.cleaning.edits import Draft
    >>> draft = Draft(text); draft.apply("half_width", find_half_width(text)); draft.text
    '先沟通，再还款！月息1.5%，共1,000元（含息）.'
    """
    changes = [Change(m.start(), m.end(), FULL_WIDTH[m[0]]) for m in HALF_MARK.finditer(text)]
    for match in BRACKETS.finditer(text):
        changes += Change(match.start(), match.start() + 1, "（"), Change(match.end() - 1, match.end(), "）")
    changes += [Change(m.start(), m.end(), "……") for m in ELLIPSIS.finditer(text)]
    return _disjoint(changes)


def find_white_space(text: str) -> list[Change]:
    """Indentation, trailing blanks, blanks between Chinese characters and blank lines go; other runs become one
    blank."""
    changes = [Change(m.start(), m.end()) for pattern in (EDGES, GAP) for m in pattern.finditer(text)]
    changes += [Change(m.start(), m.end(), " ") for m in WIDE_SPACE.finditer(text)]
    return _disjoint(changes)


def find_blank_lines(text: str) -> list[Change]:
    """Deletions that leave no empty line."""
    return [Change(m.start(), m.end()) for m in BLANK_LINES.finditer(text) if m.end() > m.start()]


def _disjoint(changes: list[Change]) -> list[Change]:
    """Sorted by place; of overlapping changes the earlier and longer one stands."""
    kept: list[Change] = []
    for change in sorted(changes, key=lambda c: (c.start, -c.end)):
        if not kept or change.start >= kept[-1].end:
            kept.append(change)
    return kept
