"""Count terms: sentences -> a row per term and sentence -> frequencies by corpus and by article."""

from collections import Counter

import pandas as pd

from overdue.segmentation import Segmenter
from overdue.tables import make_table

PER = 10_000
"""Rates are given per so many terms."""


def count_terms(sentences: pd.DataFrame, segmenter: Segmenter) -> pd.DataFrame:
    """Count the terms of every sentence and heading.

    Parameters
    ----------
    sentences : pd.DataFrame
        Columns `article_id`, `sentence_id`, `text`.
    segmenter : Segmenter
        What cuts the text and knows the stop words.

    Returns
    -------
    pd.DataFrame
        Table `terms`: `article_id`, `sentence_id`, `term`, `count`; terms of a sentence in alphabetical order.
    """
    rows = [
        {"article_id": article_id, "sentence_id": sentence_id, "term": term, "count": count}
        for article_id, sentence_id, text in zip(
            sentences["article_id"], sentences["sentence_id"], sentences["text"], strict=True
        )
        for term, count in sorted(Counter(segmenter.terms(text)).items())
    ]
    return make_table("terms", rows)


def term_frequencies(terms: pd.DataFrame) -> pd.DataFrame:
    """Frequency of every term in the corpus.

    Returns
    -------
    pd.DataFrame
        Index `term`, most frequent first (ties by term); `count`; `per_10k`, occurrences per 10,000 terms;
        `articles`, number of articles that use it; `share`, that number over all articles.

    Examples
    --------
    >>> terms = pd.DataFrame({"article_id": ["a", "a", "b"], "term": ["罚息", "协商", "罚息"], "count": [1, 1, 2]})
    >>> term_frequencies(terms)[["count", "per_10k", "articles"]].loc["罚息"].tolist()
    [3.0, 7500.0, 2.0]
    """
    grouped = terms.groupby("term", observed=True)
    table = pd.DataFrame({"count": grouped["count"].sum(), "articles": grouped["article_id"].nunique()})
    table.insert(1, "per_10k", PER * table["count"] / max(1, table["count"].sum()))
    table["share"] = table["articles"] / max(1, terms["article_id"].nunique())
    return table.reset_index().sort_values(["count", "term"], ascending=[False, True]).set_index("term")


def terms_by_article(terms: pd.DataFrame) -> pd.DataFrame:
    """Counts of every term in every article.

    Returns
    -------
    pd.DataFrame
        Index `article_id`, columns the terms, values counts (0 where an article lacks the term).
    """
    return terms.pivot_table(index="article_id", columns="term", values="count", aggfunc="sum", fill_value=0)


def vocabulary_profile(terms: pd.DataFrame) -> pd.DataFrame:
    """Size of the vocabulary of every article.

    Returns
    -------
    pd.DataFrame
        Index `article_id`; `tokens`; `types`, different terms; `type_token_ratio`, types over tokens (falls with
        length: compare articles of like length only).
    """
    grouped = terms.groupby("article_id", observed=True)
    profile = pd.DataFrame({"tokens": grouped["count"].sum(), "types": grouped["term"].nunique()})
    profile["type_token_ratio"] = profile["types"] / profile["tokens"]
    return profile


def concordance(sentences: pd.DataFrame, term: str, width: int = 18) -> pd.DataFrame:
    """Keyword in context: every occurrence of `term` with `width` characters on either side.

    Returns
    -------
    pd.DataFrame
        `article_id`, `sentence_id`, `left`, `term`, `right`, in the order of the text.

    Examples
    --------
    >>> sentences = pd.DataFrame({"article_id": ["a"], "sentence_id": [3], "text": ["罚息会涨，罚息按日计。"]})
    >>> concordance(sentences, "罚息", width=3)[["left", "right"]].values.tolist()
    [['', '会涨，'], ['会涨，', '按日计']]
    """
    rows = []
    for row in sentences[sentences["text"].str.contains(term, regex=False)].itertuples():
        text, at = str(row.text), -1
        while (at := text.find(term, at + 1)) >= 0:
            left, right = text[max(0, at - width) : at], text[at + len(term) : at + len(term) + width]
            rows.append((row.article_id, row.sentence_id, left, term, right))
    return pd.DataFrame(rows, columns=["article_id", "sentence_id", "left", "term", "right"])
