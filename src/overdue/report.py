"""Write the HTML report: corpus -> a page per notebook and an index, each one file that asks nothing of the network.

Pages carry their style, script, pictures and a subset of the Chinese font inside them, and a
Content-Security-Policy that allows just these. A figure without alt text stops the report.
"""

import base64
import hashlib
import html
import re
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markdown_it import MarkdownIt

from overdue.articles import InputError
from overdue.corpus import Corpus
from overdue.fonts import subset_font
from overdue.notebooks import notebook_paths, run_notebook
from overdue.resources import PACKAGE

FINDINGS, FIGURE = "findings", "figure"
HEADING = re.compile(r'<h2 id="([^"]+)">(.*?)</h2>', re.DOTALL)
TAG = re.compile(r"<[^>]*>")
PICTURE = (
    '<figure><div class="scroll" tabindex="0">'
    '<img src="data:image/png;base64,{{ data }}" alt="{{ alt }}"></div></figure>'
)
GENERATOR = '<meta name="generator" content="overdue">'
LATIN = "".join(map(chr, range(0x20, 0x7F)))


@dataclass(frozen=True)
class Page:
    """A notebook that was run: its file in the report, title, short name, and what the index shows of it."""

    file: str
    title: str
    short: str
    notebook: Any
    findings: str
    figure: str


def write_report(corpus: Corpus, out: Path, progress: Callable[[int], None] = lambda done: None) -> Path:
    """Run all notebooks on a corpus and write the report.

    Parameters
    ----------
    corpus : Corpus
        What the report is about.
    out : Path
        Folder of the report; an earlier report there is replaced as a whole.
    progress : callable
        Called with 1 for every finished page.

    Returns
    -------
    Path
        The index page.

    Raises
    ------
    InputError
        `out` holds something that is no report.
    RuntimeError
        A notebook failed, or a figure has no alt text.
    """
    if out.is_file() or (out.is_dir() and any(out.iterdir()) and not _is_report(out)):
        raise InputError(f"{out}: exists and is no report; give a new or empty folder with --out")
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".report-", dir=out.parent) as temporary:
        folder = Path(temporary) / "report"
        folder.mkdir()
        pages = []
        for path in notebook_paths():
            pages.append(_page(path, corpus.path, folder / "figures"))
            progress(1)
        for page in pages:
            body = export_body(page.notebook)
            _write_page(folder / page.file, page.title, body, pages, _contents(body), has_code=True)
        _write_page(folder / "index.html", _title(corpus), _index_body(corpus, pages), pages, [], has_code=False)
        _replace(folder, out)
    return out / "index.html"


def export_body(notebook: Any) -> str:
    """HTML of a notebook's cells and outputs, headings with anchors.

    Raises
    ------
    RuntimeError
        A picture has no alt text.
    """
    from nbconvert import HTMLExporter

    for number, cell in enumerate(notebook.cells, start=1):
        for output in cell.get("outputs", []):
            if (
                "image/png" in output.get("data", {})
                and not output.metadata.get("image/png", {}).get("alt", "").strip()
            ):
                raise RuntimeError(
                    f"cell {number} shows a picture without alt text; publish it with overdue.figures.publish"
                )
    exporter = HTMLExporter(
        template_name="notebook", extra_template_basedirs=[str(PACKAGE / "templates")], anchor_link_text=" "
    )
    body: str = exporter.from_notebook_node(notebook)[0]
    body = re.sub(r'<a class="anchor-link"[^>]*>.*?</a>', "", body)
    return (
        re.sub(r'(href="[^"]*)\.ipynb', r"\1.html", body)
        .replace('<div class="table">', '<div class="table" tabindex="0">')
        .replace("<pre><code>", '<pre tabindex="0"><code>')
    )


def _page(path: Path, corpus: Path, figures: Path) -> Page:
    notebook = run_notebook(path, corpus, figures)
    title = next(line[2:] for cell in notebook.cells for line in cell.source.splitlines() if line.startswith("# "))
    findings = "".join(output["data"].get("text/markdown", "") for output in _tagged(notebook, FINDINGS))
    picture = next((output for output in _tagged(notebook, FIGURE) if "image/png" in output["data"]), None)
    figure = ""
    if picture is not None:
        alt = picture["metadata"].get("image/png", {}).get("alt", "")
        figure = (
            _environment().from_string(PICTURE).render(data=picture["data"]["image/png"].replace("\n", ""), alt=alt)
        )
    return Page(f"{path.stem}.html", title, path.stem, notebook, findings, figure)


def _tagged(notebook: Any, tag: str) -> list[Any]:
    cells = [cell for cell in notebook.cells if tag in cell.metadata.get("tags", [])]
    return [output for cell in cells for output in cell.get("outputs", []) if "data" in output]


def _title(corpus: Corpus) -> str:
    n = len(corpus.articles)
    return f"Overdue loans in {n:,} web article{'' if n == 1 else 's'}"


def _index_body(corpus: Corpus, pages: list[Page]) -> str:
    markdown = MarkdownIt("commonmark", {"html": False})
    parts = [{"page": page, "findings": markdown.render(page.findings), "figure": page.figure} for page in pages]
    return (
        _environment()
        .get_template("index.html.j2")
        .render(title=_title(corpus), parts=parts, manifest=corpus.manifest, n_codes=len(corpus.codebook.codes))
    )


def _contents(body: str) -> list[dict[str, str]]:
    return [
        {"anchor": anchor, "text": html.unescape(TAG.sub("", text)).strip()} for anchor, text in HEADING.findall(body)
    ]


def _write_page(
    path: Path, title: str, body: str, pages: list[Page], contents: list[dict[str, str]], has_code: bool
) -> None:
    script = (PACKAGE / "templates" / "page.js").read_text("utf-8")
    font = subset_font("".join(sorted(set(LATIN + title + TAG.sub("", body)))))
    face = f'@font-face {{ font-family: "Overdue Sans"; src: url(data:font/woff2;base64,{font}) format("woff2"); }}\n'
    style = face + (PACKAGE / "templates" / "page.css").read_text("utf-8")
    page = (
        _environment()
        .get_template("frame.html.j2")
        .render(
            title=title,
            body=body,
            pages=pages,
            current=path.name,
            contents=contents,
            has_code=has_code,
            footer=_footer(),
            style=style,
            script=script,
            style_hash=_hash(style),
            script_hash=_hash(script),
        )
    )
    path.write_text(page, "utf-8")


def _footer() -> str:
    from importlib.metadata import version

    return f"Written by overdue {version('overdue')}. Every number here is computed from the articles of the corpus."


def _is_report(folder: Path) -> bool:
    index = folder / "index.html"
    return index.is_file() and GENERATOR in index.read_text("utf-8", "replace")


def _replace(folder: Path, out: Path) -> None:
    """Move a finished report to its place in one step."""
    old = folder.parent / "old"
    if out.exists():
        out.replace(old)
    folder.replace(out)
    shutil.rmtree(old, ignore_errors=True)


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("overdue"),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
    )
