"""Take off Markdown marks that a converter left: heading marks, emphasis, rules, image stubs stay for `caption`."""

import re

from overdue.cleaning.edits import Change

MARKS = re.compile(r"(?m)^#{1,6}\s{1,4}|^>\s{1,2}|\*\*(?=\S)|(?<=\S)\*\*|^(?:-{3,}|\*{3,}|={3,}|_{3,})$")


def find_markdown(text: str) -> list[Change]:
    """Deletions of Markdown marks.

    Examples
    --------
    >>> from overdue.cleaning.edits import Draft
    >>> draft = Draft("## 一、后果\\n**罚息**会涨"); draft.apply("markdown", find_markdown(draft.text)); draft.text
    '一、后果\\n罚息会涨'
    """
    return [Change(m.start(), m.end()) for m in MARKS.finditer(text)]
