"""What several test files share: the shipped corpus, its report, a corpus small enough to check by hand, and a way to
run the notebooks' cells here, so that what they draw and show can be looked at.
"""

import fcntl
import json
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import matplotlib as mpl
import nbformat
import pandas as pd
import pytest
from matplotlib.figure import Figure
from threadpoolctl import threadpool_limits

from overdue.build import build_corpus
from overdue.codebook import Code, Codebook
from overdue.corpus import Corpus, load_corpus
from overdue.report import write_report
from overdue.resources import resource
from overdue.tables import make_table


@pytest.fixture(scope="session")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    """The shipped articles, built here and now."""
    folder = tmp_path_factory.mktemp("shipped") / "corpus"
    build_corpus(resource("data", "articles"), folder)
    return load_corpus(folder)


@pytest.fixture(scope="session")
def report(corpus: Corpus, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Path:
    """The folder of the report on the shipped articles, written by the first worker that asks for it."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if hasattr(request.config, "workerinput") else base
    with (shared / "report.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (shared / "report").exists():
            with pytest.MonkeyPatch.context() as patch:
                patch.setenv("OMP_NUM_THREADS", "1")  # test workers share the processors
                write_report(corpus, shared / "report")
    return shared / "report"


# Ten words in four sentences and a heading. Article a: 逾期 逾期 失业 失业 罚息; article b: 罚息 罚息 协商 协商 还款.
SENTENCES = [
    ("a", 0, 1, True, "逾期"),
    ("a", 1, 1, False, "失业逾期"),
    ("a", 2, 1, False, "失业罚息"),
    ("b", 0, 0, False, "罚息协商"),
    ("b", 1, 1, False, "协商罚息还款"),
]
CODES = [
    ("a", 0, "job_loss", "逾期", "asserted"),  # on the heading: counted nowhere
    ("a", 1, "job_loss", "失业", "asserted"),
    ("a", 2, "job_loss", "失业", "asserted"),
    ("a", 2, "penalty", "罚息", "asserted"),
    ("b", 0, "penalty", "罚息", "asserted"),
    ("b", 0, "negotiation", "协商", "asserted"),
    ("b", 1, "penalty", "罚息", "averted"),
    ("b", 1, "job_loss", "还款", "negated"),
]
BOOK = Codebook(
    {
        "job_loss": Code("job_loss", "cause", "失业", "Job loss", "No work."),
        "penalty": Code("penalty", "consequence", "罚息", "Penalty", "Interest on arrears."),
        "lawsuit": Code("lawsuit", "consequence", "起诉", "Lawsuit", "Never occurs here."),
        "negotiation": Code("negotiation", "strategy", "协商", "Negotiation", "Talks.", actor="borrower"),
    },
    {"cause": "原因", "consequence": "后果", "strategy": "策略"},
    "1",
)


@pytest.fixture(scope="session")
def small_sentences() -> list[tuple[Any, ...]]:
    """Article, number, section, whether a heading, text: rows for `save_corpus`."""
    return SENTENCES


@pytest.fixture(scope="session")
def small_codes() -> list[tuple[Any, ...]]:
    """Article, number of the sentence, code, evidence, polarity: rows for `save_corpus`."""
    return CODES


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    """The ten-word corpus above."""
    return write_corpus(tmp_path_factory.mktemp("small"), SENTENCES, CODES, BOOK)


@pytest.fixture(scope="session")
def save_corpus(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Corpus]:
    """A function that writes and opens a corpus of the sentences and codes it is given; the small one's by default."""

    def save(
        sentences: Iterable[tuple[Any, ...]] = SENTENCES,
        codes: Iterable[tuple[Any, ...]] = CODES,
        book: Codebook = BOOK,
    ) -> Corpus:
        return write_corpus(tmp_path_factory.mktemp("saved"), list(sentences), list(codes), book)

    return save


def write_corpus(
    folder: Path, sentences: list[tuple[Any, ...]], codes: list[tuple[Any, ...]], book: Codebook
) -> Corpus:
    texts: dict[str, list[str]] = {}
    sentence_rows, term_rows = [], []
    for article, number, section, is_heading, text in sentences:
        start = sum(len(line) + 1 for line in texts.setdefault(article, []))
        texts[article].append(text)
        keys = {"article_id": article, "sentence_id": number}
        place = {"section": section, "heading": "", "is_heading": is_heading}
        sentence_rows.append({**keys, **place, "text": text, "start": start, "end": start + len(text)})
        words = [text[at : at + 2] for at in range(0, len(text), 2)]
        term_rows += [{**keys, "term": word, "count": words.count(word)} for word in sorted(set(words))]
    text_of = {(article, number): text for article, number, _, _, text in sentences}
    code_rows = []
    for article, number, code, evidence, polarity in codes:
        keys = {"article_id": article, "sentence_id": number, "code": code}
        known = {"dimension": book.codes[code].dimension, "actor": book.codes[code].actor, "coder": "rules"}
        start = text_of[article, number].index(evidence)
        where = {"evidence": evidence, "start": start, "end": start + len(evidence)}
        code_rows.append({**keys, **known, **where, "score": 1.0, "polarity": polarity})
    tables = {
        "articles": [article_row(article, "\n".join(lines)) for article, lines in texts.items()],
        "sentences": sentence_rows,
        "edits": [],
        "terms": term_rows,
        "codes": code_rows,
        "setaside": [],
    }
    for name, rows in tables.items():
        make_table(name, rows).to_parquet(folder / f"{name}.parquet", index=False)
    (folder / "codebook.json").write_text(json.dumps(asdict(book)), "utf-8")
    (folder / "manifest.json").write_text("{}", "utf-8")
    return load_corpus(folder)


def article_row(article: str, text: str) -> dict[str, Any]:
    unknown = dict.fromkeys(("author", "published", "url", "duplicate_of", "similarity"))
    lengths = {"n_chars_raw": len(text), "n_chars": len(text), "sha256": "0" * 64}
    read = {"source": f"{article}.txt", "title": article, "encoding": "utf-8", "script": "simplified"}
    return {"article_id": article, "text": text, **read, **lengths, **unknown}


@pytest.fixture(scope="session")
def build(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Corpus]:
    """A function that builds and opens a corpus of articles given as {file name: text}."""

    def build(articles: dict[str, str], codebook: Path | None = None) -> Corpus:
        folder = tmp_path_factory.mktemp("built")
        (folder / "articles").mkdir()
        for name, text in articles.items():
            (folder / "articles" / name).write_text(text, "utf-8")
        build_corpus(folder / "articles", folder / "corpus", codebook)
        return load_corpus(folder / "corpus")

    return build


@dataclass
class Published:
    """A figure as a notebook published it."""

    figure: Figure
    name: str
    data: pd.DataFrame
    alt: str


@dataclass
class Shown:
    """What a notebook published and displayed."""

    figures: list[Published] = field(default_factory=list)
    html: list[str] = field(default_factory=list)
    markdown: list[str] = field(default_factory=list)


@pytest.fixture
def run_cells(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, Corpus], Shown]:
    """A function that runs all code cells of a notebook on a corpus, in this process."""

    def run(name: str, corpus: Corpus) -> Shown:
        shown = Shown()
        monkeypatch.setenv("OVERDUE_CORPUS", str(corpus.path))
        monkeypatch.setattr(
            "overdue.figures.publish",
            lambda figure, name, data, alt: shown.figures.append(Published(figure, name, data, alt)),
        )
        monkeypatch.setattr("IPython.display.display", lambda output, **_: collect(shown, output))
        path = resource("notebooks", f"{name}.ipynb")
        variables: dict[str, Any] = {}
        with mpl.rc_context(), threadpool_limits(1):
            for number, cell in enumerate(nbformat.read(path, as_version=4).cells):
                if cell.cell_type == "code":
                    exec(compile(cell.source, f"{path.name}, cell {number}", "exec"), variables)  # noqa: S102
        return shown

    return run


def collect(shown: Shown, output: Any) -> None:
    from IPython.display import HTML, Markdown

    if isinstance(output, HTML):
        shown.html.append(output.data)
    elif isinstance(output, Markdown):
        shown.markdown.append(output.data)
