"""Clean a crawled article and keep the record: `str -> Cleaned`, every change an `Edit` that replays.

The rules run in the order of `clean`, each on what the one before left: signs, pinyin notes, script, white
space, then the lines that are not the article, then contacts. To add one, write a function
`text -> list[Change]` and give it its place there.
"""

import re
from dataclasses import dataclass

from overdue.cleaning.contacts import find_contacts, mask_contacts
from overdue.cleaning.edits import Change, Draft, Edit, replay
from overdue.cleaning.furniture import find_furniture
from overdue.cleaning.lines import (
    chrome_rules,
    find_chrome,
    find_repeats,
    find_spam,
    find_teaser,
    split_lines,
)
from overdue.cleaning.markdown import find_markdown
from overdue.cleaning.metadata import Metadata, read_metadata
from overdue.cleaning.pinyin import find_pinyin_notes
from overdue.cleaning.script import SIMPLIFIED, UNCERTAIN, detect_script, to_simplified
from overdue.cleaning.spacing import (
    find_blank_lines,
    find_half_width,
    find_invisible,
    find_line_ends,
    find_white_space,
)
from overdue.cleaning.wrapping import find_hard_wraps

TITLE_LENGTH = 60
NO_TITLE = re.compile(r"(?:小编|编者)?(?:导语|前言|引言|摘要|导读|按语)|[一二三四五六七八九十]+、.*|\d+[.、].*")


@dataclass(frozen=True)
class Cleaned:
    """A cleaned article: `replay(raw, edits)` is `text`."""

    text: str
    edits: list[Edit]
    script: str
    title: str | None
    metadata: Metadata


def clean(raw: str) -> Cleaned:
    """Clean one article: one line per title, heading and paragraph, nothing of the page around it.

    Examples
    --------
    >>> cleaned = clean("  逾期後怎么協(xié)商\\n\\n打开APP查看\\n  先聯(lián)系平臺,說明原因。")
    >>> cleaned.text
    '逾期后怎么协商\\n先联系平台，说明原因。'
    >>> sorted({edit.rule for edit in cleaned.edits})
    ['blank_lines', 'half_width', 'pinyin', 'prompt', 'script', 'white_space']
    """
    draft = Draft(raw)
    draft.apply("line_ends", find_line_ends(draft.text))
    draft.apply("invisible", find_invisible(draft.text))
    draft.apply("hard_wrap", find_hard_wraps(draft.text))
    draft.apply("pinyin", find_pinyin_notes(draft.text))
    script = detect_script(draft.text)
    draft.substitute("script", to_simplified(draft.text, script), _uncertain(script, draft.text))
    draft.apply("white_space", find_white_space(draft.text))
    draft.apply("blank_lines", find_blank_lines(draft.text))
    draft.apply("markdown", find_markdown(draft.text))
    draft.apply("half_width", find_half_width(draft.text))
    page = draft.text
    for rule in chrome_rules():
        draft.apply(rule.name, find_chrome(draft.text, rule))
    draft.apply("furniture", find_furniture(draft.text))
    draft.apply("spam", find_spam(draft.text))
    draft.apply("repeat", find_repeats(draft.text))
    draft.apply("teaser", find_teaser(draft.text))
    draft.apply("contact", find_contacts(draft.text))
    draft.apply("blank_lines", find_blank_lines(draft.text))
    kept = {line.text.strip() for line in split_lines(draft.text)}
    gone = [line.text.strip() for line in split_lines(page)[:12] if line.text.strip() not in kept]
    return Cleaned(draft.text, _masked(raw, draft.edits()), script, find_title(draft.text), read_metadata(gone))


def _uncertain(script: str, text: str) -> frozenset[str]:
    """Stray traditional characters in simplified text may be meant; in traditional text a few are ambiguous."""
    return frozenset(text) if script == SIMPLIFIED else UNCERTAIN


def _masked(raw: str, edits: list[Edit]) -> list[Edit]:
    """The log with every contact in `before` masked: the log itself must leak nothing."""
    masked = mask_contacts(raw)
    return [
        edit
        if (before := masked[edit.start : edit.end]) == edit.before
        else Edit(edit.rule, edit.start, edit.end, before, edit.after, edit.certain)
        for edit in edits
    ]


def find_title(text: str) -> str | None:
    """The first line, if it looks like a title: short, no sentence end but a question mark, no numbered heading."""
    first = text.split("\n", 1)[0]
    if not 2 <= len(first) <= TITLE_LENGTH or first.endswith(("。", "；", "，", "：")) or NO_TITLE.fullmatch(first):
        return None
    return first


__all__ = ["Change", "Cleaned", "Draft", "Edit", "Metadata", "clean", "replay"]
