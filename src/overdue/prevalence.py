"""Count codes: how many sentences and articles assert each code, and how many avert or deny it."""

import pandas as pd

from overdue.corpus import Corpus


def coded_sentences(corpus: Corpus, polarity: str = "asserted") -> pd.DataFrame:
    """Codes of body sentences with one polarity: table `codes`, with `text` and `section` of the sentence added."""
    body = corpus.sentences.loc[~corpus.sentences["is_heading"], ["article_id", "sentence_id", "section", "text"]]
    return corpus.codes[corpus.codes["polarity"] == polarity].merge(body, on=["article_id", "sentence_id"])


def count_codes(corpus: Corpus) -> pd.DataFrame:
    """Counts for every code of the code book, zeroes included.

    Returns
    -------
    pd.DataFrame
        In the order of the code book: `code`, `dimension`; `sentences` of the body that assert it, their `share`
        of all body sentences, `articles` they stand in; sentences that are `averted`, `negated`.
    """
    n_body = int((~corpus.sentences["is_heading"]).sum())
    order = list(corpus.codebook.codes)
    asserted = coded_sentences(corpus)
    grouped = asserted.groupby("code")
    table = pd.DataFrame({"sentences": grouped.size(), "articles": grouped["article_id"].nunique()}).reindex(
        order, fill_value=0
    )
    for polarity in ("averted", "negated"):
        table[polarity] = coded_sentences(corpus, polarity).groupby("code").size().reindex(order, fill_value=0)
    table.insert(0, "dimension", [corpus.codebook.codes[code].dimension for code in order])
    table.insert(2, "share", table["sentences"] / max(1, n_body))
    return table.rename_axis("code").reset_index()


def codes_by_article(corpus: Corpus) -> pd.DataFrame:
    """Body sentences that assert a code, by code (rows, order of the code book) and article (columns, order of the
    corpus)."""
    table = coded_sentences(corpus).pivot_table(
        index="code", columns="article_id", values="sentence_id", aggfunc="count", fill_value=0
    )
    return table.reindex(index=list(corpus.codebook.codes), columns=list(corpus.articles["article_id"]), fill_value=0)


def term_leanings(corpus: Corpus, least: float = 1.5) -> pd.Series:
    """The dimension that each term goes with, or ''.

    A term leans to a dimension if sentences with the term assert that dimension at least `least` times as often as all
    body sentences do, and more so than any other dimension.

    Returns
    -------
    pd.Series
        Index `term`, value the name of a dimension or ''.
    """
    key = ["article_id", "sentence_id"]
    body = corpus.sentences.loc[~corpus.sentences["is_heading"], key]
    held = coded_sentences(corpus)[[*key, "dimension"]].drop_duplicates()
    terms = corpus.terms[[*key, "term"]].merge(body, on=key)
    within = terms.merge(held, on=key).groupby(["term", "dimension"]).size().unstack(fill_value=0)
    within = within.reindex(columns=list(corpus.codebook.dimensions), fill_value=0)
    base = held["dimension"].value_counts().reindex(within.columns, fill_value=0) / max(1, len(body))
    # One more sentence with the dimensions' own shares, so that a rare term leans on nothing.
    lift = (
        within.add(base).div(terms.groupby("term").size().reindex(within.index) + 1, axis=0).div(base.where(base > 0))
    )
    leading = lift.fillna(0).idxmax(axis=1).where(lift.max(axis=1) >= least, "")
    return leading.reindex(corpus.terms["term"].unique(), fill_value="")
