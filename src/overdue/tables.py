"""The tables of a corpus: columns, types and checks of each, and how rows of dataclasses become a table."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, is_dataclass
from typing import Any

import pandas as pd
import pandera.pandas as pa
from pandera.typing.pandas import Series

SCRIPTS = ["simplified", "traditional", "mixed"]
POLARITIES = ["asserted", "averted", "negated"]
CODERS = ["rules", "model", "human"]


class _Table(pa.DataFrameModel):
    class Config:
        """Columns are exactly these, in this order, and values take the declared type."""

        strict = True
        ordered = True
        coerce = True


class Articles(_Table):
    """A row is an article; `text` is the clean text, one line per title, heading and paragraph."""

    article_id: Series[pd.StringDtype] = pa.Field(unique=True)
    source: Series[pd.StringDtype]
    title: Series[pd.StringDtype]
    author: Series[pd.StringDtype] = pa.Field(nullable=True)
    published: Series[pd.StringDtype] = pa.Field(nullable=True, str_matches=r"^\d{4}-\d\d-\d\d$")
    url: Series[pd.StringDtype] = pa.Field(nullable=True)
    encoding: Series[pd.StringDtype]
    script: Series[pd.StringDtype] = pa.Field(isin=SCRIPTS)
    n_chars_raw: Series[int] = pa.Field(ge=1)
    n_chars: Series[int] = pa.Field(ge=1)
    sha256: Series[pd.StringDtype] = pa.Field(str_length=64)
    duplicate_of: Series[pd.StringDtype] = pa.Field(nullable=True)
    similarity: Series[float] = pa.Field(nullable=True, ge=0, le=1)
    text: Series[pd.StringDtype]


class Sentences(_Table):
    """A row is a sentence or a heading; `start` and `end` are offsets into `articles.text`."""

    article_id: Series[pd.StringDtype]
    sentence_id: Series[int] = pa.Field(ge=0)
    section: Series[int] = pa.Field(ge=0)
    heading: Series[pd.StringDtype]
    is_heading: Series[bool]
    text: Series[pd.StringDtype]
    start: Series[int] = pa.Field(ge=0)
    end: Series[int] = pa.Field(ge=1)


class Edits(_Table):
    """A row is a change that cleaning made; offsets are into the decoded raw text."""

    article_id: Series[pd.StringDtype]
    rule: Series[pd.StringDtype]
    start: Series[int] = pa.Field(ge=0)
    end: Series[int] = pa.Field(ge=0)
    before: Series[pd.StringDtype]
    after: Series[pd.StringDtype]
    certain: Series[bool]


class Terms(_Table):
    """A row is a term in a sentence."""

    article_id: Series[pd.StringDtype]
    sentence_id: Series[int] = pa.Field(ge=0)
    term: Series[pd.StringDtype]
    count: Series[int] = pa.Field(ge=1)


class Codes(_Table):
    """A row is a code on a sentence; `start` and `end` are offsets of `evidence` in the sentence."""

    article_id: Series[pd.StringDtype]
    sentence_id: Series[int] = pa.Field(ge=0)
    code: Series[pd.StringDtype]
    dimension: Series[pd.StringDtype]
    actor: Series[pd.StringDtype] = pa.Field(nullable=True)
    coder: Series[pd.StringDtype] = pa.Field(isin=CODERS)
    evidence: Series[pd.StringDtype]
    start: Series[int] = pa.Field(ge=0)
    end: Series[int] = pa.Field(ge=0)
    score: Series[float] = pa.Field(ge=0, le=1)
    polarity: Series[pd.StringDtype] = pa.Field(isin=POLARITIES)


class SetAsides(_Table):
    """A row is an input that could not be used."""

    source: Series[pd.StringDtype]
    reason: Series[pd.StringDtype]


SCHEMAS: dict[str, type[_Table]] = {
    "articles": Articles,
    "sentences": Sentences,
    "edits": Edits,
    "terms": Terms,
    "codes": Codes,
    "setaside": SetAsides,
}


def make_table(name: str, rows: Iterable[Any]) -> pd.DataFrame:
    """A checked table of `rows`, which are dataclasses or dictionaries with its columns.

    Raises
    ------
    pandera.errors.SchemaError
        A column is missing, unknown, of another type or out of range.
    """
    records = [asdict(row) if is_dataclass(row) and not isinstance(row, type) else row for row in rows]
    columns = list(SCHEMAS[name].to_schema().columns)
    return check_table(name, pd.DataFrame(records, columns=columns))


def check_table(name: str, table: pd.DataFrame) -> pd.DataFrame:
    """`table` with the types of its schema; raises where it does not fit."""
    return SCHEMAS[name].validate(table)


def concat_tables(name: str, parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """The parts one under another, checked; an empty table where there are none."""
    return check_table(name, pd.concat(parts, ignore_index=True)) if parts else make_table(name, [])
