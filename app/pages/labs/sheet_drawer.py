"""The lab sheet on the right: read, answer where it is asked, and find the answers in the run."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent
from PySide6.QtWidgets import QFrame, QLabel, QPlainTextEdit, QVBoxLayout, QWidget

from app.pages.labs.sheet_answers import answers_text, parse_answers, read_text, write_text
from app.pages.labs.sheet_text import Block
from app.widgets.icons import IconButton
from app.widgets.parts import clear, hairline, row_of, scrolled, words
from app.widgets.tokens import Tokens
from models.errors import UserError

WIDTH_PX = 320
SAVE_AFTER_MS = 500


class SheetDrawer(QFrame):
    """Answers are saved half a second after the last key, into the file that holds them now."""

    closed = Signal()
    failed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("sheet-drawer")
        self.setAccessibleName("Lab sheet")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setProperty("role", "page")
        self._tokens = Tokens()
        self._title = ""
        self._blocks: tuple[Block, ...] = ()
        self._path: Path | None = None
        self._is_edited = False  # something typed is not saved yet
        self.fields: dict[str, QPlainTextEdit] = {}
        self._timer = QTimer(self, singleShot=True, interval=SAVE_AFTER_MS)
        self._timer.timeout.connect(self.save)
        self._heading = words("", "heading")
        self._saved = words("", "small")
        close = IconButton("x", "Close the lab sheet", self, size=16)
        close.clicked.connect(self.closed)
        self._column = QVBoxLayout()
        self._column.setSpacing(8)
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(16, 8, 16, 16)
        column.addLayout(self._column)
        column.addStretch(1)
        line = QFrame()
        line.setProperty("role", "hairline-vertical")
        main = QVBoxLayout()
        main.setContentsMargins(0, 0, 0, 0)
        main.setSpacing(0)
        head = row_of(self._heading, close, stretch=0)
        head.setContentsMargins(16, 10, 8, 6)
        main.addLayout(head)
        main.addWidget(hairline())
        main.addWidget(scrolled(inside, "Text of the lab sheet"), 1)
        foot = row_of(self._saved)
        foot.setContentsMargins(16, 4, 16, 6)
        main.addLayout(foot)
        outer = row_of(line, spacing=0)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addLayout(main, 1)
        self.setLayout(outer)
        self.hide()

    def show_sheet(self, title: str, blocks: tuple[Block, ...]) -> None:
        """Another sheet; `answer_into` follows."""
        self.save()
        self._path = None
        self._title, self._blocks = title, blocks
        self._heading.setText(f"Lab sheet: {title}")
        clear(self._column)
        self.fields = {}
        for block in blocks:
            self._column.addWidget(self._part(block))
        self.setTokens(self._tokens)

    def answer_into(self, path: Path) -> None:
        """Show the answers of this file; what is typed from here on goes there."""
        if path == self._path:
            return
        self.save()
        self._path, self._is_edited = path, False
        try:
            known = parse_answers(read_text(path), self._blocks)
        except UserError as error:
            self._path = None
            self.failed.emit(error)
            known = {}
        for question, field in self.fields.items():
            field.blockSignals(True)
            field.setPlainText(known.get(question, ""))
            field.blockSignals(False)
            field.setReadOnly(self._path is None)
        self._saved.setText("")

    def save(self) -> None:
        """Write now what is still waiting."""
        self._timer.stop()
        if not self._is_edited or self._path is None:
            return
        answers = {question: field.toPlainText() for question, field in self.fields.items()}
        try:
            write_text(self._path, answers_text(self._title, self._blocks, answers))
            self._is_edited = False
            self._saved.setText("Saved.")
        except UserError as error:
            self._saved.setText("Not saved.")
            self.failed.emit(error)

    def setTokens(self, tokens: Tokens) -> None:
        self._tokens = tokens
        self.setFixedWidth(tokens.px(WIDTH_PX))
        for field in self.fields.values():
            field.setFixedHeight(tokens.px(76))

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.save()  # the window may be closing

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)

    def _part(self, block: Block) -> QWidget:
        if block.kind == "heading":
            return words(block.text, "heading")
        if block.kind == "text":
            label = QLabel(block.text)
            label.setTextFormat(Qt.TextFormat.MarkdownText)
            label.setWordWrap(True)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            return label
        made = QWidget()
        column = QVBoxLayout(made)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        field = QPlainTextEdit()
        field.setAccessibleName(block.text)
        field.setPlaceholderText("Your answer")
        field.setTabChangesFocus(True)
        field.textChanged.connect(self._on_typed)
        self.fields[block.text] = field
        column.addWidget(words(block.text))
        column.addWidget(field)
        return made

    def _on_typed(self) -> None:
        self._is_edited = True
        self._saved.setText("…")
        self._timer.start()
