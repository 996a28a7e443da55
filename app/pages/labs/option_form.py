"""A form written from an Options dataclass: one field a row, its hint below it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import Field, fields
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QLineEdit,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from app.widgets.parts import words
from app.widgets.still import keep_still

MOST = 1_000_000


class OptionForm(QWidget):
    """`changed` comes with every edit; `values()` is what `options_from` takes."""

    changed = Signal()

    def __init__(self, options: type[Any]) -> None:
        super().__init__()
        self.editors: dict[str, QWidget] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        for place, each in enumerate(fields(options)):
            if place:
                column.addSpacing(10)
            self._add(column, each)

    def values(self) -> dict[str, Any]:
        return {name: _value(editor) for name, editor in self.editors.items()}

    def show_values(self, values: Mapping[str, Any]) -> None:
        """Set the fields that are named; the others stay."""
        for name, value in values.items():
            _show(self.editors[name], value)

    def _add(self, column: QVBoxLayout, each: Field[Any]) -> None:
        title, hint = each.metadata["title"], each.metadata["hint"]
        editor = self._editor(each)
        editor.setAccessibleName(title)
        editor.setAccessibleDescription(hint)
        keep_still(editor)
        self.editors[each.name] = editor
        if not isinstance(editor, QCheckBox):
            label = words(title, wrap=False)
            label.setBuddy(editor)
            column.addWidget(label)
        column.addWidget(editor)
        if hint:
            column.addWidget(words(hint, "small"))

    def _editor(self, each: Field[Any]) -> QWidget:
        default, choices = each.default, each.metadata.get("choices")
        if choices:
            box = QComboBox()
            for value, title in choices.items():
                box.addItem(title, value)
            box.setCurrentIndex(max(0, box.findData(default)))
            box.currentIndexChanged.connect(self.changed)
            return box
        if isinstance(default, bool):
            check = QCheckBox(each.metadata["title"])
            check.setChecked(default)
            check.toggled.connect(self.changed)
            return check
        if isinstance(default, int | float):
            return self._number(default)
        line = QLineEdit(str(default))
        line.editingFinished.connect(self.changed)
        return line

    def _number(self, default: float) -> QWidget:
        spin = QSpinBox() if isinstance(default, int) else QDoubleSpinBox()
        spin.setRange(0, MOST)
        spin.setKeyboardTracking(False)
        spin.setValue(default)  # type: ignore[arg-type]  # each of the two its own kind
        spin.valueChanged.connect(self.changed)
        return spin


def _show(editor: QWidget, value: Any) -> None:
    if isinstance(editor, QComboBox):
        editor.setCurrentIndex(max(0, editor.findData(value)))
    elif isinstance(editor, QCheckBox):
        editor.setChecked(value)
    elif isinstance(editor, QSpinBox | QDoubleSpinBox):
        editor.setValue(value)
    elif isinstance(editor, QLineEdit):
        editor.setText(str(value))


def _value(editor: QWidget) -> Any:
    if isinstance(editor, QComboBox):
        return editor.currentData()
    if isinstance(editor, QCheckBox):
        return editor.isChecked()
    if isinstance(editor, QSpinBox | QDoubleSpinBox):
        return editor.value()
    assert isinstance(editor, QLineEdit)
    return editor.text()
