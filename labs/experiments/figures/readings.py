"""Every single reading as a point, row by row, with the median and the middle half."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from labs.experiments.charts import ReadingsChart, ReadingsRow
from labs.experiments.figures.canvas import (
    LINE_IN,
    MARGIN_IN,
    Sheet,
    literal,
    sheet,
    shortened,
    wrapped,
)
from labs.experiments.figures.palette import SMALL_PT, TEXT_PT, Palette

ROW_IN, LABEL_IN = 0.44, 2.1
POINTS, BOX = 0.0, 0.16  # of a row, below its middle
SPREAD = 0.09  # of a row: points lie above and below each other in turns


def readings_figure(
    chart: ReadingsChart, palette: Palette, width_in: float, *, simulated: bool
) -> Sheet:
    """The axis begins at 0, so that lengths compare."""
    note = wrapped(_note(chart), width_in - 2 * MARGIN_IN, SMALL_PT)
    below = 0.56 + LINE_IN * len(note)
    body = 0.1 + ROW_IN * max(1, len(chart.rows)) + below
    made, heading = sheet(chart.title, palette, width_in, body, simulated=simulated)
    label_in = min(0.36 * width_in, LABEL_IN)
    axes = made.axes(label_in + MARGIN_IN, heading + 0.1, 0.3, below)
    axes.set_ylim(max(1, len(chart.rows)) - 0.5, -0.5)
    values = [value for row in chart.rows for value in row.values]
    axes.set_xlim(0, 1.06 * max(values, default=1.0))
    axes.xaxis.set_major_locator(MaxNLocator(6))
    axes.grid(axis="x", color=palette.grid, linewidth=0.8)
    axes.set_axisbelow(True)
    for place, row in enumerate(chart.rows):
        label = shortened(row.title, label_in - 0.05, TEXT_PT, lines=2)
        lines = label.count("\n") + 1
        top = heading + 0.1 + ROW_IN * (place + 0.5) - 0.085 * lines
        made.write(MARGIN_IN, top, label)
        _row(axes, row, place, palette)
    axes.set_yticks([])
    axes.set_xlabel(literal(chart.axis))
    made.style_ticks(axes)
    made.write(MARGIN_IN, made.height_in - LINE_IN * len(note) - 0.1, "\n".join(note),
               size=SMALL_PT, colour=palette.quiet)  # fmt: skip
    return made


def _note(chart: ReadingsChart) -> str:
    told = "Points: single readings. Bar: the middle half of them, with the median."
    if any(any(row.marked) for row in chart.rows):
        told += f" Hollow: {chart.mark}."
    return told


def _row(axes: Axes, row: ReadingsRow, place: int, palette: Palette) -> None:
    y = place + BOX
    axes.plot([row.low, row.high], [y, y], color=palette.accent, linewidth=5, alpha=0.35,
              solid_capstyle="butt", zorder=2)  # fmt: skip
    axes.plot([row.median, row.median], [y - 0.1, y + 0.1], color=palette.accent, linewidth=2.2,
              solid_capstyle="butt", zorder=3)  # fmt: skip
    for number, (value, marked) in enumerate(zip(row.values, row.marked, strict=True)):
        up = place - 0.12 + SPREAD * (-1 if number % 2 else 1) / 2
        axes.plot([value], [up], marker="o", markersize=4.6, linestyle="none", zorder=4,
                  color=palette.surface if marked else palette.accent,
                  markeredgecolor=palette.accent, markeredgewidth=1.1)  # fmt: skip
