"""The speed that memory allows as a line over the tokens behind, and what was measured as dots."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, MaxNLocator

from labs.experiments.charts import LimitChart, LimitSeries
from labs.experiments.figures.canvas import LINE_IN, MARGIN_IN, Sheet, literal, sheet, wrapped
from labs.experiments.figures.palette import CATEGORIES, DASHES, SMALL_PT, Palette, font

PLOT_IN, LEGEND_LINE_IN = 2.7, 0.2
SHAPES = {"benchmark": "o", "chat": "^"}
SHAPE_WORDS = {"benchmark": "benchmark", "chat": "as chatted"}


def limit_figure(chart: LimitChart, palette: Palette, width_in: float, *, simulated: bool) -> Sheet:
    """Both axes begin at 0: how far a dot stands below its line is its share."""
    note = wrapped(chart.note, width_in - 2 * MARGIN_IN, SMALL_PT) if chart.note else []
    used = [
        kind for kind in SHAPES if any(p.source == kind for s in chart.series for p in s.points)
    ]
    legend = LEGEND_LINE_IN * (len(chart.series) + bool(used))
    below = 0.6 + LINE_IN * len(note)
    made, heading = sheet(
        chart.title, palette, width_in, legend + 0.2 + PLOT_IN + below, simulated=simulated
    )
    axes = made.axes(0.8, heading + legend + 0.2, MARGIN_IN + 0.15, below)
    axes.set_xlim(0, max((x for s in chart.series for x, _ in s.line), default=1))
    axes.set_ylim(0, 1.08 * _top(chart))
    axes.grid(color=palette.grid, linewidth=0.8)
    axes.set_axisbelow(True)
    lines = [
        _series(axes, series, place, CATEGORIES[place % len(CATEGORIES)], palette)
        for place, series in enumerate(chart.series)
    ]
    axes.xaxis.set_major_locator(MaxNLocator(6))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:,.0f}"))
    axes.yaxis.set_major_locator(MaxNLocator(6))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda y, _: f"{y:,g}"))
    axes.set_xlabel("tokens before the one that is written")
    axes.set_ylabel("tokens a second")
    made.style_ticks(axes)
    _legend(made, lines, used, heading)
    if note:
        made.write(MARGIN_IN, made.height_in - LINE_IN * len(note) - 0.1, "\n".join(note),
                   size=SMALL_PT, colour=palette.quiet)  # fmt: skip
    return made


def _top(chart: LimitChart) -> float:
    values = [y for series in chart.series for _, y in series.line]
    values += [point.high for series in chart.series for point in series.points]
    return max(values, default=1.0)


def _series(axes: Axes, series: LimitSeries, place: int, colour: str, palette: Palette) -> Line2D:
    """The line, for the legend."""
    (line,) = axes.plot(
        [x for x, _ in series.line], [y for _, y in series.line], color=colour, linewidth=1.8,
        linestyle=DASHES[place % len(DASHES)], zorder=2,
        label=literal(f"{series.title}: the limit"),
    )  # fmt: skip
    for point in series.points:
        axes.plot([point.x, point.x], [point.low, point.high], color=colour, linewidth=1.4,
                  zorder=3, clip_on=False)  # fmt: skip
        axes.plot(
            [point.x], [point.value], marker=SHAPES[point.source], markersize=7, color=colour,
            markeredgecolor=palette.surface, zorder=4, clip_on=False,
        )  # fmt: skip
    return line


def _legend(made: Sheet, lines: list[Line2D], used: list[str], top: float) -> None:
    _place(made, lines, top, columns=1)
    shapes = [
        Line2D([], [], marker=SHAPES[kind], linestyle="none", color=made.palette.quiet,
               markersize=6, label=f"measured, {SHAPE_WORDS[kind]}")
        for kind in used
    ]  # fmt: skip
    if shapes:
        _place(made, shapes, top + LEGEND_LINE_IN * len(lines), columns=len(shapes))


def _place(made: Sheet, marks: list[Line2D], top: float, *, columns: int) -> None:
    made.figure.legend(
        handles=marks, loc="upper left", ncols=columns, frameon=False, borderaxespad=0,
        borderpad=0, bbox_to_anchor=(MARGIN_IN / made.width_in, 1 - top / made.height_in),
        prop=font(SMALL_PT), labelcolor=made.palette.text, handlelength=2.6, columnspacing=1.6,
    )  # fmt: skip
