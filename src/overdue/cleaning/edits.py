"""The audit trail: every change to a text as an `Edit` on the raw text, and the replay that proves it.

Rules run one after another, each on what the one before it left. A `Draft` remembers of every character which
raw character it stands for, and of every raw character which rule took it away; the log is read off at the end,
in raw offsets, without overlaps. `replay` makes the clean text of the raw text and the log alone.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

Codes = npt.NDArray[np.int64]
NEW = -1
"""Origin of a character that no single raw character stands behind."""


@dataclass(frozen=True)
class Change:
    """What a rule wants: `text[start:end]` of the text it was given becomes `after`."""

    start: int
    end: int
    after: str = ""
    certain: bool = True


@dataclass(frozen=True)
class Edit:
    """A change on the raw text: `raw[start:end]`, quoted in `before`, became `after` by `rule`."""

    rule: str
    start: int
    end: int
    before: str
    after: str
    certain: bool = True


class Draft:
    """A text under repair: `text` as it stands, `edits()` as what led there.

    Examples
    --------
    >>> draft = Draft("協(xié)商")
    >>> draft.apply("pinyin", [Change(1, 6)])
    >>> draft.substitute("script", "协商")
    >>> draft.text, [(e.rule, e.before, e.after) for e in draft.edits()]
    ('协商', [('script', '協', '协'), ('pinyin', '(xié)', '')])
    """

    def __init__(self, raw: str) -> None:
        """Start from `raw`, with nothing changed."""
        self.raw = raw
        self.text = raw
        self._origin: Codes = np.arange(len(raw))
        # A code names a rule and its certainty: 2 * its turn + uncertain; 0 is no rule.
        self._wrote: Codes = np.zeros(len(raw), dtype=np.int64)
        self._removed: Codes = np.zeros(len(raw), dtype=np.int64)
        self._rules: list[str] = [""]

    def apply(self, rule: str, changes: Iterable[Change]) -> None:
        """Apply one rule's changes, which refer to `self.text`, are sorted and do not overlap.

        A replacement of equal length stands character for character; any other has no character-wise origin.

        Raises
        ------
        ValueError
            The changes overlap or lie outside the text: a mistake in the rule.
        """
        turn = self._turn(rule)
        text: list[str] = []
        origin: list[Codes] = []
        wrote: list[Codes] = []
        at = 0
        for change in changes:
            start, end, after = change.start, change.end, change.after
            if not at <= start <= end <= len(self.text):
                raise ValueError(f"rule {rule}: {change} overlaps another change or lies outside the text")
            code = turn + (not change.certain)
            gone = self._origin[start:end]
            aligned = len(after) == end - start
            if not aligned and len(known := gone[gone != NEW]):
                self._removed[known[0] : known[-1] + 1] = code
            text += self.text[at:start], after
            origin += self._origin[at:start], gone if aligned else np.full(len(after), NEW, dtype=np.int64)
            wrote += self._wrote[at:start], np.full(len(after), code, dtype=np.int64)
            at = end
        self.text = "".join([*text, self.text[at:]])
        self._origin = np.concatenate([*origin, self._origin[at:]])
        self._wrote = np.concatenate([*wrote, self._wrote[at:]])

    def substitute(self, rule: str, text: str, uncertain: frozenset[str] = frozenset()) -> None:
        """Replace the whole text by one of equal length; only characters that differ are logged.

        A change is uncertain where the character it replaces is in `uncertain`.
        """
        old, new = _characters(self.text), _characters(text)
        if len(old) != len(new):
            raise ValueError(f"rule {rule}: {len(old)} characters cannot be replaced one for one by {len(new)}")
        changed = np.flatnonzero(old != new)
        turn = self._turn(rule)
        self._wrote[changed] = [turn + (self.text[i] in uncertain) for i in changed]
        self.text = text

    def edits(self) -> list[Edit]:
        """Return the log: what became of the raw text, sorted by offset, without overlaps."""
        return _join(edit for edit in self._edits() if edit.before != edit.after)

    def _turn(self, rule: str) -> int:
        if rule not in self._rules:
            self._rules.append(rule)
        return 2 * self._rules.index(rule)

    def _edits(self) -> Iterator[Edit]:
        anchors = np.flatnonzero(self._origin != NEW)
        places = np.concatenate([anchors, [len(self.text)]])
        origins = np.concatenate([self._origin[anchors], [len(self.raw)]])
        raw_gap = np.diff(origins, prepend=-1) - 1
        text_gap = np.diff(places, prepend=-1) - 1
        rewritten = np.append(self._wrote[anchors] != 0, False)
        for k in np.flatnonzero((raw_gap > 0) | (text_gap > 0) | rewritten):
            place, origin = int(places[k]), int(origins[k])
            yield from self._gap(origin - int(raw_gap[k]), origin, place - int(text_gap[k]), place)
            if rewritten[k]:
                yield self._edit(origin, origin + 1, self.text[place], [int(self._wrote[place])])

    def _gap(self, raw_start: int, raw_end: int, start: int, end: int) -> Iterator[Edit]:
        """What happened between two raw characters that live on."""
        removed = self._removed[raw_start:raw_end]
        if start < end:
            codes = [*map(int, removed), *map(int, self._wrote[start:end])]
            yield self._edit(raw_start, raw_end, self.text[start:end], codes)
            return
        borders = [0, *(np.flatnonzero(np.diff(removed)) + 1).tolist(), len(removed)]
        for left, right in pairwise(borders):
            if left < right:
                yield self._edit(raw_start + left, raw_start + right, "", [int(removed[left])])

    def _edit(self, start: int, end: int, after: str, codes: list[int]) -> Edit:
        """An edit in the name of the last rule that had a hand in it, certain if all of them were."""
        certain = not any(code % 2 for code in codes)
        return Edit(self._rules[max(codes) // 2], start, end, self.raw[start:end], after, certain)


def replay(raw: str, edits: Iterable[Edit]) -> str:
    """Apply a log to the raw text; `before` is not looked at, since contacts in it are masked.

    Examples
    --------
    >>> replay("協(xié)商", [Edit("pinyin", 1, 6, "(xié)", ""), Edit("script", 0, 1, "協", "协")])
    '协商'
    """
    pieces, at = [], 0
    for edit in sorted(edits, key=lambda e: (e.start, e.end)):
        if edit.start < at or edit.end > len(raw):
            raise ValueError(f"the log does not fit the text: edit at {edit.start}..{edit.end}, text of {len(raw)}")
        pieces += [raw[at : edit.start], edit.after]
        at = edit.end
    return "".join([*pieces, raw[at:]])


def _join(edits: Iterator[Edit]) -> list[Edit]:
    """Neighbouring edits of one rule and certainty are one edit."""
    joined: list[Edit] = []
    for edit in edits:
        last = joined[-1] if joined else None
        if last and (last.rule, last.end, last.certain) == (edit.rule, edit.start, edit.certain):
            joined[-1] = Edit(
                last.rule,
                last.start,
                edit.end,
                last.before + edit.before,
                last.after + edit.after,
                edit.certain,
            )
        else:
            joined.append(edit)
    return joined


def _characters(text: str) -> npt.NDArray[np.uint32]:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
