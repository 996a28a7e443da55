"""A dot with its interval for each series, row by row."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedLocator, MaxNLocator, NullLocator

from labs.experiments.charts import Dot, DotChart
from labs.experiments.figures.canvas import (
    LINE_IN,
    MARGIN_IN,
    Sheet,
    literal,
    sheet,
    shortened,
    wrapped,
)
from labs.experiments.figures.palette import CATEGORIES, MARKERS, SMALL_PT, TEXT_PT, Palette, font

ROW_IN, LABEL_IN = 0.24, 1.5
SHIFT = 0.2  # of a row, between neighbouring series
STEPS = (1, 1.5, 2, 3, 5, 7, 10, 15, 20, 30, 50, 70, 100)


def dots_figure(chart: DotChart, palette: Palette, width_in: float, *, simulated: bool) -> Sheet:
    """Rows from above as they stand in the chart."""
    note = wrapped(chart.note, width_in - 2 * MARGIN_IN, SMALL_PT) if chart.note else []
    above, below = 0.26 + (0.26 if len(chart.series) > 1 else 0), 0.62 + LINE_IN * len(note)
    body = above + ROW_IN * max(1, len(chart.rows)) + below
    made, heading = sheet(chart.title, palette, width_in, body, simulated=simulated)
    top, label_in = heading + above, min(0.32 * width_in, LABEL_IN)
    axes = made.axes(label_in + MARGIN_IN, top, 0.3, below)
    axes.set_ylim(max(1, len(chart.rows)) - 0.5, -0.5)
    _scale(axes, chart)
    axes.grid(axis="both", color=palette.grid, linewidth=0.8)
    axes.set_axisbelow(True)
    if chart.reference is not None:
        axes.axvline(chart.reference, color=palette.quiet, linewidth=1, zorder=1)
    for place, row in enumerate(chart.rows):
        label = shortened(row.title, label_in - 0.05, TEXT_PT, lines=1)
        made.write(MARGIN_IN, top + ROW_IN * (place + 0.5) - 0.085, label)
        _row(axes, row.dots, place, palette)
    axes.set_yticks(range(len(chart.rows)), labels=[""] * len(chart.rows))
    axes.tick_params(axis="y", length=0)
    axes.tick_params(axis="x", top=True, labeltop=True)  # rows may reach below what is seen
    axes.set_xlabel(literal(chart.axis))
    made.style_ticks(axes)
    if len(chart.series) > 1:
        _legend(made, chart.series, heading, label_in + MARGIN_IN)
    if note:
        made.write(MARGIN_IN, made.height_in - LINE_IN * len(note) - 0.1, "\n".join(note),
                   size=SMALL_PT, colour=palette.quiet)  # fmt: skip
    return made


def _scale(axes: Axes, chart: DotChart) -> None:
    ends = [end for row in chart.rows for dot in row.dots if dot for end in (dot.low, dot.high)]
    known = [end for end in ends if end is not None] + [chart.reference or 1.0]
    low, high = min(known), max(known)
    if not chart.is_ratio:
        axes.set_xlim(low - 0.05 * (high - low), high + 0.05 * (high - low))
        axes.xaxis.set_major_locator(MaxNLocator(6))
        return
    axes.set_xscale("log")
    axes.set_xlim(low / 1.08, high * 1.12)
    both = [*STEPS, *(1 / step for step in STEPS[1:])]
    axes.xaxis.set_major_locator(FixedLocator([each for each in both if low <= each <= high * 1.1]))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:.2g}×")


def _row(axes: Axes, dots: Sequence[Dot | None], place: int, palette: Palette) -> None:
    for series, dot in enumerate(dots):
        if dot is None:
            continue
        y = place + SHIFT * (series - (len(dots) - 1) / 2)
        colour = CATEGORIES[series % len(CATEGORIES)]
        axes.plot([dot.low, dot.high], [y, y], color=colour, linewidth=1.8,
                  solid_capstyle="butt", zorder=2)  # fmt: skip
        marker = MARKERS[series % len(MARKERS)]
        axes.plot([dot.value], [y], marker=marker, markersize=5, color=colour,
                  markeredgecolor=palette.surface, markeredgewidth=0.6, zorder=3)  # fmt: skip


def _legend(made: Sheet, series: Sequence[str], top: float, left: float) -> None:
    marks = [
        Line2D([], [], marker=MARKERS[at % len(MARKERS)], color=CATEGORIES[at % len(CATEGORIES)],
               linewidth=1.8, markersize=5, label=literal(name))
        for at, name in enumerate(series)
    ]  # fmt: skip
    made.figure.legend(
        handles=marks, loc="upper left", ncols=len(marks), frameon=False, borderaxespad=0,
        bbox_to_anchor=(left / made.width_in, 1 - top / made.height_in), prop=font(SMALL_PT),
        labelcolor=made.palette.text, handlelength=1.4, columnspacing=1.4,
    )  # fmt: skip
