"""The text itself, each token coloured by how far the other model is from the base there."""

from __future__ import annotations

from math import isfinite

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from app.pages.quantization.token_halves import TokenHalves
from app.widgets.icons import IconButton
from app.widgets.parts import row_of, words
from app.widgets.token_canvas import TokenCanvas
from app.widgets.token_cells import Cell
from app.widgets.token_field import UsefulScrollBar
from app.widgets.token_strip import MagnitudeScale
from app.widgets.tokens import Tokens
from labs.quantization.moved import Told, ToldWindow, change_at

SCALES = (0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)  # nats at the end of the colours
HIGH_SHARE = 0.99
LINES_BEFORE = 3
ABOUT = "The first half of each window is context only and has no colour."


class MovedText(QWidget):
    """Window by window; a click on a token shows what both models expected there."""

    def __init__(self) -> None:
        super().__init__()
        self._told, self._other, self._names = Told(), 0, ("", "")
        self._window = 0
        self.before = IconButton("caret-left", "The window before", self)
        self.after = IconButton("caret-right", "The next window", self)
        self.place = words("", "", wrap=False)
        self.scale = MagnitudeScale(self, "nats", 210)
        self.canvas = TokenCanvas()
        self.canvas.setAccessibleName("The text, coloured by divergence")
        self.area = CanvasArea(self.canvas)
        self.halves = TokenHalves("moved-text-splitter", self.area)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        row = row_of(self.before, self.place, self.after, stretch=-1)
        row.addWidget(self.scale)
        column.addLayout(row)
        column.addWidget(words(ABOUT, "small"))
        column.addWidget(self.halves, 1)
        self.before.clicked.connect(lambda: self.show_window(self._window - 1))
        self.after.clicked.connect(lambda: self.show_window(self._window + 1))

    def complete(self) -> None:
        """The other half, in a turn of its own."""
        self.detail = self.halves.complete()
        self.canvas.opened.connect(self._on_opened)

    def show_told(self, told: Told, other: int, base_name: str, other_name: str) -> None:
        self._told, self._other, self._names = told, other, (base_name, other_name)
        self.scale.show_full_scale(_end_of(told, other))
        self.halves.setVisible(bool(told.windows))
        self.show_window(0)

    def show_window(self, number: int) -> None:
        n_windows = len(self._told.windows)
        self._window = max(0, min(number, n_windows - 1))
        self.before.setEnabled(self._window > 0)
        self.after.setEnabled(self._window < n_windows - 1)
        self.detail.show_nothing()
        if not n_windows:
            self.place.setText("What was said of each token was not kept.")
            self.area.show_cells(())
            return
        window = self._told.windows[self._window]
        self.place.setText(f"Window {self._window + 1} of {n_windows} · {window.kind}")
        self.area.show_cells(self._cells(window), window.first + 1)

    def _cells(self, window: ToldWindow) -> tuple[Cell, ...]:
        kld = window.others[self._other].kld
        first, end = window.first + 1, self.scale.full_scale
        return tuple(
            Cell(self._told.piece(token), token, _share(kld[at - first], end) if at >= first
                 else None)
            for at, token in enumerate(window.token_ids)
        )  # fmt: skip

    def _on_opened(self, index: int, _place: QPoint) -> None:
        window = self._told.windows[self._window]
        row = index - window.first - 1
        if row < 0:
            self.detail.show_nothing()
        else:
            change = change_at(self._told, self._other, self._window, row)
            self.detail.show_change(change, *self._names)


def _share(kld: float, end: float) -> float:
    return min(1.0, max(0.0, kld) / end) if isfinite(kld) else 1.0


def _end_of(told: Told, other: int) -> float:
    """A round number above nearly all divergences, so that the colours tell something."""
    values = sorted(v for window in told.windows for v in window.others[other].kld if isfinite(v))
    high = values[int(HIGH_SHARE * (len(values) - 1))] if values else 1.0
    return next((end for end in SCALES if end >= high), SCALES[-1])


class CanvasArea(QScrollArea):
    """Tokens as wide as there is room, scrolled up and down."""

    def __init__(self, canvas: TokenCanvas) -> None:
        super().__init__()
        self._canvas = canvas
        self._first = 0
        self.setAccessibleName("The text of a window")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the tokens have it
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBar(UsefulScrollBar())
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setWidget(canvas)
        canvas.setAutoFillBackground(False)

    def show_cells(self, cells: tuple[Cell, ...], first: int = 0) -> None:
        """Scrolled so that cell `first` stands below a few lines of what comes before."""
        self._canvas.show_cells(cells)
        self._fit()
        self._first = first
        self._bring()

    def setTokens(self, tokens: Tokens) -> None:
        self.verticalScrollBar().setSingleStep(tokens.px(24))
        self._canvas.setTokens(tokens)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()
        if event.oldSize().width() != event.size().width():
            self._bring()

    def _bring(self) -> None:
        if self._canvas.cells:
            top = self._canvas.cell_rect(self._first).top()
            self.verticalScrollBar().setValue(top - LINES_BEFORE * self._canvas.line_px)

    def _fit(self) -> None:
        width = self.viewport().width()
        self._canvas.resize(width, self._canvas.heightForWidth(width))
