"""Make `pytest --nbval notebooks/` strict: what a cell shows now must be what its file holds, pictures too.

nbval alone skips pictures, compares nothing where outputs were stripped, and sees no order among outputs of
different kinds. Here nbval still runs the cells; the comparison is ours, output by output, and no marker in a
cell opts out of it. `--nbval-lax` compares as nbval does. With xdist use `--dist loadscope`: a kernel serves
one file.
"""

import base64
import io
import re
import tempfile
from collections.abc import Iterator
from itertools import takewhile, zip_longest
from typing import Any

import numpy as np
import pytest
from nbformat import NotebookNode
from nbval import plugin as nbval
from PIL import Image, ImageChops, ImageFilter

from overdue.notebooks import normalise

# Two pictures are the same when, after each pixel became the mean of the 5 x 5 around it, no channel of any
# pixel differs by more than 8 of 255. The mean takes out what is spread thin (noise of +-3 grey levels leaves
# 3, edges drawn 0.1 pixel off leave 6) and keeps what is solid: a grey bar one pixel longer leaves 20,
# another digit on a 9 pt label 43, another colour of the palette 51, even a light grid line that is gone 9.
# Without the mean, edges 0.1 pixel off leave 26 and the grid line 23: no limit would tell them apart.
BLUR_RADIUS = 2
TOLERANCE = 8
REMEDY = "If the change is meant, run `make notebooks` and commit what it writes."


class DifferenceError(Exception):
    """What a cell shows is not what its file holds."""


@pytest.hookimpl(wrapper=True)
def pytest_collect_file(file_path: Any, parent: Any) -> Any:
    """Put strict notebooks in the place of nbval's."""
    found = yield
    strict = [file for file in found if not isinstance(file, nbval.IPyNbFile)]
    if len(strict) < len(found):
        strict.append(StrictNotebook.from_parent(parent, path=file_path))
    return strict


class StrictNotebook(nbval.IPyNbFile):
    """A notebook whose figures go to a temporary folder while it is validated, not to `figures/`."""

    def setup(self) -> None:
        self.figures = tempfile.TemporaryDirectory()
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("OVERDUE_FIGURES", self.figures.name)
            super().setup()

    def teardown(self) -> None:
        super().teardown()
        self.figures.cleanup()

    def collect(self) -> Iterator[nbval.IPyNbCell]:
        """Code cells, counted from 1 like `In [1]`; nbval gets them as never run, and so compares nothing."""
        if not self.compare_outputs:  # --nbval-lax
            yield from super().collect()
            return
        count = 0
        for number, item in enumerate(super().collect(), start=1):
            bare = NotebookNode(item.cell, execution_count=None, outputs=[])
            cell = StrictCell.from_parent(self, name=f"Cell {number}", cell_num=number, cell=bare, options=item.options)
            runs = bool(bare.source.strip())
            count += runs
            cell.committed, cell.expected_count = item.cell, count if runs else None
            yield cell


class StrictCell(nbval.IPyNbCell):
    """A code cell; its failure says all that differs, and what to do about it."""

    def runtest(self) -> None:
        self.options["skip"] = False
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(nbval, "coalesce_streams", list)  # it moves what is printed after a chart before it
            super().runtest()
        fresh = normalise(NotebookNode(cells=[NotebookNode(outputs=self.test_outputs)])).cells[0].outputs
        found = list(compare_outputs(self.committed.outputs, fresh))
        count, expected = self.committed.execution_count, self.expected_count
        if count != expected:
            found.insert(0, f"execution count: the file holds {count}, a run from the top gives {expected}")
        if found:
            heading = f"{self.path.name}, cell {self.cell_num}:"
            raise DifferenceError("\n- ".join([heading, *found]) + f"\n{REMEDY}")

    def repr_failure(self, excinfo: Any) -> str:
        ours = isinstance(excinfo.value, DifferenceError)
        return str(excinfo.value) if ours else f"{self.path.name}: {super().repr_failure(excinfo)}"


def compare_outputs(committed: list[Any], fresh: list[Any]) -> Iterator[str]:
    """Say what differs between the outputs that the file holds and those of now."""
    committed, fresh = join_streams(committed), join_streams(fresh)
    yield from (f"stderr: the cell writes {o.text[:200]!r}" for o in fresh if o.get("name") == "stderr")
    held, shown = [describe(output) for output in committed], [describe(output) for output in fresh]
    if held != shown:
        what = "order of outputs" if sorted(held) == sorted(shown) else "outputs"
        yield f"{what}: the file holds {held or 'none'}, the cell now shows {shown or 'none'}"
        return
    for number, (old, new) in enumerate(zip(committed, fresh, strict=True), start=1):
        for part, value in parts(old).items():
            compare = compare_pixels if part == "image/png" else compare_texts
            if difference := compare(value, parts(new)[part]):
                yield f"output {number}, {part}: {difference}"


def join_streams(outputs: list[Any]) -> list[Any]:
    """Join neighbouring pieces of one stream: where printed text is cut depends on time."""
    joined: list[Any] = []
    for output in outputs:
        if joined and output.output_type == "stream" and joined[-1].get("name") == output.name:
            output = NotebookNode(output, text=joined.pop().text + output.text)
        joined.append(output)
    return joined


def describe(output: Any) -> str:
    """Type and parts of an output, like `display_data (text/html)`."""
    return f"{output.output_type} ({', '.join(sorted(parts(output)))})"


def parts(output: Any) -> dict[str, Any]:
    """What counts of an output, by name; plain text does not where a picture or HTML stands."""
    if output.output_type == "stream":
        return {output.name: output.text}
    if output.output_type == "error":
        return {"error": f"{output.ename}: {output.evalue}"}
    pictures = [kind for kind in output.data if kind.startswith("image/")]
    passed_over = {"text/plain"} if pictures or "text/html" in output.data else set()
    alt = {f"{kind} alt text": output.metadata.get(kind, {}).get("alt") for kind in pictures}
    return {kind: value for kind, value in output.data.items() if kind not in passed_over} | alt


def compare_texts(committed: Any, fresh: Any) -> str:
    """Where two texts part, HTML cut into a line per element and its table row named; empty if nowhere."""
    if committed == fresh:
        return ""
    sides = [re.sub(r"(</\w+>)", r"\1\n", str(side)).split("\n") for side in (committed, fresh)]
    pairs = list(zip_longest(*sides, fillvalue="(end)"))
    place = len(list(takewhile(lambda pair: pair[0] == pair[1], pairs[:-1])))
    start = len(list(takewhile(lambda pair: pair[0] == pair[1], zip(*pairs[place], strict=False))))
    old, new = (line[max(0, start - 80) : start + 80] for line in pairs[place])
    rows = [f" (row {re.sub('<[^>]*>', '', line)})" for line in sides[1][:place] if 'scope="row"' in line]
    return f"line {place + 1}{''.join(rows[-1:])}: the file holds {old!r}, the cell now shows {new!r}"


def compare_pixels(committed: str, fresh: str) -> str:
    """How much of two base64 PNG pictures differs, and where; empty if no more than edges and noise do."""
    old, new = (Image.open(io.BytesIO(base64.b64decode(png))).convert("RGBA") for png in (committed, fresh))
    if old.size != new.size:
        return f"the file holds a picture of {old.size} pixels, the cell now shows {new.size}"
    blurred = [picture.filter(ImageFilter.BoxBlur(BLUR_RADIUS)) for picture in (old, new)]
    difference = np.asarray(ImageChops.difference(*blurred)).max(axis=2)
    rows, columns = np.nonzero(difference > TOLERANCE)
    if not rows.size:
        return ""
    share = f"{rows.size / difference.size:.3%} of the pixels differ, by up to {difference.max()} of 255"
    where = f"columns {columns.min()} to {columns.max()}, rows {rows.min()} to {rows.max()} of {old.size}"
    return f"{share}, in {where}"
