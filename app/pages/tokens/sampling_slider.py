"""One number of the samplers as a slider with its field."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QDoubleSpinBox, QGridLayout, QSlider, QWidget

from app.widgets.parts import words
from app.widgets.still import keep_still
from app.widgets.tokens import Tokens

_BOX_PX = 84


@dataclass(frozen=True)
class SliderField:
    """`stops` are the values that the slider takes; the field takes any up to the last."""

    name: str
    title: str
    help: str
    stops: Sequence[float]
    decimals: int = 2


def _steps(end: float, step: float) -> tuple[float, ...]:
    return tuple(round(step * n, 4) for n in range(round(end / step) + 1))


FIELDS = (
    SliderField("temperature", "Temperature",
                "0 always takes the likeliest token; higher makes all more alike.",
                _steps(2, 0.05)),
    SliderField("top_k", "Top-k", "Keeps this many of the likeliest; 0 keeps all.",
                (0, 1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30, 40, 50, 60, 80, 100, 150, 200, 300,
                 500, 1000), 0),
    SliderField("top_p", "Top-p",
                "Keeps the likeliest that reach this share together; 1 keeps all.",
                _steps(1, 0.01)),
    SliderField("min_p", "Min-p",
                "Keeps what is at least this share as likely as the likeliest; 0 keeps all.",
                _steps(1, 0.01)),
    SliderField("xtc_threshold", "XTC threshold",
                "XTC takes away all tokens at least this likely but the last of them.",
                _steps(0.5, 0.01)),
    SliderField("xtc_probability", "XTC probability",
                "How often XTC does so; 0 switches it off.", _steps(1, 0.05)),
)  # fmt: skip


class SamplingSlider(QWidget):
    changed = Signal()

    def __init__(self, field: SliderField, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._stops = tuple(field.stops)
        self.slider, self.box = QSlider(Qt.Orientation.Horizontal), QDoubleSpinBox()
        self.slider.setRange(0, len(self._stops) - 1)
        self.slider.setPageStep(max(1, len(self._stops) // 10))
        self.box.setRange(self._stops[0], self._stops[-1])
        self.box.setDecimals(field.decimals)
        self.box.setSingleStep(1 if field.decimals == 0 else 0.05)
        for widget, name in ((self.slider, "slider"), (self.box, "value")):
            widget.setAccessibleName(f"{field.title} {name}")
            widget.setAccessibleDescription(field.help)
            widget.setToolTip(field.help)
        keep_still(self.slider, self.box)
        title = words(field.title, wrap=False)
        title.setToolTip(field.help)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(0)
        grid.addWidget(title, 0, 0)
        grid.addWidget(self.slider, 1, 0)
        grid.addWidget(self.box, 0, 1, 2, 1, Qt.AlignmentFlag.AlignVCenter)
        grid.setColumnStretch(0, 1)
        self.slider.valueChanged.connect(self._on_slid)
        self.box.valueChanged.connect(self._on_typed)

    @property
    def value(self) -> float:
        return self.box.value()

    def show_value(self, value: float) -> None:
        """Without telling that it changed."""
        with QSignalBlocker(self.box):
            self.box.setValue(value)
        self._slide_to(value)

    def setTokens(self, tokens: Tokens) -> None:
        self.box.setFixedWidth(tokens.px(_BOX_PX))

    def _on_slid(self, stop: int) -> None:
        self.show_value(self._stops[stop])
        self.changed.emit()

    def _on_typed(self, value: float) -> None:
        self._slide_to(value)  # the field alone: it may be in the middle of a number
        self.changed.emit()

    def _slide_to(self, value: float) -> None:
        with QSignalBlocker(self.slider):
            self.slider.setValue(self._nearest(value))

    def _nearest(self, value: float) -> int:
        return min(range(len(self._stops)), key=lambda stop: abs(self._stops[stop] - value))
