"""A Chinese font for every picture and page, out of a pinned package: never boxes, never Japanese forms.

The package holds a collection whose first face is Japanese; matplotlib and wordcloud would take that one. The
Simplified Chinese face is written once to matplotlib's cache folder.
"""

import base64
import io
import os
import tempfile
from functools import cache
from importlib.util import find_spec
from pathlib import Path

FACE = "Noto Sans CJK SC"


@cache
def chinese_font() -> Path:
    """Path of the Simplified Chinese face as a font file of its own.

    Raises
    ------
    RuntimeError
        The font package is missing or holds no such face: a picture without Chinese would be worthless.
    """
    import matplotlib as mpl

    target = Path(mpl.get_cachedir()) / "overdue-noto-sans-cjk-sc.otf"
    if target.exists():
        return target
    from fontTools.ttLib import TTCollection

    spec = find_spec("noto_cjk_sans_otc")
    if spec is None or spec.origin is None:
        raise RuntimeError("the package noto-cjk-sans-otc is missing; run: make setup")
    collection = TTCollection(str(next(Path(spec.origin).parent.glob("*.ttc"))), lazy=True)
    face = next((font for font in collection.fonts if font["name"].getDebugName(1) == FACE), None)
    if face is None:
        raise RuntimeError(f"noto-cjk-sans-otc holds no face {FACE}; install the version that uv.lock names")
    handle, temporary = tempfile.mkstemp(dir=target.parent, suffix=".otf")
    os.close(handle)
    face.save(temporary)
    Path(temporary).replace(target)
    return target


@cache
def register_font() -> str:
    """Make the font known to matplotlib; returns the family name."""
    from matplotlib import font_manager

    font_manager.fontManager.addfont(str(chinese_font()))
    return FACE


def subset_font(characters: str) -> str:
    """A web font (WOFF2, base64) that holds just the given characters, to be embedded in a page."""
    from fontTools import subset
    from fontTools.ttLib import TTFont

    options = subset.Options(flavor="woff2", layout_features=["kern", "locl", "palt", "vert"], notdef_outline=True)
    options.recalc_timestamp = False
    font = TTFont(str(chinese_font()), recalcTimestamp=False)
    subsetter = subset.Subsetter(options)
    subsetter.populate(text=characters)
    subsetter.subset(font)
    font.flavor = "woff2"
    buffer = io.BytesIO()
    font.save(buffer)
    return base64.b64encode(buffer.getvalue()).decode()
