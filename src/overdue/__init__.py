"""Analytical notebooks and reports on Chinese web articles about overdue loans.

The package is read along the flow of the data: `articles` (read), `cleaning` (repair, with a log), `duplicates`,
`sentences`, then `segmentation`, `terms`, `weights`, `topics` on one side and `codebook`, `coding`, `overlap` on
the other, and `charts`, `findings`, `report` at the end. `build` runs the flow; `load_corpus` opens what it
wrote.
"""

from overdue.articles import InputError
from overdue.corpus import Corpus, load_corpus

__all__ = ["Corpus", "InputError", "load_corpus"]
