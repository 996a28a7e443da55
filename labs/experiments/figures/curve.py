"""Shares of yes over a margin: raw points with their counts, a fitted line where there is one."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from labs.experiments.charts import CurveChart, CurveSeries
from labs.experiments.figures.canvas import LINE_IN, MARGIN_IN, Sheet, literal, sheet, shortened
from labs.experiments.figures.palette import (
    CATEGORIES,
    DASHES,
    MARKERS,
    SMALL_PT,
    Palette,
    font,
)

PLOT_IN, LEGEND_LINE_IN, SHIFT = 2.7, 0.2, 0.09
CROWDED = 12  # points in a row from which counts stand upright


def curve_figure(chart: CurveChart, palette: Palette, width_in: float, *, simulated: bool) -> Sheet:
    """y is the share of yes; under the axis a row of yes/n for each series."""
    count, upright = len(chart.series), _is_crowded(chart, width_in)
    row_in = 0.42 if upright else LINE_IN + 0.02
    below = 0.82 + row_in * count + 0.1
    legend = LEGEND_LINE_IN * count if count > 1 else 0.0
    made, heading = sheet(
        chart.title, palette, width_in, legend + 0.12 + PLOT_IN + below, simulated=simulated
    )
    left, right = 1.15, MARGIN_IN + 0.1
    axes = made.axes(left, heading + legend + 0.12, right, below)
    low, high = _ends(chart)
    axes.set_xlim(low, high)
    axes.set_ylim(-3, 103)
    _ground(axes, chart, palette)
    for place, series in enumerate(chart.series):
        colour = palette.accent if count == 1 else CATEGORIES[place % len(CATEGORIES)]
        _series(axes, series, place, count, colour, palette)
        _counts(made, axes, series, place, below - 0.82 - row_in * place, colour, upright=upright)
    made.write(MARGIN_IN, made.height_in - below + 0.62, "YES of all", size=SMALL_PT,
               colour=palette.quiet)  # fmt: skip
    axes.set_xlabel(literal(chart.axis))
    axes.set_ylabel("YES answers, %")
    made.style_ticks(axes)
    if count > 1:
        axes_legend = axes.legend(
            loc="lower left", bbox_to_anchor=(0, 1.02), frameon=False, borderpad=0,
            borderaxespad=0, prop=font(SMALL_PT), labelcolor=palette.quiet, handlelength=2.6,
        )  # fmt: skip
        axes_legend.set_zorder(5)
    return made


def _ends(chart: CurveChart) -> tuple[float, float]:
    xs = [point.x for series in chart.series for point in series.points]
    xs += [x for x, _ in chart.ticks]
    low, high = min(xs, default=-1.0), max(xs, default=1.0)
    room = 0.06 * max(high - low, 1.0)
    return low - room, high + room


def _is_crowded(chart: CurveChart, width_in: float) -> bool:
    most = max((len(series.points) for series in chart.series), default=0)
    return most > CROWDED * width_in / 7


def _ground(axes: Axes, chart: CurveChart, palette: Palette) -> None:
    axes.grid(axis="y", color=palette.grid, linewidth=0.8)
    axes.set_axisbelow(True)
    axes.axhline(50, color=palette.line, linewidth=1, zorder=1)
    axes.axvline(0, color=palette.line, linewidth=1, zorder=1)
    axes.set_xticks([x for x, _ in chart.ticks], [literal(words) for _, words in chart.ticks])


def _series(
    axes: Axes, series: CurveSeries, place: int, count: int, colour: str, palette: Palette
) -> None:
    marker, dash = MARKERS[place % len(MARKERS)], DASHES[place % len(DASHES)]
    shift = SHIFT * (place - (count - 1) / 2)  # bars of several series stand side by side
    for point in series.points:
        x = point.x + shift
        axes.plot([x, x], [100 * point.low, 100 * point.high], color=colour, linewidth=1.2,
                  alpha=0.7, zorder=2)  # fmt: skip
    axes.plot(
        [p.x + shift for p in series.points if p.n],
        [100 * p.yes / p.n for p in series.points if p.n],
        linestyle="none", marker=marker, markersize=6.5, color=colour,
        markeredgecolor=palette.surface, zorder=3, label=None if series.line else series.title,
    )  # fmt: skip
    if series.line:
        axes.plot([x for x, _ in series.line], [100 * y for _, y in series.line], color=colour,
                  linewidth=1.6, linestyle=dash, marker=marker, markevery=(len(series.line), 1),
                  zorder=2.5, label=literal(series.title))  # fmt: skip
    if series.threshold:
        value, low, high = series.threshold
        axes.plot([low, high], [50, 50], color=colour, linewidth=4, alpha=0.35,
                  solid_capstyle="butt", zorder=1.5)  # fmt: skip
        axes.plot([value, value], [-3, 50], color=colour, linewidth=1, linestyle=":", zorder=1.5)


def _counts(
    made: Sheet, axes: Axes, series: CurveSeries, place: int, y_in: float, colour: str, *,
    upright: bool,
) -> None:  # fmt: skip
    """yes/n under every point, `y_in` inches above the lower edge."""
    top = made.height_in - y_in
    name = shortened(series.title, 0.86, SMALL_PT, lines=1)
    made.write(MARGIN_IN + 0.14, top, name, size=SMALL_PT, colour=made.palette.quiet)
    mark = ((MARGIN_IN + 0.04) / made.width_in, 1 - (top + 0.065) / made.height_in)
    made.figure.add_artist(
        Line2D([mark[0]], [mark[1]], marker=MARKERS[place % len(MARKERS)], color=colour,
               markersize=4.5, linestyle="none")
    )  # fmt: skip
    low, high = axes.get_xlim()
    box = axes.get_position()
    for point in series.points:
        x = box.x0 + (point.x - low) / (high - low) * box.width
        made.figure.text(
            x, 1 - top / made.height_in, f"{point.yes}/{point.n}", ha="center", va="top",
            rotation=90 if upright else 0, color=made.palette.text,
            fontproperties=font(SMALL_PT - 1, mono=True),
        )  # fmt: skip
