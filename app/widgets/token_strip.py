"""A text as its tokens, coloured by origin, surprise or entropy, with a legend that says so."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from PySide6.QtCore import QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from app.widgets.fonts import text_font
from app.widgets.painted import PaintedWidget
from app.widgets.token_canvas import TokenCanvas
from app.widgets.token_cells import FULL_SCALE_BITS, Cell, prompt_cells, reply_cells
from app.widgets.token_paint import (
    ORIGIN_PENS,
    ORIGIN_WORDS,
    ORIGINS,
    magnitude_colour,
    origin_colour,
)
from app.widgets.token_popup import TokenPopup
from app.widgets.tokens import Tokens
from models.engine.messages import PromptToken, TokenData

MEASURES = (("surprise", "Surprise"), ("entropy", "Entropy"))
MEASURE_WORDS = {
    "surprise": "how unlikely the model itself found each token",
    "entropy": "how undecided it was before each token",
}


class TokenStrip(QWidget):
    """Legend above, tokens below."""

    alternative_chosen = Signal(int, object)  # position of the token, id of the alternative
    measure_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tokens = Tokens()
        self._measure_row = MeasureRow(self)
        self._measure_row.chosen.connect(self._on_measure)
        self._legend = OriginLegend(self)
        self.canvas = TokenCanvas(self)
        self.canvas.opened.connect(self._open_popup)
        self._reply: tuple[TokenData, ...] = ()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self._measure_row)
        column.addWidget(self._legend)
        column.addWidget(self.canvas)
        column.addStretch(1)
        self._measure_row.hide()
        self._legend.hide()

    def setTokens(self, tokens: Tokens) -> None:
        self._tokens = tokens
        for widget in (self._measure_row, self._legend, self.canvas):
            widget.setTokens(tokens)

    def show_reply(self, tokens: Sequence[TokenData], measure: str = "surprise") -> None:
        """Colour a reply by "surprise" or "entropy"."""
        self._reply = tuple(tokens)
        self._legend.hide()
        self._measure_row.show()
        self._measure_row.choose(measure)
        self.canvas.show_cells(reply_cells(tokens, measure))

    def show_prompt(self, tokens: Sequence[PromptToken]) -> None:
        """Colour a prompt by where its parts came from."""
        cells = prompt_cells(tokens)
        self._measure_row.hide()
        self._legend.show()
        self._legend.show_counts(Counter(cell.origin for cell in cells))
        self.canvas.show_cells(cells)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        head = self._legend if self._legend.isVisibleTo(self) else self._measure_row
        head_px = head.heightForWidth(width) if head.hasHeightForWidth() else 0
        return max(head_px, head.sizeHint().height()) + 8 + self.canvas.heightForWidth(width)

    def _on_measure(self, measure: str) -> None:
        self.show_reply(self._reply, measure)
        self.measure_chosen.emit(measure)

    def _open_popup(self, index: int, place: QPoint) -> None:
        cell: Cell = self.canvas.cells[index]
        popup = TokenPopup(cell, self._tokens, self)
        popup.alternative_chosen.connect(
            lambda token_id: self.alternative_chosen.emit(index, token_id)
        )
        popup.show_at(place)


class MeasureRow(QWidget):
    """Chooses the measure and says what its colours mean."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._tokens = Tokens()
        self._buttons: dict[str, QToolButton] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        for measure, words in MEASURES:
            button = QToolButton()
            button.setText(words)
            button.setCheckable(True)
            button.setAutoExclusive(True)
            button.setAccessibleName(f"Colour by {words.lower()}")
            button.setToolTip(MEASURE_WORDS[measure])
            button.clicked.connect(lambda _checked, name=measure: self.chosen.emit(name))
            self._buttons[measure] = button
            row.addWidget(button)
        self._words = QLabel()
        self._words.setProperty("role", "secondary")
        self._scale = MagnitudeScale(self)
        row.addSpacing(8)
        row.addWidget(self._words)
        row.addStretch(1)
        row.addWidget(self._scale)

    def resizeEvent(self, event: QResizeEvent) -> None:
        needed = self._words.sizeHint().width() + self._tokens.px(360)
        self._words.setVisible(self.width() >= needed)
        super().resizeEvent(event)

    def choose(self, measure: str) -> None:
        self._buttons[measure].setChecked(True)
        self._words.setText(MEASURE_WORDS[measure])
        self._scale.show_full_scale(FULL_SCALE_BITS[measure])

    def setTokens(self, tokens: Tokens) -> None:
        self._tokens = tokens
        self._scale.setTokens(tokens)


class MagnitudeScale(PaintedWidget):
    """The colours and bar heights from none to full scale, which is so many of a unit."""

    def __init__(
        self, parent: QWidget | None = None, unit: str = "bits", width_px: int = 180
    ) -> None:
        super().__init__(parent)
        self.full_scale = 10.0
        self._unit, self._width_px = unit, width_px
        self.setAccessibleName("Scale of the colours")

    def show_full_scale(self, value: float) -> None:
        self.full_scale = value
        self.setAccessibleDescription(f"From 0 to {value:g} {self._unit} or more")
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(self._tokens.px(self._width_px), self._tokens.px(20))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setFont(text_font(self._tokens, 11))
        painter.setPen(QColor(self._tokens.text_secondary))
        end = f"{self.full_scale:g}+ {self._unit}"
        end_px = painter.fontMetrics().horizontalAdvance(end)
        centre = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(self.rect(), centre, "0")
        painter.drawText(self.rect(), centre | Qt.AlignmentFlag.AlignRight, end)
        left, right = 14, self.width() - end_px - 8
        for x in range(left, right, 2):
            share = (x - left) / max(1, right - left)
            height = 2 + share * 8
            top = self.height() / 2 + 5 - height
            painter.fillRect(QRectF(x, top, 2, height), magnitude_colour(share, self._tokens))


class OriginLegend(QWidget):
    """A swatch, a name and a count for every origin that occurs."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._tokens = Tokens()
        self._entries: list[tuple[str, str]] = []
        self.setAccessibleName("Legend")

    def show_counts(self, counts: Counter[str]) -> None:
        self._entries = [
            (origin, f"{ORIGIN_WORDS[origin]}  {counts[origin]:,}")
            for origin in ORIGINS
            if counts[origin]
        ]
        self.setAccessibleDescription(", ".join(words for _, words in self._entries) + " tokens")
        self.updateGeometry()
        self.update()

    def setTokens(self, tokens: Tokens) -> None:
        self._tokens = tokens
        self.update()

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        places = self._places(width)
        return (places[-1][1] if places else 0) + self._row_px

    def sizeHint(self) -> QSize:
        return QSize(400, self.heightForWidth(max(400, self.width())))

    @property
    def _row_px(self) -> int:
        return self._tokens.px(22)

    def _places(self, width: int) -> list[tuple[int, int]]:
        metrics = self.fontMetrics()
        x = y = 0
        places = []
        for _, words in self._entries:
            entry_px = metrics.horizontalAdvance(words) + 48
            if x and x + entry_px > width:
                x, y = 0, y + self._row_px
            places.append((x, y))
            x += entry_px
        return places

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        entries = zip(self._entries, self._places(self.width()), strict=True)
        for (origin, words), (x, y) in entries:
            colour = origin_colour(origin, self._tokens)
            tint = QColor(colour)
            tint.setAlphaF(0.3)
            painter.fillRect(QRectF(x, y + 4, 20, self._row_px - 10), tint)
            width = 3.0 if origin == "user" else 1.6
            painter.setPen(QPen(colour, width, ORIGIN_PENS[origin]))
            painter.drawLine(x, y + self._row_px - 8, x + 20, y + self._row_px - 8)
            painter.setPen(QColor(self._tokens.text))
            baseline = y + self._row_px - 8
            painter.drawText(x + 27, baseline, words)
