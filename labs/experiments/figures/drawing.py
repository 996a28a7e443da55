"""A chart of the results as a picture: the same drawing for page, report and export."""

from __future__ import annotations

from labs.experiments.charts import (
    Chart,
    CurveChart,
    DifferenceChart,
    DotChart,
    FrontierChart,
    LimitChart,
    ReadingsChart,
)
from labs.experiments.figures.canvas import Kind, Sheet, save
from labs.experiments.figures.curve import curve_figure
from labs.experiments.figures.difference import difference_figure
from labs.experiments.figures.dots import dots_figure
from labs.experiments.figures.frontier import frontier_figure
from labs.experiments.figures.limit import limit_figure
from labs.experiments.figures.mix import mix_figure
from labs.experiments.figures.palette import DARK, LIGHT
from labs.experiments.figures.readings import readings_figure


def draw(
    chart: Chart, *, width_in: float, dark: bool = False, kind: Kind = "svg", dpi: float = 96.0,
    simulated: bool = False,
) -> bytes:  # fmt: skip
    """The bytes of an SVG or PNG. Its height follows from what is in it; `simulated` writes so
    into the picture. Safe on any thread; `chart.finding` says in words what it shows."""
    made = _sheet(chart, width_in, dark=dark, simulated=simulated)
    return save(made.figure, kind, dpi, chart.finding)


def _sheet(chart: Chart, width_in: float, *, dark: bool, simulated: bool) -> Sheet:
    palette = DARK if dark else LIGHT
    if isinstance(chart, DifferenceChart):
        return difference_figure(chart, palette, width_in, simulated=simulated)
    if isinstance(chart, CurveChart):
        return curve_figure(chart, palette, width_in, simulated=simulated)
    if isinstance(chart, DotChart):
        return dots_figure(chart, palette, width_in, simulated=simulated)
    if isinstance(chart, FrontierChart):
        return frontier_figure(chart, palette, width_in, simulated=simulated)
    if isinstance(chart, ReadingsChart):
        return readings_figure(chart, palette, width_in, simulated=simulated)
    if isinstance(chart, LimitChart):
        return limit_figure(chart, palette, width_in, simulated=simulated)
    return mix_figure(chart, palette, width_in, simulated=simulated)
