"""The grid of answers: painted by itself, so that ten thousand scroll like ten."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QToolTip, QWidget

from app.pages.labs.grid_data import MISSING, RIGHT, UNCLEAR, WRONG, Grid, LaneGrid
from app.widgets.fonts import text_font
from app.widgets.tokens import Tokens
from labs.experiments.report.answer_words import outcome_words

ROW_PX, HEAD_PX, ITEM_PX, COLUMN_PX = 28, 44, 260, 112
SIGNS = {RIGHT: "✓", WRONG: "✗", UNCLEAR: "–"}
_WRAPPED = "<p style='white-space: pre-wrap'>{}</p>"
LEFT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft


class GridView(QAbstractScrollArea):
    """Arrow keys move, Enter or a click opens a trial; `opened` carries its record."""

    opened = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tokens = Tokens()
        self._grid: Grid | None = None
        self._lane = ""
        self._filter = "all"
        self._rows: tuple[int, ...] = ()
        self._row = self._column = 0
        self._words: tuple[str, ...] = ()
        self.setObjectName("answer-grid")
        self.setAccessibleName("Answers, items down and conditions across")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFrameShape(QFrame.Shape.NoFrame)

    def show_grid(self, grid: Grid, lane: str) -> None:
        self._grid, self._lane = grid, lane
        self._row = self._column = 0
        self._choose_rows()
        self.verticalScrollBar().setValue(0)
        self.horizontalScrollBar().setValue(0)

    def show_filter(self, name: str, query: str = "") -> None:
        """One of FILTERS, and words that the item or its id holds."""
        self._filter, self._words = name, tuple(query.casefold().split())
        self._row = 0
        self._choose_rows()

    @property
    def shown_items(self) -> int:
        return len(self._rows)

    @property
    def shown_answers(self) -> int:
        """The marked answers of the items on show."""
        lane = self._lane_grid
        return sum(sum(lane.marks[self._filter][row]) for row in self._rows) if lane else 0

    def setTokens(self, tokens: Tokens) -> None:
        self._tokens = tokens
        self._measure()
        self.viewport().update()

    def sizeHint(self) -> QSize:
        return QSize(600, self._tokens.px(380))

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Qt would move a grid that is all on show sideways, where the page is to be scrolled."""
        if event.angleDelta().y() and not self.verticalScrollBar().maximum():
            event.ignore()
        else:
            super().wheelEvent(event)

    # ---- places ----------------------------------------------------------------------------

    def _choose_rows(self) -> None:
        lane = self._lane_grid
        rows = lane.rows[self._filter] if lane else ()
        if self._words and self._grid:
            both = zip(self._grid.items, self._grid.told, strict=True)
            names = [" ".join(each).casefold() for each in both]
            rows = tuple(row for row in rows if all(word in names[row] for word in self._words))
        self._rows = rows
        self._measure()
        self._tell()
        self.viewport().update()

    @property
    def _lane_grid(self) -> LaneGrid | None:
        return self._grid.lanes.get(self._lane) if self._grid else None

    @property
    def _row_px(self) -> int:
        return self._tokens.px(ROW_PX)

    @property
    def _head_px(self) -> int:
        return self._tokens.px(HEAD_PX)

    @property
    def _item_px(self) -> int:
        return min(self._tokens.px(ITEM_PX), self.viewport().width() // 3)

    @property
    def _column_px(self) -> int:
        count = len(self._grid.columns) if self._grid else 1
        room = (self.viewport().width() - self._item_px) // max(1, count)
        return max(self._tokens.px(COLUMN_PX), room)

    def _measure(self) -> None:
        view = self.viewport().size()
        columns = len(self._grid.columns) if self._grid else 0
        down, across = self.verticalScrollBar(), self.horizontalScrollBar()
        down.setRange(0, max(0, len(self._rows) * self._row_px - (view.height() - self._head_px)))
        down.setPageStep(max(1, view.height() - self._head_px))
        down.setSingleStep(self._row_px)
        across.setRange(0, max(0, columns * self._column_px - (view.width() - self._item_px)))
        across.setPageStep(max(1, view.width() - self._item_px))
        across.setSingleStep(self._column_px // 2)

    def cell_rect(self, row: int, column: int) -> QRect:
        """Where the cell at place `row` of those on show stands in the viewport."""
        left = self._item_px + column * self._column_px - self.horizontalScrollBar().value()
        top = self._head_px + row * self._row_px - self.verticalScrollBar().value()
        return QRect(left, top, self._column_px, self._row_px)

    def _row_at(self, place: QPoint) -> int | None:
        row = (place.y() - self._head_px + self.verticalScrollBar().value()) // self._row_px
        return row if place.y() >= self._head_px and row < len(self._rows) else None

    def _cell_at(self, place: QPoint) -> tuple[int, int] | None:
        row = self._row_at(place)
        if self._grid is None or row is None or place.x() < self._item_px:
            return None
        column = (place.x() - self._item_px + self.horizontalScrollBar().value()) // self._column_px
        return (row, column) if column < len(self._grid.columns) else None

    # ---- painting --------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.fillRect(self.viewport().rect(), QColor(self._tokens.surface))
        if self._grid is None:
            return
        first = self.verticalScrollBar().value() // self._row_px
        count = self.viewport().height() // self._row_px + 2
        shown = range(first, min(len(self._rows), first + count))
        start = self.horizontalScrollBar().value() // self._column_px
        width = self.viewport().width() // self._column_px + 2
        columns = range(start, min(len(self._grid.columns), start + width))
        painter.setFont(text_font(self._tokens, 12))
        for row in shown:
            for column in columns:
                self._paint_cell(painter, row, column)
        self._paint_items(painter, shown)
        self._paint_head(painter, columns)
        if not self._rows:
            self._paint_nothing(painter)

    def _paint_cell(self, painter: QPainter, row: int, column: int) -> None:
        tokens, lane, grid = self._tokens, self._lane_grid, self._grid
        assert lane is not None and grid is not None
        item = self._rows[row]
        kind = lane.kinds[item][column]
        box = self.cell_rect(row, column).adjusted(1, 1, -1, -1)
        is_marked = bool(lane.marks[self._filter][item][column])
        if kind != MISSING:
            back = {RIGHT: tokens.good_soft, WRONG: tokens.danger_soft}.get(kind, tokens.sunken)
            ink = {RIGHT: tokens.good, WRONG: tokens.danger}.get(kind, tokens.text_secondary)
            if is_marked:
                painter.fillRect(box, QColor(back))
            painter.setPen(QColor(ink if is_marked else tokens.text_disabled))
            record = grid.cells[item][column]
            said = outcome_words(record.outcome(self._lane) or "") if record else ""
            text = f"{SIGNS[kind]} {said}"
            room = box.adjusted(tokens.px(8), 0, -4, 0)
            elided = painter.fontMetrics().elidedText(
                text, Qt.TextElideMode.ElideRight, room.width()
            )
            painter.drawText(room, LEFT, elided)
        if self.hasFocus() and (row, column) == (self._row, self._column):
            painter.setPen(QPen(QColor(tokens.accent), 2))
            painter.drawRect(box.adjusted(1, 1, -1, -1))

    def _paint_items(self, painter: QPainter, shown: range) -> None:
        tokens, grid = self._tokens, self._grid
        assert grid is not None
        for row in shown:
            top = self.cell_rect(row, 0).top()
            box = QRect(0, top, self._item_px, self._row_px)
            painter.fillRect(box, QColor(tokens.surface))
            painter.setPen(QColor(tokens.text))
            text = painter.fontMetrics().elidedText(
                grid.told[self._rows[row]], Qt.TextElideMode.ElideMiddle, box.width() - 16
            )
            painter.drawText(box.adjusted(8, 0, -8, 0), LEFT, text)

    def _paint_head(self, painter: QPainter, columns: range) -> None:
        tokens, grid = self._tokens, self._grid
        assert grid is not None
        head = QRect(0, 0, self.viewport().width(), self._head_px)
        painter.fillRect(head, QColor(tokens.surface))
        painter.setFont(text_font(tokens, 11.5, weight=500))
        painter.setPen(QColor(tokens.text_secondary))
        wrap = Qt.TextFlag.TextWordWrap
        for column in columns:
            box = self.cell_rect(0, column)
            box.setTop(2)
            box.setHeight(self._head_px - 4)
            painter.drawText(box.adjusted(8, 0, -4, 0), LEFT | wrap, grid.columns[column])
        corner = QRect(0, 0, self._item_px, self._head_px)
        painter.fillRect(corner, QColor(tokens.surface))
        painter.drawText(corner.adjusted(8, 0, -4, 0), LEFT, "Item")
        painter.setPen(QColor(tokens.hairline))
        painter.drawLine(0, self._head_px - 1, head.width(), self._head_px - 1)

    def _paint_nothing(self, painter: QPainter) -> None:
        painter.setPen(QColor(self._tokens.text_secondary))
        painter.setFont(text_font(self._tokens, 13))
        middle = Qt.AlignmentFlag.AlignCenter
        painter.drawText(self.viewport().rect(), middle, "No item has such an answer.")

    # ---- what the user does ----------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        found = self._cell_at(event.position().toPoint())
        if found is not None and event.button() == Qt.MouseButton.LeftButton:
            self._move_to(*found)
            self._open()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        page = max(1, (self.viewport().height() - self._head_px) // self._row_px)
        steps = {
            Qt.Key.Key_Up: (-1, 0), Qt.Key.Key_Down: (1, 0), Qt.Key.Key_Left: (0, -1),
            Qt.Key.Key_Right: (0, 1), Qt.Key.Key_PageUp: (-page, 0),
            Qt.Key.Key_PageDown: (page, 0), Qt.Key.Key_Home: (-len(self._rows), 0),
            Qt.Key.Key_End: (len(self._rows), 0),
        }  # fmt: skip
        key = Qt.Key(event.key())
        if key in steps and self._rows:
            down, across = steps[key]
            self._move_to(self._row + down, self._column + across)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._open()
        else:
            super().keyPressEvent(event)

    def _move_to(self, row: int, column: int) -> None:
        if self._grid is None or not self._rows:
            return
        self._row = max(0, min(row, len(self._rows) - 1))
        self._column = max(0, min(column, len(self._grid.columns) - 1))
        box, view = self.cell_rect(self._row, self._column), self.viewport().size()
        down, across = self.verticalScrollBar(), self.horizontalScrollBar()
        down.setValue(down.value() + _into(box.top(), box.bottom(), self._head_px, view.height()))
        across.setValue(
            across.value() + _into(box.left(), box.right(), self._item_px, view.width())
        )
        self._tell()
        self.viewport().update()

    def _open(self) -> None:
        if self._grid is not None and self._rows:
            record = self._grid.cells[self._rows[self._row]][self._column]
            if record is not None:
                self.opened.emit(record)

    def _tell(self) -> None:
        """Where the cursor is, for screen readers."""
        if self._grid is None or not self._rows:
            self.setAccessibleDescription("No item has such an answer.")
            return
        item = self._rows[self._row]
        record = self._grid.cells[item][self._column]
        said = outcome_words(record.outcome(self._lane) or "") if record else "not asked yet"
        right = f", right is {record.truth}" if record else ""
        self.setAccessibleDescription(
            f"{self._item_words(item)}, {self._grid.columns[self._column]}: {said}{right}"
        )

    def _item_words(self, item: int) -> str:
        """What a person knows it by, and its id, by which reports and tables name it."""
        assert self._grid is not None
        told, name = self._grid.told[item], self._grid.items[item]
        return told if told == name else f"{told} ({name})"

    def hint_at(self, place: QPoint) -> str:
        """What stands in a cell in full, or to the left of it; "" where nothing does."""
        grid, row = self._grid, self._row_at(place)
        if grid is None or row is None:
            return ""
        item, found = self._item_words(self._rows[row]), self._cell_at(place)
        return f"{item}\n{grid.columns[found[1]]}" if found else item

    def viewportEvent(self, event: object) -> bool:
        if isinstance(event, QHelpEvent) and self._grid is not None:
            hint = escape(self.hint_at(event.pos()))  # a set may come from anybody
            QToolTip.showText(event.globalPos(), _WRAPPED.format(hint) if hint else "", self)
            return True
        return super().viewportEvent(event)  # type: ignore[arg-type]

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._measure()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.viewport().update()


def _into(start: int, end: int, least: int, most: int) -> int:
    """How far to scroll so that `start` to `end` lies between `least` and `most`."""
    if start < least:
        return start - least
    return max(0, end - most + 1)
