"""The lab sheet on the right: read, answer where it is asked, and find the answers again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QVBoxLayout, QWidget

from app.widgets.icons import IconButton
from app.widgets.parts import clear, hairline, row_of, scrolled, set_role, words
from app.widgets.sheet.answer_field import AnswerField
from app.widgets.sheet.sheet_words import sheet_words
from app.widgets.tokens import Tokens
from labs.lab_book.sheet_text import Block
from models.errors import UserError

WIDTH_PX = 320
SAVE_AFTER_MS = 500


class AnswersPlace(Protocol):
    """Where answers lie. Both raise UserError."""

    def read(self) -> dict[str, str]: ...

    def write(self, answers: Mapping[str, str]) -> None: ...


class SheetDrawer(QFrame):
    """Answers are saved half a second after the last key, in the place that holds them now. What
    cannot be saved stays on the screen: no other sheet takes its place before it is."""

    closed = Signal()
    failed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("sheet-drawer")
        self.setAccessibleName("Lab sheet")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setProperty("role", "page")
        self._tokens = Tokens()
        self._place: AnswersPlace | None = None
        self._is_edited = False  # something typed is not saved yet
        self.answers: dict[str, AnswerField] = {}
        self.parts: list[tuple[Block, QWidget]] = []
        self._timer = QTimer(self, singleShot=True, interval=SAVE_AFTER_MS)
        self._timer.timeout.connect(self.save)
        self._heading = words("", "heading")
        self._saved = words("", "small")
        self.close_button = IconButton("x", "Close the lab sheet", self, size=16)
        self.close_button.clicked.connect(self.closed)
        self._lay_out()
        self.hide()

    @property
    def fields(self) -> dict[str, QPlainTextEdit]:
        """Question to the field of its answer."""
        return {question: answer.field for question, answer in self.answers.items()}

    def show_sheet(self, title: str, blocks: tuple[Block, ...]) -> bool:
        """Another sheet; `answer_into` follows. False where the one that is shown has answers
        that cannot be saved: it stays."""
        if not self.save():
            return False
        self._place = None
        self._heading.setText(title)
        clear(self._column)
        self.answers, self.parts = {}, []
        for block in blocks:
            part = self._part(block)
            self.parts.append((block, part))
            self._column.addWidget(part)
        self._scroll.verticalScrollBar().setValue(0)
        return True

    def answer_into(self, place: AnswersPlace) -> None:
        """Show the answers that lie there; what is typed from here on goes there."""
        if place == self._place or not self.save():
            return
        self._place, self._is_edited = place, False
        known: dict[str, str] = {}
        try:
            known = place.read()
            self._say("")
        except UserError as error:
            self._place = None
            self._fail(error)
        for question, answer in self.answers.items():
            answer.fill(known.get(question, ""))
            answer.field.setReadOnly(self._place is None)

    def save(self) -> bool:
        """Write now what is still waiting; False where that cannot be."""
        self._timer.stop()
        if not self._is_edited or self._place is None:
            return True
        try:
            self._place.write(self.typed())
        except UserError as error:
            self._fail(error)
            return False
        self._is_edited = False
        self._say("Saved.")
        return True

    def typed(self) -> dict[str, str]:
        """Question to answer, as it stands on the screen."""
        return {question: field.toPlainText() for question, field in self.fields.items()}

    def setTokens(self, tokens: Tokens) -> None:
        self._tokens = tokens
        self.setFixedWidth(tokens.px(WIDTH_PX))

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.save()  # the window may be closing

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)

    # ---- inside ----------------------------------------------------------------------------

    def _head_row(self) -> QVBoxLayout:
        """What stands above the line."""
        column = QVBoxLayout()
        column.setContentsMargins(16, 10, 8, 6)
        column.addLayout(row_of(self._heading, self.close_button, stretch=0))
        return column

    def _lay_out(self) -> None:
        self._column = QVBoxLayout()
        self._column.setSpacing(8)
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(16, 8, 16, 16)
        column.addLayout(self._column)
        column.addStretch(1)
        self._scroll = scrolled(inside, "Text of the lab sheet")
        line = QFrame()
        line.setProperty("role", "hairline-vertical")
        main = QVBoxLayout()
        main.setContentsMargins(0, 0, 0, 0)
        main.setSpacing(0)
        main.addLayout(self._head_row())
        main.addWidget(hairline())
        main.addWidget(self._scroll, 1)
        foot = row_of(self._saved)
        foot.setContentsMargins(16, 4, 16, 6)
        main.addLayout(foot)
        outer = row_of(line, spacing=0)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addLayout(main, 1)
        self.setLayout(outer)

    def _part(self, block: Block) -> QWidget:
        if block.kind == "heading":
            heading = words(block.text, "heading")
            heading.setContentsMargins(0, 10, 0, 0)
            return heading
        if block.kind == "question":
            answer = AnswerField(block.text, block.file)
            answer.setTokens(self._tokens)
            answer.typed.connect(self._on_typed)
            self.answers[block.text] = answer
            return answer
        return sheet_words(block.text)

    def _on_typed(self) -> None:
        self._is_edited = True
        self._say("…")
        self._timer.start()

    def _say(self, text: str) -> None:
        self._saved.setText(text)
        set_role(self._saved, "small")

    def _fail(self, error: UserError) -> None:
        """In the drawer itself: it stays when pages change."""
        self._saved.setText(str(error))
        set_role(self._saved, "warning")
        self.failed.emit(error)
