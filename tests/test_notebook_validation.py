"""Notebook validation must bite: mutants of a committed notebook fail, and the untouched notebook passes.

A small notebook is run once, and copies of it are changed in what their files hold. Mutants of different
cells share a copy, for a kernel takes seconds to start and every cell is compared on its own. One pytest run
validates all copies with the project's `notebooks/conftest.py`; the tests read what it reported.
"""

import base64
import importlib.util
import io
import os
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import pytest
from matplotlib.figure import Figure
from nbformat.v4 import new_code_cell, new_notebook, new_output
from PIL import Image, ImageDraw

from overdue.notebooks import run_notebook

CONFTEST = Path(__file__).parent.parent / "notebooks" / "conftest.py"
Failures = dict[str, dict[int, str]]  # notebook -> number of the cell -> message
Change = Callable[[Any, Any], None]  # takes the notebook to change, and one whose chart has a longer bar
Compare = Callable[..., str]
ORANGE, BLUE, GREY = "#D55E00", "#0072B2", "#999999"
CAUSES = [100, 60, 25]
CAUSES_LONGER = [101, 60, 25]

# Cells by number, as a failure names them.
SETUP, PRINTED, FINDINGS, TABLE, CHART, IMAGE, MIXED, CONTROLS, EMPTY = range(1, 10)
CELLS = {
    SETUP: """
import ipywidgets, pandas
from IPython.display import Image, display
from matplotlib.figure import Figure
from overdue.display import say, show_table
from overdue.figures import publish""",
    PRINTED: "print('5 articles, 412 sentences')",
    FINDINGS: "say(['High interest stands in **4 of 5 articles**.', 'Job loss stands in 2.'])",
    TABLE: """
cause = pandas.Index(['利率', '失业'], name='cause')
counts = pandas.DataFrame({'articles': [4, 2], 'share': [0.8, 0.4]}, index=cause)
show_table(counts, 'Causes by article.')""",
    CHART: """
causes = pandas.Series({causes}, index=['high interest', 'job loss', 'illness'])
figure = Figure(figsize=(6, 2))
axes = figure.subplots()
axes.barh(causes.index, causes, color='#D55E00')
axes.set_xlim(0, 120)
publish(figure, '01-causes', causes.to_frame('sentences'), 'Bar chart: high interest leads the causes.')""",
    IMAGE: """
import io
from PIL import Image as Picture
stored = io.BytesIO()
Picture.linear_gradient('L').save(stored, 'png')
Image(stored.getvalue())""",
    MIXED: """
print('before')
say(['In between.'])
show_table(counts, 'In between too.')
print('after')""",
    CONTROLS: "display(ipywidgets.IntSlider(description='Codes'))",
    EMPTY: "",
}


def build_notebook(causes: list[int]) -> Any:
    cells = [new_code_cell(source.strip().replace("{causes}", str(causes))) for source in CELLS.values()]
    return new_notebook(cells=cells)


def outputs(notebook: Any, cell: int) -> list[Any]:
    return notebook.cells[cell - 1].outputs


def replace_in(cell: int, kind: str, old: str, new: str) -> Change:
    def change(notebook: Any, _: Any) -> None:
        holder = outputs(notebook, cell)[0]
        holder = holder if kind == "text" else holder.data
        assert old in holder[kind], f"nothing to change: {old!r} is not in {holder[kind]!r}"
        holder[kind] = holder[kind].replace(old, new)

    return change


def draw_longer_bar(notebook: Any, longer: Any) -> None:
    outputs(notebook, CHART)[0].data["image/png"] = outputs(longer, CHART)[0].data["image/png"]


def paint_red_square(notebook: Any, _: Any) -> None:
    data = outputs(notebook, CHART)[0].data
    picture = decode(data["image/png"])
    ImageDraw.Draw(picture).rectangle((400, 100, 439, 139), fill="red")
    data["image/png"] = encode(picture)


def crop_image(notebook: Any, _: Any) -> None:
    data = outputs(notebook, IMAGE)[0].data
    data["image/png"] = encode(decode(data["image/png"]).crop((0, 0, 256, 255)))


def take_outputs(cell: int) -> Change:
    return lambda notebook, _: outputs(notebook, cell).clear()


def strip_notebook(notebook: Any, _: Any) -> None:
    for cell in notebook.cells:
        cell.outputs, cell.execution_count = [], None


def add_output(cell: int, output: Any) -> Change:
    return lambda notebook, _: outputs(notebook, cell).append(output)


def swap_findings_and_table(notebook: Any, _: Any) -> None:
    shown = outputs(notebook, MIXED)
    shown[1], shown[2] = shown[2], shown[1]


def move_prints_together(notebook: Any, _: Any) -> None:
    outputs(notebook, MIXED).insert(1, outputs(notebook, MIXED).pop())


def change_alt_text(notebook: Any, _: Any) -> None:
    outputs(notebook, CHART)[0].metadata["image/png"]["alt"] = "Bar chart: job loss leads the causes."


def drop_table_html(notebook: Any, _: Any) -> None:
    del outputs(notebook, TABLE)[0].data["text/html"]


def swap_execution_counts(notebook: Any, _: Any) -> None:
    notebook.cells[PRINTED - 1].execution_count = FINDINGS
    notebook.cells[FINDINGS - 1].execution_count = PRINTED


def write_stderr_now(notebook: Any, _: Any) -> None:
    notebook.cells[PRINTED - 1].source += "\nimport sys\nprint('a warning', file=sys.stderr)"
    outputs(notebook, PRINTED).append(new_output("stream", name="stderr", text="a warning\n"))


def raise_error_now(notebook: Any, _: Any) -> None:
    notebook.cells[PRINTED - 1].source = "1 / 0"


def opt_out(marker: str) -> Change:
    def change(notebook: Any, longer: Any) -> None:
        notebook.cells[PRINTED - 1].metadata["tags"] = [marker]
        replace_in(PRINTED, "text", "412", "413")(notebook, longer)

    return change


@dataclass
class Mutant:
    """A change to what the file holds, the cells that must fail for it, and what their message must say."""

    change: Change
    cells: tuple[int, ...]
    says: str


STDERR = new_output("stream", name="stderr", text="a warning\n")
PRINT = new_output("stream", name="stdout", text="a print\n")
MUTANTS = {
    "printed-number": Mutant(replace_in(PRINTED, "text", "412", "413"), (PRINTED,), "stdout: line 1: .*413 .*412 "),
    "table-cell": Mutant(
        replace_in(TABLE, "text/html", ">0.40<", ">0.50<"),
        (TABLE,),
        r"text/html: line \d+ \(row 失业\): the file holds '<td class=\"number\">0.50</td>'",
    ),
    "markdown-sentence": Mutant(
        replace_in(FINDINGS, "text/markdown", "in 2", "in 3"),
        (FINDINGS,),
        "text/markdown: line 2: .*in 3.*in 2",
    ),
    "chart-data": Mutant(draw_longer_bar, (CHART,), r"image/png: 0\.\d+% of the pixels differ.* columns .* rows "),
    "chart-pixels": Mutant(
        paint_red_square,
        (CHART,),
        "image/png: .* by up to 255 of 255, in columns 398 to 441, rows 98 to 141 ",
    ),
    "chart-missing": Mutant(take_outputs(CHART), (CHART,), "the file holds none, the cell now shows .*image/png"),
    "alt-text": Mutant(change_alt_text, (CHART,), "image/png alt text: .*job loss leads.*high interest leads"),
    "image-size": Mutant(crop_image, (IMAGE,), r"image/png: .*\(256, 255\) pixels.*\(256, 256\)"),
    "outputs-stripped": Mutant(
        strip_notebook, tuple(range(SETUP, EMPTY)), "execution count: the file holds None, a run"
    ),
    "one-cell-stripped": Mutant(take_outputs(TABLE), (TABLE,), "outputs: the file holds none.*text/html"),
    "one-output-too-many": Mutant(add_output(SETUP, PRINT), (SETUP,), "stdout.* the cell now shows none"),
    "outputs-reordered": Mutant(swap_findings_and_table, (MIXED,), "order of outputs: .*html.*markdown.*now shows"),
    "prints-together": Mutant(move_prints_together, (MIXED,), "outputs: the file .* now shows .*stdout.*stdout"),
    "html-dropped": Mutant(drop_table_html, (TABLE,), "outputs: .*text/plain.*now shows .*text/html"),
    "execution-order": Mutant(swap_execution_counts, (PRINTED, FINDINGS), "execution count: "),
    "stderr-added": Mutant(add_output(PRINTED, STDERR), (PRINTED,), "outputs: the file holds .*stderr"),
    "stderr-now": Mutant(write_stderr_now, (PRINTED,), "stderr: the cell writes 'a warning"),
    "error-now": Mutant(raise_error_now, (PRINTED,), "ZeroDivisionError"),
    "controls": Mutant(replace_in(CONTROLS, "text/plain", "run the cell", "run"), (CONTROLS,), "text/plain: line 1"),
    "marked-ignored": Mutant(opt_out("nbval-ignore-output"), (PRINTED,), "stdout: line 1"),
    "marked-skipped": Mutant(opt_out("nbval-skip"), (PRINTED,), "stdout: line 1"),
}


def share_copies() -> list[list[str]]:
    """Names of mutants that can share a copy, for none of them touches a cell of another."""
    copies: list[list[str]] = []
    for name, mutant in MUTANTS.items():
        free = [copy for copy in copies if not touched_cells(copy) & set(mutant.cells)]
        if free:
            free[0].append(name)
        else:
            copies.append([name])
    return copies


def touched_cells(names: list[str]) -> set[int]:
    return {cell for name in names for cell in MUTANTS[name].cells}


COPIES = {f"copy-{number}": names for number, names in enumerate(share_copies(), start=1)}


@pytest.fixture(scope="module")
def failures(tmp_path_factory: pytest.TempPathFactory) -> Failures:
    """What validation reports: for each notebook, the message of every failed cell."""
    folder = tmp_path_factory.mktemp("validation")
    notebook, longer = (run(folder, causes) for causes in (CAUSES, CAUSES_LONGER))
    shutil.copy(CONFTEST, folder)
    nbformat.write(notebook, folder / "untouched.ipynb")
    for copy, names in COPIES.items():
        mutated = deepcopy(notebook)
        for name in names:
            MUTANTS[name].change(mutated, longer)
        nbformat.write(mutated, folder / f"{copy}.ipynb")
    return validate(folder)


def run(folder: Path, causes: list[int]) -> Any:
    path = folder / "source.ipynb"
    nbformat.write(build_notebook(causes), path)
    notebook = run_notebook(path, corpus=folder, figures=folder / "figures")
    path.unlink()
    return notebook


def validate(folder: Path) -> Failures:
    elsewhere = folder / "must-stay-absent"
    kept = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST")}
    options = ["--nbval", "-n", "2", "--dist", "loadscope", "-p", "no:cacheprovider", "--color=no"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options, "--junitxml=report.xml"],
        cwd=folder,
        env={**kept, "OVERDUE_FIGURES": str(elsewhere)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == pytest.ExitCode.TESTS_FAILED, done.stdout + done.stderr
    assert not elsewhere.exists(), "validation wrote figures to the folder of its environment"
    return read_report(folder / "report.xml")


def read_report(path: Path) -> Failures:
    found: Failures = {}
    for case in ElementTree.parse(path).iter("testcase"):  # noqa: S314 (written by our own run)
        cells = found.setdefault(case.attrib["classname"].removesuffix(".ipynb"), {})
        number = int(case.attrib["name"].removeprefix("Cell "))
        for fault in case.iter():
            if fault.tag in ("failure", "error"):
                cells[number] = fault.text or ""
    return found


def test_untouched_notebook_passes(failures: Failures) -> None:
    assert failures["untouched"] == {}


@pytest.mark.parametrize("name", MUTANTS)
def test_mutant_fails_and_is_explained(name: str, failures: Failures) -> None:
    copy = next(copy for copy, names in COPIES.items() if name in names)
    for cell in MUTANTS[name].cells:
        message = failures[copy].get(cell, "passed")
        assert re.search(MUTANTS[name].says, message), message
        assert message.startswith(f"{copy}.ipynb"), message
        assert f"ell {cell}:" in message
        assert "make notebooks" in message or name == "error-now"


@pytest.mark.parametrize("copy", COPIES)
def test_only_mutated_cells_fail(copy: str, failures: Failures) -> None:
    assert set(failures[copy]) == touched_cells(COPIES[copy])


# The measure for pictures, without a notebook around it.


@pytest.fixture(scope="module")
def compare_pixels() -> Compare:
    spec = importlib.util.spec_from_file_location("notebooks_conftest", CONFTEST)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return lambda *pictures: module.compare_pixels(*(p if isinstance(p, str) else encode(p) for p in pictures))


def decode(png: str) -> Image.Image:
    return Image.open(io.BytesIO(base64.b64decode(png))).convert("RGB")


def encode(picture: Image.Image, compression: int = 6) -> str:
    stored = io.BytesIO()
    picture.save(stored, "png", compress_level=compression)
    return base64.b64encode(stored.getvalue()).decode()


def draw_bars(lengths: list[float], colour: str = ORANGE, label: str = "25 of 412", grid: bool = False) -> Image.Image:
    """Bars on axes 800 pixels wide for 0 to 120, at the resolution of published figures."""
    figure = Figure(figsize=(6, 2), dpi=150)
    axes = figure.add_axes((0.1, 0.15, 800 / 900, 0.8))
    axes.barh(range(len(lengths)), lengths, color=[colour, *[ORANGE] * (len(lengths) - 1)])
    axes.text(lengths[-1] + 3, len(lengths) - 1, label, fontsize=9, color="#59636e", va="center")
    axes.set(xlim=(0, 120), xticks=[0, 50, 100], axisbelow=True)
    if grid:
        axes.grid(axis="x", color="#e4e7eb")
    stored = io.BytesIO()
    figure.savefig(stored, dpi=150)
    return Image.open(stored).convert("RGB")


def add_noise(picture: Image.Image, levels: int, seed: int) -> Image.Image:
    pixels = np.asarray(picture).astype(int)
    noise = np.random.default_rng(seed).integers(-levels, levels, pixels.shape, endpoint=True)
    return Image.fromarray(np.clip(pixels + noise, 0, 255).astype(np.uint8))


def shift(picture: Image.Image, pixels: float, axis: int) -> Image.Image:
    """The picture moved by a part of a pixel, as edges come out when coordinates round otherwise."""
    before = np.asarray(picture).astype(float)
    padded = np.pad(before, [(1, 0) if side == axis else (0, 0) for side in range(3)], mode="edge")
    moved = before * (1 - pixels) + np.delete(padded, -1, axis) * pixels
    return Image.fromarray(np.round(moved).astype(np.uint8))


@pytest.mark.parametrize("levels", [1, 2, 3])
def test_noise_passes(levels: int, compare_pixels: Compare) -> None:
    bars = draw_bars(CAUSES)
    assert compare_pixels(bars, add_noise(bars, levels, seed=1)) == ""
    assert compare_pixels(add_noise(bars, levels, seed=2), add_noise(bars, levels, seed=3)) == ""


@pytest.mark.parametrize("axis", [0, 1])
def test_edges_a_tenth_of_a_pixel_off_pass(axis: int, compare_pixels: Compare) -> None:
    bars = draw_bars(CAUSES, grid=True)
    assert compare_pixels(bars, shift(bars, 0.1, axis)) == ""


def test_reencoded_picture_passes(compare_pixels: Compare) -> None:
    bars = draw_bars(CAUSES)
    smaller, with_alpha = encode(bars, compression=9), encode(bars.convert("RGBA"))
    assert len({encode(bars), smaller, with_alpha}) == 3
    assert compare_pixels(encode(bars), smaller) == ""
    assert compare_pixels(encode(bars), with_alpha) == ""


@pytest.mark.parametrize("colour", [ORANGE, BLUE, GREY])
@pytest.mark.parametrize("length", [100, 60, 25, 15])
def test_bar_longer_by_one_percent_fails(length: int, colour: str, compare_pixels: Compare) -> None:
    """From 7 pixels for the longest bar down to 1 pixel for the shortest."""
    bars, longer = (draw_bars([first, 60, 25], colour) for first in (length, length * 1.01))
    assert re.match(r"0\.\d+% of the pixels differ", compare_pixels(bars, longer))


@pytest.mark.parametrize("colour", [BLUE, GREY, "#E69F00"])
def test_recoloured_bar_fails(colour: str, compare_pixels: Compare) -> None:
    assert "% of the pixels differ" in compare_pixels(draw_bars(CAUSES), draw_bars(CAUSES, colour))


def test_another_digit_fails(compare_pixels: Compare) -> None:
    other = draw_bars(CAUSES, label="25 of 413")
    assert "% of the pixels differ" in compare_pixels(draw_bars(CAUSES, label="25 of 418"), other)


def test_missing_grid_line_fails(compare_pixels: Compare) -> None:
    assert "% of the pixels differ" in compare_pixels(draw_bars(CAUSES, grid=True), draw_bars(CAUSES))


def test_another_size_fails(compare_pixels: Compare) -> None:
    bars = draw_bars(CAUSES)
    taller = Image.new("RGB", (bars.width, bars.height + 1), "white")
    taller.paste(bars)
    assert "(900, 300) pixels, the cell now shows (900, 301)" in compare_pixels(bars, taller)
