"""Where two models differ most on a text, with what stands around it."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, Signal

from app.widgets.data_table import DataTable
from app.widgets.rows_model import Column, FilteredRows, RowRole, RowsModel
from app.widgets.tokens import Tokens
from labs.tokens.surprise_difference import Difference, Span, context
from labs.tokens.visible import visible

_BITS_PX, _LEAST_PX = 72, 84


@dataclass(frozen=True)
class DifferenceRow:
    span: Span
    before: str
    text: str
    after: str

    @property
    def bits(self) -> float:
        return self.span.difference or 0.0

    @property
    def words(self) -> str:
        return f"…{visible(self.before[-14:])}[{visible(self.text)}]{visible(self.after[:14])}…"


COLUMNS = (
    Column[DifferenceRow]("Bits", lambda row: f"{row.bits:+.2f}".replace("-", "−"),
                          lambda row: row.bits, is_number=True,
                          tooltip=lambda row: f"First {row.span.first_bits:.2f}, second "
                          f"{row.span.second_bits:.2f} bits"),
    Column[DifferenceRow]("Where", lambda row: row.words,
                          tooltip=lambda row: f"…{row.before}[{row.text}]{row.after}…"),
)  # fmt: skip


class DifferencesList(DataTable):
    """`asked` tells the bytes of the row that was chosen."""

    asked = Signal(int, int)

    def __init__(self) -> None:
        self._rows = RowsModel[DifferenceRow](COLUMNS)
        super().__init__("Largest differences", FilteredRows(self._rows))
        self._rows.setParent(self)
        self.model().setParent(self)
        self.set_widths(_BITS_PX, 200, stretch=1)
        self.clicked.connect(self._on_chosen)
        self.activated.connect(self._on_chosen)

    def setTokens(self, tokens: Tokens) -> None:
        super().setTokens(tokens)
        self.horizontalHeader().resizeSection(0, tokens.px(_BITS_PX))
        self.setMinimumHeight(tokens.px(_LEAST_PX))

    def show_difference(self, difference: Difference, text: bytes) -> None:
        self._rows.set_rows(
            [DifferenceRow(span, *context(text, span)) for span in difference.largest()]
        )

    def _on_chosen(self, index: QModelIndex) -> None:
        row = index.data(RowRole)
        if isinstance(row, DifferenceRow):
            self.asked.emit(row.span.start, row.span.end)
