"""The numbers behind a chart, as rows and as CSV for a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from labs.experiments.charts import (
    Chart,
    CurveChart,
    DifferenceChart,
    DotChart,
    FrontierChart,
    LimitChart,
    MixChart,
    ReadingsChart,
)
from labs.experiments.record.spreadsheet import Cell, csv_text


def chart_csv(chart: Chart) -> str:
    """A header and one line a row of the chart. Shares and differences run from 0 to 1; what is
    not known is empty."""
    return csv_text(chart_rows(chart))


def chart_rows(chart: Chart) -> Iterator[Sequence[Cell]]:
    """The names of the columns first."""
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
    elif isinstance(chart, DotChart):
        yield from _dot_rows(chart)
    elif isinstance(chart, FrontierChart):
        yield ("model", "kld_nats", "low", "high", "tokens_per_s", "sd", "memory_bytes", "base",
               "beaten_by")  # fmt: skip
        for point in chart.points:
            yield (
                point.title,
                point.kld,
                point.kld_low,
                point.kld_high,
                point.speed,
                point.speed_sd,
                point.memory_bytes,
                int(point.is_base),
                point.beaten_by,
            )
    elif isinstance(chart, ReadingsChart):
        yield ("row", "reading", "marked")
        for each in chart.rows:
            for value, marked in zip(each.values, each.marked, strict=True):
                yield (each.title, value, int(marked))
    elif isinstance(chart, LimitChart):
        yield from _limit_rows(chart)
    else:
        yield from _curve_rows(chart)


def _dot_rows(chart: DotChart) -> Iterator[Sequence[Cell]]:
    yield ("row", "series", "value", "low", "high")
    for row in chart.rows:
        for series, dot in zip(chart.series, row.dots, strict=True):
            if dot is not None:
                yield (row.title, series, dot.value, dot.low, dot.high)


def _limit_rows(chart: LimitChart) -> Iterator[Sequence[Cell]]:
    yield ("series", "what", "tokens_before", "tokens_per_s", "low", "high", "n")
    for series in chart.series:
        for x, y in series.line:
            yield (series.title, "limit", x, y, None, None, None)
        for point in series.points:
            yield (series.title, point.source, point.x, point.value, point.low, point.high, point.n)


def _curve_rows(chart: CurveChart) -> Iterator[Sequence[Cell]]:
    yield ("series", "x", "yes", "n", "low", "high")
    for series in chart.series:
        for point in series.points:
            yield (series.title, point.x, point.yes, point.n, point.low, point.high)
