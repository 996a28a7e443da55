"""What is true and how it is measured: the setting of a class of students."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from PySide6.QtWidgets import QGridLayout, QSpinBox, QWidget

from app.widgets.parts import words
from app.widgets.still import keep_still
from labs.clinic.students import Setting

IN_PERCENT = {"accuracy": " %", "drop": " points"}
RANGES = {
    "accuracy": (1, 100), "drop": (0, 100), "items": (2, 400), "formats": (2, 10),
    "students": (10, 2000), "seed": (0, 999_999),
}  # fmt: skip


class ClinicForm(QWidget):
    """A field a row; shares are shown in per cent. What each means is its tooltip."""

    def __init__(self) -> None:
        super().__init__()
        self.fields: dict[str, QSpinBox] = {}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(1, 1)
        for row, each in enumerate(fields(Setting)):
            title, hint = each.metadata["title"], each.metadata["hint"]
            spin = self._spin(each.name, each.default)
            spin.setAccessibleName(title)
            spin.setAccessibleDescription(hint)
            label = words(title, wrap=False)
            label.setBuddy(spin)
            for widget in (spin, label):
                widget.setToolTip(hint)
            grid.addWidget(label, row, 0)
            grid.addWidget(spin, row, 1)

    def values(self) -> dict[str, Any]:
        """What Setting is made with."""
        return {
            name: spin.value() / 100 if name in IN_PERCENT else spin.value()
            for name, spin in self.fields.items()
        }

    def _spin(self, name: str, default: Any) -> QSpinBox:
        spin = self.fields[name] = QSpinBox()
        spin.setRange(*RANGES[name])
        spin.setSuffix(IN_PERCENT.get(name, ""))
        spin.setSingleStep(5 if name in IN_PERCENT else 1)
        spin.setValue(round(100 * default) if name in IN_PERCENT else default)
        keep_still(spin)
        return spin
