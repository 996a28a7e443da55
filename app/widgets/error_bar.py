"""A bar that says what happened and what to do, with details on demand."""

from __future__ import annotations

import traceback
from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from models.errors import EngineDied, UserError

NO_ACTION = "Do something about it"  # a hidden button has a name, too


class ErrorBar(QWidget):
    """Hidden until `show_error`; never modal, closed by its own button."""

    height_changed = Signal()  # also when it comes and goes

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("error-bar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName("Error")
        self._message = _selectable_label("error-message")
        self._hint = _selectable_label("error-hint")
        self._details = QPlainTextEdit(readOnly=True)
        self._details.setAccessibleName("Error details")
        self._details.setProperty("role", "mono")
        self._details.setFixedHeight(140)
        self._act_button = QPushButton()
        self._act_button.setAccessibleName(NO_ACTION)
        self._act_button.clicked.connect(self._act)
        self._run: Callable[[], None] = lambda: None
        self._details_button = _quiet_button("Details", self._toggle_details)
        self._close_button = _quiet_button("Close", self.clear)
        self._lay_out()
        self.clear()

    def show_error(self, error: UserError) -> None:
        self._show(error, "", lambda: None, "error")

    def ask(self, error: UserError, action: str, run: Callable[[], None]) -> None:
        """Not a failure but a question: `action` names a button that closes the bar and runs."""
        self._show(error, action, run, "question")

    def _show(self, error: UserError, action: str, run: Callable[[], None], level: str) -> None:
        self._run = run
        self._act_button.setText(action)
        self._act_button.setAccessibleName(action or NO_ACTION)
        self._act_button.setVisible(bool(action))
        if self.property("level") != level:
            self.setProperty("level", level)
            self.style().polish(self)
        self._message.setText(error.message)
        self._hint.setText(error.hint)
        self._hint.setVisible(bool(error.hint))
        details = details_of(error)
        self._details.setPlainText(details)
        self._details.hide()
        self._details_button.setText("Details")
        self._details_button.setVisible(bool(details))
        self.setAccessibleDescription(str(error))
        self.show()

    def clear(self) -> None:
        self.hide()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.height_changed.emit()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.height_changed.emit()  # its size was settled before it could be seen

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.height_changed.emit()

    def _lay_out(self) -> None:
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self._message)
        words.addWidget(self._hint)
        top = QHBoxLayout()
        top.addLayout(words, 1)
        top.addWidget(self._act_button, 0, Qt.AlignmentFlag.AlignTop)
        top.addWidget(self._details_button, 0, Qt.AlignmentFlag.AlignTop)
        top.addWidget(self._close_button, 0, Qt.AlignmentFlag.AlignTop)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(24, 8, 16, 8)  # as header and page
        outer.addLayout(top)
        outer.addWidget(self._details)

    def _act(self) -> None:
        self.clear()
        self._run()

    def _toggle_details(self) -> None:
        self._details.setVisible(not self._details.isVisible())
        self._details_button.setText("Hide details" if self._details.isVisible() else "Details")


def details_of(error: UserError) -> str:
    """What helps someone who looks closer: the worker's last lines, or the cause."""
    if isinstance(error, EngineDied) and error.log:
        return "\n".join(error.log)
    if error.__cause__ is not None:
        return "".join(traceback.format_exception(error.__cause__))
    return ""


def _selectable_label(name: str) -> QLabel:
    label = QLabel(wordWrap=True)
    label.setObjectName(name)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label


def _quiet_button(text: str, slot: object) -> QPushButton:
    button = QPushButton(text)
    button.setProperty("role", "quiet")
    button.setAccessibleName(text)
    button.clicked.connect(slot)
    return button
