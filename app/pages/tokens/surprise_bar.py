"""What the colours of a heat map show: of which model, which number."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, cast

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from app.pages.tokens.colour_scale import ColourScale
from app.pages.tokens.scored_cells import DIFFERENCE, SCALES, TITLES, Measure
from app.widgets.parts import row_of, words

Side = Literal["first", "second", "difference"]
SIDES: dict[Side, str] = {"first": "First", "second": "Second", "difference": "Difference"}


class SurpriseBar(QWidget):
    """Sides are offered where there are two models, measures where one model is shown."""

    side_changed = Signal()
    measure_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._measures = Choice(TITLES, "Colour by", self)
        self._sides = Choice(SIDES, "Show", self)
        self.scale = ColourScale()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(row_of(self._sides, self._measures, self.scale, stretch=2, spacing=12))
        for choice, told in (
            (self._measures, self.measure_changed), (self._sides, self.side_changed),
        ):  # fmt: skip
            choice.changed.connect(self._show_scale)
            choice.changed.connect(told)
        self.offer_sides(False)
        self._show_scale()

    @property
    def measure(self) -> Measure:
        return cast(Measure, self._measures.chosen)

    @property
    def side(self) -> Side:
        return cast(Side, self._sides.chosen)

    def show_measure(self, measure: Measure) -> None:
        self._measures.choose(measure)

    def show_side(self, side: Side) -> None:
        self._sides.choose(side)

    def offer_sides(self, offered: bool) -> None:
        self._sides.setVisible(offered)
        if not offered and self.side != "first":
            self._sides.choose("first")

    def _show_scale(self) -> None:
        is_difference = self.side == "difference"
        self._measures.setVisible(not is_difference)
        self.scale.show_scale(DIFFERENCE if is_difference else SCALES[self.measure])


class Choice(QWidget):
    """One of a few, as buttons side by side."""

    changed = Signal()

    def __init__(self, titles: Mapping[Any, str], name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._buttons: dict[str, QToolButton] = {}
        self._group = QButtonGroup(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        row.addWidget(words(name, "secondary", wrap=False))
        for key, title in titles.items():
            button = QToolButton()
            button.setText(title)
            button.setCheckable(True)
            button.setAccessibleName(f"{name} {title.lower()}")
            button.clicked.connect(lambda _on: self.changed.emit())
            self._group.addButton(button)
            self._buttons[key] = button
            row.addWidget(button)
        next(iter(self._buttons.values())).setChecked(True)

    @property
    def chosen(self) -> str:
        return next(key for key, button in self._buttons.items() if button.isChecked())

    def choose(self, key: str) -> None:
        self._buttons[key].setChecked(True)
        self.changed.emit()
