"""An editor that a megabyte may be pasted into: laid out as one piece, that holds the window up."""

from __future__ import annotations

from PySide6.QtCore import QMimeData, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QTextCursor
from PySide6.QtWidgets import QBoxLayout, QPlainTextEdit, QSizePolicy, QVBoxLayout, QWidget

from app.widgets.fonts import mono_font
from app.widgets.parts import button, row_of, words
from app.widgets.tokens import Tokens
from models.amounts import size_text

# Qt lays out a whole paragraph at once: in 30 ms where it has 16,000 bytes.
MOST_LETTERS, MOST_PARAGRAPHS, MOST_BYTES_A_PARAGRAPH = 64_000, 4_000, 16_000
BEGINNING_BYTES = 3_000
LEAST_PX, LEAST_LINES, AROUND_PX = 56, 2, 20  # no line is cut through where text is large
COST = (
    "The window may stand still for a moment at every letter that is typed, the longer the text "
    "and its lines are"
)


class LongText(QWidget):
    """A text to be changed at will; one that is too long for that shows its beginning alone.

    `changed` comes when the user writes, pastes or takes a paste back, `unlocked` when a long text
    is to be edited all the same. `foot` tells of a long text, below it or wherever it is put. The
    editor stays as it was below a long text, with its past: Undo brings it back.
    """

    changed = Signal()
    unlocked = Signal()

    def __init__(self, name: str, placeholder: str = "", *, is_mono: bool = True) -> None:
        super().__init__()
        self._is_mono, self._is_fixed = is_mono, False
        self._whole = ""  # of a text that is too long for the editor
        self._was_pasted = False
        self._put = ""  # as it was, until it is changed: an editor knows one kind of line end
        self.editor, self.beginning = PasteEditor(), Beginning()
        for field in (self.editor, self.beginning):
            field.setAccessibleName(name)
            field.setTabChangesFocus(True)
        self.editor.setPlaceholderText(placeholder)
        self.told = words("", "small")
        self.undo_button = button("Undo the paste", "link")
        self.edit_button = button("Edit anyway", "link")
        self.edit_button.setToolTip(COST)
        self.foot = QWidget()
        self.setFocusProxy(self.editor)
        self._lay_out()
        self.editor.textChanged.connect(self._on_typed)
        self.editor.long_pasted.connect(self._on_pasted)
        self.beginning.undo_asked.connect(self.undo_paste)
        self.undo_button.clicked.connect(self.undo_paste)
        self.edit_button.clicked.connect(self.edit_anyway)

    @property
    def text(self) -> str:
        return self._whole or self._put or self.editor.text

    @property
    def is_long(self) -> bool:
        return bool(self._whole)

    def show_text(self, text: str) -> None:
        """Put it in the place of all; `changed` does not come."""
        self.editor.blockSignals(True)
        self.editor.setPlainText("" if is_long(text) else text)
        self.editor.blockSignals(False)
        self._put = text
        self._show(text if is_long(text) else "", was_pasted=False)

    def undo_paste(self) -> None:
        if self._whole and self._was_pasted:
            self._show("")
            self.editor.setFocus()
            self.changed.emit()

    def edit_anyway(self) -> None:
        """Put the long text into the editor; there, Undo takes it out again."""
        whole = self._whole
        self.editor.blockSignals(True)
        cursor = QTextCursor(self.editor.document())
        cursor.select(QTextCursor.SelectionType.Document)
        cursor.insertText(whole)
        self.editor.moveCursor(QTextCursor.MoveOperation.Start)
        self.editor.blockSignals(False)
        self._put = whole
        self._show("")
        self.editor.setFocus()
        self.unlocked.emit()

    def take_foot(self) -> QWidget:
        """To be put elsewhere, in one line."""
        self.told.setWordWrap(False)
        self._below.setDirection(QBoxLayout.Direction.LeftToRight)
        self._below.setSpacing(12)
        return self.foot

    def fix_height(self, height_px: int) -> None:
        """Of the text; what is told of a paste comes below."""
        self._is_fixed = True
        for field in (self.editor, self.beginning):
            field.setFixedHeight(height_px)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def setTokens(self, tokens: Tokens) -> None:
        if self._is_mono:
            for field in (self.editor, self.beginning):
                field.setFont(mono_font(tokens))
        if not self._is_fixed:
            lines = LEAST_LINES * self.editor.fontMetrics().lineSpacing()
            self.editor.setMinimumHeight(max(LEAST_PX, lines + AROUND_PX))

    def _on_typed(self) -> None:
        self._put = ""
        if self._whole:
            self._show("")
        self.changed.emit()

    def _on_pasted(self, text: str) -> None:
        self._show(text)
        self.changed.emit()

    def _show(self, whole: str, *, was_pasted: bool = True) -> None:
        self._whole = whole
        self.beginning.setPlainText(beginning_of(whole))
        fields: tuple[QPlainTextEdit, QPlainTextEdit] = (self.editor, self.beginning)
        other, shown = fields if whole else fields[::-1]
        self.setFocusProxy(shown)
        shown.show()
        if other.hasFocus():
            shown.setFocus()  # it would leap through the window
        other.hide()
        size = size_text(len(whole.encode("utf-8", "replace")))
        self.told.setText(f"{size}, too long to edit: shown by its beginning, used whole.")
        self.told.setToolTip(self.told.text())  # where there is little room, it is cut off
        self._was_pasted = was_pasted
        self.undo_button.setVisible(was_pasted)
        self.foot.setVisible(bool(whole))

    def _lay_out(self) -> None:
        self.editor.setMinimumHeight(LEAST_PX)
        self.beginning.hide()
        below = self._below = QVBoxLayout(self.foot)
        below.setContentsMargins(0, 0, 0, 0)
        below.setSpacing(4)
        below.addWidget(self.told)
        below.addLayout(row_of(self.edit_button, self.undo_button, stretch=-1, spacing=12))
        self.foot.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.editor, 1)
        column.addWidget(self.beginning, 1)
        column.addWidget(self.foot)


class PasteEditor(QPlainTextEdit):
    """Tells of a paste, or a drop, that would make too long a text of it, and leaves it out: the
    whole text as it would be."""

    long_pasted = Signal(str)

    @property
    def text(self) -> str:
        """To the letter: `toPlainText` makes plain blanks of those that break no line."""
        return self.document().toRawText().replace("\u2029", "\n")

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        """Files are for who opens them."""
        return not source.hasUrls() and super().canInsertFromMimeData(source)

    def insertFromMimeData(self, source: QMimeData) -> None:
        if not is_long(source.text()) and not is_long(self._with(source.text())):
            super().insertFromMimeData(source)
        else:
            self.long_pasted.emit(self._with(source.text()))

    def _with(self, pasted: str) -> str:
        cursor = self.textCursor()
        begin, end = cursor.selectionStart(), cursor.selectionEnd()
        return self._between(0, begin) + pasted + self._between(end, -1)

    def _between(self, begin: int, end: int) -> str:
        """Places as Qt counts them, which takes two for some letters; −1 is the end."""
        cursor = QTextCursor(self.document())
        cursor.setPosition(begin)
        if end < 0:
            cursor.movePosition(QTextCursor.MoveOperation.End, QTextCursor.MoveMode.KeepAnchor)
        else:
            cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
        return cursor.selectedText().replace("\u2029", "\n")


class Beginning(QPlainTextEdit):
    """Of a long text, to be read only."""

    undo_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setReadOnly(True)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Undo):
            self.undo_asked.emit()
        else:
            super().keyPressEvent(event)


def beginning_of(text: str) -> str:
    raw = text[:BEGINNING_BYTES].encode("utf-8", "replace")
    return raw[:BEGINNING_BYTES].decode("utf-8", "ignore")


def is_long(text: str) -> bool:
    """Too long to be laid out between two frames of the window."""
    if len(text) > MOST_LETTERS or text.count("\n") > MOST_PARAGRAPHS:
        return True
    longest = max(map(len, text.split("\n")))
    return longest > MOST_BYTES_A_PARAGRAPH // 4 and any(
        len(line.encode("utf-8", "replace")) > MOST_BYTES_A_PARAGRAPH for line in text.split("\n")
    )
