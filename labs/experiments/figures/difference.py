"""Each level against the baseline: point, paired interval, placebo band, raw flips."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from labs.experiments.charts import DifferenceChart, DifferenceRow
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

ROW_IN, COLUMN_IN, LEAST_REACH = 0.36, 0.52, 10.0


def difference_figure(
    chart: DifferenceChart, palette: Palette, width_in: float, *, simulated: bool
) -> Sheet:
    """Rows from above as they stand in the chart; x in percentage points."""
    note = wrapped(_note(chart), width_in - 2 * MARGIN_IN, SMALL_PT)
    below = 0.68 + LINE_IN * len(note)
    made, heading = sheet(
        chart.title, palette, width_in, 0.3 + ROW_IN * max(1, len(chart.rows)) + below,
        simulated=simulated,
    )  # fmt: skip
    label_in = min(0.3 * width_in, 1.9)
    top = heading + 0.3
    axes = made.axes(label_in + MARGIN_IN, top, 3 * COLUMN_IN + MARGIN_IN, below)
    reach = _reach(chart)
    axes.set_xlim(-reach, reach)
    axes.set_ylim(max(1, len(chart.rows)) - 0.5, -0.5)
    _ground(axes, chart, palette)
    for place, row in enumerate(chart.rows):
        _row(made, axes, row, place, label_in, top + ROW_IN * (place + 0.5))
    _columns(made, top)
    axes.set_xlabel(literal(f"{chart.axis} against “{chart.baseline}”, percentage points"))
    axes.set_yticks([])
    axes.xaxis.set_major_locator(MaxNLocator(6, integer=True, steps=[1, 2, 5, 10]))
    axes.xaxis.set_major_formatter(lambda value, _: signed(value))
    made.style_ticks(axes)
    made.write(MARGIN_IN, made.height_in - LINE_IN * len(note) - 0.12, "\n".join(note),
               size=SMALL_PT, colour=palette.quiet)  # fmt: skip
    return made


def _reach(chart: DifferenceChart) -> float:
    """Half of the axis in percentage points: 0 in the middle, everything inside."""
    ends = [value for row in chart.rows for value in (row.value, row.low, row.high)]
    known = [abs(value) for value in (*ends, *(chart.band or ())) if value is not None]
    return max(LEAST_REACH, 106 * max(known, default=0.0))


def _ground(axes: Axes, chart: DifferenceChart, palette: Palette) -> None:
    axes.grid(axis="x", color=palette.grid, linewidth=0.8)
    axes.set_axisbelow(True)
    if chart.band:
        low, high = (100 * edge for edge in chart.band)
        axes.axvspan(low, high, color=palette.band, linewidth=0, zorder=0.6)
    axes.axvline(0, color=palette.quiet, linewidth=1, zorder=1)


def _row(
    made: Sheet, axes: Axes, row: DifferenceRow, place: int, label_in: float, y_in: float
) -> None:
    palette, width = made.palette, made.width_in
    label = shortened(row.title, label_in - 0.05, TEXT_PT)
    half = 0.085 * (label.count("\n") + 1)
    made.write(MARGIN_IN, y_in - half, label, colour=palette.text)
    cells = ("–", "–", "–")
    if row.value is not None:
        colour = palette.quiet if row.is_control else palette.accent
        if row.low is not None and row.high is not None:
            axes.plot([100 * row.low, 100 * row.high], [place, place], color=colour,
                      linewidth=2, solid_capstyle="butt", zorder=2)  # fmt: skip
        marker = "s" if row.is_control else "o"
        axes.plot([100 * row.value], [place], marker=marker, markersize=7,
                  color=colour, markeredgecolor=palette.surface, zorder=3)  # fmt: skip
        cells = (signed(100 * row.value), signed(row.gained), signed(-row.lost))
    for column, cell in enumerate(cells):
        x = width - MARGIN_IN - COLUMN_IN * (2 - column)
        made.write(x, y_in - 0.08, cell, mono=True, size=SMALL_PT, side="right")


def _columns(made: Sheet, top: float) -> None:
    for column, title in enumerate(("points", "gained", "lost")):
        x = made.width_in - MARGIN_IN - COLUMN_IN * (2 - column)
        made.write(x, top - 0.2, title, size=SMALL_PT, colour=made.palette.quiet, side="right")


def signed(value: float) -> str:
    """A whole number with its sign: +3, 0, −12."""
    rounded = round(value)
    return "0" if rounded == 0 else f"{rounded:+d}".replace("-", "−")


def _note(chart: DifferenceChart) -> str:
    return (
        f"Dot: difference of the same items; bar: its 95 % interval. {_band_words(chart.band)}"
        "Gained and lost count the items that changed."
    )


def _band_words(band: tuple[float, float] | None) -> str:
    if band is None:
        return ""
    if band[0] == band[1]:
        return "Edits that cannot matter moved nothing. "
    return "Grey band: the range of edits that cannot matter. "
