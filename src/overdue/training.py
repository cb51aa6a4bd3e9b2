"""Train the models of coding and cleaning from gold: sentence bank and learning articles; held-out ones are refused."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from overdue.cleaning.edits import Draft
from overdue.cleaning.furniture import BELOW, BIAS, ELSEWHERE, features
from overdue.cleaning.spacing import find_half_width, find_white_space
from overdue.codebook import Codebook
from overdue.gold import (
    LEARN,
    Reference,
    article_sentences,
    codings,
    learning_only,
    references,
    sentence_bank,
    side,
)
from overdue.model import Example, Model, save_model, train_model
from overdue.resources import resource

ARTICLE_SENTENCES = 1_200
"""Sentences of the bank that stand for article text beside the learning articles."""
LIKE_TITLES = frozenset({"link", "series"})
SMALL = 0.05
"""Weights nearer to zero are left out of the table."""
SEED = 20

RUN_OF_BANK = 40
"""Neighbouring single sentences of the bank are left out together: their writer had the same code in mind."""


def train_coder(codebook: Codebook, out: Path) -> Model:
    """Learn from the bank and the learning articles, and write the model to `out`."""
    model = train_model([*bank_examples(sentence_bank()), *article_examples(LEARN)], list(codebook.codes))
    save_model(model, out)
    return model


def train_furniture(out: Path) -> int:
    """Learn what page lines look like, and write the weights to `out`; returns their number.

    Two models of one set of features (logistic regression): `below` the article titles of other articles count as
    furniture, `elsewhere` they are left out of training, since a title or heading looks the same.
    """
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.linear_model import LogisticRegression

    pages = pd.read_csv(resource("data", "lexicon", "page_lines.csv"), keep_default_na=False)
    articles = [line for reference in learning_references() for _, line in reference.lines]
    sentences = list(sentence_bank()["text"].sample(ARTICLE_SENTENCES, random_state=SEED))
    lines = [as_cleaned(line) for line in [*pages["line"], *articles, *sentences]]
    kinds = [*pages["kind"], *["article"] * (len(articles) + len(sentences))]
    truth = np.array([kind != "article" for kind in kinds])
    known = np.array([kind not in LIKE_TITLES for kind in kinds])
    vectorizer = CountVectorizer(analyzer=lambda line: set(features(line)), min_df=2)
    matrix = vectorizer.fit_transform(lines)
    below = LogisticRegression(C=2, max_iter=2000).fit(matrix, truth)
    elsewhere = LogisticRegression(C=2, max_iter=2000).fit(matrix[known], truth[known])
    names = [BIAS, *vectorizer.get_feature_names_out()]
    weights = pd.DataFrame(
        {BELOW: [below.intercept_[0], *below.coef_[0]], ELSEWHERE: [elsewhere.intercept_[0], *elsewhere.coef_[0]]},
        index=pd.Index(names, name="feature"),
    )
    heavy = weights[(weights.abs() > SMALL).any(axis=1) | (weights.index == BIAS)].round(3).sort_index()
    heavy.to_csv(out, lineterminator="\n")
    return len(heavy)


def as_cleaned(line: str) -> str:
    """A line as the model meets it: white space and signs already mended."""
    draft = Draft(line)
    draft.apply("white_space", find_white_space(draft.text))
    draft.apply("half_width", find_half_width(draft.text))
    return draft.text


def learning_references() -> list[Reference]:
    """The reference articles that may be learned from."""
    every = references()
    known = [reference.article_id for reference in every]
    return [reference for reference in every if side(reference.article_id, known) == LEARN]


def bank_examples(bank: pd.DataFrame) -> list[Example]:
    """Examples of the sentence bank; passages are running text, single sentences are not."""
    return [
        Example(
            text=row.text,
            before=row.before,
            codes=asserted(row.codes),
            group=f"passage {row.passage}" if row.passage else f"bank {row.part} {number // RUN_OF_BANK}",
            natural=bool(row.passage),
        )
        for number, row in enumerate(bank.itertuples())
    ]


def article_examples(which: str) -> list[Example]:
    """Body sentences of one side of the reference articles with their final codes.

    Raises
    ------
    ValueError
        The learning side holds a held-out article.
    """
    sentences, given = article_sentences(), codings()
    chosen = sentences[sentences["side"] == which]
    if which == LEARN:
        learning_only(chosen["article_id"].unique(), sentences["article_id"].unique())
    final = given[(given["final"] == 1) & (given["polarity"] == "asserted")]
    codes = final.groupby(["article_id", "sentence_id"])["code"].agg(frozenset).to_dict()
    examples, before = [], ""
    for row in chosen.itertuples():
        if row.level:
            before = ""
            continue
        found = codes.get((row.article_id, row.sentence_id), frozenset())
        examples.append(Example(row.text, before, found, row.article_id, natural=True))
        before = row.text
    return examples


def asserted(codes: str) -> frozenset[str]:
    """The codes of a bank row that carry no other polarity: `a b:averted` -> a."""
    return frozenset(code for code in codes.split() if ":" not in code)


def measure(truth: Sequence[frozenset[str]], found: Sequence[frozenset[str]]) -> dict[str, float]:
    """Micro-averaged precision, recall and F1 over sentence and code.

    Examples
    --------
    >>> measure([frozenset("ab"), frozenset()], [frozenset("a"), frozenset("c")])
    {'precision': 0.5, 'recall': 0.5, 'f1': 0.5}
    """
    right = sum(len(a & b) for a, b in zip(truth, found, strict=True))
    given, wanted = sum(map(len, found)), sum(map(len, truth))
    return {
        "precision": right / max(1, given),
        "recall": right / max(1, wanted),
        "f1": 2 * right / max(1, given + wanted),
    }
