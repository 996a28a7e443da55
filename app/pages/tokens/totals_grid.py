"""What a text cost one or two models, in numbers that compare."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from app.widgets.elided_label import ElidedLabel
from app.widgets.fonts import text_font
from app.widgets.parts import words
from app.widgets.tokens import Tokens
from labs.tokens.surprise import Surprise, Totals
from labs.tokens.surprise_difference import Difference

COLUMNS = (
    ("Bits a byte", "Total surprise over the bytes of the predicted tokens. It compares models "
     "whose tokens differ."),
    ("Bits a token", "Average surprise. It does not compare models whose tokens differ."),
    ("Perplexity", "2 to the power of the bits a token: among how many equally likely tokens the "
     "model seemed to choose."),
    ("Entropy", "Average indecision before each token, in bits: what the model itself expected its "
     "surprise to be."),
    ("Tokens", "Tokens with a prediction. The first of a text may have none."),
)  # fmt: skip


class TotalsGrid(QWidget):
    """A row for each model, and one for their difference."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._figures: list[QLabel] = []
        self._tokens = Tokens()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(24)
        self._grid.setVerticalSpacing(2)
        self._grid.setColumnStretch(0, 1)
        for column, (title, meaning) in enumerate(COLUMNS, start=1):
            label = words(title, "small", wrap=False)
            label.setToolTip(meaning)
            self._grid.addWidget(label, 0, column, Qt.AlignmentFlag.AlignRight)
        self._rows = [self._row(row) for row in (1, 2, 3)]

    def show_totals(
        self, readings: Sequence[Surprise], difference: Difference | None = None
    ) -> None:
        for place in range(2):
            totals = readings[place].totals if place < len(readings) else None
            name = readings[place].model if place < len(readings) else ""
            self._fill(place, name, _figures(totals) if totals else None)
        self._fill(2, *(_compared(difference) if difference else ("", None)))

    def setTokens(self, tokens: Tokens) -> None:
        self._tokens = tokens
        for label in self._figures:
            label.setFont(text_font(tokens))

    def _row(self, row: int) -> tuple[ElidedLabel, list[QLabel]]:
        name, figures = ElidedLabel(""), [words("", wrap=False) for _ in COLUMNS]
        self._grid.addWidget(name, row, 0)
        for column, label in enumerate(figures, start=1):
            self._grid.addWidget(label, row, column, Qt.AlignmentFlag.AlignRight)
        self._figures += figures
        return name, figures

    def _fill(self, place: int, name: str, told: Sequence[str] | None) -> None:
        label, figures = self._rows[place]
        label.show_text(name)
        for figure, text in zip(figures, told or [""] * len(figures), strict=True):
            figure.setText(text)
        for widget in (label, *figures):
            widget.setVisible(told is not None)


def _figures(totals: Totals) -> list[str]:
    n = f"{totals.n:,}" + (f" ({totals.n_broken:,} broken)" if totals.n_broken else "")
    return [*map(_number, (totals.bits_per_byte, totals.bits_per_token, totals.perplexity,
                           totals.entropy_bits)), n]  # fmt: skip


def _compared(found: Difference) -> tuple[str, list[str]]:
    first, second = found.first_bits_per_byte, found.second_bits_per_byte
    if first is None or second is None:
        return "Nothing that both predicted", ["–", "", "", "", ""]
    where = f"Second − first, over the {found.n_bytes:,} bytes that both predicted"
    return where, [f"{second - first:+.3f}".replace("-", "−"), "", "", "", ""]


def _number(value: float | None) -> str:
    if value is None:
        return "–"
    if not math.isfinite(value) or value >= 1e6:
        return "> 1,000,000"
    return f"{value:,.3f}" if value < 10 else f"{value:,.1f}"
