"""Tell the encoding of Chinese text from its bytes: `bytes -> (str, encoding)`.

UTF-8 is recognised by its own structure. GB18030, Big5 and UTF-16 accept almost any bytes, so each candidate
is decoded and the one whose text holds the most everyday Chinese characters wins.
"""

import codecs

BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
CANDIDATES = ("gb18030", "big5hkscs", "utf-16-le", "utf-16-be")
EVERYDAY = frozenset(
    "的一是不了在人有我他这這个個们們中来來上大为為和国國地到以说說时時要就出会會可也你对對生能而子那得于於着著下自之"
    "年过過发發后後作里裡用道行所然家种種事成方多经經么麼去法学學如都同现現当當没沒动動面起看定天分还還进進好小部其些主样樣"
    "款贷貸逾期协協商银銀债債务務信息,，。：、！？；\n"
)
"""Characters that any page of some length repeats, in both scripts: enough to tell right from wrong decoding."""
SAMPLE = 40_000
BROKEN_SHARE = 0.02
"""Crawled UTF-8 often has a few broken bytes; above this share of replaced characters it is not UTF-8."""


def decode(data: bytes) -> tuple[str, str]:
    """Decode `data`; return the text and the name of the encoding.

    Raises
    ------
    UnicodeError
        No encoding makes text of it (binary data); the message says so in one line.

    Examples
    --------
    >>> decode("逾期的后果".encode("gb18030"))
    ('逾期的后果', 'gb18030')
    """
    for bom, encoding in BOMS:
        if data.startswith(bom):
            return data.decode(encoding, "replace"), encoding.removesuffix("-sig")
    try:
        text = data.decode("utf-8")
        if "\x00" not in text:
            return text, "utf-8"
    except UnicodeDecodeError:
        pass
    score, text, encoding = max(_attempts(data), key=lambda attempt: attempt[0])
    if score <= 0:
        raise UnicodeError("not text in UTF-8, UTF-16, GB18030 or Big5; save it again as UTF-8")
    return text, encoding


def _attempts(data: bytes) -> list[tuple[float, str, str]]:
    """Each encoding with the everyday share of its text; a slightly broken UTF-8 is an attempt too."""
    attempts = [(0.0, "", "")]
    lenient = data.decode("utf-8", "replace")
    if lenient.count("\ufffd") <= BROKEN_SHARE * len(lenient):
        attempts.append((_everyday_share(lenient), lenient, "utf-8"))
    for encoding in CANDIDATES:
        text = data.decode(encoding, "replace")
        if text.count("\ufffd") <= BROKEN_SHARE * len(text):
            attempts.append((_everyday_share(text), text, encoding))
    return attempts


def _everyday_share(text: str) -> float:
    sample = text[:SAMPLE]
    letters = [c for c in sample if c > "\x7f" or c in "\n,"]
    if "\x00" in sample or not letters:
        return 0.0
    return sum(c in EVERYDAY for c in letters) / len(letters)
