"""Widgets for a reader: choose codes, a term or an article, and see the sentences or the edits behind.

Every view is a control over a function on tables; the functions can be used without the controls.
"""

import pandas as pd

from overdue.corpus import Corpus
from overdue.display import plain, show_sentences, show_table
from overdue.prevalence import coded_sentences
from overdue.reading import show_edits
from overdue.terms import concordance

ROWS = 30
NO_CODE = ""


class Explorer:
    """Controls over one corpus."""

    def __init__(self, corpus: Corpus) -> None:
        self.corpus = corpus
        self._coded = coded_sentences(corpus)

    def summary(self) -> list[str]:
        """What there is to explore, computed."""
        body = self.corpus.sentences[~self.corpus.sentences["is_heading"]]
        keys = self._coded[["article_id", "sentence_id"]].drop_duplicates()
        code = self.commonest_code()
        return [
            f"**{len(self._coded):,} codings** on {len(keys):,} of {len(body):,} sentences can be opened below, each with its evidence.",
            f"The commonest code is **{plain(code)}** with {int((self._coded['code'] == code).sum()):,} sentences; the controls start with it.",
        ]

    def commonest_code(self) -> str:
        """The code with most sentences, the first of the book in a tie."""
        counts = self._coded["code"].value_counts().reindex(list(self.corpus.codebook.codes), fill_value=0)
        return str(counts.idxmax())

    def find_codes(self, codes: list[str], within: str = "sentence", article: str | None = None) -> pd.DataFrame:
        """Sentences that carry the codes.

        Parameters
        ----------
        codes : list of str
            All of them must stand in the same `within`.
        within : {'sentence', 'section', 'article'}
            Where they must stand together.
        article : str, optional
            Only this article.

        Returns
        -------
        pd.DataFrame
            Rows of table `codes` with the `text` of their sentence, for the codes asked for.
        """
        keys = {"sentence": ["article_id", "sentence_id"], "section": ["article_id", "section"], "article": ["article_id"]}[within]
        rows = self._coded[self._coded["code"].isin(codes)]
        if article:
            rows = rows[rows["article_id"] == article]
        together = rows.groupby(keys)["code"].transform("nunique") == len(set(codes))
        return rows[together].sort_values(["article_id", "sentence_id"], kind="stable")

    def code_view(self) -> None:
        """Choose one or two codes, the unit they share and an article; read the sentences."""
        import ipywidgets as widgets

        names = [(f"{code.en} {code.zh}", code.id) for code in self.corpus.codebook.codes.values()]
        first = widgets.Dropdown(options=names, value=self.commonest_code(), description="Code")
        second = widgets.Dropdown(options=[("any", NO_CODE), *names], value=NO_CODE, description="with")
        unit = widgets.Dropdown(options=["sentence", "section", "article"], description="in one")
        article = widgets.Dropdown(options=[("all articles", ""), *self._article_options()], description="of")

        def show(first: str, second: str, unit: str, article: str) -> None:
            codes = [code for code in (first, second) if code]
            found = self.find_codes(codes, unit, article or None)
            table = found.rename(columns={"start": "evidence_start", "end": "evidence_end", "code": "note"})
            show_sentences(table.head(ROWS), f"{len(found)} sentences" + (f", the first {ROWS} shown." if len(found) > ROWS else "."))

        self._display([first, second, unit, article], show, {"first": first, "second": second, "unit": unit, "article": article})

    def term_view(self) -> None:
        """Type a word and read it in context."""
        import ipywidgets as widgets

        term = widgets.Text(value=self._commonest_term(), description="Word", continuous_update=False)

        def show(term: str) -> None:
            lines = concordance(self.corpus.sentences, term) if term else concordance(self.corpus.sentences.head(0), " ")
            show_table(lines.set_index("article_id"), f"{len(lines)} occurrences.", rows=ROWS)

        self._display([term], show, {"term": term})

    def edit_view(self) -> None:
        """Choose an article and see what cleaning changed."""
        import ipywidgets as widgets

        article = widgets.Dropdown(options=self._article_options(), description="Article")
        self._display([article], lambda article: show_edits(self.corpus, article), {"article": article})

    def _article_options(self) -> list[tuple[str, str]]:
        articles = self.corpus.articles
        return [(f"{key} {title}", key) for key, title in zip(articles["article_id"], articles["title"], strict=True)]

    def _commonest_term(self) -> str:
        return str(self.corpus.terms.groupby("term")["count"].sum().sort_index().idxmax())

    def _display(self, controls: list[object], show: object, values: dict[str, object]) -> None:
        """Show controls above the output that they steer."""
        import ipywidgets as widgets
        from IPython.display import display

        row = widgets.Box(controls, layout=widgets.Layout(flex_flow="row wrap"))
        display(row, widgets.interactive_output(show, values))
