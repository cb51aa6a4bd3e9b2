"""Damage a clean article as crawling does, with a seed: the reverse of cleaning, for samples, tests and benchmarks.

Each class of damage is a function of its own; a `Recipe` names the classes of an article with their rates, and
the same recipe and seed give the same bytes on every machine. The kinds were seen on real pages of the genre; the
wording is our
own (`data/noise.yml`).
"""

import html
import json
import random
import re
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import yaml

from overdue.resources import resource

HAN = re.compile(r"[㐀-鿿]")
WRAP = 36
HALF_WIDTH = str.maketrans({"，": ",", "？": "?", "！": "!", "：": ":", "；": ";", "（": "(", "）": ")"})


@dataclass(frozen=True)
class Recipe:
    """What is done to one article; all rates are shares from 0 to 1.

    Attributes
    ----------
    seed : int
        Of every random choice.
    script : str
        '' (stays simplified), 's2t', 's2tw', 's2hk', or 'mixed' (every other paragraph s2t).
    pinyin : float
        Share of Chinese characters that get a pinyin note.
    censored : tuple of str
        Strings taken out wherever they stand.
    shifted : int
        Runs of bytes that slip by one in GBK.
    half_width : bool
        Chinese punctuation becomes ASCII.
    chrome : tuple of str
        Classes of page lines put around and into the text: names of `data/noise.yml`, 'caption', 'teaser',
        'title', 'spam_head', 'spam_tail'.
    layout : str
        '' (as it is), 'blank' (blank lines between paragraphs), 'indent' (and indented), 'wrap' (lines cut at a width).
    suffix, encoding : str
        Form of the file.
    """

    seed: int
    script: str = ""
    pinyin: float = 0.0
    censored: tuple[str, ...] = ()
    shifted: int = 0
    half_width: bool = False
    chrome: tuple[str, ...] = ()
    layout: str = ""
    suffix: str = ".txt"
    encoding: str = "utf-8"


@dataclass(frozen=True)
class Noisy:
    """A damaged article: the file's bytes, the page lines that were put in with their kind, and the clean text as
    far as it can be had without repair."""

    data: bytes
    text: str
    added: list[tuple[str, str]] = field(default_factory=list)
    unrepaired: str = ""


def add_noise(text: str, recipe: Recipe, facts: dict[str, str]) -> Noisy:
    """Damage `text` (one line per title, heading and paragraph) as `recipe` says.

    Parameters
    ----------
    text : str
        The clean article; the first line is the title.
    recipe : Recipe
        What to do.
    facts : dict
        `name`, `author`, `date`, `product`, `site` of the article, for bylines and links.
    """
    rng = random.Random(recipe.seed)  # noqa: S311 - repeatable damage, no secret
    lines = _shift_runs(_censor(text, recipe.censored).split("\n"), recipe.shifted, rng)
    unrepaired = "\n".join(lines)
    page, added = _add_chrome(lines, recipe.chrome, facts, rng)
    page = [_convert(line, number, recipe.script) for number, line in enumerate(page)]
    added = [(kind, _convert(line, 0, recipe.script if recipe.script != "mixed" else "")) for kind, line in added]
    if recipe.half_width:
        page = [line.translate(HALF_WIDTH) for line in page]
    if recipe.pinyin:
        page = [_add_pinyin(line, recipe.pinyin, rng) for line in page]
    raw = _lay_out(page, recipe.layout)
    if recipe.suffix == ".html":
        raw = _as_html(page, facts)
    elif recipe.suffix == ".md":
        raw = _as_markdown(page, raw)
    elif recipe.suffix == ".jsonl":
        raw = json.dumps({"article_id": facts["name"], "source": facts["site"], "text": raw}, ensure_ascii=False) + "\n"
    return Noisy(raw.encode(recipe.encoding, "replace"), raw, added, unrepaired)


@cache
def material() -> dict[str, Any]:
    """The content of `data/noise.yml`."""
    content: dict[str, Any] = yaml.safe_load(resource("data", "noise.yml").read_text("utf-8"))
    return content


def spin(text: str, seed: int, rate: float = 0.9) -> str:
    """Replace words by near-synonyms as content spinners do; headings and titles included.

    Examples
    --------
    >>> spin("因此可以申请", seed=1, rate=1.0)
    '所以能够申请'
    """
    rng = random.Random(seed)  # noqa: S311 - repeatable damage, no secret
    table = material()["spin"]
    words = re.compile("|".join(sorted(map(re.escape, table), key=len, reverse=True)))
    return words.sub(lambda match: table[match[0]] if rng.random() < rate else match[0], text)


def shift_gbk(text: str) -> str:
    """What becomes of `text` when its first GBK byte is lost: every character slips by half.

    Examples
    --------
    >>> shift_gbk("接收的文字按照")
    '邮盏奈淖职凑�'
    """
    return text.encode("gbk", "ignore")[1:].decode("gbk", "replace")


def _censor(text: str, censored: tuple[str, ...]) -> str:
    title, _, body = text.partition("\n")
    for word in censored:
        body = body.replace(word, "")
    return f"{title}\n{body}"


def _shift_runs(lines: list[str], count: int, rng: random.Random) -> list[str]:
    lines = list(lines)
    long = [number for number, line in enumerate(lines) if len(line) > 60]
    for number in sorted(rng.sample(long, min(count, len(long)))):
        line = lines[number]
        start = rng.randrange(5, len(line) - 30)
        end = start + rng.randrange(12, 25)
        lines[number] = line[:start] + shift_gbk(line[start:end]) + line[end:]
    return lines


def _add_chrome(
    lines: list[str], classes: tuple[str, ...], facts: dict[str, str], rng: random.Random
) -> tuple[list[str], list[tuple[str, str]]]:
    """Page lines above, inside and below the article, and a list of them with their kind."""
    pools = material()
    title, body = lines[0], list(lines[1:])
    added: list[tuple[str, str]] = []

    def pick(kind: str, pool: list[str]) -> str:
        line = _fill(rng.choice(pool), {**facts, "title": title}, rng)
        added.append((kind, line))
        return line

    if "teaser" in classes:
        first = next((line for line in body if len(line) > 60), "")
        teaser = first[first.find("。") + 1 :] + "".join(body[body.index(first) + 1 :])[:90] if first else ""
        teaser = teaser[: rng.randrange(90, 130)]
        if teaser:
            body.insert(0, teaser)
            added.append(("teaser", teaser))
    for kind in ("prompt", "credit"):
        if kind in classes:
            body.insert(rng.randrange(3, max(4, len(body) - 2)), pick(kind, pools["middle"][kind]))
    if "caption" in classes:
        for number in (1, 2):
            at = rng.randrange(4, max(5, len(body) - 2))
            line = f"{title} 图{number}"
            body[at:at] = [line, line]
            added += [("caption", line)] * 2
    if "title" in classes:
        body.insert(1, title)
        added.append(("title", title))
    head = [pick(kind, pools["head"][kind]) for kind in ("breadcrumb", "rank") if kind in classes]
    under = [pick(kind, pools["head"][kind]) for kind in ("byline", "widget") if kind in classes]
    tail = [
        pick(kind, pools["tail"][kind])
        for kind in ("disclaimer", "contact", "comments", "app", "related")
        if kind in classes
    ]
    if "related" in classes:
        tail += [pick("links", pools["tail"]["links"]) for _ in range(rng.randrange(2, 5))]
    if "spam_head" in classes:
        head.insert(0, pick("spam", pools["spam"]))
    if "spam_tail" in classes:
        tail.append(pick("spam", pools["spam"]))
    return [*head, title, *under, *body, *tail], added


def _fill(template: str, facts: dict[str, str], rng: random.Random) -> str:
    """Fill a template; numbers are impossible ones: no mobile number starts with 10, 11 or 12."""
    digits = "".join(rng.choice("0123456789") for _ in range(9))
    values = {
        "column": rng.choice(material()["columns"]),
        "n": str(rng.randrange(12, 9000)),
        "number": f"1{rng.randrange(3)}{digits}",
        "digits": f"{rng.randrange(1, 10)}{digits[:7]}",
        "landline": f"0{rng.randrange(10, 30)}-{rng.randrange(2, 9)}{digits[:7]}",
        "other": _fill_product(rng.choice(material()["tail"]["links"]), facts),
        "tags": " ".join(rng.sample(material()["columns"], 3)),
        **facts,
    }
    return template.format(**values)


def _fill_product(template: str, facts: dict[str, str]) -> str:
    return template.format(product=facts["product"])


def _convert(line: str, number: int, script: str) -> str:
    if not script or (script == "mixed" and number % 2):
        return line
    converted: str = _converter("s2t" if script == "mixed" else script).convert(line)
    return converted


@cache
def _converter(name: str) -> Any:
    from opencc import OpenCC

    return OpenCC(name)


def _add_pinyin(line: str, rate: float, rng: random.Random) -> str:
    """Put a character's reading in brackets behind it."""
    from pypinyin import pinyin

    return "".join(f"{c}({pinyin(c)[0][0]})" if HAN.match(c) and rng.random() < rate else c for c in line)


def _lay_out(lines: list[str], layout: str) -> str:
    if layout == "wrap":
        lines = [line[at : at + WRAP] for line in lines for at in range(0, len(line), WRAP)]
        return "\n".join(lines)
    if layout == "indent":
        return "\n\n".join(f"      {line}" for line in lines)
    return ("\n\n" if layout == "blank" else "\n").join(lines)


def _as_markdown(lines: list[str], raw: str) -> str:
    """A converter's Markdown: the longest of the first lines as heading, an image stub at the end."""
    title = max(lines[:3], key=len)
    return raw.replace(title, f"# {title}", 1) + "\n\n![](/images/cover.jpg)\n"


def _as_html(lines: list[str], facts: dict[str, str]) -> str:
    """A page as small sites write it: head, navigation, a div of paragraphs."""
    body = "\n".join(f"<p>{html.escape(line, quote=False)}</p>" for line in lines)
    return (
        f'<!DOCTYPE html>\n<html><head><meta charset="utf-8"><title>{html.escape(lines[0])}_{facts["site"]}</title>'
        f"<style>p{{margin:1em}}</style></head>\n<body><nav><a href='/'>首页</a> <a href='/list'>列表</a></nav>"
        f"\n<div class='content'>\n{body}\n</div>\n<script>var visits = 0;</script></body></html>\n"
    )
