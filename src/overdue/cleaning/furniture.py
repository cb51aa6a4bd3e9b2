"""Tell page furniture from article text by what a line looks like: a linear model on its characters and its shape.

The rules of `lines` know what was seen before; this model reads wordings never seen. It learned from
`data/lexicon/page_lines.csv` and the learning side of the gold (`overdue.training.train_furniture`) and is kept as a
readable table of weights, so that a line is judged by a sum.
"""

import csv
import math
import re
from collections.abc import Iterator
from functools import cache

from overdue.cleaning.edits import Change
from overdue.cleaning.lines import SENTENCE_END, split_lines
from overdue.resources import resource

WEIGHTS = "page_lines.weights.csv"
BIAS = "(bias)"
BELOW, ELSEWHERE = "below", "elsewhere"
"""Titles of other articles stand in lists below; a line like them elsewhere is a title or heading of this one."""
HEAD, BODY, TAIL = 0.9, 0.985, 0.4
"""A line goes from this probability on: above the first paragraph, where the title stands; between paragraphs, where a
wrong deletion costs most; and below the last one, where little but furniture follows."""
TAIL_IN_COMPANY = 0.1
"""Below the last paragraph once a line there is sure to be furniture: such lines come together."""
SURE = 0.97
"""From here on a deletion is certain."""
PARAGRAPH, PARAGRAPH_FURNITURE = 20, 0.05
"""A paragraph has so many characters, a sentence end, and is less likely furniture than this."""
LONGEST = 200
GRAMS = (1, 2, 3)
DATE = re.compile(r"\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}")
CLOCK = re.compile(r"\d{1,2}[:：]\d\d")
SHAPES: dict[str, re.Pattern[str]] = {
    "has date": DATE,
    "has clock": CLOCK,
    "has long number": re.compile(r"\d{5,}"),
    "has number": re.compile(r"\d"),
    "has bar": re.compile(r"[|｜•·>›»]"),
    "has latin": re.compile(r"[A-Za-z]{2,}"),
    "ends sentence": re.compile(r"[。！？!?；;”」）)]$"),
    "ends colon": re.compile(r"[:：]$"),
    "comma": re.compile(r"[，,、]"),
    "numbered": re.compile(
        r"^(?:[一二三四五六七八九十]+[、.]|\d{1,2}[.、．)）]|[（(][一二三四五六七八九十\d]+[)）]|第.{1,2}[步条章点])"
    ),
    "speaker": re.compile(r"^.{1,8}[:：]\S"),
    "bracketed": re.compile(r"^[【\[(（<《].*[】\])）>》]$"),
    "bullet": re.compile(r"^[-•·●▪◆■□★*–—]"),
    "spaced": re.compile(r"\S\s+\S"),
}
LENGTHS = (4, 8, 14, 22, 35, 60, 120)


def features(line: str) -> Iterator[str]:
    """Names of the features of a line: runs of up to three characters (digits as 0), its shape and its length."""
    text = re.sub(r"\d", "0", f"^{line[:LONGEST]}$")
    for size in GRAMS:
        for at in range(len(text) - size + 1):
            yield text[at : at + size]
    yield from (f"({name})" for name, pattern in SHAPES.items() if pattern.search(line))
    yield f"(length {sum(len(line) > limit for limit in LENGTHS)})"


def probability(line: str, place: str = ELSEWHERE) -> float:
    """How likely a line is page furniture, 0 to 1; `place` is `below` the article or `elsewhere`."""
    weights = _weights(place)
    score = weights[BIAS] + sum(weights.get(name, 0.0) for name in set(features(line)))
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, score))))


def find_furniture(text: str) -> list[Change]:
    """Deletions of the lines that look like furniture; the bar depends on where in the page a line stands."""
    lines = split_lines(text)
    chances = [probability(line.text.strip()) for line in lines]
    paragraphs = [
        place
        for place, (line, chance) in enumerate(zip(lines, chances, strict=True))
        if len(line.text) >= PARAGRAPH and SENTENCE_END.search(line.text) and chance < PARAGRAPH_FURNITURE
    ]
    if not paragraphs:
        return []
    first, last = paragraphs[0], paragraphs[-1]
    chances[last + 1 :] = [probability(line.text.strip(), BELOW) for line in lines[last + 1 :]]
    tail = TAIL_IN_COMPANY if max(chances[last + 1 :], default=0) >= SURE else TAIL
    title = min(range(first), key=lambda place: chances[place], default=None)
    changes = []
    for place, (line, chance) in enumerate(zip(lines, chances, strict=True)):
        bar = HEAD if place < first else tail if place > last else BODY
        if chance >= bar and place != title:
            changes.append(Change(line.start, min(line.end + 1, len(text)), certain=chance >= SURE))
    return changes


@cache
def _weights(place: str) -> dict[str, float]:
    with resource("data", "lexicon", WEIGHTS).open(encoding="utf-8", newline="") as file:
        return {row["feature"]: float(row[place]) for row in csv.DictReader(file)}
