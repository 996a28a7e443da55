"""One token before and after: what both models found likeliest at its place, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite, isnan

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QGuiApplication, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.widgets.fonts import mono_font, text_font
from app.widgets.painted import PaintedWidget
from app.widgets.parts import button, row_of, words
from app.widgets.token_popup import percent, repr_token
from app.widgets.tokens import Tokens
from labs.quantization.moved import Choice, TokenChange

NOTHING = "Choose a token to see what both models expected at its place."
FEW_KEPT = (
    "The ten likeliest are kept for the tokens of each window that moved most; here only the "
    "likeliest of all is known."
)
ROW_PX, BAR_PX = 22, 60
CENTRE = Qt.AlignmentFlag.AlignVCenter
RIGHT = CENTRE | Qt.AlignmentFlag.AlignRight
LEAST_PX, WITH_BARS_PX = 90, 190  # a bar gives way where the token needs its room


class TokenDetail(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self._change: TokenChange | None = None
        self.place = words(NOTHING, "secondary")
        self.facts = words("", "")
        self.note = words(FEW_KEPT, "small")
        self.base, self.other = LikeliestList(), LikeliestList()
        self.copy_button = button("Copy", "quiet", "Copy what both models expected")
        self.copy_button.clicked.connect(self.copy)
        lists = QHBoxLayout()
        lists.setSpacing(28)
        lists.addWidget(self.base, 1)
        lists.addWidget(self.other, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(8)
        column.addWidget(self.place)
        column.addWidget(self.facts)
        column.addLayout(lists)
        column.addWidget(self.note)
        column.addLayout(row_of(self.copy_button, stretch=-1))
        column.addStretch(1)
        self.show_nothing()

    def show_nothing(self) -> None:
        self._change = None
        self.place.setText(NOTHING)
        for widget in (self.facts, self.base, self.other, self.note, self.copy_button):
            widget.hide()

    def show_change(self, change: TokenChange, base: str, other: str) -> None:
        """`base` and `other` are what the two models are called."""
        self._change = change
        self.place.setText(f"…{shown(change.before)} {repr_token(change.text)} "
                           f"{shown(change.after)}…")  # fmt: skip
        self.facts.setText(facts_text(change, base, other))
        self.base.show_choices(base, change.base_top, change.token_id)
        self.other.show_choices(other, change.top, change.token_id)
        for widget in (self.facts, self.base, self.other, self.copy_button):
            widget.show()
        self.note.setVisible(max(len(change.base_top), len(change.top)) < 2)

    def copy(self) -> None:
        """Both lists as TSV."""
        if self._change is not None:
            lines = ["model\ttoken\tprobability"]
            for each in (self.base, self.other):
                lines += [f"{each.title}\t{choice.text!r}\t{choice.probability:.6g}"
                          for choice in each.choices]  # fmt: skip
            QGuiApplication.clipboard().setText("\n".join(lines) + "\n")


def facts_text(change: TokenChange, base: str, other: str) -> str:
    moved = "no finite number" if not isfinite(change.kld) else f"{change.kld:.3g} nats apart"
    told = (f"{base} gave it {percent(change.p_base)}, {other} {percent(change.p)}. "
            f"Over all tokens: {moved}")  # fmt: skip
    if change.base_top and change.top:
        told += ", the same likeliest." if change.same_top else ", another likeliest."
    return told if told.endswith(".") else f"{told}."


def shown(text: str) -> str:
    """On one line."""
    return " ".join(text.split())


class LikeliestList(PaintedWidget):
    """Up to ten tokens with their probabilities; the one that really follows is marked."""

    def __init__(self) -> None:
        super().__init__()
        self.title = ""
        self.choices: tuple[Choice, ...] = ()
        self._follows = -1
        self.setAccessibleName("Likeliest tokens")
        self._prepare()

    def show_choices(self, title: str, choices: Sequence[Choice], follows: int) -> None:
        self.title, self.choices, self._follows = title, tuple(choices), follows
        self._prepare()
        told = ", ".join(f"{c.text!r} {_percent(c.probability)}" for c in choices)
        self.setAccessibleName(f"Likeliest tokens of {title}")
        self.setAccessibleDescription(told)
        self.setToolTip("The bold one is the token that follows in the text.")
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(self._tokens.px(170), self._tokens.px(ROW_PX) * (len(self.choices) + 1) + 4)

    def minimumSizeHint(self) -> QSize:
        return QSize(self._tokens.px(LEAST_PX), self.sizeHint().height())

    def setTokens(self, tokens: Tokens) -> None:
        super().setTokens(tokens)
        self._prepare()

    def _prepare(self) -> None:
        """What each row is painted with: fonts and widths take longer than the painting."""
        plain, bold = mono_font(self._tokens), mono_font(self._tokens)
        bold.setBold(True)
        self._fonts = (plain, bold)
        metrics = QFontMetricsF(bold)
        numbers = [metrics.horizontalAdvance(_percent(c.probability)) for c in self.choices]
        self._number_px = max(numbers, default=0.0) + 8

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        tokens, row_px = self._tokens, self._tokens.px(ROW_PX)
        painter.setFont(text_font(tokens, 12))
        painter.setPen(QColor(tokens.text_secondary))
        title = painter.fontMetrics().elidedText(
            self.title, Qt.TextElideMode.ElideMiddle, self.width()
        )
        painter.drawText(QRectF(0, 0, self.width(), row_px), CENTRE, title)
        for at, choice in enumerate(self.choices, 1):
            self._paint_row(painter, choice, QRectF(0, at * row_px, self.width(), row_px))

    def _paint_row(self, painter: QPainter, choice: Choice, row: QRectF) -> None:
        tokens, follows = self._tokens, choice.token_id == self._follows
        painter.setFont(self._fonts[follows])
        bar_px = tokens.px(BAR_PX) if row.width() >= tokens.px(WITH_BARS_PX) else 0
        text_px = row.width() - self._number_px - bar_px
        text = painter.fontMetrics().elidedText(
            repr_token(choice.text), Qt.TextElideMode.ElideRight, int(text_px)
        )
        painter.setPen(QColor(tokens.text))
        painter.drawText(QRectF(0, row.top(), text_px, row.height()), CENTRE, text)
        painter.drawText(row, RIGHT, _percent(choice.probability))
        if bar_px:
            bar = QRectF(text_px, row.center().y() - 4, bar_px, 8)
            self._paint_bar(painter, bar, choice.probability, follows)

    def _paint_bar(self, painter: QPainter, bar: QRectF, probability: float, follows: bool) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._tokens.sunken))
        painter.drawRoundedRect(bar, 3, 3)
        if not isnan(probability):
            filled = QRectF(bar.left(), bar.top(), max(2.0, bar.width() * probability), 8)
            colour = self._tokens.accent if follows else self._tokens.text_disabled
            painter.setBrush(QColor(colour))
            painter.drawRoundedRect(filled, 3, 3)


def _percent(probability: float) -> str:
    return "–" if isnan(probability) else percent(probability)
