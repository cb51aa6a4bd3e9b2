"""Coding by rules: cases in `cases/coding.json`, evidence where it says it stands, polarity by the words before it."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from overdue.codebook import Code, Codebook, Patterns, load_codebook
from overdue.coding import code_sentence, polarity_of
from overdue.corpus import Corpus
from overdue.tables import POLARITIES

CASES = json.loads((Path(__file__).parent / "cases" / "coding.json").read_text("utf-8"))


def as_parameter(number: int, case: dict[str, Any]) -> Any:
    marks = [pytest.mark.xfail(strict=True, reason=case["known"])] if "known" in case else []
    return pytest.param(case["text"], case["codes"], id=f"case-{number}", marks=marks)


@pytest.mark.parametrize(("text", "codes"), [as_parameter(*numbered) for numbered in enumerate(CASES, start=1)])
def test_sentence_has_these_codes_and_no_other(text: str, codes: dict[str, str]) -> None:
    found = {coding.code: coding.polarity for coding in code_sentence(text, load_codebook())}
    assert found == codes, text


AVERTING = ["避免", "防止", "以免", "免得", "防范", "杜绝", "预防", "规避", "远离", "省得"]
FOUND = ["失业", "住院", "罚息", "起诉", "延期", "还款", "了", "，", "。"]
DENYING = ["不会", "没有", "并未", "从未", "不再", "不是", "未必", "无须", "不必", "不用"]


@pytest.mark.parametrize("word", AVERTING)
def test_what_is_only_avoided_is_averted(word: str) -> None:
    assert polarity_of(f"{word}被起诉", len(word) + 1) == "averted"


@pytest.mark.parametrize("word", DENYING)
def test_what_is_denied_is_negated(word: str) -> None:
    assert polarity_of(f"{word}被起诉", len(word) + 1) == "negated"


@pytest.mark.parametrize("mark", "，。！？；：")
@pytest.mark.parametrize("word", ["避免", "不会"])
def test_polarity_ends_with_the_clause(word: str, mark: str) -> None:
    text = f"{word}拖延{mark}罚息"
    assert polarity_of(text, text.index("罚息")) == "asserted"


def test_denial_of_avoiding_is_a_denial() -> None:
    text = "这不是避免罚息的办法"
    assert polarity_of(text, text.index("罚息")) == "negated"


def book(**patterns: Patterns) -> Codebook:
    codes = {name: Code(name, "cause", name, name, "", patterns=found) for name, found in patterns.items()}
    return Codebook(codes, {"cause": "原因"}, "1")


def test_code_stands_once_with_its_first_asserted_evidence() -> None:
    text = "不会有罚息；后来罚息来了，罚息又来了。"
    (coding,) = code_sentence(text, book(fees=Patterns(("罚息",))))
    assert (coding.start, coding.end, coding.polarity) == (text.index("罚息来"), text.index("来了"), "asserted")


def test_codes_come_in_the_order_of_the_book() -> None:
    rules = {"second": Patterns(("乙",)), "first": Patterns(("甲",))}
    assert [coding.code for coding in code_sentence("甲乙", book(**rules))] == ["second", "first"]


def test_without_hides_the_code() -> None:
    rules = book(fees=Patterns(("手续费",), ("免手续费",)))
    assert code_sentence("收手续费", rules)
    assert not code_sentence("免手续费", rules)


def test_code_without_patterns_is_never_found() -> None:
    assert code_sentence("什么都有", book(fees=Patterns())) == []


@pytest.mark.parametrize(
    ("text", "found"), [("收入最近减少", True), ("收入，减少", False), ("收入已经有一点减少", False)]
)
def test_gap_is_as_long_as_it_says_and_stays_in_its_clause(text: str, found: bool) -> None:
    assert bool(code_sentence(text, book(less=Patterns(("收入.{0,4}减少",))))) is found


@pytest.mark.xfail(strict=True, reason="GAP: only `.{0,n}` keeps to the clause, `.{1,n}` does not")
def test_gap_with_another_least_length_stays_in_its_clause() -> None:
    assert not code_sentence("收入，减少", book(less=Patterns(("收入.{1,4}减少",))))


@settings(deadline=None, max_examples=200)
@given(st.lists(st.sampled_from([*AVERTING, *DENYING, *FOUND]), max_size=12))
def test_evidence_stands_at_its_offset(words: list[str]) -> None:
    text = "".join(words)
    codings = code_sentence(text, load_codebook())
    for coding in codings:
        assert text[coding.start : coding.end] == coding.evidence != ""
        assert coding.polarity in POLARITIES
        assert coding.coder == "rules"
    assert len({coding.code for coding in codings}) == len(codings)


def test_evidence_of_the_shipped_corpus_stands_at_its_offset(corpus: Corpus) -> None:
    coded = corpus.codes.merge(corpus.sentences, on=["article_id", "sentence_id"], suffixes=("", "_of_sentence"))
    assert len(coded) == len(corpus.codes) > 0
    found = [text[start:end] for text, start, end in zip(coded["text"], coded["start"], coded["end"], strict=True)]
    assert found == coded["evidence"].tolist()
    dimension = {code.id: code.dimension for code in corpus.codebook.codes.values()}
    assert coded["dimension"].tolist() == [dimension[code] for code in coded["code"]]
