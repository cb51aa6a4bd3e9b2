"""Show computed sentences, tables and quoted text in a notebook, with everything that comes from an article escaped."""

import html
import re
from collections.abc import Iterable, Sequence

import pandas as pd

CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
"""Signs that cannot be seen, but turn the text around them or hide in it."""
MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+\-.!|~$<>&:@/])")


def plain(text: str) -> str:
    """Text of an article made safe for a Markdown sentence: signs that mean something there are escaped.

    Examples
    --------
    >>> plain("<b>[罚息](x)</b>")
    '\\\\<b\\\\>\\\\[罚息\\\\]\\\\(x\\\\)\\\\<\\\\/b\\\\>'
    """
    return MARKDOWN.sub(r"\\\1", " ".join(CONTROLS.sub("", text).split()))


def say(sentences: Iterable[str]) -> None:
    """Show computed sentences as a list; what they quote of articles has gone through `plain`."""
    from IPython.display import Markdown, display

    display(Markdown("\n".join(f"- {sentence}" for sentence in sentences)))


def show_table(table: pd.DataFrame, caption: str, digits: int = 2, rows: int = 50) -> None:
    """Show a table with its caption; see `table_html`."""
    from IPython.display import HTML, display

    display(HTML(table_html(table, caption, digits, rows)))


def table_html(table: pd.DataFrame, caption: str, digits: int = 2, rows: int = 50) -> str:
    """HTML of at most `rows` rows: numbers rounded to `digits`, text escaped, the corner named.

    Rounding is part of the contract: the last bits of a sum differ from processor to processor.
    """
    shown = table.head(rows).round(digits)
    if len(table) > rows:
        caption += f" First {rows} of {len(table):,} rows."
    wide = isinstance(shown.index, pd.MultiIndex)
    head = [str(name or "") for name in shown.index.names] + [str(column) for column in shown.columns]
    body = [
        "".join(
            [f'<th scope="row">{_cell(value, digits)}</th>' for value in (key if wide else (key,))]
            + [_data(value, digits) for value in row]
        )
        for key, row in zip(shown.index, shown.itertuples(index=False), strict=True)
    ]
    parts = [
        '<div class="table"><table><caption>',
        _escape(caption),
        "</caption><thead><tr>",
        *(f'<th scope="col">{_escape(name)}</th>' for name in head),
        "</tr></thead><tbody>",
        *(f"<tr>{cells}</tr>" for cells in body),
        "</tbody></table></div>",
    ]
    return "".join(parts)


def show_sentences(sentences: pd.DataFrame, caption: str) -> None:
    """Show sentences with where they stand; see `sentences_html`."""
    from IPython.display import HTML, display

    display(HTML(sentences_html(sentences, caption)))


def sentences_html(sentences: pd.DataFrame, caption: str) -> str:
    """HTML of sentences with where they stand; evidence, where given, is marked.

    Parameters
    ----------
    sentences : pd.DataFrame
        Columns `article_id`, `sentence_id`, `text`, optionally `evidence_start`, `evidence_end` (offsets into the
        text) and `note` (shown after the text).
    """
    items = []
    for row in sentences.to_dict("records"):
        text = str(row["text"])
        start, end = row.get("evidence_start"), row.get("evidence_end")
        marked = _escape(text)
        if start is not None and end is not None and end > start:
            start, end = int(start), int(end)
            marked = f"{_escape(text[:start])}<mark>{_escape(text[start:end])}</mark>{_escape(text[end:])}"
        note = (
            f' <span class="note">{_escape(str(row["note"]))}</span>'
            if isinstance(row.get("note"), str) and row["note"]
            else ""
        )
        where = _escape(f"{row['article_id']} · {row['sentence_id']}")
        items.append(f'<li><q lang="zh-Hans">{marked}</q>{note} <cite>{where}</cite></li>')
    body = "".join(items) or "<li>none</li>"
    return f'<div class="sentences"><p>{_escape(caption)}</p><ul>{body}</ul></div>'


def _escape(text: str) -> str:
    """Text of an article for HTML: markup escaped, direction marks and other invisible controls left out."""
    return html.escape(CONTROLS.sub("", text))


def join_names(names: Sequence[str]) -> str:
    """`a, b and c`."""
    return ", ".join(names[:-1]) + (" and " if len(names) > 1 else "") + names[-1] if names else "none"


def _data(value: object, digits: int) -> str:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return f'<td class="number">{_cell(value, digits)}</td>' if number else f"<td>{_cell(value, digits)}</td>"


def _cell(value: object, digits: int) -> str:
    if value is None or value is pd.NA or (isinstance(value, float) and pd.isna(value)):
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        value += 0.0  # no -0: the sign of nothing is noise
        return f"{value:,.{digits}f}" if not value.is_integer() else f"{value:,.0f}"
    if isinstance(value, int):
        return f"{value:,}"
    return _escape(str(value))
