"""The control for each kind of setting."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QCheckBox, QComboBox, QDoubleSpinBox, QLineEdit, QSpinBox, QWidget

from app.pages.settings.folders import FolderList
from app.settings import Declaration, declaration_of
from app.widgets.still import keep_still

Changed = Callable[[str, Any], None]


def editor_for(name: str, value: Any, changed: Changed) -> QWidget:
    """A control that shows `value` and calls `changed(name, value)` when the user sets another."""
    declaration = declaration_of(name)
    editor = _make(declaration, value, lambda new: changed(name, new))
    if isinstance(editor, QComboBox | QSpinBox | QDoubleSpinBox):
        keep_still(editor)
    editor.setAccessibleName(declaration.label)
    editor.setAccessibleDescription(declaration.help)
    return editor


def show_value(editor: QWidget, value: Any) -> None:
    """Bring an editor up to date with a setting that was changed elsewhere."""
    with QSignalBlocker(editor):
        if isinstance(editor, QCheckBox):
            editor.setChecked(value)
        elif isinstance(editor, QComboBox):
            editor.setCurrentIndex(editor.findData(value))
        elif isinstance(editor, QSpinBox | QDoubleSpinBox):
            editor.setValue(value)
        elif isinstance(editor, FolderList):
            editor.set_folders(value)
        elif isinstance(editor, QLineEdit) and not editor.hasFocus():
            editor.setText(value)


def _make(declaration: Declaration, value: Any, changed: Callable[[Any], None]) -> QWidget:
    if declaration.choices:
        return _choice(declaration, value, changed)
    if isinstance(value, bool):
        return _switch(value, changed)
    if declaration.kind == "folders":
        return _folders(value, changed)
    if isinstance(value, str):
        return _text(value, changed)
    if isinstance(value, int):
        return _number(QSpinBox(), declaration, value, changed)
    return _number(QDoubleSpinBox(decimals=1), declaration, value, changed)


def _choice(declaration: Declaration, value: Any, changed: Callable[[Any], None]) -> QComboBox:
    box = QComboBox()
    for stored, words in declaration.choices:
        box.addItem(words, stored)
    box.setCurrentIndex(box.findData(value))
    box.currentIndexChanged.connect(lambda index: changed(box.itemData(index)))
    return box


def _switch(value: bool, changed: Callable[[Any], None]) -> QCheckBox:
    box = QCheckBox()
    box.setChecked(value)
    box.toggled.connect(changed)
    return box


def _number(
    box: QSpinBox | QDoubleSpinBox,
    declaration: Declaration,
    value: Any,
    changed: Callable[[Any], None],
) -> QWidget:
    kind = type(value)
    if declaration.minimum is not None and declaration.maximum is not None:
        box.setRange(kind(declaration.minimum), kind(declaration.maximum))
    box.setSingleStep(kind(declaration.step))
    box.setSuffix(f" {declaration.unit}" if declaration.unit else "")
    box.setValue(value)
    # While someone types "150", the values on the way (1, 15) are nobody's wish.
    box.setKeyboardTracking(False)
    box.valueChanged.connect(changed)
    return box


def _text(value: str, changed: Callable[[Any], None]) -> QLineEdit:
    box = QLineEdit(value)
    box.setMinimumWidth(240)
    box.editingFinished.connect(lambda: changed(box.text().strip()))
    return box


def _folders(value: tuple[str, ...], changed: Callable[[Any], None]) -> FolderList:
    box = FolderList()
    box.set_folders(value)
    box.folders_changed.connect(changed)
    return box
