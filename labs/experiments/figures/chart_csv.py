"""The numbers behind a chart as CSV, for a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence

from labs.experiments.results import Chart, CurveChart, DifferenceChart, MixChart

Cell = str | int | float | None


def chart_csv(chart: Chart) -> str:
    """A header and one line a row of the chart. Shares and differences run from 0 to 1; what is
    not known is empty."""
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\n")
    for row in _rows(chart):
        writer.writerow([_safe(cell) for cell in row])
    return target.getvalue()


def _rows(chart: Chart) -> Iterator[Sequence[Cell]]:
    if isinstance(chart, DifferenceChart):
        yield ("condition", "difference", "low", "high", "gained", "lost")
        for row in chart.rows:
            yield (row.title, row.value, row.low, row.high, row.gained, row.lost)
        if chart.band:
            yield ("placebo band", None, *chart.band, None, None)
    elif isinstance(chart, MixChart):
        yield ("condition", *chart.outcomes)
        for mix in chart.rows:
            yield (mix.title, *(mix.counts.get(outcome, 0) for outcome in chart.outcomes))
    else:
        yield from _curve_rows(chart)


def _curve_rows(chart: CurveChart) -> Iterator[Sequence[Cell]]:
    yield ("series", "x", "yes", "n", "low", "high")
    for series in chart.series:
        for point in series.points:
            yield (series.title, point.x, point.yes, point.n, point.low, point.high)


def _safe(cell: Cell) -> Cell:
    """A spreadsheet runs what begins like a formula; a mark before it keeps it text."""
    if isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@", "\t", "\r"):
        return "'" + cell
    return cell
