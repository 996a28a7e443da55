"""The numbers of a comparison: how far each file is from the base, and what each takes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import inf

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.widgets.fitting_table import FittingTable
from app.widgets.parts import clear, words
from app.widgets.rows_model import Column, FilteredRows, RowsModel
from labs.quantization.comparison import Comparison, Costs, Row
from labs.quantization.figure import Figure
from labs.quantization.finding import by_kind
from labs.quantization.measures import BANDS, Measures
from labs.quantization.naming import short_labels
from labs.quantization.speed import Spread
from labs.quantization.table import (
    figure_text,
    interval_text,
    notes_of,
    spread_text,
)
from models.amounts import size_text
from models.library.type_mix import mix_text

DISTANCE, COSTS = "How far from the base", "What each takes on this machine"
GUIDANCE = "A rule of thumb for the mean divergence: " + ", ".join(
    f"below {limit:g} {word}" for limit, word in BANDS
) + ", above that severe."  # fmt: skip
EXPLAINED = (
    "Divergence (KL) is how far all probabilities lie from the base's, in nats: 0 is the same. "
    "Perplexity is how surprised a file is by the text; only its ratio to the base means much. "
    f"{GUIDANCE}"
)


@dataclass(frozen=True)
class ShownRow:
    """`perplexity` of the base is told by the others: it has no measures of its own."""

    label: str
    row: Row
    is_base: bool
    perplexity: Figure | None = None

    @property
    def costs(self) -> Costs:
        return self.row.costs


def _measure(
    title: str, show: Callable[[Measures], str], key: Callable[[Measures], float], tip: str = ""
) -> Column[ShownRow]:
    """Empty for the base; what gave no finite number has a dash and comes last."""

    def text(shown: ShownRow) -> str:
        found = shown.row.measures
        return show(found) if found else "" if shown.is_base else "–"

    def number(shown: ShownRow) -> float:
        found = shown.row.measures
        return key(found) if found else -inf if shown.is_base else inf

    return Column(title, text, number, is_number=True, tooltip=lambda _row: tip or text(_row))


def _figure(
    title: str, pick: Callable[[Measures], Figure], tip: str = "", *, percent: bool = False,
    interval: bool = False,
) -> Column[ShownRow]:  # fmt: skip
    show = interval_text if interval else figure_text
    return _measure(title, lambda m: show(pick(m), percent=percent), lambda m: pick(m).value, tip)


def _cost(
    title: str, text: Callable[[Costs], str], key: Callable[[Costs], float], tip: str = ""
) -> Column[ShownRow]:
    return Column(title, lambda shown: text(shown.costs), lambda shown: key(shown.costs),
                  is_number=True, tooltip=lambda _row: tip or text(_row.costs))  # fmt: skip


def _tail_tip(row: Row) -> str:
    """The interval would make the table too wide."""
    interval = f"{interval_text(row.measures.kld_99, 'nats')}. " if row.measures else ""
    return f"{interval}One token in a hundred diverges more than this."


def _speed(spread: Spread | None) -> float:
    return spread.mean if spread else 0.0


COLUMNS: tuple[Column[ShownRow], ...] = (
    Column("File", lambda s: f"{s.label} (base)" if s.is_base else s.label,
           tooltip=lambda s: s.costs.label),
    _figure("Mean divergence, nats", lambda m: m.kld, interval=True,
            tip="With its 95 % interval; windows are the independent units."),
    Column("Guidance", lambda s: s.row.measures.band if s.row.measures else "",
           lambda s: s.row.measures.kld.value if s.row.measures else -inf,
           tooltip=lambda _s: GUIDANCE),
    replace(_figure("99 % below, nats", lambda m: m.kld_99), tooltip=lambda s: _tail_tip(s.row)),
    _figure("Same likeliest", lambda m: m.same_top, percent=True,
            tip="How often both find the same token likeliest."),
    Column("Perplexity", lambda s: figure_text(s.perplexity) if s.perplexity else "–",
           lambda s: s.perplexity.value if s.perplexity else inf, is_number=True),
    _figure("Ratio to the base", lambda m: m.perplexity_ratio,
            tip="Of the perplexities, from the same tokens in pairs."),
    _figure("RMS Δp", lambda m: m.rms_delta_p, percent=True,
            tip="How much the probability of the token that follows changes, as a root of mean "
                "squares."),
    _cost("Size", lambda c: size_text(c.size_bytes), lambda c: c.size_bytes),
    _cost("Bits a weight", lambda c: f"{c.mix.bits_per_weight:.2f}",
          lambda c: c.mix.bits_per_weight),
    Column("Real mix", lambda s: mix_text(s.costs.mix),
           tooltip=lambda s: s.costs.name_remark or mix_text(s.costs.mix)),
    _cost("Memory", lambda c: size_text(c.memory_bytes), lambda c: c.memory_bytes,
          "The most that loading and the context took."),
    _cost("Load", lambda c: f"{c.load_s:.2f} s", lambda c: c.load_s),
    _cost("Reads, tokens/s", lambda c: spread_text(c.read_speed), lambda c: _speed(c.read_speed),
          "± is the standard deviation of single readings."),
    _cost("Writes, tokens/s", lambda c: spread_text(c.write_speed),
          lambda c: _speed(c.write_speed), "± is the standard deviation of single readings."),
    _cost("First token, s", lambda c: spread_text(c.first_token_s),
          lambda c: _speed(c.first_token_s), "After a prompt of 64 tokens."),
)  # fmt: skip
N_DISTANCE = 8
WIDTHS = (240, 244, 90, 116, 122, 100, 150, 124, 86, 96, 200, 90, 70, 126, 126, 126)


def shown_rows(comparison: Comparison) -> tuple[ShownRow, ...]:
    labels = short_labels([row.costs.label for row in comparison.rows])
    found = [row.measures for row in comparison.rows]
    base = next((each.perplexity_base for each in found if each), None)
    return tuple(
        ShownRow(label, row, row is comparison.rows[0],
                 row.measures.perplexity if row.measures else base if not at else None)
        for at, (label, row) in enumerate(zip(labels, comparison.rows, strict=True))
    )  # fmt: skip


class NumbersView(QWidget):
    """One row a file in each of two tables; copying and exporting either takes all columns."""

    failed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.rows = RowsModel[ShownRow](COLUMNS, self)
        self.distance = self._table(DISTANCE, range(N_DISTANCE, len(COLUMNS)), stretch=0)
        self.costs = self._table(COSTS, range(1, N_DISTANCE), stretch=10)
        self._notes = QVBoxLayout()
        self._notes.setSpacing(4)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(words(DISTANCE, "heading"))
        column.addWidget(self.distance)
        column.addWidget(words(EXPLAINED, "small"))
        column.addSpacing(8)
        column.addWidget(words(COSTS, "heading"))
        column.addWidget(self.costs)
        column.addSpacing(8)
        column.addLayout(self._notes)
        column.addStretch(1)

    def show_comparison(self, comparison: Comparison) -> None:
        self.rows.set_rows(shown_rows(comparison))
        for table in (self.distance, self.costs):
            table.fit()
        clear(self._notes)
        for note in (*by_kind(comparison), *notes_of(comparison)):
            self._notes.addWidget(words(note, "small"))

    def _table(self, name: str, hidden: range, *, stretch: int) -> FittingTable:
        table = FittingTable(name, FilteredRows(self.rows, self), WIDTHS, stretch=stretch)
        for column in hidden:
            table.setColumnHidden(column, True)
        table.failed.connect(self.failed)
        return table
