"""Paints thousands of tokens, of which only the exposed lines cost anything."""

from __future__ import annotations

from collections.abc import Generator, Sequence

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QWidget

from app.widgets.cut_cells import CutCells
from app.widgets.fonts import mono_font
from app.widgets.token_cells import Cell, Placed, Sizes, sizes_of
from app.widgets.token_paint import BAR_PX, PAD_X, paint_token
from app.widgets.tokens import Tokens

GAP = 2.0
MANY_CELLS, SEEN_AT_ONCE = 50_000, 3000


class TokenCanvas(QWidget):
    """Arrow keys move a cursor over the tokens, Enter or a click opens one."""

    opened = Signal(int, QPoint)  # index, and the place below the token on screen
    placed = Signal()  # every token of a long text has its line
    pointed = Signal(int)  # the token below the pointer or the cursor, −1 for none

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tokens = Tokens()
        self._cells: Sequence[Cell] = ()
        self._sizes = Sizes([], 0.0, [])
        self._lines = Placed(self._sizes, 0, GAP)
        self._placed_width = -1  # −1 until they are wanted for what is shown now
        self._parts: Generator[None, None, Placed] | None = None
        self._turn = QTimer(self, singleShot=True, interval=0)
        self._turn.timeout.connect(self._place_part)
        self._cursor = 0
        self._pointed = -1
        self._marked = range(0)
        self._font = mono_font(self._tokens)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName("Tokens")

    @property
    def is_placed(self) -> bool:
        """Whether every token has its line: of a long text that takes some turns."""
        return self._placed_width >= 0 and self._parts is None

    @property
    def cells(self) -> Sequence[Cell]:
        return self._cells

    def setTokens(self, tokens: Tokens) -> None:
        self._tokens = tokens
        self._font = mono_font(tokens)
        self._measure()
        self._place_again()

    def show_cells(self, cells: Sequence[Cell]) -> None:
        """`cells` are not copied: they must not change."""
        self._cells = cells
        self._cursor = min(self._cursor, max(0, len(self._cells) - 1))
        self._pointed, self._marked = -1, range(0)
        self._measure()
        self._place_again()

    def mark(self, tokens: range) -> None:
        """Frame neighbouring tokens: what another view points at."""
        if tokens != self._marked:
            for changed in (self._marked, tokens):
                self._repaint(changed)
            self._marked = tokens

    @property
    def line_px(self) -> int:
        return round(QFontMetricsF(self._font).height() * 1.2 + BAR_PX + 4)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        self._place(width)
        return max(1, self._lines.line_count) * self.line_px

    def sizeHint(self) -> QSize:
        return QSize(400, self.heightForWidth(max(self.width(), 200)))

    def cell_rect(self, index: int) -> QRect:
        placed = self._placed
        index = min(index, len(placed) - 1)  # those behind have no place yet
        top = placed.line(index) * self.line_px
        return QRectF(
            placed.left(index), top, placed.width(index), self.line_px - 3
        ).toAlignedRect()

    def _repaint(self, tokens: range) -> None:
        """The lines of these tokens, if any."""
        if tokens and tokens[-1] < len(self._placed):
            first, last = self._placed.line(tokens[0]), self._placed.line(tokens[-1])
            px = self.line_px
            self.update(QRect(0, first * px, self.width(), (last - first + 1) * px))

    def _measure(self) -> None:
        metrics = QFontMetricsF(self._font)
        letter_px = metrics.horizontalAdvance("m")

        def measure(text: str) -> float:
            if text.isascii() and text.isprintable():  # a letter is as wide as another
                return len(text) * letter_px + 2 * PAD_X
            return metrics.horizontalAdvance(text) + 2 * PAD_X

        cells = self._cells
        self._sizes = (
            cells.sizes(measure) if isinstance(cells, CutCells) else sizes_of(cells, measure)
        )

    def _place_again(self) -> None:
        """When they are wanted next: of a megabyte, lines are the work of a turn of their own."""
        self._placed_width, self._parts = -1, None
        self._turn.stop()
        self.updateGeometry()
        self.update()

    @property
    def _placed(self) -> Placed:
        if self._placed_width < 0:
            self._place(self.width())
        return self._lines

    def _place(self, width: int) -> None:
        if width == self._placed_width:
            return
        self._placed_width = width
        self._parts = None
        self._turn.stop()
        width = max(width, 60)
        if len(self._sizes.widths) <= MANY_CELLS:
            self._lines = Placed(self._sizes, width, GAP)
            return
        self._lines = Placed(self._sizes.beginning(SEEN_AT_ONCE), width, GAP)
        self._parts = Placed.in_parts(self._sizes, width, GAP)
        self._turn.start()

    def _place_part(self) -> None:
        """The lines of a long text, in turns of the window; its beginning is seen meanwhile."""
        if self._parts is None:
            return
        try:
            next(self._parts)
            self._turn.start()
        except StopIteration as done:
            self._parts, self._lines = None, done.value
            self.updateGeometry()
            self.update()
            self.placed.emit()

    # ---- painting --------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self._font)
        first = event.rect().top() // self.line_px
        last = event.rect().bottom() // self.line_px
        for index in self._placed.on_lines(first, last):
            paint_token(painter, self._cells[index], QRectF(self.cell_rect(index)), self._tokens)
            if index in self._marked:
                self._frame(painter, index, QPen(QColor(self._tokens.text), 1.5), 3)
        if self.hasFocus() and self._cells:
            self._frame(painter, self._cursor, QPen(QColor(self._tokens.accent), 2), 4)

    def _frame(self, painter: QPainter, index: int, pen: QPen, radius_px: int) -> None:
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        box = QRectF(self.cell_rect(index)).adjusted(1, 1, -1, -1)
        painter.drawRoundedRect(box, radius_px, radius_px)

    # ---- pointer and keyboard --------------------------------------------------------------

    def follow_pointer(self) -> None:
        """Say from now on which token is below it."""
        self.setMouseTracking(True)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._point_at(self._below(event.position()))
        super().mouseMoveEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self._point_at(None)
        super().leaveEvent(event)

    def _below(self, position: QPointF) -> int | None:
        return self._placed.hit(position.x(), int(position.y()) // self.line_px)

    def _point_at(self, index: int | None) -> None:
        pointed = -1 if index is None else index
        if pointed != self._pointed:
            self._pointed = pointed
            self.pointed.emit(pointed)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self._below(event.position())
        if index is not None and event.button() == Qt.MouseButton.LeftButton:
            self._move_to(index)
            self._open()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self._cells:
            super().keyPressEvent(event)
            return
        here, line = self._cursor, self._placed.line(self._cursor)
        match event.key():
            case Qt.Key.Key_Left:
                self._move_to(max(0, here - 1))
            case Qt.Key.Key_Right:
                self._move_to(min(len(self._cells) - 1, here + 1))
            case Qt.Key.Key_Up:
                self._move_to(self._placed.nearest(here, max(0, line - 1)))
            case Qt.Key.Key_Down:
                self._move_to(self._placed.nearest(here, line + 1))
            case Qt.Key.Key_Return | Qt.Key.Key_Enter | Qt.Key.Key_Space:
                self._open()
            case _:
                super().keyPressEvent(event)

    def _move_to(self, index: int) -> None:
        self._cursor = index
        self._point_at(index)
        cell = self._cells[index]
        self.setAccessibleDescription(f"Token {index + 1} of {len(self._cells)}: {cell.text!r}")
        self.update()

    def _open(self) -> None:
        box = self.cell_rect(self._cursor)
        self.opened.emit(self._cursor, self.mapToGlobal(box.bottomLeft() + QPoint(0, 4)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._place(self.width())
        super().resizeEvent(event)
