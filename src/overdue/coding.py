"""Code sentences by rules: sentence -> every code whose pattern it matches, with the characters that made it so.

All matches count, not the first: overlaps between codes are what the project is about. What is only avoided
(避免, 防止) is coded as `averted`, what is denied (不会, 没有) as `negated`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from overdue.codebook import Codebook

RULES = "rules"
ASSERTED, AVERTED, NEGATED = "asserted", "averted", "negated"
CLAUSE = "，。！？!?；;：:\n"
AVERT = re.compile(
    rf"(?:避免|防止|以免|免得|免于|防范|杜绝|预防|规避|远离|省得|不让|避开|降低|减少)[^{CLAUSE}]{{0,14}}$"
)
NEGATE = re.compile(
    r"(?:不会|并不|不再|没有|并未|从未|不是|不代表|不等于|不意味着|不至于|不影响|未必|无须|无需|不必|不用|不同意|不支持|拒绝|不接受|不予)"
    rf"[^{CLAUSE}]{{0,6}}$"
)
GAP = re.compile(r"\.\{0,(\d+)\}")


@dataclass(frozen=True)
class Coding:
    """A code on a sentence; `start` and `end` are offsets of `evidence` in it, `score` is from 0 to 1."""

    code: str
    evidence: str
    start: int
    end: int
    polarity: str = ASSERTED
    score: float = 1.0
    coder: str = RULES


@cache
def _compiled(
    codebook_codes: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...],
) -> list[tuple[str, re.Pattern[str], re.Pattern[str] | None]]:
    return [
        (name, _union(some), _union(without) if without else None) for name, some, without in codebook_codes if some
    ]


def _union(patterns: Sequence[str]) -> re.Pattern[str]:
    """One expression for many patterns; a gap `.{0,6}` does not cross a clause."""
    parts = (GAP.sub(rf"[^{CLAUSE}]{{0,\1}}", pattern) for pattern in patterns)
    return re.compile("|".join(parts))


def code_sentence(text: str, codebook: Codebook) -> list[Coding]:
    """All codes of one sentence, in the order of the code book, each once, with its first evidence.

    Examples
    --------
    >>> from overdue.codebook import load_codebook
    >>> [(c.code, c.evidence, c.polarity) for c in code_sentence("按时还款可以避免罚息。", load_codebook())]
    [('penalty_interest', '罚息', 'averted'), ('agreement_compliance', '按时还款', 'asserted')]
    """
    key = tuple((code.id, code.patterns.any, code.patterns.without) for code in codebook.codes.values())
    codings = []
    for name, some, without in _compiled(key):
        if without is not None and without.search(text):
            continue
        matches = [(match, polarity_of(text, match.start())) for match in some.finditer(text)]
        if matches:
            match, polarity = next((m for m in matches if m[1] == ASSERTED), matches[0])
            codings.append(Coding(name, match[0], match.start(), match.end(), polarity))
    return codings


def polarity_of(text: str, start: int) -> str:
    """Whether what starts at `start` is asserted, averted or negated, by the words before it in its clause."""
    before = text[max(0, start - 20) : start]
    if NEGATE.search(before):
        return NEGATED
    return AVERTED if AVERT.search(before) else ASSERTED
