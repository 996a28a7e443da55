"""The rows of the chat list, painted by hand: ten thousand scroll like ten."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
)
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QTextLayout
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from app.widgets.fonts import text_font
from app.widgets.icons import icon_pixmap
from app.widgets.tokens import Tokens

Index = QModelIndex | QPersistentModelIndex
ROW_ROLE = int(Qt.ItemDataRole.UserRole)


@dataclass(frozen=True)
class ChatRow:
    """A chat, or a place in one that a search found; `matches` are spans of `snippet`."""

    chat_id: int
    title: str
    message_id: int | None = None
    snippet: str = ""
    matches: tuple[tuple[int, int], ...] = ()
    pinned: bool = False
    heading: str = ""  # words above the first row of a group
    running: bool = False


class ChatRows(QAbstractListModel):
    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[ChatRow] = []

    def show(self, rows: Sequence[ChatRow]) -> None:
        if list(rows) == self._rows:
            return
        self.beginResetModel()
        self._rows = list(rows)
        self.endResetModel()

    @property
    def rows(self) -> tuple[ChatRow, ...]:
        return tuple(self._rows)

    def rowCount(self, parent: Index | None = None) -> int:
        return len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        row = self._rows[index.row()]
        if role == ROW_ROLE:
            return row
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return row.title
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{row.title}{', pinned' if row.pinned else ''} {row.snippet}".strip()
        return None


class ChatRowPainter(QStyledItemDelegate):
    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.tokens = Tokens()

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        row: ChatRow = index.data(ROW_ROLE)
        height = self.tokens.px(54 if row.snippet else 34)
        return QSize(120, height + (self.tokens.px(26) if row.heading else 0))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row: ChatRow = index.data(ROW_ROLE)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRect(option.rect).adjusted(8, 1, -8, -1)
        if row.heading:
            box = self._paint_heading(painter, box, row.heading)
        self._paint_ground(painter, option, box)
        inner = box.adjusted(10, 0, -10, 0)
        if row.pinned:
            inner = self._paint_pin(painter, inner)
        self._paint_words(painter, inner, row)
        painter.restore()

    def _paint_heading(self, painter: QPainter, box: QRect, words: str) -> QRect:
        heading = QRect(box.left() + 10, box.top(), box.width() - 20, self.tokens.px(24))
        painter.setFont(text_font(self.tokens, 11, weight=500))
        painter.setPen(QColor(self.tokens.text_secondary))
        painter.drawText(heading, Qt.AlignmentFlag.AlignBottom, words)
        return box.adjusted(0, self.tokens.px(26), 0, 0)

    def _paint_ground(self, painter: QPainter, option: QStyleOptionViewItem, box: QRect) -> None:
        state = option.state
        colour = ""
        if state & QStyle.StateFlag.State_Selected:
            colour = self.tokens.accent_soft
        elif state & QStyle.StateFlag.State_MouseOver:
            colour = self.tokens.hover
        painter.setPen(Qt.PenStyle.NoPen)
        if state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QColor(self.tokens.accent))
        if colour:
            painter.setBrush(QColor(colour))
            painter.drawRoundedRect(box, 6, 6)

    def _paint_pin(self, painter: QPainter, inner: QRect) -> QRect:
        size = self.tokens.px(13)
        ratio = painter.device().devicePixelRatioF()
        pin = icon_pixmap("push-pin", self.tokens.text_secondary, size, ratio)
        painter.drawPixmap(inner.right() - size, inner.center().y() - size // 2, pin)
        return inner.adjusted(0, 0, -size - 6, 0)

    def _paint_words(self, painter: QPainter, inner: QRect, row: ChatRow) -> None:
        title_box = QRect(inner)
        if row.snippet:
            title_box.setHeight(inner.height() // 2 + 2)
        painter.setFont(text_font(self.tokens, 13))
        painter.setPen(QColor(self.tokens.text))
        title = ("● " if row.running else "") + row.title
        elided = painter.fontMetrics().elidedText(
            title, Qt.TextElideMode.ElideRight, title_box.width()
        )
        painter.drawText(title_box, Qt.AlignmentFlag.AlignVCenter, elided)
        if row.snippet:
            below = QRect(inner)
            below.setTop(title_box.bottom() - 2)
            self._paint_snippet(painter, below, row)

    def _paint_snippet(self, painter: QPainter, box: QRect, row: ChatRow) -> None:
        font = text_font(self.tokens, 12)
        wide = QFontMetrics(text_font(self.tokens, 12, weight=600))  # as wide as it may get
        words = row.snippet.replace("\n", " ")
        words = wide.elidedText(words, Qt.TextElideMode.ElideRight, box.width())
        layout = QTextLayout(words, font)
        ranges = []
        for start, end in row.matches:
            found = QTextLayout.FormatRange()
            found.start, found.length = start, end - start
            found.format.setFontWeight(QFont.Weight.DemiBold)
            found.format.setForeground(QColor(self.tokens.accent_text))
            ranges.append(found)
        layout.setFormats(ranges)
        layout.beginLayout()
        line = layout.createLine()
        line.setLineWidth(10_000)
        layout.endLayout()
        painter.setClipRect(box)
        painter.setPen(QColor(self.tokens.text_secondary))
        layout.draw(painter, box.topLeft() + QRect(0, 2, 0, 0).topLeft())
