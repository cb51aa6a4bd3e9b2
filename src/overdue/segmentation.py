"""Cut Chinese text into words: one entry point over jieba, fast (rjieba) or pure (jieba), token for token equal.

The hidden Markov model is off: it invents words from single characters, differently from version to version.
What the dictionary lacks for this field stands in `data/lexicon/words.txt`.
"""

import hashlib
import logging
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Protocol

import jieba
import rjieba

from overdue.resources import resource

FAST, PURE = "fast", "pure"
COUNTABLE = re.compile(r"[㐀-鿿A-Za-z]")
QUANTITY = re.compile(
    r"[第每]?[一二三四五六七八九十百千万亿零〇两俩半几数]+[个张年月天日号次回期家位名元块条项笔份件岁点成分句页段周种只本把扇根桌路]?"
)
"""Numerals, alone or with a measure word, are no terms: 三个, 第五期, 十二万."""

jieba.setLogLevel(logging.WARNING)


class Engine(Protocol):
    """What both engines offer."""

    def cut(self, text: str) -> Iterable[str]:
        """Cut `text` into tokens."""


class _Pure:
    def __init__(self, words: Iterable[tuple[str, int, str]]) -> None:
        self._tokenizer = jieba.Tokenizer()
        self._tokenizer.initialize()
        for word, frequency, tag in words:
            self._tokenizer.add_word(word, frequency, tag)

    def cut(self, text: str) -> Iterable[str]:
        return list(self._tokenizer.cut(text, HMM=False))


class _Fast:
    def __init__(self, words: Iterable[tuple[str, int, str]]) -> None:
        self._tokenizer = rjieba.Jieba()
        for word, frequency, tag in words:
            self._tokenizer.add_word(word, frequency, tag)

    def cut(self, text: str) -> Iterable[str]:
        return list(self._tokenizer.cut(text, hmm=False))


@dataclass(frozen=True)
class Segmenter:
    """Words of a text, and which of them count as terms."""

    engine: Engine
    stopwords: frozenset[str]

    def words(self, text: str) -> list[str]:
        """All tokens of `text`, punctuation included; joined they give `text` again."""
        return list(self.engine.cut(text))

    def terms(self, text: str) -> list[str]:
        """The tokens that count: with a letter or Chinese character, and no stop words; Latin in lower case.

        Examples
        --------
        >>> load_segmenter().terms("借呗逾期后，借款人应主动联系客服。")
        ['借呗', '逾期', '借款人', '主动', '联系', '客服']
        """
        words = (word.lower() for word in self.engine.cut(text))
        return [
            word
            for word in words
            if word not in self.stopwords and COUNTABLE.search(word) and not QUANTITY.fullmatch(word)
        ]


@cache
def load_segmenter(engine: str = FAST) -> Segmenter:
    """The segmenter of this process; `engine` is `fast` or `pure`."""
    words = read_words(resource("data", "lexicon", "words.txt"))
    stopwords = resource("data", "lexicon", "stopwords.txt").read_text("utf-8").splitlines()
    listed = {word for line in stopwords if not line.startswith("#") for word in line.split()}
    return Segmenter(_Fast(words) if engine == FAST else _Pure(words), frozenset(listed))


def read_words(path: Path) -> list[tuple[str, int, str]]:
    """Domain words with frequency and part of speech.

    Raises
    ------
    ValueError
        A line does not hold the three; it is named.
    """
    words = []
    for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        try:
            word, frequency, tag = line.split()
            words.append((word, int(frequency), tag))
        except ValueError:
            raise ValueError(f"{path.name}, line {number}: expected 'word frequency tag', got {line!r}") from None
    return words


def segmentation_lock() -> dict[str, str | bool]:
    """What a corpus must be built with to give the same words: version, dictionary, domain words, model."""
    dictionary = Path(jieba.__file__).with_name("dict.txt").read_bytes()
    return {
        "jieba": jieba.__version__,
        "dictionary_sha256": hashlib.sha256(dictionary).hexdigest(),
        "words_sha256": hashlib.sha256(resource("data", "lexicon", "words.txt").read_bytes()).hexdigest(),
        "stopwords_sha256": hashlib.sha256(resource("data", "lexicon", "stopwords.txt").read_bytes()).hexdigest(),
        "hmm": False,
    }
