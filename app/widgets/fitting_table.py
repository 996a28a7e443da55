"""A table as high as its rows, for a page that scrolls as a whole."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QWidget

from app.widgets.data_table import DataTable
from app.widgets.rows_model import FilteredRows
from app.widgets.tokens import Tokens

LEAST = 0.6  # of its width, which the column that stretches keeps


class FittingTable(DataTable):
    """Shows at most `most` rows at once. `widths` are pixels at 100 %; column `stretch` takes what
    is left and gives way down to `LEAST` of its own, and then the table scrolls to the side."""

    def __init__(
        self, name: str, rows: FilteredRows, widths: Sequence[int], *, stretch: int = 0,
        most: int = 12, parent: QWidget | None = None,
    ) -> None:  # fmt: skip
        self._widths, self._stretch, self._most = tuple(widths), stretch, most
        self._tokens = Tokens()
        super().__init__(name, rows, parent)

    def setTokens(self, tokens: Tokens) -> None:
        super().setTokens(tokens)
        self._tokens = tokens
        self._share_out()
        self.fit()

    def set_width(self, column: int, width: int) -> None:
        """Pixels at 100 %, from the next time that it shares out its room."""
        self._widths = (*self._widths[:column], width, *self._widths[column + 1 :])

    def stretch_by(self, column: int) -> None:
        """Let another column take what is left."""
        self._stretch = column
        self._share_out()

    def fit(self) -> None:
        """The height of the rows that are there now."""
        n_rows = min(self._most, self.model().rowCount()) if self.model() else 0
        head = self.horizontalHeader().sizeHint().height()
        bar = self.horizontalScrollBar().sizeHint().height() if self._is_too_wide() else 0
        rows = n_rows * self.verticalHeader().defaultSectionSize()
        self.setFixedHeight(head + rows + bar + 2 * self.frameWidth())

    def resizeEvent(self, event: object) -> None:
        super().resizeEvent(event)  # type: ignore[arg-type]
        self._share_out()
        self.fit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Where all rows are seen, the page scrolls and not the table."""
        is_sideways = abs(event.angleDelta().x()) > abs(event.angleDelta().y())
        if self.model().rowCount() <= self._most and not is_sideways:
            event.ignore()
            return
        super().wheelEvent(event)

    def _columns_shown(self) -> list[int]:
        return [at for at in range(len(self._widths)) if not self.isColumnHidden(at)]

    @property
    def _spare_px(self) -> int:
        """Below 0 where there is less room than the columns want."""
        wanted = sum(self._tokens.px(self._widths[at]) for at in self._columns_shown())
        return self.viewport().width() - wanted

    def _is_too_wide(self) -> bool:
        stretch = self._tokens.px(self._widths[self._stretch])
        return self._spare_px < -round((1 - LEAST) * stretch)

    def _share_out(self) -> None:
        for at in self._columns_shown():
            width = self._tokens.px(self._widths[at])
            if at == self._stretch:
                width = max(width + self._spare_px, round(LEAST * width))
            self.horizontalHeader().resizeSection(at, width)
        policy = Qt.ScrollBarPolicy
        self.setVerticalScrollBarPolicy(
            policy.ScrollBarAlwaysOff if self.model() and self.model().rowCount() <= self._most
            else policy.ScrollBarAsNeeded
        )  # fmt: skip
