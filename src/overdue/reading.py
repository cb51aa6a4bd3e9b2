"""Read the text behind a number: sentences drawn with a seed, and an article with every edit marked."""

import html

import pandas as pd

from overdue.cleaning.contacts import mask_contacts
from overdue.corpus import Corpus
from overdue.display import CONTROLS
from overdue.prevalence import coded_sentences

CONTEXT = 12
QUIET = frozenset({"white_space", "blank_lines", "line_ends"})
"""Rules whose edits are shown without their name: they only move white space."""


def source_text(corpus: Corpus, article_id: str) -> pd.DataFrame:
    """The raw text of an article in pieces, put together again from the clean text and the log.

    Returns
    -------
    pd.DataFrame
        In reading order: `rule` (empty for what stayed), `before`, `after`, `certain`. The pieces' `after` joined
        are the clean text; contacts in `before` are masked.
    """
    clean = corpus.articles.set_index("article_id").at[article_id, "text"]
    edits = corpus.edits[corpus.edits["article_id"] == article_id].sort_values(["start", "end"])
    rows, at_raw, at_clean = [], 0, 0
    for edit in edits.itertuples():
        kept = clean[at_clean : at_clean + edit.start - at_raw]
        if kept:
            rows.append(("", kept, kept, True))
        rows.append((edit.rule, edit.before, edit.after, edit.certain))
        at_raw, at_clean = edit.end, at_clean + len(kept) + len(edit.after)
    rows.append(("", clean[at_clean:], clean[at_clean:], True))
    return pd.DataFrame(rows, columns=["rule", "before", "after", "certain"])


def show_edits(corpus: Corpus, article_id: str, limit: int = 1_000) -> None:
    """Show the first `limit` characters of an article with every edit marked and named."""
    from IPython.display import HTML, display

    display(HTML(marked_edits(corpus, article_id, limit)))


def marked_edits(corpus: Corpus, article_id: str, limit: int = 1_000) -> str:
    """HTML of the first `limit` characters of an article: deletions struck out, insertions underlined, rules named."""
    parts, shown = [], 0
    for piece in source_text(corpus, article_id).itertuples():
        if shown >= limit:
            parts.append(" …")
            break
        shown += max(len(piece.before), len(piece.after))
        if not piece.rule:
            parts.append(_escape(piece.after))
            continue
        if piece.before.strip():
            parts.append(f"<del>{_escape(piece.before)}</del>")
        if piece.after.strip():
            parts.append(f"<ins>{_escape(piece.after)}</ins>")
        elif "\n" in piece.before:
            parts.append("<br>")
        if piece.rule not in QUIET:
            parts.append(f"<sub>{html.escape(piece.rule)}{'' if piece.certain else '?'}</sub>")
    return f'<div class="edits" lang="zh"><p>{html.escape(article_id)}</p><p>{"".join(parts)}</p></div>'


def count_edits(edits: pd.DataFrame) -> pd.DataFrame:
    """Edits by rule, most first: index `rule`; `edits`, `articles`, `uncertain` edits, raw `characters` they
    replaced."""
    table = edits.assign(uncertain=~edits["certain"], characters=edits["end"] - edits["start"]).groupby("rule")
    counts = table.agg(
        edits=("rule", "size"),
        articles=("article_id", "nunique"),
        uncertain=("uncertain", "sum"),
        characters=("characters", "sum"),
    )
    return counts.sort_values("edits", ascending=False, kind="stable")


def sample_edits(corpus: Corpus, per_rule: int, seed: int) -> pd.DataFrame:
    """A few edits of every rule, drawn with `seed`: index `rule`; `article`, `offset`, `before`, `after`,
    `certain`."""
    edits = corpus.edits[corpus.edits["before"].str.strip() + corpus.edits["after"].str.strip() != ""]
    rows = []
    for rule, group in edits.groupby("rule"):
        for edit in group.sample(min(per_rule, len(group)), random_state=seed).sort_index().itertuples():
            rows.append(
                (rule, edit.article_id, edit.start, _short(edit.before), _short(edit.after), bool(edit.certain))
            )
    return pd.DataFrame(rows, columns=["rule", "article", "offset", "before", "after", "certain"]).set_index("rule")


def sample_codes(
    corpus: Corpus, n: int, seed: int, dimension: str | None = None, polarity: str = "asserted"
) -> pd.DataFrame:
    """Coded body sentences drawn with `seed`, one per sentence, for `display.show_sentences`."""
    coded = coded_sentences(corpus, polarity)
    if dimension is not None:
        coded = coded[coded["dimension"] == dimension]
    return _with_evidence(coded.drop_duplicates(["article_id", "sentence_id"]), n, seed)


def sample_uncoded(corpus: Corpus, n: int, seed: int) -> pd.DataFrame:
    """Body sentences without any code, drawn with `seed`."""
    body = corpus.sentences[~corpus.sentences["is_heading"]]
    coded = pd.MultiIndex.from_frame(corpus.codes[["article_id", "sentence_id"]])
    free = body[~pd.MultiIndex.from_frame(body[["article_id", "sentence_id"]]).isin(coded)]
    return free.sample(min(n, len(free)), random_state=seed).sort_index()[["article_id", "sentence_id", "text"]]


def sample_overlaps(corpus: Corpus, n: int, seed: int) -> pd.DataFrame:
    """Body sentences that assert codes of two or more dimensions, drawn with `seed`, their codes as note."""
    coded = coded_sentences(corpus)
    key = ["article_id", "sentence_id"]
    many = coded.groupby(key).filter(lambda group: group["dimension"].nunique() > 1)
    notes = many.groupby(key)["code"].agg(" + ".join).rename("note").reset_index()
    table = many[[*key, "text"]].drop_duplicates().merge(notes, on=key)
    return table.sample(min(n, len(table)), random_state=seed).sort_index()


def _with_evidence(coded: pd.DataFrame, n: int, seed: int) -> pd.DataFrame:
    drawn = coded.sample(min(n, len(coded)), random_state=seed).sort_index()
    drawn = drawn.rename(columns={"start": "evidence_start", "end": "evidence_end", "code": "note"})
    return drawn[["article_id", "sentence_id", "text", "evidence_start", "evidence_end", "note"]]


def _short(text: str, most: int = 40) -> str:
    flat = mask_contacts(" ".join(text.split()))
    return flat if len(flat) <= most else flat[: most - 1] + "…"


def _escape(text: str) -> str:
    return html.escape(CONTROLS.sub("", text)).replace("\n", "<br>")
