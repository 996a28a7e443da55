"""The forecast of one model: verdict, the sum as a bar, and what was measured."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.widgets.fit_mark import fit_word, paint_fit_dot
from app.widgets.stacked_bar import Segment, StackedBar
from app.widgets.tokens import Tokens
from models.amounts import size_text
from models.fit import Forecast, Verdict

_ROLES = {"fits": "good", "slow": "warning", "wont_fit": "danger"}


class FitPanel(QWidget):
    """Moves with the load settings: `show_forecast` is cheap."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._dot = FitDot()
        self.verdict = QLabel()
        self._reason = QLabel(wordWrap=True)
        self._reason.setProperty("role", "secondary")
        self._bar = StackedBar("Memory this model needs")
        self.total = QLabel(wordWrap=True)
        self.measured = QLabel(wordWrap=True)
        self.measured.setProperty("role", "small")
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self._dot)
        top.addWidget(self.verdict)
        top.addWidget(self._reason, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(top)
        column.addWidget(self._bar)
        column.addWidget(self.total)
        column.addWidget(self.measured)

    def show_forecast(self, forecast: Forecast, measured_bytes: int | None) -> None:
        self._dot.show_verdict(forecast.verdict)
        self.verdict.setText(fit_word(forecast.verdict))
        self.verdict.setProperty("role", _ROLES[forecast.verdict])
        self.verdict.style().polish(self.verdict)
        self._reason.setText(forecast.reason)
        segments = [
            Segment(part.name, part.size_bytes, size_text(part.size_bytes), part.explanation)
            for part in forecast.summands
        ]
        together = (
            f"{size_text(forecast.total_bytes)} together, of {size_text(forecast.free_bytes)} "
            f"free now in {forecast.device}."
        )
        self._bar.show_segments(segments, forecast.free_bytes, f"{self.verdict.text()}. {together}")
        rough = " The header does not tell the size of the cache." if forecast.is_rough else ""
        self.total.setText(together + rough)
        self._show_measured(forecast, measured_bytes)

    def _show_measured(self, forecast: Forecast, measured_bytes: int | None) -> None:
        if measured_bytes is None:
            self.measured.setText("Not measured with these settings yet: load it once.")
            return
        difference = f"{measured_bytes / max(1, forecast.total_bytes) - 1:+.0%}"
        difference = difference.replace("-", "−").replace("%", " %")
        self.measured.setText(
            f"Measured at the last load with these settings: {size_text(measured_bytes)} "
            f"({difference} against the forecast)."
        )


class FitDot(QWidget):
    """The painted dot of a verdict; the word beside it carries the meaning."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tokens = Tokens()
        self._verdict: Verdict = "fits"
        self.setFixedSize(QSize(12, 14))

    def show_verdict(self, verdict: Verdict) -> None:
        self._verdict = verdict
        self.update()

    def setTokens(self, tokens: Tokens) -> None:
        self._tokens = tokens
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        middle = QPointF(self.width() / 2, self.height() / 2)
        paint_fit_dot(painter, middle, self._tokens, self._verdict, 4.5)
        painter.end()
