"""The form of the output: free text, a JSON schema, or a GBNF grammar that is checked first."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.widgets.still import keep_still

FREE, SCHEMA, GRAMMAR = 0, 1, 2
EXAMPLES = {
    SCHEMA: '{"type": "object", "properties": {"answer": {"type": "string"}}, '
    '"required": ["answer"]}',
    GRAMMAR: 'root ::= "yes" | "no"',
}


class OutputForm(QWidget):
    changed = Signal()
    check_requested = Signal(str, str)  # grammar, JSON schema

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kind = QComboBox()
        keep_still(self._kind)
        self._kind.addItems(
            ["Free text", "JSON that follows a schema", "Text that follows a grammar"]
        )
        self._kind.setAccessibleName("Form of the output")
        self._kind.view().setAccessibleName("Forms of the output")
        self._text = QPlainTextEdit()
        self._text.setAccessibleName("Schema or grammar")
        self._text.setProperty("role", "mono")
        self._text.setTabChangesFocus(True)
        self._text.setFixedHeight(120)
        self._check = QPushButton("Check")
        self._check.setAccessibleName("Check the schema or grammar")
        self._verdict = QLabel(wordWrap=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self._kind)
        column.addWidget(self._text)
        row = QHBoxLayout()
        row.addWidget(self._check)
        row.addWidget(self._verdict, 1)
        column.addLayout(row)
        self._kind.currentIndexChanged.connect(self._on_kind)
        self._text.textChanged.connect(self._on_text)
        self._check.clicked.connect(lambda: self.check_requested.emit(*self.value()))
        self._show_kind()

    def value(self) -> tuple[str, str]:
        """Grammar and JSON schema, of which at most one is not empty."""
        text = self._text.toPlainText().strip()
        kind = self._kind.currentIndex()
        return (text if kind == GRAMMAR else "", text if kind == SCHEMA else "")

    def set_value(self, grammar: str, json_schema: str) -> None:
        self.blockSignals(True)
        self._kind.setCurrentIndex(SCHEMA if json_schema else GRAMMAR if grammar else FREE)
        self._text.setPlainText(json_schema or grammar)
        self.blockSignals(False)
        self._show_kind()

    def show_verdict(self, sentence: str, good: bool) -> None:
        self._verdict.setText(sentence)
        self._verdict.setProperty("role", "good" if good else "danger")
        self._verdict.style().unpolish(self._verdict)
        self._verdict.style().polish(self._verdict)

    def _on_kind(self, kind: int) -> None:
        if kind in EXAMPLES:
            self._text.setPlainText(EXAMPLES[kind])
        self._show_kind()
        self.changed.emit()

    def _on_text(self) -> None:
        self._verdict.clear()
        self.changed.emit()

    def _show_kind(self) -> None:
        has_text = self._kind.currentIndex() != FREE
        for widget in (self._text, self._check, self._verdict):
            widget.setVisible(has_text)
