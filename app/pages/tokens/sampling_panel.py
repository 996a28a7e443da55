"""The samplers as sliders, and what they leave of a distribution in numbers."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal, cast

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.pages.tokens.sampling_slider import FIELDS, SamplingSlider
from app.pages.tokens.surprise_bar import Choice
from app.widgets.parts import button, row_of, words
from labs.tokens.sampling import Distribution, Shaped, entropy_bits
from models.engine.messages import Sampling

Case = Literal["mixed", "cut", "uncut"]
CASES: dict[Case, str] = {"mixed": "Both", "cut": "It cuts", "uncut": "It does not"}
NEUTRAL = Sampling(temperature=1.0, top_k=0, top_p=1.0, min_p=0.0)
ORDER = (
    "They act in this order, as in replies: top-k, top-p, min-p, XTC, temperature. Samplers that "
    "look back at what was written, such as penalties, are left out."
)


class SamplingPanel(QWidget):
    """`changed` comes with every step of a slider."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.sliders = {field.name: SamplingSlider(field) for field in FIELDS}
        self.neutral = button("Switch all off", "link")
        self.usual = button("As in replies", "link", "Set the samplers as in replies")
        self.left, self.entropy = words("", wrap=True), words("", wrap=True)
        self.lots, self.case = words("", "secondary"), Choice(CASES, "Show", self)
        self._lay_out()
        for slider in self.sliders.values():
            slider.changed.connect(self.changed)
        self.case.changed.connect(self.changed)
        self.neutral.clicked.connect(lambda: self.show_sampling(NEUTRAL))
        self.usual.clicked.connect(lambda: self.show_sampling(Sampling()))
        self.show_sampling(Sampling())
        self.show_nothing()

    @property
    def sampling(self) -> Sampling:
        values: dict[str, Any] = {name: slider.value for name, slider in self.sliders.items()}
        return replace(Sampling(), **values | {"top_k": round(values["top_k"])})

    @property
    def shown_case(self) -> Case:
        return cast(Case, self.case.chosen)

    def show_sampling(self, sampling: Sampling) -> None:
        for name, slider in self.sliders.items():
            slider.show_value(getattr(sampling, name))
        self.changed.emit()

    def show_nothing(self) -> None:
        for widget in (self.left, self.entropy, self.lots, self.case):
            widget.hide()

    def show_shaped(self, distribution: Distribution, shaped: Shaped) -> None:
        n_all, n_left = len(distribution.ids), shaped.n_candidates
        before, after = distribution.entropy_bits, entropy_bits(shaped.mixed)
        self.left.setText(f"{n_left:,} of {n_all:,} tokens can come")
        self.entropy.setText(f"Entropy {before:.2f} bits before, {after:.2f} after")
        if shaped.cut is not None:
            n_cut = shaped.cut.first - shaped.uncut.first
            self.lots.setText(
                f"XTC draws lots: in {100 * shaped.cut_share:.0f} % of the draws it takes the "
                f"{n_cut:,} likeliest away. Entropy {shaped.cut.entropy_bits:.2f} bits then, "
                f"{shaped.uncut.entropy_bits:.2f} otherwise."
            )
        self.left.show()
        self.entropy.show()
        self.lots.setVisible(shaped.cut is not None)
        self.case.setVisible(shaped.cut is not None)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        title = words("Sampling", "heading", wrap=False)
        title.setToolTip(ORDER)
        column.addWidget(title)
        for slider in self.sliders.values():
            column.addWidget(slider)
        column.addLayout(row_of(self.usual, self.neutral, stretch=-1))
        for widget in (self.left, self.entropy, self.lots, self.case, words(ORDER, "small")):
            column.addWidget(widget)
