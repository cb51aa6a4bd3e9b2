"""The hand-made truth: reference texts, their damage, coded sentences -> tables, split into a side to learn from
and a side held out.

Article ids are ordered by the SHA-256 of the id: the first 24 are learned from, the rest is only ever evaluated
on. Nothing that learns may read the other side; `learning_only` is the guard.
"""

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from overdue.noise import Noisy, Recipe, add_noise, spin
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
    """`learn` or `held out` for an article; a copy is on the side of its original.

    Examples
    --------
    >>> side("a", ["a", "b"])
    'learn'
    """
    original = article_id.removesuffix("-copy").removesuffix("-spun")
    ranked = sorted(set(all_ids), key=lambda name: hashlib.sha256(name.encode()).hexdigest())
    return LEARN if original in ranked[:LEARNING] else HELD_OUT


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


def recipes() -> dict[str, dict[str, Any]]:
    """How each file of the sample was made: the id of its reference, whether it is spun, and its recipe."""
    content: dict[str, dict[str, Any]] = json.loads((gold_folder() / "noise.json").read_text("utf-8"))
    return content


def make_article(name: str, entry: dict[str, Any], by_id: dict[str, Reference]) -> Noisy:
    """The noisy file of one entry of `recipes`."""
    reference = by_id[str(entry["reference"])]
    options: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value for key, value in entry["recipe"].items()
    }
    recipe = Recipe(**options)
    text = spin(reference.text, recipe.seed) if entry.get("spun") else reference.text
    facts = {
        "author": reference.author,
        "date": reference.published,
        "product": reference.product,
        "site": str(entry["site"]),
    }
    return add_noise(text, recipe, facts)


def write_articles(folder: Path) -> list[Path]:
    """Write every noisy article of the sample into `folder`; returns the files."""
    by_id = {reference.article_id: reference for reference in references()}
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, entry in recipes().items():
        noisy = make_article(name, entry, by_id)
        path = folder / f"{name}{entry['recipe']['suffix']}"
        path.write_bytes(noisy.data)
        written.append(path)
    return written
