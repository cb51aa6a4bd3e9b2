"""Say what the tables show: tables -> sentences whose every number is computed from them.

A sentence is written for any corpus, so each function also says when there is too little to say. Nothing here is
drawn or counted twice: the functions take the tables that the notebook shows.
"""

import pandas as pd

from overdue.codebook import Codebook
from overdue.corpus import Corpus
from overdue.display import join_names, plain

FEW_ARTICLES = 10
"""Below so many articles an overlap is an anecdote: counts and sentences are shown, no test."""


def code_label(codebook: Codebook, code: str) -> str:
    """English label of a code with the Chinese one beside it."""
    entry = codebook.codes[code]
    return entry.en if entry.en == entry.zh else f"{entry.en} {entry.zh}"


def corpus_findings(corpus: Corpus) -> list[str]:
    """How large the corpus is, what cleaning changed, what was set aside, what is a copy."""
    articles, edits = corpus.articles, corpus.edits
    body = corpus.sentences.loc[~corpus.sentences["is_heading"]]
    removed = 1 - articles["n_chars"].sum() / articles["n_chars_raw"].sum()
    copies = int(articles["duplicate_of"].notna().sum())
    scripts = articles["script"].value_counts()
    counted = join_names([f"{n} {name}" for name, n in scripts.items()])
    sentences = [
        f"The corpus holds **{_count(len(articles), 'article')}** with {_count(len(body), 'sentence')} and {articles['n_chars'].sum():,} characters of clean text; "
        f"by script: {counted}.",
        f"Cleaning made **{_count(len(edits), 'edit')}** and left {articles['n_chars'].sum():,} of {articles['n_chars_raw'].sum():,} raw characters "
        f"({removed:.0%} went); {_count(int((~edits['certain']).sum()), 'edit')} {'is' if int((~edits['certain']).sum()) == 1 else 'are'} marked uncertain.",
    ]
    if not edits.empty:
        rule = edits["rule"].value_counts()
        sentences.append(
            f"The busiest rule is `{rule.index[0]}` with {_count(int(rule.iloc[0]), 'edit')}, {rule.iloc[0] / len(edits):.0%} of all."
        )
    sentences.append(
        f"{_count(copies, 'article')} {'repeats' if copies == 1 else 'repeat'} another one and {'is' if copies == 1 else 'are'} left out of the analysis; "
        f"{_count(len(corpus.setaside), 'input')} could not be used."
    )
    return sentences


def term_findings(frequencies: pd.DataFrame, n_articles: int) -> list[str]:
    """Which terms lead, and how many every article shares."""
    if frequencies.empty:
        return ["The articles hold no word that counts as a term."]
    total = int(frequencies["count"].sum())
    first = frequencies.iloc[0]
    shared = frequencies[frequencies["articles"] == n_articles]
    once = int((frequencies["articles"] == 1).sum())
    names = join_names([plain(str(term)) for term in frequencies.index[1:4]])
    return [
        f"The commonest term is **{plain(str(frequencies.index[0]))}**: {first['count']:,.0f} of {total:,} ({first['per_10k']:.0f} per 10,000){f', followed by {names}' if len(frequencies) > 1 else ''}.",
        f"{_count(len(shared), 'term')} of {len(frequencies):,} {'stands' if len(shared) == 1 else 'stand'} in every article: the common ground of the subject.",
        f"{_count(once, 'term')} ({once / len(frequencies):.0%}) {'stands' if once == 1 else 'stand'} in a single article only.",
    ]


def weight_findings(top: pd.DataFrame, pairs: pd.DataFrame) -> list[str]:
    """What sets articles apart, and which two are most alike."""
    if top.empty:
        return ["The articles hold no word that counts as a term: there is nothing to weigh."]
    first = top[top["rank"] == 1]
    leaders = first["term"].value_counts()
    sentences = [
        f"{_count(len(leaders), 'different term')} {'leads' if len(leaders) == 1 else 'lead'} the {_count(len(first), 'article')}; "
        f"the one that leads most often is **{plain(str(leaders.index[0]))}** ({leaders.iloc[0]}).",
    ]
    if pairs.empty:
        return [*sentences, "With a single article there is nothing to compare it with."]
    pair = pairs.iloc[0]
    return [
        *sentences,
        f"The two articles most alike are **{plain(pair['a'])}** and **{plain(pair['b'])}**, with a cosine similarity of {pair['similarity']:.2f}; "
        f"the median of the pairs shown is {pairs['similarity'].median():.2f}.",
    ]


def topic_findings(
    choice: pd.DataFrame, stability: pd.Series, sizes: pd.Series, agreement: float, threshold: float
) -> list[str]:
    """How many topics, how firm they are, and whether a second method agrees."""
    k = choice.index[choice["chosen"]][0]
    firm = int((stability >= threshold).sum())
    return [
        f"The sections fall into **{k} topics**, the fewest whose stability ({choice.loc[k, 'stability']:.2f} of 1) is within one standard error of the best.",
        f"{firm} of {_count(len(stability), 'topic')} {'is' if firm == 1 else 'are'} reproducible (their top terms agree by at least {threshold:.1f} when a fifth of the articles is left out); the "
        f"others are marked.",
        f"The largest topic is number {sizes.idxmax()} with {_count(int(sizes.max()), 'section')} of {int(sizes.sum())}.",
        f"A second method, KMeans, cuts the sections {'much the same' if agreement > 0.5 else 'differently'} (adjusted Rand index {agreement:.2f}; 1 is the same, 0 is chance).",
    ]


def code_findings(counts: pd.DataFrame, codebook: Codebook, n_sentences: int, n_coded: int) -> list[str]:
    """How much is coded, which codes lead each dimension, and which never occur."""
    sentences = [
        f"**{n_coded:,} of {_count(n_sentences, 'sentence')} ({n_coded / max(1, n_sentences):.0%}) {'carries' if n_sentences == 1 else 'carry'} a code**, given by rules and a trained model; how far they can be trusted is not known from this page."
    ]
    for dimension, group in counts.groupby("dimension", sort=False, observed=True):
        leader = group.sort_values("sentences", ascending=False, kind="stable").iloc[0]
        if leader["sentences"]:
            sentences.append(
                f"Among the {dimension} codes, **{plain(code_label(codebook, leader['code']))}** leads: {_count(int(leader['sentences']), 'sentence')} in {_count(int(leader['articles']), 'article')}."
            )
    missing = counts.loc[counts["sentences"] == 0, "code"]
    if len(missing):
        named = join_names([plain(code_label(codebook, code)) for code in missing[:4]])
        sentences.append(
            f"{_count(len(missing), 'code')} of {len(counts)} never {'occurs' if len(missing) == 1 else 'occur'}: {named}{' and others' if len(missing) > 4 else ''}."
        )
    return sentences


def overlap_findings(
    pairs: pd.DataFrame, sets: pd.DataFrame, codebook: Codebook, unit: str, n_units: int, n_articles: int
) -> list[str]:
    """Which codes meet most, how often all dimensions meet, against what chance would give."""
    sentences = []
    seen = pairs[pairs["observed"] > 0]
    if seen.empty:
        return [f"No {unit} holds codes of two dimensions: there is no overlap to show."]
    best = seen.sort_values(["observed", "lift"], ascending=False, kind="stable").iloc[0]
    a, b = (plain(code_label(codebook, best[key])) for key in ("a", "b"))
    sentences.append(
        f"The pair that meets most often is **{a}** with **{b}**: {_count(int(best['observed']), unit)}, where independence would give {best['expected']:.1f} (lift {best['lift']:.1f})."
    )
    names = max(sets.index, key=len)
    row = sets.loc[[names]].iloc[0]
    together = join_names([f"{name}" for name in names])
    sentences.append(
        f"**{_count(int(row['inclusive']), unit)} of {n_units:,}** {'holds' if row['inclusive'] == 1 else 'hold'} {together} together; independence would give {row['expected']:.1f}."
    )
    unmet = int((pairs["observed"] == 0).sum())
    sentences.append(
        f"{unmet:,} of {_count(len(pairs), 'possible pair')} never {'meets; it is shown as a zero' if unmet == 1 else 'meet; they are shown as zeroes'}."
    )
    if n_articles < FEW_ARTICLES:
        sentences.append(
            f"With {_count(n_articles, 'article')} these are counts, not evidence of a rule: no test is made below {FEW_ARTICLES} articles."
        )
    return sentences


def explore_findings(corpus: Corpus, coded: pd.DataFrame, code: str) -> list[str]:
    """How much there is to explore, and where the controls start."""
    body = corpus.sentences[~corpus.sentences["is_heading"]]
    keys = coded[["article_id", "sentence_id"]].drop_duplicates()
    if coded.empty:
        return ["No sentence asserts a code: there is nothing to open but words and edits."]
    return [
        f"**{_count(len(coded), 'coding')}** on {len(keys):,} of {len(body):,} sentences can be opened below, each with its evidence.",
        f"The commonest code is **{plain(code_label(corpus.codebook, code))}** with {_count(int((coded['code'] == code).sum()), 'sentence')}; the controls start with it.",
    ]


def _count(n: int, noun: str) -> str:
    """`1 article`, `2 articles`."""
    plural = noun[:-1] + "ies" if noun.endswith("y") else noun + "s"
    return f"{n:,} {noun if n == 1 else plural}"
