"""Find contacts: telephone, QQ, WeChat, e-mail, web addresses, ID and bank card numbers.

A line that is nothing but contacts goes; in a sentence the contact becomes `[电话]` or the like. Hotlines
(12378), statutes, amounts, dates and percentages stay: a number is a contact by its form, not by its length.
"""

import re

from overdue.cleaning.edits import Change

EDGE = r"(?<![0-9A-Za-z０-９])", r"(?![0-9A-Za-z０-９])"
SEPARATOR = r"[\s\-–—_.·]{0,2}"


def _digits(count: str) -> str:
    """So many digits, half- or full-width, with at most two separators between each two."""
    return rf"(?:[0-9０-９]{SEPARATOR}){{{count}}}"


CONTACTS: dict[str, re.Pattern[str]] = {
    "邮箱": re.compile(
        r"[A-Za-z0-9._%+\-]{2,40}\s{0,1}(?:@|＠|\(at\)|（at）|\[at\])\s{0,1}[A-Za-z0-9\-]{1,40}(?:\.[A-Za-z]{2,10}){1,3}"
    ),
    "网址": re.compile(r"(?:https?://|www\.)[A-Za-z0-9./?=&%_#:~+\-]{3,200}", re.IGNORECASE),
    "证件号": re.compile(rf"{EDGE[0]}[1-9][0-9]{{5}}(?:19|20)[0-9]{{2}}[01][0-9][0-3][0-9][0-9]{{3}}[0-9Xx]{EDGE[1]}"),
    "卡号": re.compile(rf"{EDGE[0]}[3-6][0-9]{{3}}(?:[ \-]?[0-9]{{4}}){{3}}(?:[ \-]?[0-9]{{1,3}})?{EDGE[1]}"),
    "电话": re.compile(
        rf"{EDGE[0]}(?:(?:\+?86{SEPARATOR})?[1１]{SEPARATOR}[3-9３-９]{SEPARATOR}{_digits('8')}[0-9０-９]"
        rf"|[4４8８]00{SEPARATOR}{_digits('6')}[0-9０-９]"
        rf"|\(?0[0-9]{{2,3}}\)?[\s\-–—]{{0,2}}[2-9][0-9]{{6,7}}){EDGE[1]}"
    ),
    "QQ": re.compile(r"(?:[QqＱ][QqＱ]|扣扣|企鹅)(?:号|群|客服)?\s{0,2}[:：]?\s{0,2}[1-9][0-9]{4,10}(?![0-9])"),
    "微信": re.compile(
        r"(?:微信|薇信|威信|[Ww]e[Cc]hat|[Vv][Xx]|[Ww][Xx])(?:号|公众号)?\s{0,2}[:：]?\s{0,2}[A-Za-z][A-Za-z0-9_\-]{4,19}(?![A-Za-z0-9_])"
    ),
}
LABEL = re.compile(
    r"联系方式|联系我们|联系人|联系电话|咨询电话|客服电话|热线电话|电话|手机|微信|客服|邮箱|侵权|删帖|举报|删除|内容|如有|请联系|商务合作|投诉|反馈|在线咨询|免费咨询|加我|添加|QQ|V信"
)
LINE_SHARE = 0.5
"""A line is contacts where at most this share of its letters is neither contact nor label."""
LONGEST_LINE = 120
MASK = "•"


def find_contacts(text: str) -> list[Change]:
    """Return a deletion for every line of contacts and a mask for every contact inside a sentence.

    Examples
    --------
    >>> [c.after for c in find_contacts("有疑问可拨打138 0013 8000，也可拨12378投诉。")]
    ['[电话]']
    """
    changes: list[Change] = []
    for kind, start, end in _spans(text):
        line_start = text.rfind("\n", 0, start) + 1
        line_end = text.find("\n", end)
        line_end = len(text) if line_end < 0 else line_end
        if changes and changes[-1].end >= line_end and not changes[-1].after:
            continue
        if _is_contact_line(text[line_start:line_end]):
            changes = [c for c in changes if c.start < line_start]
            changes.append(Change(line_start, min(line_end + 1, len(text))))
        else:
            changes.append(Change(start, end, f"[{kind}]"))
    return changes


def mask_contacts(text: str) -> str:
    """Return `text` with the letters and digits of every contact replaced; the length stays.

    Examples
    --------
    >>> mask_contacts("加微信abc12345聊")
    '加••••••••••聊'
    """
    masked = list(text)
    for _, start, end in _spans(text):
        masked[start:end] = [c if c.isspace() else MASK for c in text[start:end]]
    return "".join(masked)


def _spans(text: str) -> list[tuple[str, int, int]]:
    """Kind and place of every contact, left to right; of two that overlap the earlier and longer one."""
    found = [(m.start(), -m.end(), kind) for kind, pattern in CONTACTS.items() for m in pattern.finditer(text)]
    spans: list[tuple[str, int, int]] = []
    for start, minus_end, kind in sorted(found):
        if not spans or start >= spans[-1][2]:
            spans.append((kind, start, -minus_end))
    return spans


def _is_contact_line(line: str) -> bool:
    """Whether a line says nothing beside contacts and their labels; a sentence never is one."""
    if len(line) > LONGEST_LINE or "。" in line:
        return False
    rest = line
    for pattern in CONTACTS.values():
        rest = pattern.sub("", rest)
    letters = sum(c.isalnum() for c in LABEL.sub("", rest))
    return letters <= LINE_SHARE * sum(c.isalnum() for c in line) and letters <= 12
