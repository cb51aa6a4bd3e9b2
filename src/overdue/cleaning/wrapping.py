"""Join lines that were cut at a fixed width, as mail programs and old pages do."""

import re
from collections import Counter
from itertools import pairwise

from overdue.cleaning.edits import Change

NARROWEST, WIDEST = 20, 100
"""Widths at which pages are cut, in characters."""
FULL_LINES = 5
FULL_SHARE = 0.2
"""A page is taken for cut if at least so many lines, and this share of its lines, have one width that none exceeds."""


def find_hard_wraps(text: str) -> list[Change]:
    """Deletions of the line ends inside paragraphs, where the page was cut at a width.

    Examples
    --------
    >>> paragraph = "逾期之后先弄清欠了多少再打电话给平台说明情况不要躲" * 8
    >>> page = "\\n".join(paragraph[at:at + 30] for at in range(0, len(paragraph), 30))
    >>> len(find_hard_wraps(page)), len(find_hard_wraps("短行\\n短行\\n短行"))
    (6, 0)
    """
    lines = [(m.start(), m.end()) for m in re.finditer(r"[^\n]+", text)]
    widths = Counter(end - start for start, end in lines)
    widest = max(widths, default=0)
    full = widths[widest]
    if not NARROWEST <= widest <= WIDEST or full < FULL_LINES or full < FULL_SHARE * len(lines):
        return []
    return [
        Change(end, following)
        for (start, end), (following, _) in pairwise(lines)
        if end - start == widest and text[end:following] == "\n"
    ]
