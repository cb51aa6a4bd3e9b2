"""The report: whole pages that ask nothing of the network, alt text or no report, and no folder harmed."""

import base64
import hashlib
import io
import re
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from fontTools.ttLib import TTFont
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from overdue import report as reports
from overdue.articles import InputError
from overdue.cli import main
from overdue.corpus import Corpus
from overdue.fonts import chinese_font, subset_font
from overdue.notebooks import notebook_paths
from overdue.report import export_body, write_report

FILES = [f"{path.stem}.html" for path in notebook_paths()] + ["index.html"]
LOADING = {"src", "srcset", "poster", "data", "action", "formaction", "background", "ping", "manifest", "xlink:href"}
UNSEEN = {"script", "style", "title"}


class Page(HTMLParser):
    """A page's tags, the text that is seen, and what stands in title, headings, style and script."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.html = html
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.inside: dict[str, list[str]] = {}
        self.seen = ""
        self._open: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        self.inside.setdefault(tag, []).append("")
        self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self._open:
            while self._open.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        for tag in set(self._open):
            self.inside[tag][-1] += data
        if not UNSEEN & set(self._open):
            self.seen += data

    def attributes(self, *names: str) -> list[str]:
        return [attrs[name] for _, attrs in self.tags for name in names if name in attrs]


# Fonts


def characters_of(font: TTFont) -> set[str]:
    return {chr(code) for code in font.getBestCmap()}


def test_subset_font_holds_just_what_it_is_asked_for() -> None:
    font = TTFont(io.BytesIO(base64.b64decode(subset_font("逾期abc"))))
    assert characters_of(font) == set("逾期abc")


def test_characters_without_a_glyph_stop_no_page() -> None:
    font = TTFont(io.BytesIO(base64.b64decode(subset_font("逾\U0001f600"))))
    assert characters_of(font) == {"逾"}


# Notebooks turned into pages

PIXEL = base64.b64encode(b"not really a picture").decode()


def picture(alt: str | None) -> Any:
    metadata = {"image/png": {} if alt is None else {"alt": alt}}
    return new_output("display_data", data={"image/png": PIXEL}, metadata=metadata)


def notebook_with(*outputs: Any, tags: tuple[str, ...] = ()) -> Any:
    cell = new_code_cell("draw()", outputs=list(outputs), metadata={"tags": list(tags)})
    return new_notebook(cells=[new_markdown_cell("# A question?"), cell])


def test_alt_text_comes_with_the_picture_and_is_escaped() -> None:
    page = Page(export_body(notebook_with(picture('A chart of <b>"罚息"</b> by article.'))))
    assert page.attributes("alt") == ['A chart of <b>"罚息"</b> by article.']
    assert page.attributes("src") == [f"data:image/png;base64,{PIXEL}"]


@pytest.mark.parametrize("alt", [None, "", "  "])
def test_export_fails_on_a_missing_alt_text(alt: str | None) -> None:
    with pytest.raises(RuntimeError, match=r"cell 2 shows a picture without alt text; .*figures\.publish"):
        export_body(notebook_with(picture("A chart that is described well."), picture(alt)))


def test_report_fails_on_a_figure_without_alt_text(
    small: Corpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reports, "run_notebook", lambda *_: notebook_with(picture(None), tags=("figure",)))
    with pytest.raises(RuntimeError, match="without alt text"):
        write_report(small, tmp_path / "report")


def test_failed_report_leaves_nothing_behind(small: Corpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reports, "run_notebook", lambda *_: notebook_with(picture(None)))
    with pytest.raises(RuntimeError, match="without alt text"):
        write_report(small, tmp_path / "report")
    assert list(tmp_path.iterdir()) == []


def test_code_is_escaped_and_folded() -> None:
    cell = new_code_cell("a < b and '</code><script>alert(1)</script>'")
    body = export_body(new_notebook(cells=[cell]))
    assert "a &lt; b" in body
    assert "<script" not in body
    assert [attrs for tag, attrs in Page(body).tags if tag == "details"] == [{"class": "code"}]


def test_printed_text_is_escaped() -> None:
    printed = new_output("stream", name="stdout", text="<script>alert(1)</script>")
    assert "<script" not in export_body(notebook_with(printed))


def test_warnings_of_a_cell_are_not_shown() -> None:
    warned = new_output("stream", name="stderr", text="/home/somebody/warning")
    assert "somebody" not in export_body(notebook_with(warned))


def test_links_between_notebooks_become_links_between_pages() -> None:
    body = export_body(new_notebook(cells=[new_markdown_cell("See [next](02-terms.ipynb).")]))
    assert Page(body).attributes("href") == ["02-terms.html"]


def test_texts_that_speak_of_notebooks_stay() -> None:
    body = export_body(new_notebook(cells=[new_markdown_cell("The file `02-terms.ipynb` is committed.")]))
    assert "02-terms.ipynb" in body


@pytest.mark.parametrize(
    "heading",
    [
        "Which terms lead?",
        "哪些词最多？",
        "What is `tf`?",
        "Costs & fees",
    ],
)
def test_contents_say_what_the_heading_says(heading: str, tmp_path: Path) -> None:
    body = export_body(new_notebook(cells=[new_markdown_cell(f"# Title\n\n## {heading}")]))
    reports._write_page(tmp_path / "x.html", "Title", body, [], reports._contents(body), has_code=False)
    page = Page((tmp_path / "x.html").read_text("utf-8"))
    entry = re.sub(r"\s+", " ", page.inside["aside"][0]).strip()
    assert entry == f"On this page {heading.replace('`', '')}"
    assert page.inside["h2"] == [heading.replace("`", "")]


# Where the report goes


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Reports of one page that needs no kernel."""
    monkeypatch.setattr(reports, "notebook_paths", lambda: [Path("01-only.ipynb")])
    findings = new_output("display_data", data={"text/markdown": "- One finding."})
    monkeypatch.setattr(reports, "run_notebook", lambda *_: notebook_with(findings, tags=("findings",)))
    yield


@pytest.fixture(scope="module")
def lone(build: Callable[..., Corpus]) -> Corpus:
    return build({"a.txt": "他失业了。"})


@pytest.mark.usefixtures("quick")
def test_index_shows_the_findings_of_every_page(lone: Corpus, tmp_path: Path) -> None:
    index = write_report(lone, tmp_path / "new" / "report")
    assert index == tmp_path / "new" / "report" / "index.html"
    assert "One finding." in Page(index.read_text("utf-8")).seen


@pytest.mark.usefixtures("quick")
def test_progress_is_told_page_by_page(lone: Corpus, tmp_path: Path) -> None:
    told: list[int] = []
    write_report(lone, tmp_path / "report", told.append)
    assert told == [1]


@pytest.mark.usefixtures("quick")
def test_same_corpus_gives_the_same_bytes(lone: Corpus, tmp_path: Path) -> None:
    first, second = (write_report(lone, tmp_path / name).read_bytes() for name in ("first", "second"))
    assert first == second


@pytest.mark.usefixtures("quick")
def test_earlier_report_is_replaced_as_a_whole(lone: Corpus, tmp_path: Path) -> None:
    out = tmp_path / "report"
    write_report(lone, out)
    (out / "08-gone.html").write_text("of an earlier version")
    write_report(lone, out)
    assert {path.name for path in out.iterdir()} == {"01-only.html", "index.html"}
    assert [path.name for path in tmp_path.iterdir()] == ["report"]


@pytest.mark.usefixtures("quick")
def test_empty_folder_is_taken(lone: Corpus, tmp_path: Path) -> None:
    (tmp_path / "report").mkdir()
    assert write_report(lone, tmp_path / "report").exists()


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("existing", ["thesis.docx", ".git", "notes/index.html"])
def test_folder_that_is_no_report_is_refused_and_kept(existing: str, lone: Corpus, tmp_path: Path) -> None:
    kept = tmp_path / "out" / existing
    kept.parent.mkdir(parents=True)
    kept.write_text("mine")
    with pytest.raises(InputError, match="exists and is no report; give a new or empty folder with --out"):
        write_report(lone, tmp_path / "out")
    assert kept.read_text() == "mine"


@pytest.mark.usefixtures("quick")
def test_file_is_refused_and_kept(lone: Corpus, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("mine")
    with pytest.raises(InputError, match="exists and is no report"):
        write_report(lone, tmp_path / "out")
    assert (tmp_path / "out").read_text() == "mine"


@pytest.mark.usefixtures("quick")
def test_web_site_of_somebody_is_refused_and_kept(lone: Corpus, tmp_path: Path) -> None:
    site = tmp_path / "site"
    site.mkdir()
    (site / "index.html").write_text("<title>My site</title>")
    (site / "photos.zip").write_text("mine")
    with pytest.raises(InputError, match="no report"):
        write_report(lone, site)
    assert (site / "photos.zip").exists()


@pytest.mark.usefixtures("quick")
def test_report_on_one_article_speaks_of_one(lone: Corpus, tmp_path: Path) -> None:
    seen = Page(write_report(lone, tmp_path / "report").read_text("utf-8")).seen
    assert not re.search(r"\b1 (web|Chinese web)\s+articles", seen)


def test_failed_notebook_is_one_line_on_stderr(
    lone: Corpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: Any) -> None:
        raise RuntimeError("04-topics.ipynb: ValueError: too few")

    monkeypatch.setattr(reports, "run_notebook", fail)
    assert main(["report", "--corpus", str(lone.path), "--out", str(tmp_path / "report")]) == 2
    assert capsys.readouterr().err == "overdue: 04-topics.ipynb: ValueError: too few\n"


# Corpora with next to nothing in them: every notebook runs

TINY = {
    "one sentence": {"a.txt": "他失业了。"},
    "one article": {
        "a.txt": "家里出了事\n\n他失业以后还不上，罚息越滚越多。\n银行来电催他。\n\n她申请了分期，也找了律师。"
    },
    "no codes": {"a.txt": "窗外下着雨，街上没有人。", "b.txt": "天晴以后，孩子们出来玩。"},
    "an article of numbers": {"a.txt": "他失业了。", "b.txt": "12345，67890。"},
}
FAILING = {
    **{
        (kind, "04-topics"): "a single section is no matter for clustering"
        for kind in ("one sentence", "one article", "an article of numbers")
    },
    ("an article of numbers", "03-distinctive"): "asserts a row of weights for an article without terms",
}


@pytest.fixture(scope="module")
def tiny(build: Callable[..., Corpus]) -> dict[str, Corpus]:
    return {kind: build(articles) for kind, articles in TINY.items()}


@pytest.mark.filterwarnings("ignore:Attempting to set identical:UserWarning")
@pytest.mark.parametrize(
    ("kind", "name"),
    [
        pytest.param(kind, name, marks=pytest.mark.xfail(strict=True, reason=FAILING[kind, name]))
        if (kind, name) in FAILING
        else (kind, name)
        for kind in TINY
        for name in [path.stem for path in notebook_paths()]
    ],
)
def test_notebook_runs_on_next_to_nothing(
    kind: str, name: str, tiny: dict[str, Corpus], run_cells: Callable[..., Any]
) -> None:
    assert run_cells(name, tiny[kind]).markdown, "no findings"


# Every page of the report on the shipped articles; last, so that another worker can write it in the meantime


@pytest.fixture(scope="module")
def pages(report: Path) -> dict[str, Page]:
    return {name: Page((report / name).read_text("utf-8")) for name in FILES}


@pytest.fixture(params=FILES)
def page(request: pytest.FixtureRequest, pages: dict[str, Page]) -> Page:
    return pages[request.param]


def test_report_is_pages_and_figures(report: Path) -> None:
    assert {path.name for path in report.iterdir()} == {*FILES, "figures"}


def test_page_has_one_title_and_one_main_heading(page: Page) -> None:
    assert len(page.inside["title"]) == len(page.inside["h1"]) == 1
    assert page.inside["title"][0].strip() == page.inside["h1"][0].strip() != ""


def test_headings_skip_no_level(page: Page) -> None:
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


@pytest.mark.parametrize("name", [name for name in FILES if name != "index.html"])
def test_contents_lead_to_every_section(name: str, pages: dict[str, Page]) -> None:
    page = pages[name]
    sections = [attrs["id"] for tag, attrs in page.tags if tag == "h2"]
    linked = [attrs["href"] for tag, attrs in page.tags if tag == "a" and attrs.get("href", "").startswith("#")]
    assert linked == ["#main", *(f"#{anchor}" for anchor in sections)]
    assert len(sections) >= 3


def test_index_leads_to_every_page(pages: dict[str, Page]) -> None:
    assert set(FILES) <= set(pages["index.html"].attributes("href"))


def test_every_link_has_its_target(page: Page, pages: dict[str, Page]) -> None:
    for href in page.attributes("href"):
        name, _, anchor = href.partition("#")
        assert not name or name in pages, href
        target = pages[name] if name else page
        assert not anchor or anchor in target.attributes("id"), href


def test_ids_are_unique(page: Page) -> None:
    ids = page.attributes("id")
    assert len(ids) == len(set(ids))


def test_page_asks_nothing_of_the_network(page: Page) -> None:
    assert [value[:60] for value in page.attributes(*LOADING) if not value.startswith("data:")] == []
    assert not {tag for tag, _ in page.tags} & {"link", "iframe", "object", "embed", "base", "form", "audio", "video"}
    assert {value.lower() for value in page.attributes("http-equiv")} == {"content-security-policy"}
    styles = " ".join(page.inside["style"]) + " ".join(page.attributes("style"))
    assert {url[:5] for url in re.findall(r"url\(\s*['\"]?(.{5})", styles)} == {"data:"}
    assert "@import" not in styles
    scripts = " ".join(page.inside["script"])
    assert not re.search(r"\bfetch\b|XMLHttpRequest|WebSocket|EventSource|sendBeacon|\bimport\b|https?:", scripts)


def test_policy_allows_just_the_style_and_script_of_the_page(page: Page) -> None:
    (policy,) = (attrs["content"] for tag, attrs in page.tags if tag == "meta" and "http-equiv" in attrs)
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["default-src"] == "'none'"
    assert (rules["img-src"], rules["font-src"]) == ("data:", "data:")
    assert (rules["base-uri"], rules["form-action"]) == ("'none'", "'none'")
    for kind in ("style", "script"):
        (content,) = re.findall(rf"<{kind}>(.*?)</{kind}>", page.html, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert rules[f"{kind}-src"] == f"'sha256-{digest}'"


def test_policy_stands_before_what_it_guards(page: Page) -> None:
    assert page.html.index("Content-Security-Policy") < min(page.html.index("<style"), page.html.index("<script"))


def test_page_has_no_style_or_script_in_attributes(page: Page) -> None:
    """The policy would stop them."""
    assert page.attributes("style") == []
    assert [name for _, attrs in page.tags for name in attrs if name.startswith("on")] == []


def test_every_picture_says_what_it_shows(page: Page) -> None:
    pictures = [attrs for tag, attrs in page.tags if tag == "img"]
    assert pictures or "Which sentences stand behind" in page.inside["h1"][0]
    for attrs in pictures:
        assert len(attrs["alt"]) > 30
        assert "No description" not in attrs["alt"]


def test_font_of_the_page_holds_all_its_characters(page: Page) -> None:
    (encoded,) = re.findall(r"url\(data:font/woff2;base64,([^)]+)\)", page.html)
    held = characters_of(TTFont(io.BytesIO(base64.b64decode(encoded))))
    seen = {character for character in page.seen if not character.isspace()}
    assert len(seen) > 50
    assert seen & characters_of(TTFont(str(chinese_font()))) <= held


def test_characters_that_no_font_has_are_few(pages: dict[str, Page]) -> None:
    seen = {character for page in pages.values() for character in page.seen if not character.isspace()}
    assert len(seen - characters_of(TTFont(str(chinese_font())))) <= 5


def test_pages_hold_no_paths_of_the_machine(page: Page, corpus: Corpus) -> None:
    text = page.html if len(page.html) < 10**5 else re.sub(r"base64,[^\"')]+", "", page.html)
    assert str(corpus.path) not in text
    assert not re.search(r"(?<![\w.])/(home|root|tmp|work|Users)/", text)


def test_pages_say_what_language_they_are_in(page: Page) -> None:
    assert [attrs.get("lang") for tag, attrs in page.tags if tag == "html"] == ["en"]
    assert {attrs.get("lang") for tag, attrs in page.tags if tag == "q"} <= {"zh-Hans"}


def test_figures_of_the_report_are_those_of_the_notebooks(report: Path) -> None:
    from_notebooks = {
        name for path in notebook_paths() for name in re.findall(r'\\"(\d\d-[\w-]+)\\"', path.read_text())
    }
    written = {path.stem for path in (report / "figures").iterdir()}
    assert written
    assert written == from_notebooks
