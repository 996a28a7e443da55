"""The rows of the model picker: sections and models, filtered by a few letters."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPointF,
    QRect,
    QSize,
    Qt,
)
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from app.widgets.fit_mark import fit_colour, fit_word, paint_fit_dot
from app.widgets.fonts import text_font
from app.widgets.tokens import Tokens
from models.amounts import size_text
from models.fit import Verdict
from models.library.entry import ModelEntry
from models.starter import STARTER_BADGE

RowRole = Qt.ItemDataRole.UserRole + 1
Index = QModelIndex | QPersistentModelIndex
SECTIONS = {
    "Models": ("gguf", "mlx"),
    "Ollama": ("ollama",),
    "Endpoints": ("endpoint",),
    "Simulated": ("sim",),
}


@dataclass(frozen=True)
class ModelRow:
    """A model with its forecast; None where none can be made."""

    entry: ModelEntry
    verdict: Verdict | None = None

    @property
    def detail(self) -> str:
        entry = self.entry
        if entry.problem:
            return entry.problem
        if entry.format == "sim":
            return entry.title
        if entry.elsewhere:
            return f"Runs at {entry.elsewhere}, beyond this machine"
        size = size_text(entry.size_bytes) if entry.size_bytes else ""  # a server may not tell
        words = (entry.quantization, size, STARTER_BADGE if entry.is_starter else entry.source)
        return "  ·  ".join(word for word in words if word)

    @property
    def word(self) -> str:
        return fit_word(self.verdict, self.entry.problem)

    def fits_query(self, query: str) -> bool:
        """Every word of the query stands somewhere in the row."""
        text = f"{self.entry.name} {self.entry.title} {self.detail}".casefold()
        return all(word in text for word in query.casefold().split())


@dataclass(frozen=True)
class Section:
    title: str


class PickerModel(QAbstractListModel):
    """Section titles and models as one list."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._all: tuple[ModelRow, ...] = ()
        self._query = ""
        self._shown: list[ModelRow | Section] = []

    def set_rows(self, rows: Iterable[ModelRow]) -> None:
        self._all = tuple(rows)
        self.search(self._query)

    def search(self, query: str) -> None:
        self.beginResetModel()
        self._query = query
        fitting = [row for row in self._all if row.fits_query(query)]
        self._shown = []
        for title, formats in SECTIONS.items():
            rows = [row for row in fitting if row.entry.format in formats]
            self._shown += [*([Section(title)] if rows else []), *rows]
        self.endResetModel()

    def row_of(self, model: str) -> int:
        """The place of a model; of the first model where it is not shown; −1 without any."""
        models = [i for i, row in enumerate(self._shown) if isinstance(row, ModelRow)]
        same = [i for i in models if self.row_at(i).entry.model == model]
        return (same or models or [-1])[0]

    def row_at(self, place: int) -> ModelRow:
        row = self._shown[place]
        assert isinstance(row, ModelRow)
        return row

    def next_model(self, place: int, step: int) -> int:
        """The next place that holds a model, upwards or downwards; `place` at the ends."""
        wanted = place + step
        while 0 <= wanted < len(self._shown):
            if isinstance(self._shown[wanted], ModelRow):
                return wanted
            wanted += step
        return place

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self._shown)

    def flags(self, index: Index) -> Qt.ItemFlag:
        row = self._shown[index.row()] if index.isValid() else None
        if not isinstance(row, ModelRow):
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row = self._shown[index.row()]
        if role == RowRole:
            return row
        if isinstance(row, Section):
            return row.title if role == Qt.ItemDataRole.DisplayRole else None
        if role == Qt.ItemDataRole.DisplayRole:
            return row.entry.name
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return ", ".join(part for part in (row.entry.name, row.detail, row.word) if part)
        return row.detail if role == Qt.ItemDataRole.ToolTipRole else None


class PickerDelegate(QStyledItemDelegate):
    """Name over detail at the left, dot and word of the forecast at the right."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.tokens = Tokens()
        self.current = ""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        is_section = isinstance(index.data(RowRole), Section)
        return QSize(0, self.tokens.px(28 if is_section else 46))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row: ModelRow | Section = index.data(RowRole)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area: QRect = option.rect.adjusted(6, 1, -6, -1)
        if isinstance(row, Section):
            self._paint_section(painter, area, row)
        else:
            if option.state & QStyle.StateFlag.State_Selected:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(QColor(self.tokens.accent_soft))
                painter.drawRoundedRect(area, 6, 6)
            self._paint_model(painter, area.adjusted(10, 4, -10, -4), row)
        painter.restore()

    def _paint_section(self, painter: QPainter, area: QRect, section: Section) -> None:
        painter.setFont(text_font(self.tokens, 11.5, weight=600))
        painter.setPen(QColor(self.tokens.text_secondary))
        bottom = Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignLeft
        painter.drawText(area.adjusted(10, 0, 0, -3), bottom, section.title)

    def _paint_model(self, painter: QPainter, area: QRect, row: ModelRow) -> None:
        tokens = self.tokens
        room = area.adjusted(0, 0, -self._paint_word(painter, area, row), 0)
        is_current = row.entry.model == self.current
        painter.setFont(text_font(tokens, 13, weight=600 if is_current else 500))
        painter.setPen(QColor(tokens.text if row.entry.can_run else tokens.text_secondary))
        middle, right = Qt.TextElideMode.ElideMiddle, Qt.TextElideMode.ElideRight
        self._text(painter, room, Qt.AlignmentFlag.AlignTop, row.entry.name, middle)
        painter.setFont(text_font(tokens, 12))
        painter.setPen(QColor(tokens.text_secondary))
        self._text(painter, room, Qt.AlignmentFlag.AlignBottom, row.detail, right)

    def _paint_word(self, painter: QPainter, area: QRect, row: ModelRow) -> int:
        """Paint word and dot; return the width they take."""
        if not row.word:
            return 0
        tokens = self.tokens
        painter.setFont(text_font(tokens, 12))
        problem = row.verdict is None
        colour = tokens.danger if problem else fit_colour(tokens, row.verdict or "fits")
        painter.setPen(QColor(colour))
        right = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
        painter.drawText(area, right, row.word)
        width = painter.fontMetrics().horizontalAdvance(row.word)
        if row.verdict is not None:
            centre = QPointF(area.right() - width - 9, area.center().y() + 1)
            paint_fit_dot(painter, centre, tokens, row.verdict)
        return width + 28

    def _text(
        self,
        painter: QPainter,
        area: QRect,
        side: Qt.AlignmentFlag,
        text: str,
        elide: Qt.TextElideMode,
    ) -> None:
        elided = painter.fontMetrics().elidedText(text, elide, area.width())
        painter.drawText(area, side | Qt.AlignmentFlag.AlignLeft, elided)
