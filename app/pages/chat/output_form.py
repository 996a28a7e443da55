"""The form of the output: free text, a JSON schema, or a GBNF grammar that is checked first."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
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
        self.verdict = QLabel(wordWrap=True)
        self._written = dict(EXAMPLES)  # by kind
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self._kind)
        column.addWidget(self._text)
        column.addWidget(self._check, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.verdict)
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
        self._written = dict(EXAMPLES)
        self._kind.setCurrentIndex(SCHEMA if json_schema else GRAMMAR if grammar else FREE)
        self._text.setPlainText(json_schema or grammar)
        self.blockSignals(False)
        self._show_kind()

    def show_verdict(self, sentence: str, good: bool) -> None:
        self.verdict.setText(sentence)
        self.verdict.setVisible(bool(sentence))
        self.verdict.setProperty("role", "good" if good else "danger")
        self.verdict.style().unpolish(self.verdict)
        self.verdict.style().polish(self.verdict)

    def _on_kind(self, kind: int) -> None:
        if kind in self._written:
            self._text.setPlainText(self._written[kind])
        self._show_kind()
        self.changed.emit()

    def _on_text(self) -> None:
        if self._kind.currentIndex() in self._written:
            self._written[self._kind.currentIndex()] = self._text.toPlainText()
        self.show_verdict("", good=True)
        self.changed.emit()

    def _show_kind(self) -> None:
        has_text = self._kind.currentIndex() != FREE
        self._text.setVisible(has_text)
        self._check.setVisible(has_text)
        self.verdict.setVisible(has_text and bool(self.verdict.text()))
