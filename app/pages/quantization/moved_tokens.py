"""Which tokens moved: the farthest first, in their text, with what both models expected."""

from __future__ import annotations

from math import floor, log10

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.pages.quantization.token_detail import shown
from app.pages.quantization.token_halves import TokenHalves
from app.widgets.data_table import DataTable
from app.widgets.parts import words
from app.widgets.rows_model import Column, FilteredRows, RowRole, RowsModel
from app.widgets.token_field import UsefulScrollBar
from app.widgets.token_popup import percent, repr_token
from app.widgets.tokens import Tokens
from app.widgets.turns import in_turns
from labs.quantization.moved import TokenChange, Told, most_moved, with_likeliest

ABOUT = (
    "The tokens whose probabilities moved most, out of {n:,} that were scored. Before and after is "
    "the probability of the token that really follows."
)
NONE = "No token moved by more than the rounding of 32-bit numbers."
NOT_KEPT = "What was said of each token was not kept with this comparison."
WIDTHS = (250, 104, 74, 74, 80, 84)
CHANGE, WIDE_PX = 4, 960


def _signed(change: TokenChange) -> str:
    points = 100 * change.delta_p
    digits = 1 if abs(points) >= 1 else 2
    if 0 < abs(points) < 0.01:  # −0.00 would say nothing
        digits = -floor(log10(abs(points)))
    return f"{points:+.{digits}f} %".replace("-", "−")


COLUMNS: tuple[Column[TokenChange], ...] = (
    Column("In the text", lambda c: shown(c.before), is_number=True,  # its end is beside the token
           tooltip=lambda c: shown(f"{c.before}{c.text}{c.after}")),
    Column("Token", lambda c: repr_token(c.text)),
    Column("Before", lambda c: percent(c.p_base), lambda c: c.p_base, is_number=True),
    Column("After", lambda c: percent(c.p), lambda c: c.p, is_number=True),
    Column("Change", _signed, lambda c: c.delta_p, is_number=True,
           tooltip=lambda _c: "In percentage points."),
    Column("Nats", lambda c: f"{c.kld:.3g}", lambda c: c.kld, is_number=True,
           tooltip=lambda _c: "Divergence of all probabilities at this place."),
    Column("Text", lambda c: c.kind),
    Column("Window", lambda c: str(c.window + 1), lambda c: c.window, is_number=True),
)  # fmt: skip


class MovedTokens(QWidget):
    """`failed` carries a UserError of an export."""

    failed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._names = ("", "")
        self._told, self._other = Told(), 0
        self._tokens = Tokens()
        self.about = words("", "secondary")
        self.rows = RowsModel[TokenChange](COLUMNS, self)
        self.table = DataTable("Tokens that moved most", FilteredRows(self.rows, self))
        self.table.set_widths(*WIDTHS, stretch=0)
        self.table.setTextElideMode(Qt.TextElideMode.ElideLeft)
        # Rows that come with a scroll bar would be drawn twice: its room is taken from the first.
        self.table.setVerticalScrollBar(UsefulScrollBar())
        self.table.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        for hidden in range(len(WIDTHS), len(COLUMNS)):  # copied and exported all the same
            self.table.setColumnHidden(hidden, True)
        self.halves = TokenHalves("moved-splitter", self.table)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.about)
        column.addWidget(self.halves, 1)
        self.table.failed.connect(self.failed)

    def complete(self) -> None:
        """The other half, in a turn of its own."""
        self.detail = self.halves.complete()
        self.table.selectionModel().selectionChanged.connect(self._on_selection)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._make_room()

    def _make_room(self) -> None:
        """The change can be worked out from before and after."""
        self.table.setColumnHidden(CHANGE, self.width() < self._tokens.px(WIDE_PX))

    def setTokens(self, tokens: Tokens) -> None:
        self._tokens = tokens
        self._make_room()
        for column, width in enumerate(WIDTHS):
            if column:
                self.table.horizontalHeader().resizeSection(column, tokens.px(width))

    def show_told(self, told: Told, other: int, base_name: str, other_name: str) -> None:
        """The changes of model `other`, 0 the first beside the base."""
        self._told, self._other = told, other
        self._names = (base_name, other_name)
        found = most_moved(told, other) if told.windows else ()
        self.halves.setUpdatesEnabled(False)  # drawn in a turn of its own
        self.rows.set_rows(found)
        n_scored = sum(len(window.nll) for window in told.windows)
        text = ABOUT.format(n=n_scored) if found else NONE if told.windows else NOT_KEPT
        self.about.setText(text)
        self.halves.setVisible(bool(found))
        self.detail.show_nothing()
        in_turns(self, lambda: self.halves.setUpdatesEnabled(True), self._select_first)

    def _select_first(self) -> None:
        if self.rows.rows:
            self.table.selectRow(0)

    def _on_selection(self) -> None:
        rows = [index.data(RowRole) for index in self.table.selectionModel().selectedRows()]
        if len(rows) == 1:
            change = with_likeliest(self._told, self._other, rows[0])
            self.detail.show_change(change, *self._names)
