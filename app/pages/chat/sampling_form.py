"""A form of the sampling parameters."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QDoubleSpinBox,
    QFormLayout,
    QLabel,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from app.pages.chat.sampling_fields import SAMPLING_FIELDS, SamplingField
from app.widgets.still import keep_still
from models.engine.messages import Sampling


class SamplingForm(QWidget):
    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._fields: dict[str, QSpinBox | QDoubleSpinBox] = {}
        self._base = Sampling()
        self._more = QWidget()
        self._more_button = QPushButton("More parameters")
        self._more_button.setProperty("role", "link")
        self._more_button.setAccessibleName("Show all sampling parameters")
        self._more_button.clicked.connect(self._toggle_more)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addLayout(self._form([f for f in SAMPLING_FIELDS if f.main]))
        column.addWidget(self._more_button)
        self._more.setLayout(self._form([f for f in SAMPLING_FIELDS if not f.main]))
        self._more.hide()
        column.addWidget(self._more)

    def value(self) -> Sampling:
        values: dict[str, Any] = {name: box.value() for name, box in self._fields.items()}
        return replace(self._base, **values)

    def set_value(self, sampling: Sampling) -> None:
        self._base = sampling
        for name, box in self._fields.items():
            box.blockSignals(True)
            box.setValue(getattr(sampling, name))
            box.blockSignals(False)

    def _form(self, fields: list[SamplingField]) -> QFormLayout:
        form = QFormLayout()
        form.setContentsMargins(0, 0, 0, 0)
        form.setHorizontalSpacing(12)
        form.setVerticalSpacing(6)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)  # in large text
        for field in fields:
            label = QLabel(field.name)
            label.setProperty("role", "mono")
            label.setToolTip(field.help)
            form.addRow(label, self._box(field))
        return form

    def _box(self, field: SamplingField) -> QWidget:
        box: QSpinBox | QDoubleSpinBox
        if field.decimals == 0:
            box = QSpinBox()
            box.setRange(int(field.minimum), int(field.maximum))
            box.setSingleStep(int(field.step))
        else:
            box = QDoubleSpinBox()
            box.setDecimals(field.decimals)
            box.setRange(field.minimum, field.maximum)
            box.setSingleStep(field.step)
        keep_still(box)
        box.setAccessibleName(field.name)
        box.setAccessibleDescription(field.help)
        box.setToolTip(f"{field.name}: {field.help}")
        box.setValue(getattr(self._base, field.name))
        box.valueChanged.connect(lambda _value: self.changed.emit())
        self._fields[field.name] = box
        return box

    def _toggle_more(self) -> None:
        shown = self._more.isHidden()
        self._more.setVisible(shown)
        self._more_button.setText("Fewer parameters" if shown else "More parameters")
