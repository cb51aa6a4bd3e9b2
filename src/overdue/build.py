"""Run the flow: raw articles -> a corpus folder, written whole or not at all.

This is the one place that knows the order of the stages and the only writer of a corpus. `process_batch` is pure and
picklable: every way of running (one process, several) calls it on batches of raw articles and gets the same tables.
"""

import contextlib
import json
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from importlib.metadata import version
from itertools import islice
from pathlib import Path
from typing import Any

import pandas as pd

from overdue.articles import InputError, RawArticle, SetAside, read_articles
from overdue.cleaning import clean
from overdue.codebook import Codebook, load_codebook
from overdue.coding import Coding, code_sentence
from overdue.duplicates import find_duplicates
from overdue.model import Example, Model, load_model
from overdue.resources import PACKAGE, checksum, resource
from overdue.segmentation import load_segmenter, segmentation_lock
from overdue.sentences import Sentence, split_sentences
from overdue.tables import SCHEMAS, concat_tables, make_table
from overdue.terms import count_terms

BATCH = 200
SEED = 20
Tables = dict[str, pd.DataFrame]
Progress = Callable[[int], None]


@dataclass(frozen=True)
class BuildReport:
    """What a build did: the folder, the counts of the manifest, and what was set aside."""

    path: Path
    counts: dict[str, int]
    setaside: list[SetAside]


def build_corpus(
    source: Path,
    out: Path,
    codebook: Path | None = None,
    workers: int = 1,
    progress: Progress = lambda done: None,
) -> BuildReport:
    """Build a corpus folder from raw articles.

    Parameters
    ----------
    source : Path
        A folder of articles (walked recursively), one article, or a table of them.
    out : Path
        The corpus folder; an earlier corpus there is replaced, anything else is not touched.
    codebook : Path, optional
        Another code book than the shipped one.
    workers : int
        Processes; the tables do not depend on it.
    progress : callable
        Called with the number of articles that each finished batch adds.

    Raises
    ------
    InputError
        Nothing usable in `source`, a wrong code book, or `out` holds something that is not a corpus.
    """
    check_target(out)
    book = load_codebook(codebook)
    items = list(read_articles(source))
    raws = [item for item in items if isinstance(item, RawArticle)]
    aside = [item for item in items if isinstance(item, SetAside)]
    parts: list[Tables] = []
    for part in _run(_batches(raws, BATCH), codebook, workers):
        parts.append(part)
        progress(len(part["articles"]) + len(part["setaside"]))
    tables = {name: concat_tables(name, [part[name] for part in parts]) for name in SCHEMAS}
    aside += [SetAside(row.source, row.reason) for row in tables["setaside"].itertuples()]
    if tables["articles"].empty:
        raise InputError(
            f"{source}: no usable article"
            + (
                f"; first of {len(aside)} set aside: {aside[0].source}: {aside[0].reason}"
                if aside
                else "; the folder holds no files"
            )
        )
    tables["setaside"] = make_table("setaside", sorted(aside, key=lambda item: item.source))
    tables["articles"][["duplicate_of", "similarity"]] = find_duplicates(tables["articles"])
    tables["articles"] = concat_tables("articles", [tables["articles"]])
    counts = {name: len(table) for name, table in tables.items()}
    manifest = {**fingerprint(source, codebook), "counts": counts}
    _write(out, tables, manifest, book)
    return BuildReport(out, counts, aside)


def process_batch(raws: list[RawArticle], codebook: Path | None) -> Tables:
    """Turn raw articles into the rows they add to every table; order in, order out."""
    book, segmenter, model = load_codebook(codebook), load_segmenter(), model_for(codebook)
    rows: dict[str, list[Any]] = {name: [] for name in SCHEMAS}
    for raw in raws:
        cleaned = clean(raw.text)
        if not cleaned.text.strip():
            rows["setaside"].append(SetAside(raw.source, "nothing left after cleaning: the page holds no article"))
            continue
        key = {"article_id": raw.article_id}
        title = cleaned.title or raw.title
        rows["articles"].append(
            {
                **key,
                "source": raw.source,
                "title": title or raw.article_id,
                "author": raw.author or cleaned.metadata.author,
                "published": _date(raw.published) or cleaned.metadata.published,
                "url": raw.url,
                "encoding": raw.encoding,
                "script": cleaned.script,
                "n_chars_raw": len(raw.text),
                "n_chars": len(cleaned.text),
                "sha256": raw.sha256,
                "duplicate_of": None,
                "similarity": None,
                "text": cleaned.text,
            }
        )
        rows["edits"] += [{**key, **asdict(edit)} for edit in cleaned.edits]
        sentences = split_sentences(cleaned.text, cleaned.title is not None)
        rows["sentences"] += [{**key, **asdict(sentence)} for sentence in sentences]
        for sentence, codings in zip(sentences, code_sentences(sentences, book, model), strict=True):
            for coding in codings:
                code = book.codes[coding.code]
                where = {"sentence_id": sentence.sentence_id, "dimension": code.dimension, "actor": code.actor}
                rows["codes"].append({**key, **where, **asdict(coding)})
    tables = {name: make_table(name, rows[name]) for name in SCHEMAS if name != "terms"}
    tables["terms"] = count_terms(tables["sentences"], segmenter)
    return tables


def code_sentences(sentences: list[Sentence], book: Codebook, model: Model | None) -> list[list[Coding]]:
    """Codes of each sentence: of a heading by rules, of the others by rules and, where there is one, the model."""
    by_rules = [code_sentence(sentence.text, book) for sentence in sentences]
    if model is None:
        return by_rules
    body = [place for place, sentence in enumerate(sentences) if not sentence.is_heading]
    examples = []
    for place in body:
        before = sentences[place - 1] if place else None
        examples.append(Example(sentences[place].text, before.text if before and not before.is_heading else ""))
    for place, codings in zip(body, model.code(examples, [by_rules[place] for place in body]), strict=True):
        by_rules[place] = codings
    return by_rules


def model_for(codebook: Path | None) -> Model | None:
    """The trained model that belongs to a code book: the shipped one to the shipped book."""
    return load_model(resource("data", "model")) if codebook is None else None


def fingerprint(source: Path, codebook: Path | None) -> dict[str, Any]:
    """What a corpus depends on; two builds with the same fingerprint are equal to the byte."""
    return {
        "overdue": version("overdue"),
        "code_sha256": checksum(PACKAGE),
        "input_sha256": checksum(source),
        "codebook_sha256": checksum(codebook or resource("data", "codebook.yml")),
        "rules_sha256": _rules_checksum(codebook or resource("data", "codebook.yml")),
        "lexicon_sha256": checksum(resource("data", "lexicon")),
        "model_sha256": checksum(resource("data", "model")) if codebook is None else None,
        "segmentation": segmentation_lock(),
        "libraries": {
            name: version(name) for name in ("opencc", "pypinyin", "rensa", "selectolax", "pandas", "pyarrow")
        },
        "seed": SEED,
    }


def check_target(out: Path) -> None:
    """Refuse to write over anything that is not a corpus.

    Raises
    ------
    InputError
        `out` is a file, or a folder that holds something else.
    """
    if out.is_file() or (out.is_dir() and any(out.iterdir()) and not is_corpus(out)):
        raise InputError(f"{out}: exists and is no corpus; give a new or empty folder with --out")


def is_corpus(folder: Path) -> bool:
    """Whether a folder was written by `build_corpus`: its manifest and all its tables are there."""
    return all((folder / f"{name}.parquet").is_file() for name in SCHEMAS) and (folder / "manifest.json").is_file()


def _date(text: str | None) -> str | None:
    from overdue.cleaning.metadata import read_date

    return read_date(text) if text else None


def _rules_checksum(codebook: Path) -> str | None:
    rules = codebook.with_name(f"{codebook.stem}.rules{codebook.suffix}")
    return checksum(rules) if rules.exists() else None


def _batches(raws: Iterable[RawArticle], size: int) -> Iterator[list[RawArticle]]:
    iterator = iter(raws)
    while batch := list(islice(iterator, size)):
        yield batch


def _run(batches: Iterable[list[RawArticle]], codebook: Path | None, workers: int) -> Iterator[Tables]:
    if workers <= 1:
        for batch in batches:
            yield process_batch(batch, codebook)
        return
    with ProcessPoolExecutor(workers) as pool:
        for future in [pool.submit(process_batch, batch, codebook) for batch in batches]:
            yield future.result()


def _write(out: Path, tables: Tables, manifest: dict[str, Any], book: Codebook) -> None:
    """Write a corpus beside its place, then move it there in one step."""
    out.parent.mkdir(parents=True, exist_ok=True)
    with _temporary_folder(out.parent) as folder:
        for name, table in tables.items():
            table.to_parquet(folder / f"{name}.parquet", index=False, compression="zstd")
        _write_json(folder / "codebook.json", asdict(book))
        _write_json(folder / "manifest.json", manifest)
        replaced = Path(tempfile.mkdtemp(prefix=".replaced-", dir=out.parent))
        try:
            if out.exists():
                out.replace(replaced / "corpus")
            folder.replace(out)
        except OSError:
            if (replaced / "corpus").exists():
                (replaced / "corpus").replace(out)
            raise
        finally:
            shutil.rmtree(replaced)


@contextlib.contextmanager
def _temporary_folder(parent: Path) -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix=".corpus-", dir=parent))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _write_json(path: Path, content: Any) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", "utf-8")
