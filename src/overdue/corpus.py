"""Open a corpus folder: `load_corpus()` -> `Corpus`, its tables as data frames, read when first asked for."""

import json
import os
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from overdue.articles import InputError
from overdue.codebook import Code, Codebook, Patterns
from overdue.resources import CHECKOUT, resource

SAMPLE = CHECKOUT / "build" / "corpus"


@dataclass(frozen=True)
class Corpus:
    """A built corpus. Tables: `articles`, `sentences`, `edits`, `terms`, `codes`, `setaside` (see `overdue.tables`).

    `distinct` is the same corpus without the articles that copy another: copies inflate every count.
    """

    path: Path
    keep_copies: bool = True

    @property
    def distinct(self) -> "Corpus":
        """The corpus without near-duplicates."""
        return replace(self, keep_copies=False)

    @cached_property
    def articles(self) -> pd.DataFrame:
        """A row per article."""
        return self._read("articles")

    @cached_property
    def sentences(self) -> pd.DataFrame:
        """A row per sentence or heading."""
        return self._read("sentences")

    @cached_property
    def edits(self) -> pd.DataFrame:
        """A row per change that cleaning made."""
        return self._read("edits")

    @cached_property
    def terms(self) -> pd.DataFrame:
        """A row per term in a sentence."""
        return self._read("terms")

    @cached_property
    def codes(self) -> pd.DataFrame:
        """A row per code on a sentence."""
        return self._read("codes")

    @cached_property
    def setaside(self) -> pd.DataFrame:
        """A row per input that could not be used."""
        return pd.read_parquet(self.path / "setaside.parquet")

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """Versions, settings, checksums and counts of the build."""
        return _read_json(self.path / "manifest.json")

    @cached_property
    def codebook(self) -> Codebook:
        """The code book the corpus was coded with."""
        content = _read_json(self.path / "codebook.json")
        codes = {
            name: Code(
                **{
                    **code,
                    "examples": tuple(code["examples"]),
                    "patterns": Patterns(*map(tuple, code["patterns"].values())),
                }
            )
            for name, code in content["codes"].items()
        }
        return Codebook(codes, content["dimensions"], content["version"])

    def _read(self, name: str) -> pd.DataFrame:
        table = pd.read_parquet(self.path / f"{name}.parquet")
        if self.keep_copies:
            return table
        articles = (
            table
            if name == "articles"
            else pd.read_parquet(self.path / "articles.parquet", columns=["article_id", "duplicate_of"])
        )
        kept = articles.loc[articles["duplicate_of"].isna(), "article_id"]
        return table[table["article_id"].isin(kept)].reset_index(drop=True)


def load_corpus(path: str | Path | None = None) -> Corpus:
    """Open a corpus.

    Parameters
    ----------
    path : str or Path, optional
        A corpus folder. Without one, the folder that the environment variable `OVERDUE_CORPUS` names; without that, the
        shipped sample, which is built first if it is missing or no longer fits its articles, code book or program.

    Raises
    ------
    InputError
        The folder is no corpus; the message names the remedy.
    """
    chosen = path or os.environ.get("OVERDUE_CORPUS")
    if chosen:
        folder = Path(chosen)
        if not (folder / "manifest.json").exists():
            raise InputError(f"{folder}: no corpus there; build one with: overdue build ARTICLES --out {folder}")
        return Corpus(folder)
    return Corpus(_sample())


def _sample() -> Path:
    """The shipped corpus, built if missing or stale."""
    from overdue.build import build_corpus, fingerprint

    articles = resource("data", "articles")
    folder = SAMPLE if (CHECKOUT / "data").exists() else Path.home() / ".cache" / "overdue" / "corpus"
    manifest = _read_json(folder / "manifest.json") if (folder / "manifest.json").exists() else {}
    expected = fingerprint(articles, None)
    if {key: manifest.get(key) for key in expected} != expected:
        build_corpus(articles, folder)
    return folder


def _read_json(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return content
