"""Run notebooks on a corpus and keep what they show, in a form that two runs share to the byte."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import nbformat
from traitlets.config import Config

from overdue.corpus import load_corpus
from overdue.resources import CHECKOUT, resource

TIMEOUT = 900
WIDGET = "application/vnd.jupyter.widget-view+json"


def notebook_paths() -> list[Path]:
    """The notebooks of the report, in order."""
    return sorted(resource("notebooks").glob("[0-9][0-9]-*.ipynb"))


def run_notebook(path: Path, corpus: Path, figures: Path) -> Any:
    """Execute a notebook from top to bottom in a fresh kernel; returns it with its outputs.

    Raises
    ------
    RuntimeError
        A cell failed; the message names the notebook and the error.
    """
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError

    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(
        notebook,
        timeout=TIMEOUT,
        record_timing=False,
        store_widget_state=False,
        resources={"metadata": {"path": str(path.parent)}},
        config=Config(KernelManager={"transport_encryption": "auto"}),
    )
    with _environment(OVERDUE_CORPUS=str(corpus.resolve()), OVERDUE_FIGURES=str(figures.resolve())):
        try:
            client.execute()
        except CellExecutionError as error:
            raise RuntimeError(f"{path.name}: {error.ename}: {error.evalue}") from error
    return normalise(notebook)


def normalise(notebook: Any) -> Any:
    """Take out what differs from run to run: widget ids, display ids, the state of the kernel."""
    notebook.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            output.get("transient", {}).clear()
            if WIDGET in output.get("data", {}):
                output["data"] = {"text/plain": "controls: run the cell to use them"}
    return notebook


def refresh_notebooks() -> None:
    """Run every notebook on the shipped sample and save it with its outputs, and the figures beside."""
    corpus = load_corpus()
    for path in notebook_paths():
        nbformat.write(run_notebook(path, corpus.path, CHECKOUT / "figures"), path)
        print(f"{path.name}: run and saved")


@contextmanager
def _environment(**values: str) -> Iterator[None]:
    before = {key: os.environ.get(key) for key in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for key, value in before.items():
            if value is None:
                os.environ.pop(key, None)
            else:
                os.environ[key] = value


if __name__ == "__main__":
    refresh_notebooks()
