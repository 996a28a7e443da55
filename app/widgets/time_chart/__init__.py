"""Values over time, drawn by hand: lines, rows of cores, and bands behind them."""

from app.widgets.time_chart.drawing_turns import DrawingTurns
from app.widgets.time_chart.series import Band, Rows, Series
from app.widgets.time_chart.time_chart import TimeChart
from app.widgets.time_chart.units import Unit

__all__ = ["Band", "DrawingTurns", "Rows", "Series", "TimeChart", "Unit"]
