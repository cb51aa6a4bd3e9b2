"""Read raw articles: files, folders and tables in any encoding -> `RawArticle`, or `SetAside` with its reason.

A folder is walked in sorted order; `.txt .md .html .htm` hold one article each, `.jsonl .csv .parquet` one a
row. Nothing is dropped in silence: every file that cannot be used comes back as a `SetAside`.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from overdue.encodings import decode
from overdue.markup import read_html

TEXT_SUFFIXES = {".txt", ".md"}
HTML_SUFFIXES = {".html", ".htm"}
TABLE_SUFFIXES = {".jsonl", ".csv", ".parquet"}
SUFFIXES = TEXT_SUFFIXES | HTML_SUFFIXES | TABLE_SUFFIXES
METADATA = ("title", "author", "published", "url")
MAX_BYTES = 64 << 20
"""A single web article is thousands of characters; a larger file is a dump that wants splitting first."""


class InputError(Exception):
    """The input as a whole cannot be used; the message is one line that names the remedy."""


@dataclass(frozen=True)
class RawArticle:
    """An article as it came: decoded, tags taken off, nothing cleaned.

    `text` is what every edit's offsets refer to; `sha256` is of the raw bytes (of a table row: of its text).
    """

    article_id: str
    source: str
    text: str
    encoding: str
    sha256: str
    title: str | None = None
    author: str | None = None
    published: str | None = None
    url: str | None = None


@dataclass(frozen=True)
class SetAside:
    """An input that could not be used, and why."""

    source: str
    reason: str


def read_articles(path: Path) -> Iterator[RawArticle | SetAside]:
    """Yield every article below `path` (a folder, a file or a table) in a fixed order, with unique ids.

    Raises
    ------
    InputError
        `path` does not exist.
    """
    if not path.exists():
        raise InputError(f"{path}: no such file or folder; give a folder of articles, a file or a table")
    root = path if path.is_dir() else path.parent
    taken: set[str] = set()
    for file in find_files(path):
        source = file.relative_to(root).as_posix()
        for item in read_file(file, source):
            if isinstance(item, RawArticle):
                item = _with_unique_id(item, taken)
            yield item


def find_files(path: Path) -> list[Path]:
    """All regular files below `path`, sorted by their path; hidden files and folders are left out."""
    if path.is_file():
        return [path]
    files = (p for p in path.rglob("*") if p.is_file())
    return sorted(
        (p for p in files if not any(part.startswith(".") for part in p.relative_to(path).parts)),
        key=lambda p: p.relative_to(path).as_posix(),
    )


def read_file(file: Path, source: str) -> Iterator[RawArticle | SetAside]:
    """Yield the article or the articles that one file holds."""
    suffix = file.suffix.lower()
    if suffix not in SUFFIXES:
        yield SetAside(
            source, f"unknown kind of file {suffix or '(no ending)'}; known are {' '.join(sorted(SUFFIXES))}"
        )
        return
    try:
        if suffix in TABLE_SUFFIXES:
            yield from _read_table(file, source, suffix)
            return
        if (size := file.stat().st_size) > MAX_BYTES:
            yield SetAside(
                source, f"{size:,} bytes in one article; split it, or save it as .jsonl with an article a row"
            )
            return
        data = file.read_bytes()
    except OSError as error:
        yield SetAside(source, f"cannot be read: {error.strerror}")
        return
    yield _from_bytes(data, source, file.stem, html=suffix in HTML_SUFFIXES)


def _from_bytes(data: bytes, source: str, article_id: str, html: bool) -> RawArticle | SetAside:
    try:
        text, encoding = decode(data)
    except UnicodeError as error:
        return SetAside(source, str(error))
    return _from_text(text, source, article_id, encoding, hashlib.sha256(data).hexdigest(), html, {})


def _from_text(
    text: str, source: str, article_id: str, encoding: str, sha256: str, html: bool, known: dict[str, str]
) -> RawArticle | SetAside:
    if html:
        page = read_html(text)
        text, known = page.text, {**page.metadata, **known}
    if not text.strip():
        return SetAside(source, "empty: no text in it")
    return RawArticle(article_id, source, text, encoding, sha256, **{key: known.get(key) for key in METADATA})


def _read_table(file: Path, source: str, suffix: str) -> Iterator[RawArticle | SetAside]:
    try:
        rows = _table_rows(file, suffix)
        columns = set(rows.columns)
    except (ValueError, OSError) as error:
        yield SetAside(source, f"not a readable {suffix[1:]} table: {str(error).splitlines()[0]}")
        return
    if not columns & {"text", "html"}:
        yield SetAside(source, f"a table needs a column text or html; this one has {', '.join(map(str, rows.columns))}")
        return
    for number, row in enumerate(rows.to_dict("records"), start=1):
        where = f"{source}#{number}"
        text, html = _cell(row.get("text")), _cell(row.get("html"))
        body = html if text is None else text
        if body is None:
            yield SetAside(where, "empty: no text in this row")
            continue
        article_id = _cell(row.get("article_id")) or f"{file.stem}-{number}"
        known = {key: value for key in METADATA if (value := _cell(row.get(key))) is not None}
        digest = hashlib.sha256(body.encode("utf-8", "surrogatepass")).hexdigest()
        yield _from_text(body, where, article_id, "utf-8", digest, text is None, known)


def _table_rows(file: Path, suffix: str) -> pd.DataFrame:
    if suffix == ".parquet":
        return pd.read_parquet(file)
    text, _ = decode(file.read_bytes())
    if suffix == ".csv":
        from io import StringIO

        return pd.read_csv(StringIO(text), dtype=str, keep_default_na=False)
    rows = [json.loads(line) for line in text.splitlines() if line.strip()]
    if not all(isinstance(row, dict) for row in rows):
        raise ValueError("every line must be a JSON object")
    return pd.DataFrame(rows)


def _cell(value: Any) -> str | None:
    """A table cell as text, or None where it is empty."""
    if value is None or (isinstance(value, float) and pd.isna(value)):
        return None
    return str(value) if str(value).strip() else None


def _with_unique_id(article: RawArticle, taken: set[str]) -> RawArticle:
    """Give a repeated id a number: two articles are never merged because they share a file name."""
    candidate, number = article.article_id, 1
    while candidate in taken:
        number += 1
        candidate = f"{article.article_id}-{number}"
    taken.add(candidate)
    if candidate == article.article_id:
        return article
    from dataclasses import replace

    return replace(article, article_id=candidate)
