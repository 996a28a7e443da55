"""A link opens only after the whole address was seen and agreed to."""

from __future__ import annotations

from PySide6.QtCore import QUrl, Signal
from PySide6.QtGui import QDesktopServices, QGuiApplication, QTextOption
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

MAX_LINES = 6  # a longer address scrolls


class LinkBar(QFrame):
    """Hidden until a link was clicked; `opening` tells the address that the browser is given."""

    opening = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("link-bar")
        self.setProperty("role", "well")
        self.setAccessibleName("Link")
        self._address = QPlainTextEdit()
        self._address.setReadOnly(True)
        self._address.setProperty("role", "mono")
        self._address.setAccessibleName("Address of the link")
        self._address.setWordWrapMode(QTextOption.WrapMode.WrapAnywhere)
        words = QLabel("This link from the model leads out of Assay, to:")
        words.setProperty("role", "small")
        open_button = self._button("Open in the browser", self._open)
        open_button.setObjectName("open-link")
        copy_button = self._button("Copy address", self._copy)
        close_button = self._button("Close", self.hide)
        buttons = QHBoxLayout()
        for button in (open_button, copy_button, close_button):
            buttons.addWidget(button)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(4)
        column.addWidget(words)
        column.addWidget(self._address)
        column.addLayout(buttons)
        self.hide()

    @property
    def address(self) -> str:
        return self._address.toPlainText()

    def ask(self, address: str) -> None:
        self._address.setPlainText(address)
        self.show()
        metrics = self._address.fontMetrics()
        columns = max(20, self._address.viewport().width() // metrics.averageCharWidth() - 2)
        lines = min(MAX_LINES, 1 + len(address) // columns)
        self._address.setFixedHeight(lines * metrics.lineSpacing() + 24)

    def _button(self, words: str, run: object) -> QPushButton:
        button = QPushButton(words)
        button.setProperty("role", "quiet")
        button.setAccessibleName(words)
        button.clicked.connect(run)
        return button

    def _open(self) -> None:
        self.opening.emit(self.address)
        QDesktopServices.openUrl(QUrl(self.address))
        self.hide()

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._address.toPlainText())
        self.hide()
