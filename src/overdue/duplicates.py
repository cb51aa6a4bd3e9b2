"""Find articles that are copies of one another: the same text, or nearly: clean texts -> the kept twin of each copy.

Texts are compared by the Jaccard similarity of their shingles (runs of Chinese characters); MinHash signatures
(Broder 1997) name the candidates, so that a large corpus is not compared pair by pair, and each candidate is then
checked exactly.
"""

import re

import pandas as pd
from rensa import RMinHash, RMinHashLSH

SHINGLE = 3
PERMUTATIONS = 128
BANDS = 64
"""With two rows a band a pair of similarity 0.3 becomes a candidate 997 times in 1,000."""
SEED = 20
THRESHOLD = 0.5
"""Two independent articles of one subject share under a fifth of their shingles, a re-post nearly all."""
HAN = re.compile(r"[㐀-鿿]+")


def find_duplicates(articles: pd.DataFrame, threshold: float = THRESHOLD) -> pd.DataFrame:
    """For every article that copies an earlier one, the earliest such article and how similar they are.

    Parameters
    ----------
    articles : pd.DataFrame
        Columns `article_id`, `text`, in the order of the corpus.
    threshold : float
        Jaccard similarity of shingles from which two articles are copies.

    Returns
    -------
    pd.DataFrame
        A row per article, in the same order: `duplicate_of` (id or None) and `similarity` (NaN where there is
        none). A copy of a copy
        names the first of the family.
    """
    lsh = RMinHashLSH(threshold=threshold, num_perm=PERMUTATIONS, num_bands=BANDS)
    kept: list[tuple[str, frozenset[str]]] = []
    rows: list[tuple[str | None, float | None]] = []
    for article_id, text in zip(articles["article_id"], articles["text"], strict=True):
        shingles = shingle(text)
        signature = RMinHash(num_perm=PERMUTATIONS, seed=SEED)
        signature.update(sorted(shingles))
        found = [(jaccard(shingles, kept[i][1]), -i) for i in lsh.query(signature)]
        best = max((pair for pair in found if pair[0] >= threshold), default=None)
        if best is None:
            lsh.insert(len(kept), signature)
            kept.append((article_id, shingles))
            rows.append((None, None))
        else:
            rows.append((kept[-best[1]][0], round(best[0], 4)))
    return pd.DataFrame(rows, columns=["duplicate_of", "similarity"], index=articles.index).astype(
        {"similarity": float}
    )


def shingle(text: str) -> frozenset[str]:
    """The runs of `SHINGLE` Chinese characters of a text, signs and Latin letters left out."""
    letters = "".join(HAN.findall(text)) or text
    return frozenset(letters[i : i + SHINGLE] for i in range(max(1, len(letters) - SHINGLE + 1)))


def jaccard(a: frozenset[str], b: frozenset[str]) -> float:
    """Size of the common part over size of the union.

    Examples
    --------
    >>> jaccard(shingle("逾期后协商"), shingle("逾期后还款"))
    0.2
    """
    return len(a & b) / len(a | b)
