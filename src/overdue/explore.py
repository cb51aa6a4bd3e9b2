"""Widgets for a reader: choose codes, a term or an article, and see the sentences or the edits behind.

Every view is a control over a function on tables; the functions can be used without the controls.
"""

from collections.abc import Callable
from typing import Any

import pandas as pd

from overdue.corpus import Corpus
from overdue.display import sentences_html, table_html
from overdue.findings import explore_findings
from overdue.prevalence import coded_sentences
from overdue.reading import marked_edits
from overdue.terms import concordance

ROWS = 30
NO_CODE = ""


class Explorer:
    """Controls over one corpus."""

    def __init__(self, corpus: Corpus) -> None:
        """Prepare the controls for `corpus`."""
        self.corpus = corpus
        self._coded = coded_sentences(corpus)

    def summary(self) -> list[str]:
        """What there is to explore, computed."""
        return explore_findings(self.corpus, self._coded, self.commonest_code())

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
        keys = {
            "sentence": ["article_id", "sentence_id"],
            "section": ["article_id", "section"],
            "article": ["article_id"],
        }[within]
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

        def show(first: str, second: str, unit: str, article: str) -> str:
            found = self.find_codes([code for code in (first, second) if code], unit, article or None)
            table = found.rename(columns={"start": "evidence_start", "end": "evidence_end", "code": "note"})
            n = len(found[["article_id", "sentence_id"]].drop_duplicates())
            more = f", the first {ROWS} shown." if len(found) > ROWS else "."
            return sentences_html(table.head(ROWS), f"Sentences: {n}{more}")

        _steer("codes", {"first": first, "second": second, "unit": unit, "article": article}, show)

    def term_view(self) -> None:
        """Type a word and read it in context."""
        import ipywidgets as widgets

        term = widgets.Text(value=self._commonest_term(), description="Word", continuous_update=False)

        def show(term: str) -> str:
            lines = (
                concordance(self.corpus.sentences, term) if term else concordance(self.corpus.sentences.head(0), " ")
            )
            return table_html(lines.set_index("article_id"), f"Occurrences: {len(lines)}.", rows=ROWS)

        _steer("term", {"term": term}, show)

    def edit_view(self) -> None:
        """Choose an article and see what cleaning changed."""
        import ipywidgets as widgets

        article = widgets.Dropdown(options=self._article_options(), description="Article")
        _steer("edits", {"article": article}, lambda article: marked_edits(self.corpus, article))

    def _article_options(self) -> list[tuple[str, str]]:
        articles = self.corpus.articles
        return [(f"{key} {title}", key) for key, title in zip(articles["article_id"], articles["title"], strict=True)]

    def _commonest_term(self) -> str:
        counts = self.corpus.terms.groupby("term")["count"].sum().sort_index()
        return str(counts.idxmax()) if len(counts) else ""


def _steer(name: str, controls: dict[str, Any], show: Callable[..., str]) -> None:
    """Show controls above the HTML that they steer; the first state stays in the saved notebook and in the export."""
    import ipywidgets as widgets
    from IPython.display import HTML, display

    display(widgets.Box(list(controls.values()), layout=widgets.Layout(flex_flow="row wrap")))
    handle = display(
        HTML(show(**{key: control.value for key, control in controls.items()})), display_id=f"overdue-{name}"
    )

    def refresh(_: object) -> None:
        handle.update(HTML(show(**{key: control.value for key, control in controls.items()})))

    for control in controls.values():
        control.observe(refresh, names="value")
