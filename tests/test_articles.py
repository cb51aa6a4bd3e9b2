"""`overdue.articles`: every input comes back as an article or is set aside with its reason, in a fixed order."""

import hashlib
import json
import os
import re
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from overdue.articles import InputError, RawArticle, SetAside, find_files, read_articles

TEXT = "老秦的面馆\n生意淡了，他先停掉信用卡，再去找银行的人商量分期。\n"
TRADITIONAL = "老秦的麵館\n生意淡了，他先停掉信用卡，再去找銀行的人商量分期。\n"


def write(folder: Path, files: dict[str, str | bytes]) -> Path:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def read(path: Path) -> tuple[list[RawArticle], list[SetAside]]:
    items = list(read_articles(path))
    return [i for i in items if isinstance(i, RawArticle)], [i for i in items if isinstance(i, SetAside)]


def json_lines(*rows: dict[str, Any]) -> str:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


# One article a file


@pytest.mark.parametrize("suffix", [".txt", ".md", ".TXT"])
def test_a_text_file_is_one_article(tmp_path: Path, suffix: str) -> None:
    write(tmp_path, {f"noodles{suffix}": TEXT})
    digest = hashlib.sha256(TEXT.encode()).hexdigest()
    assert read(tmp_path) == ([RawArticle("noodles", f"noodles{suffix}", TEXT, "utf-8", digest)], [])


@pytest.mark.parametrize("suffix", [".html", ".htm"])
def test_a_page_is_one_article_without_its_tags(tmp_path: Path, suffix: str) -> None:
    page = '<head><meta name="author" content="小棠"></head><body><h1>老秦的面馆</h1><p>生意淡了。</p></body>'
    write(tmp_path, {f"noodles{suffix}": page})
    [article], _ = read(tmp_path)
    assert (article.text, article.author) == ("老秦的面馆\n生意淡了。", "小棠")
    assert article.sha256 == hashlib.sha256(page.encode()).hexdigest()


ENCODED = {
    "UTF-8": (TEXT, "utf-8", "utf-8"),
    "UTF-8 with byte order mark": (TEXT, "utf-8-sig", "utf-8"),
    "UTF-16 with byte order mark": (TEXT, "utf-16", "utf-16"),
    "UTF-16, little end first": (TEXT, "utf-16-le", "utf-16-le"),
    "UTF-16, big end first": (TEXT, "utf-16-be", "utf-16-be"),
    "GB18030": (TEXT, "gb18030", "gb18030"),
    "Big5": (TRADITIONAL, "big5", "big5hkscs"),
}


@pytest.mark.parametrize(("text", "encoding", "name"), ENCODED.values(), ids=ENCODED)
def test_text_files_of_every_encoding_are_read(tmp_path: Path, text: str, encoding: str, name: str) -> None:
    write(tmp_path, {"a.txt": text.encode(encoding)})
    [article], aside = read(tmp_path)
    assert (article.text, article.encoding, aside) == (text, name, [])


@pytest.mark.parametrize(("text", "encoding", "name"), ENCODED.values(), ids=ENCODED)
def test_pages_of_every_encoding_are_read(tmp_path: Path, text: str, encoding: str, name: str) -> None:
    page = "".join(f"<p>{line}</p>" for line in text.splitlines())
    write(tmp_path, {"a.html": page.encode(encoding)})
    [article], _ = read(tmp_path)
    assert (article.text, article.encoding) == (text.rstrip("\n"), name)


# Tables


ROWS = [
    {"article_id": "n1", "text": TEXT, "title": "面馆", "author": "小棠", "published": "2024-03-08", "url": "u1"},
    {"article_id": "n2", "text": "欠款两万。", "title": None, "author": None, "published": None, "url": None},
]


def write_table(folder: Path, suffix: str, rows: list[dict[str, Any]]) -> Path:
    path = folder / f"table{suffix}"
    table = pd.DataFrame(rows)
    if suffix == ".csv":
        table.to_csv(path, index=False)
    elif suffix == ".parquet":
        table.to_parquet(path)
    else:
        path.write_text(json_lines(*rows), "utf-8")
    return path


@pytest.mark.parametrize("suffix", [".jsonl", ".csv", ".parquet"])
def test_a_table_holds_an_article_a_row_with_its_metadata(tmp_path: Path, suffix: str) -> None:
    articles, aside = read(write_table(tmp_path, suffix, ROWS))
    assert aside == []
    assert [(a.article_id, a.source, a.text) for a in articles] == [
        ("n1", f"table{suffix}#1", TEXT),
        ("n2", f"table{suffix}#2", "欠款两万。"),
    ]
    assert (articles[0].title, articles[0].author, articles[0].published, articles[0].url) == (
        ("面馆", "小棠", "2024-03-08", "u1")
    )
    assert (articles[1].title, articles[1].author, articles[1].published, articles[1].url) == (None,) * 4


@pytest.mark.parametrize("suffix", [".jsonl", ".csv", ".parquet"])
def test_a_row_may_hold_html(tmp_path: Path, suffix: str) -> None:
    [article], _ = read(write_table(tmp_path, suffix, [{"html": "<p>先还<b>本金</b></p><p>再谈利息</p>"}]))
    assert (article.article_id, article.text) == ("table-1", "先还本金\n再谈利息")


@pytest.mark.parametrize("suffix", [".jsonl", ".csv", ".parquet"])
def test_an_empty_row_is_set_aside_by_its_number(tmp_path: Path, suffix: str) -> None:
    articles, aside = read(write_table(tmp_path, suffix, [{"text": "欠款两万。"}, {"text": ""}, {"text": " \n"}]))
    assert len(articles) == 1
    assert [item.source for item in aside] == [f"table{suffix}#2", f"table{suffix}#3"]
    assert all("empty" in item.reason for item in aside)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "gb18030"])
@pytest.mark.parametrize("suffix", [".jsonl", ".csv"])
def test_tables_of_every_encoding_are_read(tmp_path: Path, suffix: str, encoding: str) -> None:
    path = write_table(tmp_path, suffix, ROWS)
    path.write_bytes(path.read_text("utf-8").encode(encoding))
    assert [article.text for article in read(path)[0]] == [TEXT, "欠款两万。"]


def test_blank_lines_of_a_jsonl_table_are_no_rows(tmp_path: Path) -> None:
    write(tmp_path, {"a.jsonl": '\n{"text": "欠款两万。"}\n\n{"text": "还清了。"}\n'})
    assert [article.source for article in read(tmp_path)[0]] == ["a.jsonl#1", "a.jsonl#2"]


def test_digits_in_a_csv_stay_text(tmp_path: Path) -> None:
    write(tmp_path, {"a.csv": "article_id,text\n007,欠款两万。\nNA,还清了。\n"})
    assert [article.article_id for article in read(tmp_path)[0]] == ["007", "NA"]


def test_the_sum_of_a_row_is_that_of_its_text(tmp_path: Path) -> None:
    [article], _ = read(write_table(tmp_path, ".jsonl", [{"text": TEXT}]))
    assert article.sha256 == hashlib.sha256(TEXT.encode()).hexdigest()


# Set aside, never dropped


NOISE = hashlib.shake_256(b"noise").digest(4000)
UNUSABLE: dict[str, tuple[str, str | bytes, str]] = {
    "unknown ending": ("report.pdf", b"%PDF-1.4", r"unknown kind of file \.pdf; known are \.csv .*\.txt"),
    "no ending": ("README", "欠款", r"unknown kind of file \(no ending\); known are"),
    "empty file": ("a.txt", b"", "empty: no text in it"),
    "blank file": ("a.md", " \n\u3000\n", "empty: no text in it"),
    "page without text": ("a.html", "<p> </p><script>1</script>", "empty: no text in it"),
    "binary file": ("a.txt", NOISE, "save it again as UTF-8"),
    "table without text column": ("a.csv", "id,body\n1,欠款\n", "needs a column text or html; this one has id, body"),
    "ragged csv": ("a.csv", "text,title\n甲,乙\n甲,乙,丙,丁\n", "not a readable csv table: .*line 3"),
    "csv without columns": ("a.csv", b"", "not a readable csv table"),
    "jsonl that is no JSON": ("a.jsonl", '{"text": 欠款}\n', "not a readable jsonl table"),
    "jsonl of lists": ("a.jsonl", '["欠款"]\n', "every line must be a JSON object"),
    "jsonl without rows": ("a.jsonl", "\n", "needs a column text or html"),
    "binary jsonl": ("a.jsonl", NOISE, "save it again as UTF-8"),
    "broken parquet": ("a.parquet", b"PAR1 not a table", "not a readable parquet table"),
    "empty parquet": ("a.parquet", b"", "not a readable parquet table"),
}


@pytest.mark.parametrize(("name", "content", "reason"), UNUSABLE.values(), ids=UNUSABLE)
def test_what_cannot_be_used_is_set_aside_with_a_reason(
    tmp_path: Path, name: str, content: str | bytes, reason: str
) -> None:
    write(tmp_path, {name: content, "z-good.txt": TEXT})
    articles, [aside] = read(tmp_path)
    assert [article.article_id for article in articles] == ["z-good"]
    assert aside.source == name
    assert re.search(reason, aside.reason)
    assert "\n" not in aside.reason


def test_a_file_that_is_too_large_is_set_aside_with_the_remedy(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr("overdue.articles.MAX_BYTES", 100)
    write(tmp_path, {"dump.txt": "欠" * 1000})
    _, [aside] = read(tmp_path)
    assert (aside.source, aside.reason.partition(";")[0]) == ("dump.txt", "3,000 bytes in one article")
    assert "split it" in aside.reason


@pytest.mark.parametrize("name", ["a.txt", "a.csv"])
def test_a_file_that_may_not_be_read_is_set_aside(tmp_path: Path, monkeypatch, name: str) -> None:
    def refuse(path: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    write(tmp_path, {name: "text\n欠款\n"})
    monkeypatch.setattr(Path, "read_bytes", refuse)
    _, [aside] = read(tmp_path)
    assert "Permission denied" in aside.reason


def test_a_path_that_does_not_exist_is_an_error_with_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="nowhere: no such file or folder; give a folder of articles"):
        list(read_articles(tmp_path / "nowhere"))


# Order, names and ids


def test_articles_come_in_the_order_of_their_paths(tmp_path: Path) -> None:
    names = ["b.txt", "a/z.txt", "a.txt", "a-1.txt", "B.txt", "甲/乙.txt", "10.txt", "9.txt"]
    write(tmp_path, dict.fromkeys(names, TEXT))
    assert [article.source for article in read(tmp_path)[0]] == sorted(names)


def test_hidden_files_and_folders_are_left_out(tmp_path: Path) -> None:
    write(tmp_path, {".DS_Store": b"x", ".git/a.txt": TEXT, "a/.b.txt": TEXT, "a/c.txt": TEXT})
    assert [path.name for path in find_files(tmp_path)] == ["c.txt"]
    assert [item.source for item in read_articles(tmp_path)] == ["a/c.txt"]


def test_a_folder_below_a_hidden_one_is_not_hidden(tmp_path: Path) -> None:
    folder = write(tmp_path, {".cache/articles/a.txt": TEXT}) / ".cache" / "articles"
    assert [article.source for article in read(folder)[0]] == ["a.txt"]


def test_one_file_is_read_alone(tmp_path: Path) -> None:
    write(tmp_path, {"a.txt": TEXT, "b.txt": TEXT})
    assert [article.source for article in read(tmp_path / "b.txt")[0]] == ["b.txt"]


def test_files_of_one_name_stay_two_articles_with_ids_of_their_own(tmp_path: Path) -> None:
    write(tmp_path, {"x/a.txt": "甲", "y/a.md": "乙", "z/a.html": "丙"})
    assert [(a.article_id, a.text) for a in read(tmp_path)[0]] == [("a", "甲"), ("a-2", "乙"), ("a-3", "丙")]


def test_a_made_up_id_does_not_meet_a_given_one(tmp_path: Path) -> None:
    rows = [{"article_id": name, "text": name} for name in ["a", "a-2", "a", "a", "a-2"]]
    ids = [article.article_id for article in read(write_table(tmp_path, ".jsonl", rows))[0]]
    assert ids == ["a", "a-2", "a-3", "a-4", "a-2-2"]


def test_equal_texts_are_not_merged(tmp_path: Path) -> None:
    write(tmp_path, {"a.txt": TEXT, "b.txt": TEXT})
    articles, _ = read(tmp_path)
    assert [a.article_id for a in articles] == ["a", "b"]
    assert articles[0].sha256 == articles[1].sha256


# Bugs that are not mended yet


@pytest.mark.xfail(
    strict=True, reason="rows of a jsonl table are cut with splitlines(): U+2028, U+0085 and the like inside a string"
)
@pytest.mark.parametrize("mark", ["\u2028", "\u2029", "\x85"])
def test_a_line_separator_inside_a_json_string_is_text(tmp_path: Path, mark: str) -> None:
    write(tmp_path, {"a.jsonl": json_lines({"text": f"先还本金{mark}再谈利息"})})
    assert [article.text for article in read(tmp_path)[0]] == [f"先还本金{mark}再谈利息"]


@pytest.mark.xfail(strict=True, reason="each line is parsed alone: the reason always says 'line 1'")
def test_the_reason_for_a_broken_jsonl_names_the_line(tmp_path: Path) -> None:
    write(tmp_path, {"a.jsonl": '{"text": "甲"}\n{"text": "乙"}\n{"text": 丙}\n'})
    _, [aside] = read(tmp_path)
    assert "line 3" in aside.reason


@pytest.mark.xfail(strict=True, reason="the reason quotes the parser only and does not say what to do")
@pytest.mark.parametrize("name", ["a.csv", "a.jsonl", "a.parquet"])
def test_the_reason_for_a_broken_table_names_the_remedy(tmp_path: Path, name: str) -> None:
    write(tmp_path, {name: b'text,b\n"a\n'})
    _, [aside] = read(tmp_path)
    assert "; " in aside.reason


@pytest.mark.xfail(strict=True, reason="pyarrow's message is quoted with the absolute path of the file")
def test_no_reason_depends_on_where_the_folder_lies(tmp_path: Path) -> None:
    write(tmp_path, {"a.parquet": b""})
    _, [aside] = read(tmp_path)
    assert str(tmp_path) not in aside.reason


@pytest.mark.xfail(strict=True, raises=RecursionError, reason="json.loads raises RecursionError, which is not caught")
def test_json_nested_too_deep_is_set_aside(tmp_path: Path) -> None:
    write(tmp_path, {"a.jsonl": "[" * 100_000})
    assert len(read(tmp_path)[1]) == 1


@pytest.mark.xfail(strict=True, reason="one lone surrogate (a cut emoji) makes pandas refuse the whole table")
def test_a_lone_surrogate_costs_one_character_not_the_table(tmp_path: Path) -> None:
    write(tmp_path, {"a.jsonl": '{"text": "还清了\\ud83d"}\n{"text": "没还清。"}\n'})
    assert [article.text[:3] for article in read(tmp_path)[0]] == ["还清了", "没还清"]


@pytest.mark.xfail(strict=True, reason="pandas makes floats of numbers when one row lacks them: the id becomes '7.0'")
def test_a_number_as_id_stays_as_written_when_another_row_has_none(tmp_path: Path) -> None:
    write(tmp_path, {"a.jsonl": json_lines({"article_id": 7, "text": "甲"}, {"text": "乙"})})
    assert [article.article_id for article in read(tmp_path)[0]] == ["7", "a-2"]


@pytest.mark.xfail(strict=True, reason="a missing date of a Parquet table (NaT) is read as the text 'NaT'")
def test_a_missing_date_is_none(tmp_path: Path) -> None:
    dates = pd.to_datetime(["2024-03-08", None])
    pd.DataFrame({"text": ["甲", "乙"], "published": dates}).to_parquet(tmp_path / "a.parquet")
    assert read(tmp_path)[0][1].published is None


@pytest.mark.xfail(strict=True, reason="rows of a table are all said to be UTF-8, whatever the file was")
@pytest.mark.parametrize("suffix", [".jsonl", ".csv"])
def test_rows_have_the_encoding_of_their_file(tmp_path: Path, suffix: str) -> None:
    path = write_table(tmp_path, suffix, ROWS)
    path.write_bytes(path.read_text("utf-8").encode("gb18030"))
    assert {article.encoding for article in read(path)[0]} == {"gb18030"}


@pytest.mark.xfail(strict=True, reason="a table with columns and no rows yields nothing: it vanishes without a reason")
def test_a_table_without_rows_is_set_aside(tmp_path: Path) -> None:
    write(tmp_path, {"a.csv": "article_id,text\n"})
    assert len(read(tmp_path)[1]) == 1


@pytest.mark.xfail(strict=True, reason="find_files asks is_file(): a broken link is skipped without a reason")
def test_a_broken_link_is_set_aside(tmp_path: Path) -> None:
    (tmp_path / "a.txt").symlink_to("nowhere.txt")
    assert [item.source for item in read_articles(tmp_path)] == ["a.txt"]


@pytest.mark.xfail(strict=True, reason="names that are not UTF-8 come as surrogates, which no table can hold")
@pytest.mark.skipif(os.name != "posix", reason="file names are bytes on POSIX only")
def test_a_file_name_in_gbk_gives_text_that_can_be_written(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode("欠款.txt".encode("gbk"))).write_text(TEXT, "utf-8")
    for item in read_articles(tmp_path):
        item.source.encode("utf-8")
