"""Take out pinyin notes: 協(xié)商 -> 協商, but never 年化利率(APR), 应用(app) or a note the text speaks of.

A note goes only if its syllable is a reading of the character before it, by pypinyin's dictionary.
"""

import re
import unicodedata
from functools import lru_cache

from pypinyin import Style, pinyin

from overdue.cleaning.edits import Change

NOTE = re.compile(r"(?<=([㐀-鿿]))[(（]\s{0,2}([A-Za-züÜāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜńňǹḿɡ]{1,6}[0-5]?)\s{0,2}[)）]")
ABOUT_SOUND = re.compile(r"读作|读音|读成|讀作|讀音|拼音|发音|發音|念作|念成|注音")
CONTEXT = 20
"""A sentence that speaks of pronunciation within so many characters before the note keeps it."""
RESPELLED = str.maketrans({"ɡ": "g", "ü": "v", "Ü": "v"})


def find_pinyin_notes(text: str) -> list[Change]:
    """Return the deletions of all pinyin notes in `text`.

    Examples
    --------
    >>> [text[c.start:c.end] for text in ["协(xié)商后的利率(APR)"] for c in find_pinyin_notes(text)]
    ['(xié)']
    """
    return [
        Change(match.start(), match.end())
        for match in NOTE.finditer(text)
        if is_reading(match[1], match[2])
        and not ABOUT_SOUND.search(text, max(0, match.start() - CONTEXT), match.start())
    ]


@lru_cache(maxsize=50_000)
def is_reading(character: str, syllable: str) -> bool:
    """Whether `syllable`, with tone mark, tone number or neither, is a reading of `character`."""
    readings = pinyin(character, style=Style.TONE, heteronym=True, errors="ignore")
    if not readings:
        return False
    tone = syllable[-1] if syllable[-1].isdigit() else ""
    letters, marked = _spell(syllable.rstrip("012345"))
    for reading in readings[0]:
        plain, with_tone = _spell(reading)
        if letters != plain:
            continue
        if tone:
            numbered = pinyin(character, style=Style.TONE3, heteronym=True, neutral_tone_with_five=True)[0]
            if any(
                n.rstrip("012345").replace("ü", "v") == letters and n[-1:] == (tone if tone != "0" else "5")
                for n in numbered
            ):
                return True
        elif marked in (letters, with_tone) or with_tone == plain:
            return True
    return False


def _spell(syllable: str) -> tuple[str, str]:
    """A syllable without and with its tone mark, both lower case, ü as v."""
    lower = unicodedata.normalize("NFC", syllable.lower())
    toned = unicodedata.normalize("NFD", lower).replace("u\u0308", "v")
    plain = "".join(c for c in toned if not unicodedata.combining(c)).translate(RESPELLED)
    return plain, toned.translate(RESPELLED)
