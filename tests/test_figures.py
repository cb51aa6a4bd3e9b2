"""The folder figures/ holds what the notebooks publish, as SVG, PNG and CSV; `pytest --nbval` compares contents."""

import ast
import base64
import re
from collections import Counter
from pathlib import Path

import nbformat
import pandas as pd
import pytest
from PIL import Image

from overdue.figures import DPI

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "figures"
POINTS_PER_INCH = 72


def published(notebook: Path) -> list[str]:
    """Names that the cells of a notebook hand to `figures.publish`."""
    names = []
    for cell in nbformat.read(notebook, as_version=4).cells:
        for node in ast.walk(ast.parse(cell.source if cell.cell_type == "code" else "")):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "figures.publish":
                assert isinstance(node.args[1], ast.Constant)
                names.append(str(node.args[1].value))
    return names


PUBLISHED = [(path.stem, name) for path in sorted((ROOT / "notebooks").glob("*.ipynb")) for name in published(path)]
NAMES = [name for _, name in PUBLISHED]


def test_every_figure_has_its_own_name_and_its_notebook_s_number() -> None:
    assert NAMES
    assert max(Counter(NAMES).values()) == 1
    assert [name for stem, name in PUBLISHED if name[:3] != stem[:3]] == []


def test_folder_holds_every_published_figure_and_nothing_else() -> None:
    assert {path.name for path in FOLDER.iterdir()} == {
        f"{name}.{kind}" for name in NAMES for kind in ("svg", "png", "csv")
    }


@pytest.mark.parametrize("name", NAMES)
def test_data_of_a_figure_is_a_table(name: str) -> None:
    table = pd.read_csv(FOLDER / f"{name}.csv", index_col=0)
    assert table.size
    assert not table.columns.str.startswith("Unnamed").any()
    assert not table.isna().all().any()


@pytest.mark.parametrize("name", NAMES)
def test_pixels_are_of_the_size_of_the_drawing(name: str) -> None:
    head = (FOLDER / f"{name}.svg").read_text("utf-8")[:2000]
    size = re.search(r'<svg [^>]*?width="([\d.]+)pt" height="([\d.]+)pt"', head)
    assert size
    points = [float(length) for length in size.groups()]
    with Image.open(FOLDER / f"{name}.png") as picture:
        assert picture.size == pytest.approx([length / POINTS_PER_INCH * DPI for length in points], abs=1)


@pytest.mark.parametrize("name", NAMES)
def test_drawing_says_nothing_of_when_and_where_it_was_made(name: str) -> None:
    text = (FOLDER / f"{name}.svg").read_text("utf-8")
    assert "<dc:date>" not in text
    assert not re.search(r"/(?:home|root|tmp|Users)/", text)
    assert "http" not in re.sub(r'xmlns(:\w+)?="[^"]*"|<!DOCTYPE[^>]*>|rdf:resource="[^"]*"', "", text)


@pytest.mark.parametrize("notebook", sorted((ROOT / "notebooks").glob("*.ipynb")), ids=lambda path: path.stem)
def test_pictures_in_the_folder_are_those_of_the_notebook(notebook: Path) -> None:
    """`pytest --nbval` holds the pictures of a notebook to what the code draws now, this the folder to the pictures."""
    shown = [
        base64.b64decode(output["data"]["image/png"])
        for cell in nbformat.read(notebook, as_version=4).cells
        for output in cell.get("outputs", [])
        if "image/png" in output.get("data", {})
    ]
    assert shown == [(FOLDER / f"{name}.png").read_bytes() for stem, name in PUBLISHED if stem == notebook.stem]
