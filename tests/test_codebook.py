"""The code book: what it holds, one clear line for every mistake in it, and books of other shapes all the way."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from overdue.articles import InputError
from overdue.codebook import Code, Codebook, Patterns, load_codebook
from overdue.coding import code_sentence
from overdue.corpus import Corpus
from overdue.overlap import code_matrix, cross_pairs, dimension_matrix, set_overlap
from overdue.prevalence import count_codes


def save(folder: Path, book: str, rules: str | None = None) -> Path:
    path = folder / "book.yml"
    path.write_text(book, "utf-8")
    if rules is not None:
        (folder / "book.rules.yml").write_text(rules, "utf-8")
    return path


def one_code(entry: str) -> str:
    return f"dimensions:\n  cause:\n    codes:\n    - {entry}\n"


def test_shipped_book_has_three_dimensions_and_47_codes() -> None:
    book = load_codebook()
    assert {name: len(book.ids(name)) for name in book.dimensions} == {"cause": 16, "consequence": 15, "strategy": 16}
    assert book.ids() == list(book.codes)
    assert len(book.ids()) == 47


def test_every_shipped_code_is_defined_labelled_and_findable() -> None:
    for code in load_codebook().codes.values():
        assert code.definition and code.zh and code.en != code.id, code.id
        assert code.patterns.any, f"{code.id} has no pattern"


def test_strategies_name_who_acts() -> None:
    book = load_codebook()
    assert {book.codes[code].actor for code in book.ids("strategy")} == {"borrower", "lender", "both"}


def test_patterns_stand_with_the_code_or_in_the_file_beside(tmp_path: Path) -> None:
    book = one_code("{id: rent, patterns: [房租]}") + "    - {id: fees}\n    - {id: fines}\n"
    path = save(tmp_path, book, "fees: {any: [手续费], without: [免手续费]}\n")
    patterns = {name: code.patterns for name, code in load_codebook(path).codes.items()}
    assert patterns == {"rent": Patterns(("房租",)), "fees": Patterns(("手续费",), ("免手续费",)), "fines": Patterns()}


def test_what_a_code_leaves_out_is_filled_in(tmp_path: Path) -> None:
    code = load_codebook(save(tmp_path, one_code("{id: rent}"))).codes["rent"]
    assert code == Code("rent", "cause", "rent", "rent", "")


MISTAKES = {
    "not YAML": ("dimensions:\n\tcause: 1", None, "book.yml: not valid YAML at line 2; check indentation and quotes"),
    "not UTF-8": (b"dimensions: {\xff}", None, "book.yml: not valid YAML; check indentation and quotes"),
    "empty": ("", None, "book.yml: expected a mapping at the top, found NoneType"),
    "a list": ("- cause", None, "book.yml: expected a mapping at the top, found list"),
    "no dimensions": ("version: 1", None, "book.yml: no dimensions; expected 'dimensions:' with at least one"),
    "no codes": (
        "dimensions: {cause: {zh: 原因}}",
        None,
        "book.yml: dimension 'cause' has no list of codes; add 'codes:'",
    ),
    "missing id": (
        one_code("{zh: 房租}"),
        None,
        "dimension 'cause': entry {'zh': '房租'} has no id like 'income_loss'",
    ),
    "wrong id": (
        one_code("{id: Job loss}"),
        None,
        "entry {'id': 'Job loss'} has no id like 'income_loss' (a-z, 0-9, _)",
    ),
    "id that is a number": (one_code("{id: 5}"), None, "entry {'id': 5} has no id like 'income_loss'"),
    "code that is a word": (one_code("rent"), None, "dimension 'cause': entry 'rent' has no id like 'income_loss'"),
    "id in two dimensions": (
        "dimensions: {cause: {codes: [{id: rent}]}, strategy: {codes: [{id: rent}]}}",
        None,
        "book.yml: code 'rent' stands in cause and in strategy; ids must be unique",
    ),
    "unknown key in patterns": (
        one_code("{id: rent, patterns: {all: [房租], any: [租金]}}"),
        None,
        "book.yml: code 'rent': patterns has ['all']; expected 'any' and 'without', each a list",
    ),
    "patterns that are a word": (
        one_code("{id: rent, patterns: 房租}"),
        None,
        "book.yml: code 'rent': patterns has '房租'; expected 'any' and 'without', each a list",
    ),
    "rules for an unknown code": (
        one_code("{id: rent}"),
        "rant: {any: [房租]}",
        "book.rules.yml: no code 'rant' in book.yml; known are rent",
    ),
    "rules that are not YAML": (one_code("{id: rent}"), "rent: [", "book.rules.yml: not valid YAML at line 1"),
}


@pytest.mark.parametrize(("book", "rules", "message"), MISTAKES.values(), ids=MISTAKES)
def test_mistake_is_named_in_one_line(tmp_path: Path, book: str | bytes, rules: str | None, message: str) -> None:
    path = save(tmp_path, book if isinstance(book, str) else "", rules)
    if isinstance(book, bytes):
        path.write_bytes(book)
    with pytest.raises(InputError) as error:
        load_codebook(path)
    assert message in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(("name", "reason"), [("none.yml", "No such file or directory"), (".", "Is a directory")])
def test_file_that_cannot_be_read_is_named_with_its_path(tmp_path: Path, name: str, reason: str) -> None:
    with pytest.raises(InputError, match="cannot be read") as error:
        load_codebook(tmp_path / name)
    assert str(tmp_path / name) in str(error.value)
    assert reason in str(error.value)


UNNOTICED = {
    "patterns of any as one word": (one_code("{id: rent, patterns: {any: 房租}}"), None),
    "any without patterns": (one_code("{id: rent, patterns: {any: }}"), None),
    "examples without an example": (one_code("{id: rent, examples: }"), None),
    "pattern that is no expression": (one_code("{id: rent, patterns: ['(房租']}"), None),
    "empty pattern": (one_code("{id: rent, patterns: ['']}"), None),
    "pattern that is null": (one_code("{id: rent, patterns: [null, 房租]}"), None),
    "dimension without codes": ("dimensions: {cause: {codes: []}}", None),
    "the same dimension twice": (
        "dimensions:\n  cause: {codes: [{id: rent}]}\n  cause: {codes: [{id: fees}]}\n",
        None,
    ),
    "rules twice for a code": (one_code("{id: rent}"), "rent: [房租]\nrent: [租金]\n"),
}


@pytest.mark.parametrize(("book", "rules"), UNNOTICED.values(), ids=UNNOTICED)
def test_mistake_that_is_not_noticed_yet(tmp_path: Path, book: str, rules: str | None) -> None:
    with pytest.raises(InputError, match=r"^book\.(rules\.)?yml: "):
        load_codebook(save(tmp_path, book, rules))


@pytest.mark.xfail(strict=True, reason="_code: names the code book where the rules file is wrong")
def test_mistake_in_the_rules_names_the_rules_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"^book\.rules\.yml: code 'rent'"):
        load_codebook(save(tmp_path, one_code("{id: rent}"), "rent: {some: [房租]}"))


def test_wrong_code_book_stops_the_build_before_anything_is_written(
    build: Callable[..., Corpus], tmp_path: Path
) -> None:
    with pytest.raises(InputError, match="no dimensions"):
        build({"a.txt": "他失业了。"}, save(tmp_path, "version: 1"))


def test_corpus_gives_back_the_book_it_was_coded_with(corpus: Corpus) -> None:
    assert corpus.codebook == load_codebook()
    assert code_sentence("他失业了。", corpus.codebook)


ONE = """
dimensions:
  feeling:
    zh: 感受
    codes:
    - {id: fear, zh: 害怕, en: Fear, patterns: [害怕, 恐惧]}
    - {id: calm, zh: 平静, en: Calm, patterns: [平静, 安心]}
    - {id: shame, zh: 羞愧, en: Shame, patterns: [丢脸]}
"""
FOUR = """
dimensions:
  place:
    zh: 地点
    codes: [{id: home, zh: 家里, en: Home, patterns: [家里]}, {id: work, zh: 单位, en: Work, patterns: [单位]}]
  time:
    zh: 时间
    codes: [{id: night, zh: 夜里, en: Night, patterns: [夜里]}, {id: noon, zh: 中午, en: Noon, patterns: [中午]}]
  feeling:
    zh: 感受
    codes: [{id: fear, zh: 害怕, en: Fear, patterns: [害怕]}]
  deed:
    zh: 行动
    codes: [{id: call, zh: 打电话, en: Call, patterns: [打电话]}, {id: pay, zh: 付钱, en: Pay, patterns: [付钱]}]
"""
ARTICLES = {
    "first.txt": "家里人夜里害怕，只好打电话求人。\n单位中午来了信，他付钱了事。\n窗外下着雨，街上没有人。",
    "second.txt": "她在单位害怕极了。\n夜里终于平静，第二天付钱。\n后来家里安心，也不再觉得丢脸。",
}
NOTEBOOKS_ON_CODES = ["02-terms", "05-codes", "06-overlap", "07-explore"]


def book_of(content: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save(tmp_path_factory.mktemp("book"), content)


@pytest.fixture(scope="module")
def one(build: Callable[..., Corpus], tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    return build(ARTICLES, book_of(ONE, tmp_path_factory))


@pytest.fixture(scope="module")
def four(build: Callable[..., Corpus], tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    return build(ARTICLES, book_of(FOUR, tmp_path_factory))


def test_book_of_one_dimension_codes_and_counts(one: Corpus) -> None:
    assert one.codebook.dimensions == {"feeling": "感受"}
    counts = count_codes(one).set_index("code")[["sentences", "negated"]]
    assert counts.to_dict("index") == {
        "fear": {"sentences": 2, "negated": 0},
        "calm": {"sentences": 2, "negated": 0},
        "shame": {"sentences": 0, "negated": 1},
    }


def test_book_of_four_dimensions_codes_and_overlaps(four: Corpus) -> None:
    book = four.codebook
    dimension = {code.id: code.dimension for code in book.codes.values()}
    matrix = code_matrix(four.codes, four.sentences, "sentence", book.ids())
    sets = set_overlap(dimension_matrix(matrix, dimension))
    assert len(sets) == 2**4 - 1
    assert sets["exclusive"].loc[[("place", "time", "feeling", "deed")]].tolist() == [1]
    assert len(cross_pairs(matrix, dimension)) == 2 * 2 + 2 * 1 + 2 * 2 + 2 * 1 + 2 * 2 + 1 * 2


@pytest.mark.parametrize("name", NOTEBOOKS_ON_CODES)
@pytest.mark.parametrize("shape", ["one", "four"])
def test_notebooks_work_with_books_of_other_shapes(
    shape: str, name: str, run_cells: Callable[..., Any], request: pytest.FixtureRequest
) -> None:
    shown = run_cells(name, request.getfixturevalue(shape))
    assert shown.markdown, "no findings"
    assert not any("cause" in text for text in shown.markdown), "findings name a dimension that this book has not"


@pytest.mark.filterwarnings("ignore:Attempting to set identical:UserWarning")
def test_notebooks_work_with_a_book_of_one_code(
    build: Callable[..., Corpus], run_cells: Callable[..., Any], tmp_path: Path
) -> None:
    corpus = build(ARTICLES, save(tmp_path, one_code("{id: fear, patterns: [害怕]}")))
    for name in NOTEBOOKS_ON_CODES:
        assert run_cells(name, corpus).markdown


def test_ids_are_of_a_dimension_or_of_all() -> None:
    codes = {name: Code(name, name[0], name, name, "") for name in ("a1", "b1", "a2")}
    book = Codebook(codes, {"a": "甲", "b": "乙"}, "1")
    assert (book.ids(), book.ids("a"), book.ids("c")) == (["a1", "b1", "a2"], ["a1", "a2"], [])
