"""Title, author and date of a page, from the lines that say them: `lines -> Metadata`."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

DATE = re.compile(r"(?<!\d)((?:19|20)\d\d)[-/.年]\s?(\d{1,2})[-/.月]\s?(\d{1,2})(?!\d)")
AUTHOR = re.compile(
    r"(?:作者|撰稿|撰文|文|记者|编辑|责任编辑|责编|发布者)\s{0,2}[:：／/]\s{0,2}([^\s|｜•·:：／/\d]{1,20}?)"
    r"(?=[\s|｜•·:：／/\d]|(?:发布|更新)于|$)"
)


@dataclass(frozen=True)
class Metadata:
    """What a page says of its article; None where it says nothing."""

    author: str | None
    published: str | None


def read_metadata(lines: Sequence[str]) -> Metadata:
    """Read author and date (ISO 8601) from byline lines.

    Examples
    --------
    >>> read_metadata(["2024-08-18 23:16:28 浏览 作者：小满"])
    Metadata(author='小满', published='2024-08-18')
    """
    author = next((m[1] for line in lines if (m := AUTHOR.search(line))), None)
    return Metadata(author, next((d for line in lines if (d := read_date(line))), None))


def read_date(text: str) -> str | None:
    """The first calendar date in `text` as YYYY-MM-DD, or None."""
    for match in DATE.finditer(text):
        try:
            return date(*map(int, match.groups())).isoformat()
        except ValueError:
            continue
    return None
