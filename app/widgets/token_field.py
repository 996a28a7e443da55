"""Tokens of a long text that scroll: only what is seen is made and painted."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from PySide6.QtCore import QPoint, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QScrollBar, QWidget

from app.widgets.cut_cells import CutCells, Shown
from app.widgets.token_canvas import MANY_CELLS, TokenCanvas
from app.widgets.token_cells import Cell
from app.widgets.token_popup import TokenPopup
from app.widgets.tokens import Tokens
from models.tokenizers.cut import Cut

SETTLE_MS = 80


class UsefulScrollBar(QScrollBar):
    """Keeps its room where nothing scrolls, so that no line is broken anew, but is not seen."""

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.maximum() > self.minimum():
            super().paintEvent(event)


class TokenField(QScrollArea):
    """`pointed` tells the bytes of the token below the pointer, (−1, −1) for none; `opened` those
    of one that was clicked, about which a popup tells unless `with_popup` is off."""

    pointed = Signal(int, int)
    opened = Signal(int, int)

    def __init__(
        self, name: str, parent: QWidget | None = None, *, with_popup: bool = True
    ) -> None:
        super().__init__(parent)
        self._tokens = Tokens()
        self._with_popup = with_popup
        self._starts: Sequence[int] = ()
        self._ends: Sequence[int] = ()
        self.canvas = TokenCanvas()
        self.canvas.setAccessibleName(name)
        self.canvas.follow_pointer()
        self.canvas.pointed.connect(self._on_pointed)
        self.canvas.opened.connect(self._on_opened)
        self.canvas.placed.connect(self._fit)
        self.setAccessibleName(name)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the tokens have it
        self.setVerticalScrollBar(UsefulScrollBar())
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidget(self.canvas)
        self.canvas.setAutoFillBackground(False)  # which the line before turned on
        self._settle = QTimer(self, singleShot=True, interval=SETTLE_MS)
        self._settle.timeout.connect(self._fit)

    def setTokens(self, tokens: Tokens) -> None:
        self._tokens = tokens
        self.verticalScrollBar().setSingleStep(self.canvas.line_px)
        QTimer.singleShot(0, self, self._fit)  # the canvas takes them after this

    def show_cut(self, cut: Cut, shown: Shown = "text", glyphs: bool = True) -> None:
        self.show_cells(CutCells(cut, shown, glyphs), cut.starts, cut.ends)

    def show_cells(self, cells: Sequence[Cell], starts: Sequence[int], ends: Sequence[int]) -> None:
        """Cells with the bytes of the text that each stands for."""
        self._starts, self._ends = starts, ends
        self.canvas.show_cells(cells)
        if len(cells) > MANY_CELLS:
            QTimer.singleShot(0, self, self._fit)  # its lines are the work of another turn
        else:
            self._fit()

    def clear(self) -> None:
        self.show_cells((), (), ())

    def mark_bytes(self, start: int, end: int, *, bring: bool = False) -> None:
        """Frame the tokens of a stretch of the text, and with `bring` scroll to them."""
        tokens = self._tokens_of(start, end)
        self.canvas.mark(tokens)
        if bring and tokens:
            box = self.canvas.cell_rect(tokens[0])
            self.ensureVisible(box.center().x(), box.center().y(), 0, 2 * box.height())

    def mark_token(self, index: int) -> None:
        """Frame one token, also one that stands for nothing of the text, and scroll to it."""
        self.canvas.mark(range(index, index + 1) if index < len(self.canvas.cells) else range(0))
        if self.canvas.cells:
            box = self.canvas.cell_rect(min(index, len(self.canvas.cells) - 1))
            self.ensureVisible(box.center().x(), box.center().y(), 0, 2 * box.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if len(self.canvas.cells) > MANY_CELLS:
            self._settle.start()  # new lines cost more than a frame of a moving edge
        else:
            self._fit()

    def _fit(self) -> None:
        width = self.viewport().width()
        self.canvas.resize(width, self.canvas.heightForWidth(width))

    def _tokens_of(self, start: int, end: int) -> range:
        if start < 0:
            return range(0)
        first = bisect_right(self._ends, start)
        return range(first, max(first, bisect_left(self._starts, max(end, start + 1))))

    def _on_pointed(self, index: int) -> None:
        self.pointed.emit(*self._bytes(index))

    def _bytes(self, index: int) -> tuple[int, int]:
        if index < 0:
            return -1, -1
        return self._starts[index], self._ends[index]

    def _on_opened(self, index: int, place: QPoint) -> None:
        self.opened.emit(*self._bytes(index))
        if self._with_popup:
            TokenPopup(self.canvas.cells[index], self._tokens, self).show_at(place)


class LowField(TokenField):
    """Takes the height that there is, and asks for no more than it may not be without."""

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), self.minimumHeight())
