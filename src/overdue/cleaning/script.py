"""Tell traditional from simplified text and convert it: characters only, vocabulary unchanged (OpenCC)."""

from functools import cache

from opencc import OpenCC

SIMPLIFIED, TRADITIONAL, MIXED = "simplified", "traditional", "mixed"
STRAY = 0.03
"""A page with a smaller share of traditional among its telling characters is simplified, with strays."""
FULL = 0.75
"""Above this share it is traditional: pages converted by machine keep 后, 里 and the like."""
MISSED = str.maketrans("揹暱徵衞枱簷甦喒衹祇𠮶𩠌", "背昵征卫台檐苏咱只只嗰餸")
"""What OpenCC's `tw2s` leaves as it is (Hong Kong forms, 聯徵), or turns into signs that no font has (嗰, 餸)."""
UNCERTAIN = frozenset("著乾瞭藉徵覆餘钜麼")
"""Traditional characters that stand for two simplified ones, or for themselves."""


@cache
def _converter(name: str) -> OpenCC:
    return OpenCC(name)


@cache
def _telling(character: str) -> int:
    """1 for a character only traditional text has, -1 for one only simplified text has, 0 for the others."""
    if _converter("t2s").convert(character) != character:
        return 1
    return -1 if _converter("s2t").convert(character) != character else 0


def detect_script(text: str) -> str:
    """Return `simplified`, `traditional` or `mixed`.

    Examples
    --------
    >>> detect_script("逾期后怎么协商"), detect_script("逾期後怎麼協商")
    ('simplified', 'traditional')
    """
    signs = [_telling(c) for c in text if "㐀" <= c <= "鿿"]
    traditional, simplified = signs.count(1), signs.count(-1)
    share = traditional / max(1, traditional + simplified)
    if share <= STRAY:
        return SIMPLIFIED
    return TRADITIONAL if share >= FULL else MIXED


def to_simplified(text: str, script: str) -> str:
    """Convert `text`, of the given script, character by character; the result has the same length.

    著 becomes 着 where it is 着 (隨著, not 著名), which is what OpenCC's `tw2s` knows beside `t2s`.

    Examples
    --------
    >>> to_simplified("隨著著名平臺裡的問題", "traditional")
    '随着著名平台里的问题'
    """
    converter = _converter("t2s" if script == SIMPLIFIED else "tw2s")
    converted: str = converter.convert(text)
    if len(converted) != len(text):
        converted = "".join(_same_length(converter, line) for line in text.splitlines(keepends=True))
    return converted if script == SIMPLIFIED else converted.translate(MISSED)


def _same_length(converter: OpenCC, line: str) -> str:
    converted: str = converter.convert(line)
    if len(converted) == len(line):
        return converted
    return "".join(c if len(new := converter.convert(c)) != 1 else new for c in line)
