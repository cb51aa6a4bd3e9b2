"""`overdue.segmentation`: two engines, one cut; the words of the field stay whole."""

import hashlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from overdue.articles import RawArticle, read_articles
from overdue.cleaning import clean
from overdue.resources import resource
from overdue.segmentation import FAST, PURE, load_segmenter, read_words, segmentation_lock

WORDS = read_words(resource("data", "lexicon", "words.txt"))
ENGINES = pytest.mark.parametrize("engine", [FAST, PURE])


def sample() -> list[RawArticle]:
    return [item for item in read_articles(resource("data", "articles")) if isinstance(item, RawArticle)]


@pytest.mark.parametrize("article", sample(), ids=lambda article: article.article_id)
def test_both_engines_cut_the_sample_alike(article: RawArticle) -> None:
    text = clean(article.text).text
    assert load_segmenter(FAST).words(text) == load_segmenter(PURE).words(text)


ALPHABET = "逾期协商网商贷借呗了在一、，。？！“”（）…·aB12.5%+-_# \n\t\u3000𠀀é❤️\u200b１Ａ㐀"


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.one_of(st.text(ALPHABET, max_size=15), st.text(max_size=15)))
def test_both_engines_cut_any_text_alike_and_lose_nothing(text: str) -> None:
    fast, pure = load_segmenter(FAST).words(text), load_segmenter(PURE).words(text)
    assert fast == pure
    assert "".join(fast) == text


@ENGINES
@pytest.mark.parametrize("word", [word for word, _, _ in WORDS])
def test_a_word_of_the_field_stays_whole(word: str, engine: str) -> None:
    assert load_segmenter(engine).words(f"他们{word}了") == ["他们", word, "了"]


def test_no_word_stands_twice() -> None:
    words = [word for word, _, _ in WORDS]
    assert sorted(words) == sorted(set(words))


@ENGINES
def test_terms_are_words_that_count(engine: str) -> None:
    terms = load_segmenter(engine).terms("借呗逾期了，他的 APP 显示：罚息2.5%，共1,000元！")
    assert {"借呗", "逾期", "app", "罚息"} <= set(terms)
    assert not {"了", "的", "，", "：", "！", "2.5", "1", "000", "%", " "} & set(terms)


@ENGINES
def test_one_character_words_are_terms(engine: str) -> None:
    assert load_segmenter(engine).terms("钱，累") == ["钱", "累"]


def test_stop_words_are_no_terms() -> None:
    segmenter = load_segmenter()
    assert {"的", "了", "是"} <= segmenter.stopwords
    for word in segmenter.stopwords:
        assert word not in segmenter.terms(f"逾期，{word}，协商")


def test_the_model_invents_no_words() -> None:
    unknown = "鑫淼垚犇"
    assert load_segmenter(FAST).words(unknown) == load_segmenter(PURE).words(unknown) == list(unknown)


def test_the_lock_names_versions_and_the_sums_of_all_word_lists() -> None:
    lock = segmentation_lock()
    words = resource("data", "lexicon", "words.txt").read_bytes()
    stopwords = resource("data", "lexicon", "stopwords.txt").read_bytes()
    assert lock == {
        "jieba": "0.42.1",
        "dictionary_sha256": "7197c3211ddd98962b036cdf40324d1ea2bfaa12bd028e68faa70111a88e12a8",
        "words_sha256": hashlib.sha256(words).hexdigest(),
        "stopwords_sha256": hashlib.sha256(stopwords).hexdigest(),
        "hmm": False,
    }


def test_comments_and_blank_lines_of_a_word_list_are_no_words(tmp_path: Path) -> None:
    path = tmp_path / "words.txt"
    path.write_text("# 词\n\n借呗 20000 nz\n", "utf-8")
    assert read_words(path) == [("借呗", 20_000, "nz")]


@pytest.mark.parametrize("line", ["借呗", "借呗 nz", "借呗 许多 nz", "借呗 1 nz 多"])
def test_a_wrong_line_of_a_word_list_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "words.txt"
    path.write_text(f"逾期 30000 v\n{line}\n", "utf-8")
    with pytest.raises(ValueError, match=rf"words\.txt, line 2: expected 'word frequency tag', got '{line}'"):
        read_words(path)
