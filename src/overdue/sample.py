"""Make and check the sample corpus: references and recipes -> noisy articles, and the claims that the datasheet
makes of them.

`python -m overdue.sample write` writes `data/articles` and what the noise added; `check` verifies everything and
names what is off.
"""

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from overdue.cleaning.contacts import CONTACTS
from overdue.cleaning.script import SIMPLIFIED, to_simplified
from overdue.codebook import load_codebook
from overdue.gold import Reference, article_sentences, codings, gold_folder, references, sentence_bank
from overdue.noise import Noisy, Recipe, add_noise, spin
from overdue.resources import resource

CHARACTERS = range(800, 2001)
PER_CODE, ARTICLES_PER_CODE = 12, 6
CODED_SHARE = (0.4, 0.6)
BANK_PER_CODE, NEAR_PER_CODE, BANK_UNCODED, BANK_SIZE = 160, 40, 2_000, 10_000
MOBILE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")
"""A number that could be somebody's: contacts of the sample start with 10, 11 or 12, which no mobile number does."""
HAN = re.compile(r"[㐀-鿿]")
RUN = 16
"""So many Chinese characters in a row that stand in another page too are taken for copied."""


def recipes() -> dict[str, dict[str, Any]]:
    """How each file of the sample was made: its reference, its site, whether it is spun, and the recipe of its
    damage."""
    content: dict[str, dict[str, Any]] = json.loads((gold_folder() / "noise.json").read_text("utf-8"))
    return content


def make_article(name: str, entry: dict[str, Any], reference: Reference) -> Noisy:
    """The noisy file of one entry of `recipes`."""
    options: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value for key, value in entry["recipe"].items()
    }
    recipe = Recipe(**options)
    text = spin(reference.text, recipe.seed) if entry.get("spun") else reference.text
    facts = {
        "name": name,
        "author": reference.author,
        "date": reference.published,
        "product": reference.product,
        "site": entry["site"],
    }
    return add_noise(text, recipe, facts)


def make_articles() -> Iterator[tuple[str, Noisy]]:
    """File name and content of every noisy article, in the order of `recipes`."""
    by_id = {reference.article_id: reference for reference in references()}
    for name, entry in recipes().items():
        yield f"{name}{entry['recipe'].get('suffix', '.txt')}", make_article(name, entry, by_id[entry["reference"]])


def write_sample(articles: Path, gold: Path) -> int:
    """Write the noisy articles, the page lines that were added (`removed.csv`), and the texts as far as they can
    be had without
    repair (`unrepaired/`); returns the number of articles."""
    for folder in (articles, gold / "unrepaired"):
        folder.mkdir(parents=True, exist_ok=True)
        for old in folder.iterdir():
            old.unlink()
    added = []
    for file, noisy in make_articles():
        (articles / file).write_bytes(noisy.data)
        stem = Path(file).stem
        (gold / "unrepaired" / f"{stem}.txt").write_text(noisy.unrepaired + "\n", "utf-8")
        added += [(stem, kind, line) for kind, line in noisy.added]
    table = pd.DataFrame(added, columns=["article_id", "kind", "line"])
    table.to_csv(gold / "removed.csv", index=False, lineterminator="\n")
    return len(recipes())


def check_sample(originals: Path | None = None) -> list[str]:
    """What is wrong with the sample, a line each; empty where all claims hold.

    Parameters
    ----------
    originals : Path, optional
        A folder of other people's pages of which nothing may stand in the sample.
    """
    problems = [*_check_articles(), *_check_references(), *_check_codings(), *_check_bank()]
    if originals is not None:
        problems += _check_originality(originals)
    return problems


def _check_articles() -> Iterator[str]:
    folder = resource("data", "articles")
    made = dict(make_articles())
    present = {path.name for path in folder.iterdir()}
    for name in sorted(present ^ set(made)):
        yield f"articles/{name}: {'not made by a recipe' if name in present else 'missing'}"
    for name in sorted(present & set(made)):
        if (folder / name).read_bytes() != made[name].data:
            yield f"articles/{name}: its recipe gives other bytes; run: make corpus"
        if MOBILE.search(made[name].text):
            yield f"articles/{name}: holds what may be a real telephone number"


def _check_references() -> Iterator[str]:
    sentences = article_sentences()
    joined = sentences.groupby("article_id")["text"].agg("".join)
    for reference in references():
        name, text = reference.article_id, reference.text
        if (size := len(HAN.findall(text))) not in CHARACTERS:
            yield f"{name}: {size} Chinese characters; expected 800 to 2,000"
        if to_simplified(text, SIMPLIFIED) != text:
            yield f"{name}: conversion to simplified changes it"
        if "".join(joined[name].split()) != "".join(text.split()):
            yield f"{name}: its sentences joined do not give the reference"
        if any(pattern.search(text) for pattern in CONTACTS.values()):
            yield f"{name}: the reference holds a contact"


def _check_codings() -> Iterator[str]:
    sentences, given, known = article_sentences(), codings(), set(load_codebook().codes)
    if unknown := sorted(set(given["code"]) - known):
        yield f"codings.csv: unknown code {unknown[0]}"
    places = set(zip(sentences["article_id"], sentences["sentence_id"], strict=True))
    if lost := set(zip(given["article_id"], given["sentence_id"], strict=True)) - places:
        yield f"codings.csv: no such sentence: {sorted(lost)[0]}"
    final = given[given["final"] == 1]
    counts = final[final["polarity"] == "asserted"].groupby("code")["article_id"].agg(["size", "nunique"])
    for code, size, articles in counts.reindex(sorted(known), fill_value=0).itertuples():
        if size < PER_CODE or articles < ARTICLES_PER_CODE:
            yield f"{code}: {size} sentences in {articles} articles; expected {PER_CODE} in {ARTICLES_PER_CODE}"
    body = sentences.loc[sentences["level"] == 0, ["article_id", "sentence_id"]]
    share = len(body.merge(final[["article_id", "sentence_id"]].drop_duplicates())) / len(body)
    if not CODED_SHARE[0] <= share <= CODED_SHARE[1]:
        yield f"{share:.1%} of the body sentences are coded; expected 40 to 60 %"


def _check_bank() -> Iterator[str]:
    bank, known = sentence_bank(), set(load_codebook().codes)
    if len(bank) < BANK_SIZE:
        yield f"sentences.csv: {len(bank):,} sentences; expected {BANK_SIZE:,}"
    if repeated := bank.loc[bank["text"].duplicated(), "text"].tolist():
        yield f"sentences.csv: stands twice: {repeated[0]}"
    given = bank["codes"].str.split().explode().dropna()
    if unknown := sorted({name.partition(":")[0] for name in given} - known):
        yield f"sentences.csv: unknown code {unknown[0]}"
    near = bank["near_of"].str.split().explode().value_counts()
    for code in sorted(known):
        if (size := int((given == code).sum())) < BANK_PER_CODE:
            yield f"sentences.csv: {code} is asserted {size} times; expected {BANK_PER_CODE}"
        if (size := int(near.get(code, 0))) < NEAR_PER_CODE:
            yield f"sentences.csv: {code} has {size} near misses; expected {NEAR_PER_CODE}"
    if (size := int((bank["codes"] == "").sum())) < BANK_UNCODED:
        yield f"sentences.csv: {size} sentences without a code; expected {BANK_UNCODED:,}"


def _check_originality(originals: Path) -> Iterator[str]:
    def letters(text: str) -> str:
        return "".join(HAN.findall(to_simplified(text, "traditional")))

    known = set()
    for path in sorted(originals.glob("*")):
        body = letters(path.read_text("utf-8", "replace"))
        known |= {body[at : at + RUN] for at in range(len(body) - RUN + 1)}
    texts = {reference.article_id: reference.text for reference in references()}
    texts["sentences.csv"] = "\n".join(sentence_bank()["text"])
    for name, text in texts.items():
        body = letters(text)
        if found := next(
            (body[at : at + RUN] for at in range(len(body) - RUN + 1) if body[at : at + RUN] in known), None
        ):
            yield f"{name}: stands in {originals} too: {found}"


def main(arguments: list[str]) -> int:
    """`write`, or `check [FOLDER]`; returns the exit code."""
    if arguments[:1] == ["write"]:
        print(f"{write_sample(resource('data', 'articles'), gold_folder())} articles written")
        return 0
    problems = check_sample(Path(arguments[1]) if len(arguments) > 1 else None)
    print("\n".join(problems) or "the sample is as its datasheet says")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
