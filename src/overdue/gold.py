"""The hand-made truth: reference texts, their damage, coded sentences -> tables, split into a side to learn from
and a side held out.

Article ids are ordered by the SHA-256 of the id: the first 24 are learned from, the rest is only ever evaluated
on. Nothing that learns may read the other side; `learning_only` is the guard.
"""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from overdue.resources import resource

LEARNING = 24
LEARN, HELD_OUT = "learn", "held out"


@dataclass(frozen=True)
class Reference:
    """A reference article: what a careful reader would restore, with its headings' levels and the facts of its page."""

    article_id: str
    title: str
    form: str
    product: str
    author: str
    published: str
    site: str
    lines: tuple[tuple[int, str], ...]

    @property
    def text(self) -> str:
        """The clean text, one line per title, heading and paragraph."""
        return "\n".join(text for _, text in self.lines)


def gold_folder() -> Path:
    """Where the gold lies."""
    return resource("data", "gold")


def read_reference(path: Path) -> Reference:
    """Read a reference: `key: value` lines, a blank line, then the article with `#` marks on title and headings."""
    head, _, body = path.read_text("utf-8").partition("\n\n")
    facts = dict(line.split(": ", 1) for line in head.splitlines())
    lines = []
    for line in body.splitlines():
        if match := re.fullmatch(r"(#{1,6}) (.+)", line):
            lines.append((len(match[1]), match[2].strip()))
        elif line.strip():
            lines.append((0, line.strip()))
    return Reference(
        path.stem,
        facts["title"],
        facts["form"],
        facts["product"],
        facts["author"],
        facts["published"],
        facts["source"],
        tuple(lines),
    )


def references() -> list[Reference]:
    """All reference articles, in the order of their ids."""
    return [read_reference(path) for path in sorted((gold_folder() / "articles").glob("*.md"))]


def side(article_id: str, all_ids: Iterable[str]) -> str:
    """`learn` or `held out` for a reference article; a copy takes the side of its reference.

    Examples
    --------
    >>> side("a", ["a", "b"])
    'learn'
    """
    ranked = sorted(set(all_ids), key=lambda name: hashlib.sha256(name.encode()).hexdigest())
    return LEARN if article_id in ranked[:LEARNING] else HELD_OUT


def learning_only(article_ids: Iterable[str], all_ids: Iterable[str]) -> None:
    """Refuse to learn from held-out articles.

    Raises
    ------
    ValueError
        One of the ids is held out; it is named.
    """
    known = list(all_ids)
    if held := [name for name in article_ids if side(name, known) == HELD_OUT]:
        raise ValueError(f"{held[0]} is held out: it may be evaluated on, never learned from")


def article_sentences() -> pd.DataFrame:
    """Sentences and headings of the references: `article_id`, `sentence_id`, `level` (0 for a sentence), `text`,
    `side`."""
    table = _read("article_sentences.csv")
    known = sorted(table["article_id"].unique())
    sides = {article_id: side(article_id, known) for article_id in known}
    return table.assign(side=table["article_id"].map(sides))


def codings() -> pd.DataFrame:
    """Every code that any coder gave a sentence of the references.

    Returns
    -------
    pd.DataFrame
        `article_id`, `sentence_id`, `code`, `polarity`; `coder_a`, `coder_b`, `final`: 1 given, 0 not; `reason` of the
        adjudication where the two differ.
    """
    return _read("codings.csv")


def sentence_bank() -> pd.DataFrame:
    """Single coded sentences to learn wording from; see `data/README.md` for the columns."""
    return _read("sentences.csv")


def _read(name: str) -> pd.DataFrame:
    return pd.read_csv(gold_folder() / name, keep_default_na=False)
