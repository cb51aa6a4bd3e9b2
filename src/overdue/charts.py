"""Draw small tables: every function takes a table and axes, computes nothing, and returns the axes.

`new_figure` lays out what every figure of the project has: a title that states the finding, a subtitle with
measure, n and unit, and a caption with source and method. Colours mean the same everywhere (Okabe and Ito 2008).
"""

import textwrap
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib.ticker import MaxNLocator

from overdue.codebook import Codebook
from overdue.fonts import chinese_font, register_font

COLOURS = {"cause": "#D55E00", "consequence": "#0072B2", "strategy": "#009E73"}
SPARE_COLOURS = ("#CC79A7", "#E69F00", "#56B4E9", "#F0E442")
OTHER = "#999999"
INK, SOFT, GRID, PAPER = "#1f2328", "#59636e", "#e4e7eb", "#ffffff"
WIDTH = 9.0
MARGIN = 0.25
STYLE: Any = {
    "font.size": 10,
    "text.color": INK,
    "axes.labelcolor": SOFT,
    "axes.edgecolor": GRID,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": False,
    "axes.axisbelow": True,
    "axes.unicode_minus": False,
    "xtick.color": SOFT,
    "ytick.color": INK,
    "xtick.labelsize": 9,
    "ytick.labelsize": 9.5,
    "ytick.major.size": 0,
    "xtick.major.size": 0,
    "grid.color": GRID,
    "figure.facecolor": PAPER,
    "savefig.facecolor": PAPER,
    "svg.hashsalt": "overdue",
    "svg.fonttype": "path",
}


def dimension_colours(dimensions: Sequence[str]) -> dict[str, str]:
    """A colour for every dimension: the project's own for its three, spare ones for others."""
    spare = iter((*SPARE_COLOURS, *[OTHER] * len(dimensions)))
    return {name: COLOURS.get(name) or next(spare) for name in dimensions}


def new_figure(
    title: str,
    subtitle: str,
    caption: str,
    height: float,
    width: float = WIDTH,
    left: float = 2.6,
    right: float = 0.3,
    above: float = 0.0,
    below: float = 0.1,
) -> tuple[Figure, Axes]:
    """A figure with its words in place and one axes for the drawing.

    Parameters
    ----------
    title, subtitle, caption : str
        The finding with its number; measure, n and unit; source and method.
    height, width : float
        Of the drawing and of the figure, in inches.
    left, right, above, below : float
        Room around the axes for labels, in inches.
    """
    mpl.rcParams.update(STYLE)
    mpl.rcParams["font.family"] = [register_font()]
    per_line = int((width - 2 * MARGIN) * 12.2)
    heading, measure, foot = (
        _wrap(title, int(per_line * 0.72)),
        _wrap(subtitle, per_line),
        _wrap(caption, int(per_line * 1.12)),
    )
    top = 0.22 + 0.27 * (heading.count("\n") + 1) + 0.2 * (measure.count("\n") + 1) + 0.2 + above
    floor = 0.22 + 0.165 * (foot.count("\n") + 1) + below
    total = top + height + floor
    figure = Figure(figsize=(width, total), dpi=100)
    figure.text(MARGIN / width, 1 - 0.2 / total, heading, fontsize=14, va="top", linespacing=1.25)
    figure.text(
        MARGIN / width,
        1 - (0.25 + 0.27 * (heading.count("\n") + 1)) / total,
        measure,
        fontsize=10,
        color=SOFT,
        va="top",
    )
    figure.text(MARGIN / width, 0.14 / total, foot, fontsize=8, color=SOFT, va="bottom")
    return figure, figure.add_axes((left / width, floor / total, (width - left - right) / width, height / total))


def label_room(labels: Sequence[object], size: float = 8.5) -> float:
    """Inches that the longest of `labels` takes at font size `size`, a Chinese character counting as two."""
    widest = max(
        (
            sum(2 if unicodedata.east_asian_width(c) in "WF" else 1.45 if c.isupper() else 1.08 for c in str(label))
            for label in labels
        ),
        default=0,
    )
    return 0.15 + widest * size * 0.525 / 72


def draw_bars(
    ax: Axes,
    values: pd.Series,
    colours: str | Sequence[str],
    unit: str = "",
    labels: Sequence[str] | None = None,
) -> Axes:
    """Horizontal bars from zero, first row on top, with the number at the end of each.

    Parameters
    ----------
    values : pd.Series
        Index the labels of the bars, values their lengths.
    colours : str or sequence of str
        One for all, or one for each.
    labels : sequence of str, optional
        What is written at the ends; the values by default.
    """
    places = np.arange(len(values))
    ax.barh(places, values, color=colours, height=0.72)
    ax.set_yticks(places, [str(label) for label in values.index])
    ax.set_ylim(len(values) - 0.5, -0.5)
    ax.set_xlim(0, max(1e-9, float(values.max())) * 1.12)
    ax.set_xticks([])
    ax.spines[["bottom", "left"]].set_visible(False)
    texts = labels or [f"{value:,.0f}{unit}" for value in values]
    for place, value, text in zip(places, values, texts, strict=True):
        ax.annotate(
            text,
            (value, place),
            xytext=(4, 0),
            textcoords="offset points",
            va="center",
            fontsize=9,
            color=SOFT,
        )
    return ax


def draw_heatmap(
    ax: Axes,
    table: pd.DataFrame,
    numbers: bool = True,
    form: str = "{:.0f}",
    low: float = 0.0,
    high: float | None = None,
    mask_zero: bool = False,
) -> Axes:
    """A matrix in `cividis`, rows from top to bottom, column names above; numbers in the cells where they fit."""
    values = table.to_numpy(dtype=float)
    top = high if high is not None else max(low + 1e-9, np.nanmax(values, initial=low))
    shown = np.where(values == 0, np.nan, values) if mask_zero else values
    ax.imshow(shown, cmap="cividis", vmin=low, vmax=top, aspect="auto")
    ax.set_facecolor("#f3f4f6")
    ax.set_xticks(range(table.shape[1]), [str(c) for c in table.columns], rotation=90, fontsize=8.5)
    ax.set_yticks(range(table.shape[0]), [str(i) for i in table.index], fontsize=8.5)
    ax.xaxis.tick_top()
    ax.tick_params(axis="x", colors=INK, pad=2)
    ax.spines[:].set_visible(False)
    ax.set_xticks(np.arange(-0.5, table.shape[1]), minor=True)
    ax.set_yticks(np.arange(-0.5, table.shape[0]), minor=True)
    ax.grid(which="minor", color=PAPER, linewidth=1)
    ax.tick_params(which="minor", length=0)
    if numbers:
        for (row, column), value in np.ndenumerate(values):
            if mask_zero and value == 0:
                ax.text(column, row, "0", ha="center", va="center", fontsize=7, color="#b6bcc4")
            elif not np.isnan(value):
                dark = (value - low) / (top - low) < 0.55
                ax.text(
                    column,
                    row,
                    form.format(value),
                    ha="center",
                    va="center",
                    fontsize=7.5,
                    color=PAPER if dark else INK,
                )
    return ax


def draw_dumbbells(ax: Axes, table: pd.DataFrame, colours: tuple[str, str]) -> Axes:
    """Two values a row, joined by a line; the columns' names stand above their first dots."""
    first, second = table.columns[:2]
    places = np.arange(len(table))
    ax.hlines(places, table[second], table[first], color=GRID, linewidth=3)
    for name, colour in zip((first, second), colours, strict=True):
        ax.plot(table[name], places, "o", color=colour, markersize=6)
        ax.annotate(
            str(name),
            (table[name].iloc[0], 0),
            xytext=(0, 9),
            textcoords="offset points",
            ha="center",
            fontsize=9,
            color=colour,
        )
    ax.set_yticks(places, [str(label) for label in table.index])
    ax.set_ylim(len(table) - 0.5, -0.9)
    ax.set_xlim(left=0)
    ax.grid(axis="x")
    ax.spines[["left", "bottom"]].set_visible(False)
    return ax


def draw_line(
    ax: Axes,
    x: Sequence[float],
    y: Sequence[float],
    error: Sequence[float],
    marked: float,
    names: tuple[str, str],
) -> Axes:
    """A line with error bars, one point marked; `names` label the axes."""
    ax.errorbar(x, y, yerr=error, color=SOFT, ecolor=OTHER, marker="o", markersize=4, capsize=3, linewidth=1.2)
    at = list(x).index(marked)
    ax.plot([marked], [y[at]], "o", color=COLOURS["cause"], markersize=9)
    ax.annotate(
        f"K = {marked:g}",
        (marked, y[at]),
        xytext=(0, 12),
        textcoords="offset points",
        ha="center",
        color=COLOURS["cause"],
    )
    ax.set(xlabel=names[0], ylabel=names[1], xticks=list(x))
    ax.set_ylim(0, 1)
    ax.grid(axis="y")
    return ax


def draw_points(
    ax: Axes, points: pd.DataFrame, group: pd.Series, colours: Mapping[Any, str], names: Mapping[Any, str]
) -> Axes:
    """Points on a plane, coloured by group, each group named at its middle."""
    for key, colour in colours.items():
        chosen = points[group == key]
        ax.scatter(chosen["x"], chosen["y"], s=26, color=colour, alpha=0.75, linewidths=0)
    for key in colours:
        middle = points[group == key].median()
        if middle.notna().all():
            ax.annotate(
                names[key],
                (middle["x"], middle["y"]),
                ha="center",
                fontsize=9,
                color=INK,
                bbox={
                    "boxstyle": "round,pad=0.25",
                    "facecolor": PAPER,
                    "edgecolor": colours[key],
                    "linewidth": 1.2,
                },
            )
    ax.set(xticks=[], yticks=[])
    ax.spines[:].set_visible(True)
    ax.spines[:].set_color(GRID)
    return ax


def draw_upset(
    axes: tuple[Axes, Axes],
    table: pd.DataFrame,
    names: Sequence[str],
    colours: Mapping[str, str],
    labels: Mapping[str, str],
) -> None:
    """An UpSet plot (Lex et al. 2014): bars of exclusive counts with a tick where independence would put them,
    dots for the sets.

    Parameters
    ----------
    axes : (Axes, Axes)
        For the bars, and below it for the dots.
    table : pd.DataFrame
        From `overlap.set_overlap`, in the order to be drawn.
    """
    bars, dots = axes
    places = np.arange(len(table))
    bars.bar(places, table["exclusive"], color=INK, width=0.55)
    bars.hlines(table["expected"], places - 0.38, places + 0.38, color=COLOURS["cause"], linewidth=2.2)
    for place, exclusive, inclusive in zip(places, table["exclusive"], table["inclusive"], strict=True):
        bars.annotate(
            f"{exclusive}",
            (place, exclusive),
            xytext=(0, 4),
            textcoords="offset points",
            ha="center",
            fontsize=10,
        )
        bars.annotate(
            f"({inclusive})",
            (place, 0),
            xytext=(0, -13),
            textcoords="offset points",
            ha="center",
            fontsize=8.5,
            color=SOFT,
            annotation_clip=False,
        )
    bars.set_xlim(-0.6, len(table) - 0.4)
    bars.set_ylim(0, max(1.0, float(table[["exclusive", "expected"]].to_numpy().max())) * 1.15)
    bars.set_xticks([])
    bars.yaxis.set_major_locator(MaxNLocator(integer=True))
    bars.grid(axis="y")
    bars.spines[["left"]].set_visible(False)
    for row, name in enumerate(names):
        inside = np.array([name in sets for sets in table.index])
        dots.scatter(places, np.full(len(places), row), s=110, color=np.where(inside, colours[name], GRID))
    for place, sets in zip(places, table.index, strict=True):
        rows = [names.index(name) for name in sets]
        dots.plot([place, place], [min(rows), max(rows)], color=INK, linewidth=2, zorder=0)
    dots.set_yticks(range(len(names)), [labels[name] for name in names])
    dots.set_ylim(len(names) - 0.5, -0.5)
    dots.set_xlim(-0.6, len(table) - 0.4)
    dots.set_xticks([])
    dots.spines[:].set_visible(False)


def draw_flow(ax: Axes, stages: Sequence[pd.Series], links: Sequence[pd.DataFrame], colours: Sequence[str]) -> Axes:
    """An alluvial diagram: columns of nodes, bands between them.

    Parameters
    ----------
    stages : sequence of pd.Series
        For each column the nodes: index the labels, values the heights.
    links : sequence of pd.DataFrame
        Between each two columns: `source`, `target` labels and `units`, the width of the band.
    """
    gap, half = 0.018, 0.012
    # One height for a unit everywhere, so that bands compare: the fullest column sets it.
    unit = min(((1 - gap * (len(nodes) - 1)) / max(1.0, float(nodes.sum())) for nodes in stages), default=1.0)
    spots: list[dict[str, tuple[float, float]]] = []
    for nodes in stages:
        at = (1 + float(nodes.sum()) * unit + gap * (len(nodes) - 1)) / 2
        column = {}
        for label, value in nodes.items():
            column[str(label)] = (at, at - value * unit)
            at -= value * unit + gap
        spots.append(column)
    for x, (left, right, table) in enumerate(zip(spots, spots[1:], links, strict=False)):
        out = {name: top for name, (top, _) in left.items()}
        into = {name: top for name, (top, _) in right.items()}
        for row in sorted(table.itertuples(), key=lambda r: (-left[r.source][0], -right[r.target][0])):
            thick = row.units * unit
            _band(ax, x + half, x + 1 - half, out[row.source], into[row.target], thick, colours[x])
            out[row.source] -= thick
            into[row.target] -= thick
    last = len(stages) - 1
    for x, (column, colour) in enumerate(zip(spots, colours, strict=True)):
        for label, (top, low) in column.items():
            ax.fill_between([x - half, x + half], low, top, color=colour, linewidth=0)
            ha, dx = ("right", -6) if x == 0 else ("left", 6) if x == last else ("center", 0)
            box = (
                {"boxstyle": "round,pad=0.12", "facecolor": PAPER, "edgecolor": "none", "alpha": 0.8}
                if 0 < x < last
                else None
            )
            ax.annotate(
                label,
                (x + (half if x else -half), (top + low) / 2),
                xytext=(dx, 0),
                textcoords="offset points",
                ha=ha,
                va="center",
                fontsize=8.5,
                bbox=box,
            )
    ax.set_xlim(-half, last + half)
    ax.set_ylim(-0.01, 1.01)
    ax.axis("off")
    return ax


def draw_cloud(ax: Axes, weights: Mapping[str, float], colour_of: Mapping[str, str], seed: int) -> Axes:
    """A word cloud; terms in their own colour. It gives an impression, the bars beside it the numbers."""
    from wordcloud import WordCloud

    box = ax.get_window_extent()
    cloud = WordCloud(
        font_path=str(chinese_font()),
        width=int(2 * box.width),
        height=int(2 * box.height),
        background_color=PAPER,
        prefer_horizontal=1.0,
        random_state=seed,
        relative_scaling=0.5,
        min_font_size=14,
        margin=4,
        color_func=lambda word, **_: colour_of.get(word, OTHER),
    ).generate_from_frequencies(dict(weights))
    ax.imshow(cloud.to_array(), interpolation="bilinear", aspect="auto")
    ax.axis("off")
    return ax


def new_upset(title: str, subtitle: str, caption: str) -> tuple[Figure, tuple[Axes, Axes]]:
    """A figure with room for the bars of an UpSet plot and the dots below them."""
    figure, bars = new_figure(title, subtitle, caption, height=3.0, left=2.4, below=1.75)
    place = bars.get_position()
    inch = 1 / figure.get_figheight()
    return figure, (bars, figure.add_axes((place.x0, place.y0 - 1.65 * inch, place.width, 1.3 * inch)))


def small_bars(table: pd.DataFrame, title: str, subtitle: str, caption: str, columns: int = 3) -> Figure:
    """A panel of bars for every `unit` of a table with `unit`, `rank`, `term`, `weight`; one scale for all."""
    units = list(dict.fromkeys(table["unit"]))
    rows = -(-len(units) // columns)
    n = int(table["rank"].max())
    panel, gap = 0.23 * n, 0.55
    figure, whole = new_figure(title, subtitle, caption, height=rows * (panel + gap), left=0.25)
    whole.axis("off")
    place, high = figure.get_figheight(), float(table["weight"].max()) * 1.2
    top = whole.get_position().y1
    for number, unit in enumerate(units):
        row, column = divmod(number, columns)
        width = (1 - 0.5 / WIDTH) / columns
        axes = figure.add_axes(
            (
                0.25 / WIDTH + column * width + 0.098,
                top - ((row + 1) * (panel + gap) - 0.2) / place,
                width - 0.105,
                panel / place,
            )
        )
        group = table[table["unit"] == unit]
        axes.barh(group["rank"], group["weight"], color=OTHER, height=0.7)
        axes.set_yticks(group["rank"], group["term"], fontsize=8.5)
        axes.set(xlim=(0, high), ylim=(n + 0.5, 0.5), xticks=[])
        axes.spines[["bottom", "left"]].set_visible(False)
        for rank, weight in zip(group["rank"], group["weight"], strict=True):
            axes.annotate(
                f"{weight:.2f}",
                (weight, rank),
                xytext=(3, 0),
                textcoords="offset points",
                va="center",
                fontsize=7.5,
                color=SOFT,
            )
        figure.text(
            0.25 / WIDTH + column * width + 0.012,
            top - (row * (panel + gap) + 0.12) / place,
            _shorten(str(unit), 30),
            fontsize=9.5,
            color=INK,
        )
    return figure


def code_bars(counts: pd.DataFrame, codebook: Codebook, title: str, subtitle: str) -> Figure:
    """Bars of sentences by code, a block for every dimension in its colour, codes sorted by value."""
    blocks = [
        (name, counts[counts["dimension"] == name].sort_values("sentences", ascending=False, kind="stable"))
        for name in codebook.dimensions
    ]
    colours = dimension_colours(list(codebook.dimensions))
    gap, line = 0.45, 0.235
    height = sum(line * len(block) + gap for _, block in blocks)
    figure, whole = new_figure(
        title,
        subtitle,
        "Source: table codes; asserted codes, headings and copies of articles left out.",
        height=height,
        left=0.15 + label_room([_label(codebook, code) for code in counts["code"]], 9.5),
    )
    box, inch = whole.get_position(), 1 / figure.get_figheight()
    whole.remove()
    at, high = box.y1, float(max(1, counts["sentences"].max()))
    for name, block in blocks:
        figure.text(
            MARGIN / WIDTH,
            at - 0.24 * inch,
            f"{name} {codebook.dimensions[name]}",
            fontsize=11,
            color=colours[name],
        )
        at -= gap * inch
        axes = figure.add_axes((box.x0, at - line * len(block) * inch, box.width, line * len(block) * inch))
        draw_bars(
            axes,
            block.set_index(block["code"].map(lambda code: _label(codebook, code)))["sentences"],
            colours[name],
        )
        axes.set_xlim(0, high * 1.12)
        at -= line * len(block) * inch
    return figure


def topic_colours(topics: Sequence[int]) -> dict[int, str]:
    """A colour for each topic, from the colour-blind-safe set; they repeat after seven."""
    cycle = [*COLOURS.values(), *SPARE_COLOURS]
    return {topic: cycle[place % len(cycle)] for place, topic in enumerate(topics)}


def draw_legend(ax: Axes, dimensions: Mapping[str, str], other: str) -> Axes:
    """A legend of the dimensions' colours in the lower right corner."""
    from matplotlib.patches import Patch

    colours = dimension_colours(list(dimensions))
    handles = [Patch(color=colours[name], label=f"{name} {label}") for name, label in dimensions.items()]
    ax.legend(handles=[*handles, Patch(color=OTHER, label=other)], loc="lower right", frameon=False, fontsize=9)
    return ax


def colour_ticks(ax: Axes, rows: Sequence[str], columns: Sequence[str]) -> Axes:
    """Give the labels of a matrix the colour of their dimension."""
    colours = dimension_colours(list(dict.fromkeys([*rows, *columns])))
    for labels, names in ((ax.get_yticklabels(), rows), (ax.get_xticklabels(), columns)):
        for label, name in zip(labels, names, strict=True):
            label.set_color(colours[name])
    return ax


def _label(codebook: Codebook, code: str) -> str:
    entry = codebook.codes[code]
    return entry.en if entry.en == entry.zh else f"{entry.en} {entry.zh}"


def _shorten(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


def _band(ax: Axes, x0: float, x1: float, top0: float, top1: float, thick: float, colour: str) -> None:
    middle = (x0 + x1) / 2
    points = [
        (x0, top0),
        (middle, top0),
        (middle, top1),
        (x1, top1),
        (x1, top1 - thick),
        (middle, top1 - thick),
        (middle, top0 - thick),
        (x0, top0 - thick),
    ]
    codes = [
        Path.MOVETO,
        Path.CURVE4,
        Path.CURVE4,
        Path.CURVE4,
        Path.LINETO,
        Path.CURVE4,
        Path.CURVE4,
        Path.CURVE4,
    ]
    ax.add_patch(PathPatch(Path(points, codes), facecolor=colour, alpha=0.28, linewidth=0))


def _wrap(text: str, columns: int) -> str:
    """Wrap at `columns` columns, a Chinese character counting as two."""
    wide = "".join(c + "\u2060" if unicodedata.east_asian_width(c) in "WF" else c for c in text)
    lines = textwrap.wrap(wide, columns, break_long_words=True, break_on_hyphens=False) or [""]
    return "\n".join(line.replace("\u2060", "") for line in lines)
