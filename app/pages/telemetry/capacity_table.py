"""Will it fit: a row a file and context length, the rule of thumb beside the exact sum."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from app.widgets.fitting_table import FittingTable
from app.widgets.rows_model import Column, FilteredRows, RowsModel
from labs.benchmark.capacity import Estimate
from labs.benchmark.words import number_text
from models.amounts import size_text

WIDTHS = (140, 72, 96, 78, 78, 92, 80, 124, 94, 100)
FILE, FITS = 0, 8


def _part(*names: str) -> Callable[[Estimate], int]:
    def size(estimate: Estimate) -> int:
        return sum(s.size_bytes for s in estimate.forecast.summands if s.name in names)

    return size


def _sized(title: str, size: Callable[[Estimate], int | None], tooltip: str) -> Column[Estimate]:
    def text(estimate: Estimate) -> str:
        found = size(estimate)
        return "–" if found is None else size_text(found)

    return Column(title, text, lambda each: size(each) or 0, is_number=True,
                  tooltip=lambda _each: tooltip)  # fmt: skip


def _measured(estimate: Estimate) -> str:
    if estimate.measured_bytes is None or estimate.difference is None:
        return "–"
    off = f"{100 * estimate.difference:+.0f} %".replace("-", "−")
    return f"{size_text(estimate.measured_bytes)} ({off})"


def _context(estimate: Estimate) -> str:
    return f"{estimate.n_ctx:,}{' *' if estimate.beyond_trained else ''}"


def _limit(estimate: Estimate) -> str:
    if estimate.limit_empty is None or estimate.limit_full is None:
        return "–"
    return f"{number_text(estimate.limit_empty)} to {number_text(estimate.limit_full)}"


COLUMNS: tuple[Column[Estimate], ...] = (
    Column("File", lambda each: each.name, tooltip=lambda each: each.name),
    Column("Context", _context, lambda each: each.n_ctx, is_number=True,
           tooltip=lambda each: "Longer than it was trained on" if each.beyond_trained else ""),
    _sized("Rule of thumb", lambda each: each.rule_bytes, "Weights × bytes of each × 1.2"),
    _sized("Weights", _part("Weights"), "The file itself"),
    _sized("Cache", _part("Attention cache", "State"), "Grows with the context"),
    _sized("Work, engine", _part("Working memory", "Engine", "Device"),
           "What a batch of tokens needs, the process, and what a graphics driver keeps"),
    _sized("Together", lambda each: each.forecast.total_bytes, "The exact sum"),
    Column("Measured", _measured, lambda each: each.measured_bytes or 0, is_number=True,
           tooltip=lambda _each: "A load with these settings, and how far it is from the sum"),
    Column("Fits", lambda each: each.verdict, tooltip=lambda each: each.forecast.reason),
    Column("Limit, tokens/s", _limit, lambda each: each.limit_empty or 0, is_number=True,
           tooltip=lambda _each: "With an empty context, to a full one"),
)  # fmt: skip


class CapacityTable(FittingTable):
    def __init__(self, parent: QWidget | None = None) -> None:
        self.rows = RowsModel[Estimate](COLUMNS)
        super().__init__("Will it fit", FilteredRows(self.rows), WIDTHS, parent=parent)
        self.rows.setParent(self)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)  # names differ at their ends

    def show_estimates(self, estimates: Sequence[Estimate]) -> None:
        self.rows.set_rows(tuple(estimates))
        several = len({each.name for each in estimates}) > 1
        self.setColumnHidden(FILE, not several)  # its name stands above
        self.stretch_by(FILE if several else FITS)
        self.fit()
