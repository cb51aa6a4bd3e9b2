"""Take the tags off HTML: a page -> its text, a line per block, and the metadata its head declares."""

from dataclasses import dataclass
from typing import Any

from selectolax.lexbor import LexborHTMLParser

HIDDEN = [
    "script",
    "style",
    "noscript",
    "template",
    "svg",
    "iframe",
    "head",
    "select",
    "button",
    "nav",
]
BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "br",
        "dd",
        "div",
        "dl",
        "dt",
        "figcaption",
        "figure",
        "footer",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "li",
        "main",
        "ol",
        "p",
        "pre",
        "section",
        "table",
        "tr",
        "ul",
    ]
)
CELL_END = "\u241f"
CELLS = frozenset({"td", "th"})
META = {
    "author": ("meta[name=author]", "meta[property='article:author']"),
    "published": ("meta[property='article:published_time']", "meta[name=publishdate]", "meta[name=pubdate]"),
    "title": ("meta[property='og:title']",),
    "url": ("meta[property='og:url']",),
}


@dataclass(frozen=True)
class Page:
    """The text of an HTML page and what its head says of it."""

    text: str
    metadata: dict[str, str]


def read_html(html: str) -> Page:
    """Return the visible text of `html`, one line per block element, table cells kept apart by ` | `.

    Examples
    --------
    >>> read_html("<title>t</title><p>先<b>沟通</b></p><script>x</script><p>再还款</p>").text
    '先沟通\\n再还款'
    """
    tree = LexborHTMLParser(html)
    metadata: dict[str, str] = {}
    for key, selectors in META.items():
        for selector in selectors:
            node = tree.css_first(selector)
            if node is not None and (content := (node.attributes.get("content") or "").strip()):
                metadata.setdefault(key, content)
    tree.strip_tags(HIDDEN)
    pieces: list[str] = []
    if tree.body is not None:
        _collect(tree.body, pieces)
    lines = (" ".join(line.split()).removesuffix(CELL_END).strip() for line in "".join(pieces).split("\n"))
    return Page("\n".join(line.replace(CELL_END, "|") for line in lines if line), metadata)


def _collect(root: Any, pieces: list[str]) -> None:
    """Gather the text below `root` in reading order, without recursion: pages may nest ten thousand deep."""
    stack: list[tuple[Any, bool]] = [(root, False)]
    while stack:
        node, leaving = stack.pop()
        tag = node.tag
        if tag == "-text":
            pieces.append(node.text_content.replace("\n", " "))
            continue
        if tag in BLOCKS:
            pieces.append("\n")
        if leaving:
            if tag in CELLS:
                pieces.append(f" {CELL_END} ")
            continue
        stack.append((node, True))
        children = list(node.iter(include_text=True))
        stack.extend((child, False) for child in reversed(children))
