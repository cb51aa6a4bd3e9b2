"""Publish a figure: show it in the notebook with its alt text, and write SVG, PNG and the data drawn beside it."""

import io
import os
from pathlib import Path

import matplotlib as mpl
import pandas as pd
from matplotlib.figure import Figure

from overdue.resources import CHECKOUT

DPI = 150


def figures_folder() -> Path:
    """Where figures go: the folder that `OVERDUE_FIGURES` names, or `figures/` of the checkout."""
    return Path(os.environ.get("OVERDUE_FIGURES") or CHECKOUT / "figures")


def publish(figure: Figure, name: str, data: pd.DataFrame, alt: str) -> None:
    """Show `figure` in the notebook and write `NAME.svg`, `NAME.png` and `NAME.csv`.

    Parameters
    ----------
    figure : Figure
        A finished figure.
    name : str
        Number of the notebook and a short name, like `06-matrix`.
    data : pd.DataFrame
        The numbers that are drawn, index included.
    alt : str
        What the figure says, for those who cannot see it; required.

    Raises
    ------
    ValueError
        `alt` is too short to say anything.
    """
    if len(alt.split()) < 5 and len(alt) < 20:
        raise ValueError(f"figure {name}: the alt text {alt!r} says too little; state the finding and what is drawn")
    folder = figures_folder()
    folder.mkdir(parents=True, exist_ok=True)
    png = io.BytesIO()
    figure.savefig(png, format="png", dpi=DPI, metadata={"Software": None})
    (folder / f"{name}.png").write_bytes(png.getvalue())
    with mpl.rc_context({"svg.hashsalt": name}):
        figure.savefig(folder / f"{name}.svg", format="svg", metadata={"Date": None, "Creator": None})
    data.round(6).to_csv(folder / f"{name}.csv", lineterminator="\n")
    from IPython.display import Image, display

    width = round(figure.get_figwidth() * 100)
    display(Image(png.getvalue(), width=width, alt=alt), metadata={"image/png": {"alt": alt, "width": width}})
