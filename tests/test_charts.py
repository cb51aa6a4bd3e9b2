"""Charts, tested by the data they draw; words must fit, alt text must be given, and no character may be a box."""

import inspect
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex, to_rgba
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.text import Annotation, Text
from PIL import Image

from overdue import charts, figures
from overdue.articles import RawArticle, read_articles
from overdue.codebook import Code, Codebook
from overdue.corpus import Corpus
from overdue.notebooks import notebook_paths
from overdue.resources import resource

DRAWING = [path.stem for path in notebook_paths() if "figures.publish(" in path.read_text("utf-8")]


@pytest.fixture(autouse=True)
def own_settings() -> Iterator[None]:
    """Charts set matplotlib's parameters; they are put back."""
    with mpl.rc_context():
        yield


@pytest.fixture
def ax() -> Axes:
    _, axes = charts.new_figure("Title", "Subtitle", "Caption", height=2.0)
    return axes


def drawn_texts(figure: Figure) -> list[Text]:
    """All words that are drawn; ticks beyond the ends of an axis are not."""
    FigureCanvasAgg(figure).draw()
    hidden: set[Text] = set()
    for axes in figure.axes:
        for axis in (axes.xaxis, axes.yaxis):
            low, high = sorted(axis.get_view_interval())
            outside = [t for t in [*axis.get_major_ticks(), *axis.get_minor_ticks()] if not low <= t.get_loc() <= high]
            hidden |= {label for tick in outside for label in (tick.label1, tick.label2)}
    return [text for text in figure.findobj(Text) if text.get_visible() and text.get_text() and text not in hidden]


def cut_texts(figure: Figure) -> list[str]:
    """The words that do not lie wholly inside the figure."""
    texts = drawn_texts(figure)
    edge = figure.bbox
    cut = []
    for text in texts:
        box = text.get_window_extent()
        if box.x0 < edge.x0 - 1 or box.y0 < edge.y0 - 1 or box.x1 > edge.x1 + 1 or box.y1 > edge.y1 + 1:
            cut.append(text.get_text())
    return cut


def notes(axes: Axes) -> list[str]:
    return [text.get_text() for text in axes.texts if isinstance(text, Annotation)]


def bars(axes: Axes) -> list[Rectangle]:
    return [patch for patch in axes.patches if isinstance(patch, Rectangle)]


def labels(axis: Any) -> list[str]:
    return [label.get_text() for label in axis.get_ticklabels()]


# Bars


def test_bars_are_as_long_as_their_values_first_on_top(ax: Axes) -> None:
    charts.draw_bars(ax, pd.Series({"罚息": 1234, "协商": 10, "起诉": 0}), ["#111111", "#222222", "#333333"])
    assert [bar.get_width() for bar in bars(ax)] == [1234, 10, 0]
    assert {bar.get_x() for bar in bars(ax)} == {0}
    assert [to_hex(bar.get_facecolor()) for bar in bars(ax)] == ["#111111", "#222222", "#333333"]
    assert labels(ax.yaxis) == ["罚息", "协商", "起诉"]
    assert ax.get_ylim()[0] > ax.get_ylim()[1], "the first row stands below the others"
    assert ax.get_xlim()[0] == 0
    assert ax.get_xlim()[1] >= 1234
    assert notes(ax) == ["1,234", "10", "0"]


def test_bars_can_carry_a_unit_or_words_of_their_own(ax: Axes) -> None:
    charts.draw_bars(ax, pd.Series({"a": 3}), charts.OTHER, unit=" %")
    assert notes(ax) == ["3 %"]


def test_bars_of_nothing_but_zeroes_can_be_drawn(ax: Axes) -> None:
    charts.draw_bars(ax, pd.Series({"a": 0, "b": 0}), charts.OTHER)
    assert [bar.get_width() for bar in bars(ax)] == [0, 0]


BOOK = Codebook(
    {
        "a": Code("a", "cause", "甲", "A", ""),
        "b": Code("b", "cause", "乙", "B", ""),
        "c": Code("c", "place", "丙", "丙", ""),
    },
    {"cause": "原因", "place": "地点"},
    "1",
)


def test_codes_are_sorted_in_the_block_and_colour_of_their_dimension() -> None:
    counts = pd.DataFrame({"code": list("abc"), "dimension": ["cause", "cause", "place"], "sentences": [2, 5, 3]})
    figure = charts.code_bars(counts, BOOK, "Title", "Subtitle")
    first, second = figure.axes
    assert [bar.get_width() for bar in bars(first)] == [5, 2]
    assert labels(first.yaxis) == ["B 乙", "A 甲"]
    assert [bar.get_width() for bar in bars(second)] == [3]
    assert labels(second.yaxis) == ["丙"]
    assert first.get_xlim() == second.get_xlim(), "the blocks have different scales"
    assert {to_hex(bar.get_facecolor()) for bar in bars(first)} == {"#d55e00"}
    assert {"cause 原因", "place 地点"} <= {text.get_text() for text in figure.texts}


def test_small_bars_have_one_scale_and_a_panel_per_unit() -> None:
    rows = [("甲篇", 1, "罚息", 0.5), ("甲篇", 2, "协商", 0.25), ("乙篇", 1, "起诉", 0.125)]
    figure = charts.small_bars(pd.DataFrame(rows, columns=["unit", "rank", "term", "weight"]), "T", "S", "C")
    panels = [axes for axes in figure.axes if axes.patches]
    assert [[bar.get_width() for bar in bars(axes)] for axes in panels] == [[0.5, 0.25], [0.125]]
    assert [labels(axes.yaxis) for axes in panels] == [["罚息", "协商"], ["起诉"]]
    assert len({axes.get_xlim() for axes in panels}) == 1
    assert notes(panels[0]) == ["0.50", "0.25"]


# Matrices, lines and points


def test_heat_map_shows_the_table(ax: Axes) -> None:
    table = pd.DataFrame([[0, 3], [5, np.nan]], index=["甲", "乙"], columns=["x", "y"])
    charts.draw_heatmap(ax, table)
    shown = ax.images[0].get_array()
    assert np.ma.filled(shown.astype(float), np.nan) == pytest.approx(table.to_numpy(), nan_ok=True)
    assert ax.images[0].get_clim() == (0, 5)
    assert ax.images[0].get_cmap().name == "cividis"
    assert (labels(ax.xaxis), labels(ax.yaxis)) == (["x", "y"], ["甲", "乙"])
    assert {(text.get_position(), text.get_text()) for text in ax.texts} == {
        ((0, 0), "0"),
        ((1, 0), "3"),
        ((0, 1), "5"),
    }


def test_heat_map_leaves_zeroes_pale_but_written(ax: Axes) -> None:
    charts.draw_heatmap(ax, pd.DataFrame([[0, 2]]), mask_zero=True)
    assert np.ma.getmaskarray(ax.images[0].get_array()).tolist() == [[True, False]]
    assert [text.get_text() for text in ax.texts] == ["0", "2"]


def test_numbers_of_a_heat_map_stand_out_from_their_cells(ax: Axes) -> None:
    charts.draw_heatmap(ax, pd.DataFrame([np.linspace(0, 1, 21)]), form="{:.2f}", high=1.0)
    image = ax.images[0]
    for number, text in enumerate(ax.texts):
        cell = luminance(image.cmap(image.norm(image.get_array()[0, number])))
        ink = luminance(to_rgba(text.get_color()))
        contrast = (max(cell, ink) + 0.05) / (min(cell, ink) + 0.05)
        assert contrast >= 4, f"{text.get_text()}: {contrast:.1f}"


def luminance(colour: tuple[float, ...]) -> float:
    """Relative luminance after WCAG 2."""
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour[:3])
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.filterwarnings("ignore:Attempting to set identical:UserWarning")
def test_heat_map_without_cells_can_be_drawn(ax: Axes) -> None:
    charts.draw_heatmap(ax, pd.DataFrame(index=["甲"], columns=[]), mask_zero=True)
    assert labels(ax.yaxis) == ["甲"]


@pytest.mark.filterwarnings("error:Attempting to set identical:UserWarning")
@pytest.mark.xfail(strict=True, reason="draw_bars and draw_heatmap: matplotlib warns on stderr where there is no row")
@pytest.mark.parametrize(
    "draw",
    [
        lambda ax: charts.draw_heatmap(ax, pd.DataFrame(columns=["a"])),
        lambda ax: charts.draw_heatmap(ax, pd.DataFrame(index=["a"])),
        lambda ax: charts.draw_bars(ax, pd.Series(dtype=float), charts.OTHER),
    ],
    ids=["heat map without rows", "heat map without columns", "bars"],
)
def test_empty_charts_write_no_warning_into_the_notebook(ax: Axes, draw: Callable[[Axes], Axes]) -> None:
    draw(ax)


def test_tick_labels_take_the_colour_of_their_dimension(ax: Axes) -> None:
    charts.draw_heatmap(ax, pd.DataFrame([[1, 2]], index=["r"], columns=["x", "y"]))
    charts.colour_ticks(ax, ["cause"], ["strategy", "cause"])
    assert [to_hex(label.get_color()) for label in ax.get_xticklabels()] == ["#009e73", "#d55e00"]
    assert [to_hex(label.get_color()) for label in ax.get_yticklabels()] == ["#d55e00"]


def test_dumbbells_have_both_values_in_their_row(ax: Axes) -> None:
    charts.draw_dumbbells(ax, pd.DataFrame({"clean": [3, 4], "raw": [5, 9]}, index=["a", "b"]), ("#111111", "#222222"))
    assert [line.get_xdata().tolist() for line in ax.lines] == [[3, 4], [5, 9]]
    assert [line.get_ydata().tolist() for line in ax.lines] == [[0, 1], [0, 1]]
    assert ax.get_xlim()[0] == 0
    assert notes(ax) == ["clean", "raw"]


def test_line_draws_values_errors_and_the_choice(ax: Axes) -> None:
    charts.draw_line(ax, [2, 3, 4], [0.5, 0.75, 0.25], [0.125, 0.25, 0.0], 3, ("number", "stability"))
    container = ax.containers[0]
    assert container.lines[0].get_ydata() == pytest.approx([0.5, 0.75, 0.25])
    (segments,) = (collection.get_segments() for collection in container.lines[2])
    assert [segment[:, 1].tolist() for segment in segments] == [[0.375, 0.625], [0.5, 1.0], [0.25, 0.25]]
    assert ax.lines[-1].get_xydata().tolist() == [[3, 0.75]]
    assert notes(ax) == ["K = 3"]
    assert (ax.get_xlabel(), ax.get_ylabel(), ax.get_ylim()) == ("number", "stability", (0, 1))


def test_points_lie_where_they_belong_with_their_group(ax: Axes) -> None:
    points = pd.DataFrame({"x": [0.0, 2.0, 5.0], "y": [0.0, 2.0, 5.0]})
    charts.draw_points(ax, points, pd.Series([1, 1, 2]), {1: "#111111", 2: "#222222"}, {1: "one", 2: "two"})
    assert [c.get_offsets().tolist() for c in ax.collections] == [[[0, 0], [2, 2]], [[5, 5]]]
    assert [(a.get_text(), a.xy) for a in ax.texts] == [("one", (1, 1)), ("two", (5, 5))]


# Sets and flows

SETS = pd.DataFrame(
    {"exclusive": [4, 1], "inclusive": [6, 1], "expected": [2.5, 3.25]},
    index=pd.Index([("cause",), ("cause", "strategy")], name="sets", tupleize_cols=False),
)
NAMES = ["cause", "consequence", "strategy"]


@pytest.fixture
def upset() -> tuple[Axes, Axes]:
    _, axes = charts.new_upset("Title", "Subtitle", "Caption")
    charts.draw_upset(axes, SETS, NAMES, charts.dimension_colours(NAMES), {name: name.upper() for name in NAMES})
    return axes


def test_upset_bars_and_ticks_stand_at_observed_and_expected(upset: tuple[Axes, Axes]) -> None:
    above, _ = upset
    assert [bar.get_height() for bar in bars(above)] == [4, 1]
    ticks = above.collections[0].get_segments()
    assert [tick[:, 1].tolist() for tick in ticks] == [[2.5, 2.5], [3.25, 3.25]]
    middles = [bar.get_x() + bar.get_width() / 2 for bar in bars(above)]
    assert [tick[:, 0].mean() for tick in ticks] == pytest.approx(middles)
    assert above.get_ylim()[1] > 4
    assert notes(above) == ["4", "(6)", "1", "(1)"]


def test_upset_dots_mark_the_sets_and_are_joined(upset: tuple[Axes, Axes]) -> None:
    above, below = upset
    marked = [[to_hex(colour) != charts.GRID for colour in row.get_facecolors()] for row in below.collections]
    assert marked == [[True, True], [False, False], [False, True]]
    assert [line.get_ydata().tolist() for line in below.lines] == [[0, 0], [0, 2]]
    assert labels(below.yaxis) == ["CAUSE", "CONSEQUENCE", "STRATEGY"]
    assert above.get_xlim() == below.get_xlim(), "dots do not stand below their bars"


def bands(axes: Axes) -> list[dict[str, float]]:
    """Thickness of each band at its two ends."""
    found = []
    for patch in axes.patches:
        if isinstance(patch, PathPatch):
            top_left, top_right = patch.get_path().vertices[[0, 3], 1]
            low_right, low_left = patch.get_path().vertices[[4, 7], 1]
            found.append({"left": top_left - low_left, "right": top_right - low_right})
    return found


def draw_flow(
    ax: Axes, stages: list[dict[str, int]], links: list[list[tuple[str, str, int]]]
) -> list[dict[str, float]]:
    charts.draw_flow(
        ax,
        [pd.Series(stage) for stage in stages],
        [pd.DataFrame(link, columns=["source", "target", "units"]) for link in links],
        ["#111111", "#222222", "#333333"][: len(stages)],
    )
    return bands(ax)


def test_flow_has_a_band_per_link_as_wide_as_its_units(ax: Axes) -> None:
    drawn = draw_flow(ax, [{"a": 4}, {"x": 3, "y": 1}], [[("a", "x", 3), ("a", "y", 1)]])
    assert len(drawn) == 2
    assert drawn[0]["left"] == pytest.approx(3 * drawn[1]["left"])
    assert drawn[0]["right"] == pytest.approx(3 * drawn[1]["right"])


def test_flow_names_every_node(ax: Axes) -> None:
    draw_flow(ax, [{"失业": 4}, {"罚息": 3, "起诉": 1}], [[("失业", "罚息", 3), ("失业", "起诉", 1)]])
    assert notes(ax) == ["失业", "罚息", "起诉"]


def test_flow_of_nothing_can_be_drawn(ax: Axes) -> None:
    charts.draw_flow(ax, [pd.Series(dtype=float)], [], ["#111111"])
    assert bands(ax) == []


def test_bands_of_different_nodes_are_as_wide_as_their_units(ax: Axes) -> None:
    """x takes in 1 and gives out 5, y takes in 9 and gives out 1; both are as high as their larger side."""
    into = [("a", "x", 1), ("a", "y", 9)]
    out = [("x", "s", 5), ("y", "t", 1)]
    *_, five, one = draw_flow(ax, [{"a": 10}, {"x": 5, "y": 9}, {"s": 5, "t": 1}], [into, out])
    assert five["left"] == pytest.approx(5 * one["left"])


# Colours and words


def test_dimensions_of_the_project_have_their_own_colours() -> None:
    assert charts.dimension_colours(["strategy", "cause", "consequence"]) == {
        "strategy": "#009E73",
        "cause": "#D55E00",
        "consequence": "#0072B2",
    }


def test_other_dimensions_get_colours_that_differ() -> None:
    colours = charts.dimension_colours(["cause", "place", "time", "deed", "feeling"])
    assert len(set(colours.values())) == 5
    assert colours["cause"] == "#D55E00"
    assert charts.dimension_colours([f"d{n}" for n in range(9)])["d8"] == charts.OTHER


def test_topics_get_colours_that_repeat_after_seven() -> None:
    colours = charts.topic_colours(list(range(1, 9)))
    assert len({colours[topic] for topic in range(1, 8)}) == 7
    assert colours[8] == colours[1]


LONG = {
    "Chinese": "每一笔逾期的借款背后都有一个说不完的故事" * 8,
    "English": "every loan that falls overdue has a story of its own " * 8,
    "one word": "x" * 400,
    "both": "失业 income loss 罚息 penalty interest " * 12,
}


@pytest.mark.parametrize("text", LONG.values(), ids=LONG)
def test_long_titles_and_captions_are_wrapped_inside_the_figure(text: str) -> None:
    figure, axes = charts.new_figure(text, text, text, height=1.0)
    assert cut_texts(figure) == []
    boxes = [words.get_window_extent() for words in figure.texts] + [axes.get_window_extent()]
    title, subtitle, caption, drawing = boxes
    assert title.y0 >= subtitle.y1 - 1
    assert subtitle.y0 >= drawing.y1 - 1
    assert drawing.y0 >= caption.y1 - 1
    assert "".join(words.get_text().replace("\n", "") for words in figure.texts[:1]).count(" ") <= text.count(" ")


def test_wrapping_loses_no_character() -> None:
    for text in LONG.values():
        figure, _ = charts.new_figure(text, "", "", height=1.0)
        assert "".join(figure.texts[0].get_text().split()) == "".join(text.split())


WIDE = [
    "罚息与违约金的计算方式",
    "Misjudged repayment capacity 误判还款能力",
    "how-to-negotiate-with-the-platform-2024",
    "iiii",
]


@pytest.mark.parametrize(
    "label",
    [
        *WIDE,
        "MMWW LOAN MANAGEMENT",
    ],
)
@pytest.mark.parametrize("size", [8.5, 9.5])
def test_room_for_labels_is_as_wide_as_the_widest(label: str, size: float) -> None:
    figure, _ = charts.new_figure("Title", "", "", height=1.0)
    text = figure.text(0, 0, label, fontsize=size)
    width = text.get_window_extent(FigureCanvasAgg(figure).get_renderer()).width / figure.dpi
    assert width <= charts.label_room(["", label], size)


def test_no_labels_need_hardly_any_room() -> None:
    assert charts.label_room([]) < 0.2


def test_legend_names_every_dimension_and_the_rest(ax: Axes) -> None:
    charts.draw_legend(ax, {"cause": "原因", "place": "地点"}, other="no leaning")
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["cause 原因", "place 地点", "no leaning"]


def test_cloud_has_the_colours_of_its_terms(ax: Axes) -> None:
    charts.draw_cloud(ax, {"罚息": 10.0, "协商": 5.0}, {"罚息": "#FF0000", "协商": "#0000FF"}, seed=1)
    pixels = ax.images[0].get_array().reshape(-1, 3)
    red = int(((pixels == (255, 0, 0)).all(axis=1)).sum())
    blue = int(((pixels == (0, 0, 255)).all(axis=1)).sum())
    assert red > blue > 0, "the heavier term covers less"


def test_cloud_is_the_same_for_the_same_seed(ax: Axes) -> None:
    for _ in range(2):
        charts.draw_cloud(ax, {"罚息": 10.0, "协商": 5.0}, {}, seed=1)
    first, second = (image.get_array() for image in ax.images)
    assert (first == second).all()


def test_character_that_the_font_lacks_is_an_error(ax: Axes) -> None:
    """The test settings make matplotlib's warning an error: a box on a chart must stop the tests."""
    ax.set_xlabel("\U0010fffd")
    with pytest.raises(UserWarning, match=r"Glyph .* missing"):
        FigureCanvasAgg(ax.figure).draw()


@pytest.mark.parametrize("text", ["逾期的后果", "随著時間", "“罚息”——2.5％，好吗？", "①②③ § · × – …", "囍㐀"])
def test_font_holds_what_articles_write(ax: Axes, text: str) -> None:
    ax.set_xlabel(text)
    FigureCanvasAgg(ax.figure).draw()


# Publishing


def test_alt_text_is_required() -> None:
    assert inspect.signature(figures.publish).parameters["alt"].default is inspect.Parameter.empty


@pytest.mark.parametrize("alt", ["", "  ", "chart", "Bar chart"])
def test_alt_text_that_says_nothing_is_refused(alt: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OVERDUE_FIGURES", str(tmp_path / "figures"))
    with pytest.raises(ValueError, match=r"figure 01-x: the alt text .* says too little"):
        figures.publish(Figure(), "01-x", pd.DataFrame(), alt)
    assert not (tmp_path / "figures").exists()


def test_figure_is_published_as_pictures_and_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    displayed: list[tuple[Any, dict[str, Any]]] = []
    monkeypatch.setattr("IPython.display.display", lambda output, **options: displayed.append((output, options)))
    names = ["first", "second"]
    for name in names:
        monkeypatch.setenv("OVERDUE_FIGURES", str(tmp_path / name))
        figure, axes = charts.new_figure("Title", "Subtitle", "Caption", height=1.0)
        charts.draw_bars(axes, pd.Series({"罚息": 1}), charts.OTHER)
        data = pd.DataFrame({"n": [1 / 3]}, index=pd.Index(["罚息"], name="term"))
        figures.publish(figure, "01-x", data, "Bar chart of one single term.")
    first, second = ({file.name: file.read_bytes() for file in sorted((tmp_path / name).iterdir())} for name in names)
    assert list(first) == ["01-x.csv", "01-x.png", "01-x.svg"]
    assert first == second, "the same figure gives different files"
    assert first["01-x.csv"].decode() == "term,n\n罚息,0.333333\n"
    assert Image.open(tmp_path / "first" / "01-x.png").width == charts.WIDTH * figures.DPI
    output, options = displayed[0]
    assert output.data == first["01-x.png"]
    assert options["metadata"] == {"image/png": {"alt": "Bar chart of one single term.", "width": 900}}


# The figures of the notebooks


@pytest.mark.parametrize("name", DRAWING)
def test_words_of_every_figure_are_inside_it(name: str, corpus: Corpus, run_cells: Callable[..., Any]) -> None:
    shown = run_cells(name, corpus)
    assert shown.figures
    for published in shown.figures:
        assert cut_texts(published.figure) == [], published.name
        assert len(published.alt) > 30, published.name
        assert not published.data.empty, published.name


@pytest.fixture(scope="module")
def long_names(build: Callable[..., Corpus]) -> Corpus:
    """Shipped articles under file names as crawlers give them: the whole title of the page."""
    title = "网上借的钱到期还不出来以后应该怎样一步一步和平台把话说清楚"
    shipped = [item for item in read_articles(resource("data", "articles")) if isinstance(item, RawArticle)]
    return build({f"{title}之{sign}.txt": article.text for sign, article in zip("甲乙丙丁戊己", shipped, strict=False)})


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=pytest.mark.xfail(strict=True, reason=f"{name}: fixed room for labels of any length"))
        if name in ("01-corpus", "03-distinctive")
        else name
        for name in DRAWING
    ],
)
def test_long_article_names_are_inside_every_figure(
    name: str, long_names: Corpus, run_cells: Callable[..., Any]
) -> None:
    cut = {published.name: cut_texts(published.figure) for published in run_cells(name, long_names).figures}
    assert {figure: texts for figure, texts in cut.items() if texts} == {}
