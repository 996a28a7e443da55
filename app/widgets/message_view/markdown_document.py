"""A text document that shows growing Markdown and loads no resource whatever it says."""

from __future__ import annotations

from PySide6.QtCore import QObject, QUrl
from PySide6.QtGui import (
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextOption,
)

from app.widgets.message_view.document_builder import DocumentBuilder
from app.widgets.message_view.markdown_units import Unit, parse
from app.widgets.message_view.text_style import TextStyle

LONG_TAIL_CHARS = 3_000  # from here on a growing code block or paragraph is appended plainly
# Qt looks through all of a word for a place to break it, once for every line of it: one of a
# megabyte would hold the window up for minutes.
LONG_WORD_CHARS = 5_000
Wrap = QTextOption.WrapMode


class MarkdownDocument(QTextDocument):
    """While text is appended only the last unit is drawn again; what stands before it stays."""

    def __init__(self, style: TextStyle, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setUndoRedoEnabled(False)
        self.setDocumentMargin(0)
        self.links: list[str] = []
        self._style = style
        self._apply_style()
        self._reset()

    @property
    def source(self) -> str:
        return self._source

    def loadResource(self, kind: int, url: QUrl | str) -> object:
        """Nothing is loaded: a path in a reply would open files and network shares."""
        return None

    def set_style(self, style: TextStyle) -> None:
        self._style = style
        self._apply_style()
        self.set_source(self._source)

    def set_source(self, text: str) -> None:
        """Draw the whole text anew."""
        self.clear()
        self._reset()
        self._wrap_for(text)
        self._draw_tail(text, finished=True)
        self._source = text

    def grow_to(self, text: str, finished: bool = False) -> None:
        """Show `text`, which continues what is shown; draws anew where it does not."""
        if not text.startswith(self._source) or (finished and self._has_references):
            self.set_source(text)
            return
        self._wrap_for(text)
        if finished or not self._append_plainly(text):
            self._draw_tail(text, finished)
        self._source = text

    def _wrap_for(self, text: str) -> None:
        """Break lines anywhere from the first very long word on; else between words."""
        begun = self._source[-LONG_WORD_CHARS:].rpartition(" ")[2]  # a word that may go on
        words = (begun + text[len(self._source) :]).split()
        if any(len(word) > LONG_WORD_CHARS for word in words):
            self._wrap(Wrap.WrapAnywhere)

    def _wrap(self, mode: Wrap) -> None:
        option = self.defaultTextOption()
        if option.wrapMode() != mode:
            option.setWrapMode(mode)
            self.setDefaultTextOption(option)

    def _reset(self) -> None:
        self._wrap(Wrap.WrapAtWordBoundaryOrAnywhere)
        self._source = ""
        self._tail_offset = 0  # in the source: where the last unit begins
        self._tail_position = 0  # in the document: the same place
        self._has_references = False
        self._open_cell: QTextCursor | None = None
        self.links.clear()

    def _apply_style(self) -> None:
        self.setDefaultFont(self._style.text_font)
        self.setIndentWidth(self._style.indent_px)

    def _draw_tail(self, text: str, finished: bool) -> None:
        """In one edit: Qt then lays the text out once, which is three times faster."""
        edit = QTextCursor(self)
        edit.beginEditBlock()
        try:
            self._write_tail(text, finished)
        finally:
            edit.endEditBlock()

    def _write_tail(self, text: str, finished: bool) -> None:
        tail = text[self._tail_offset :]
        parsed = parse(tail)
        self._has_references = self._has_references or parsed.has_references
        offsets = _line_offsets(tail)
        complete_lines = len(offsets) - 1
        stable = _stable_count(parsed.units, len(offsets) if finished else complete_lines)
        builder = DocumentBuilder(self._cleared_tail(), self._style, self.links)
        for number, unit in enumerate(parsed.units):
            builder.close_unit()
            if number == stable:
                self._tail_position = builder.cursor.position()
            builder.code_cell = None
            builder.write(unit.tokens)
        self._open_cell = builder.code_cell if _is_open_fence(parsed.units, tail) else None
        if 0 < stable < len(parsed.units):
            self._tail_offset += offsets[parsed.units[stable].line]

    def _cleared_tail(self) -> QTextCursor:
        cursor = QTextCursor(self)
        cursor.setPosition(self._tail_position)
        cursor.movePosition(QTextCursor.MoveOperation.End, QTextCursor.MoveMode.KeepAnchor)
        cursor.removeSelectedText()
        if cursor.currentList() is not None:
            cursor.currentList().remove(cursor.block())
        cursor.setBlockFormat(QTextBlockFormat())
        cursor.setCharFormat(QTextCharFormat())
        return cursor

    def _append_plainly(self, text: str) -> bool:
        """Add to a long unit without drawing it again; True when that was done."""
        added = text[len(self._source) :]
        if len(self._source) - self._tail_offset < LONG_TAIL_CHARS:
            return False
        if self._open_cell is not None:
            if "`" in added or "~" in added:  # the fence may close
                return False
            self._open_cell.insertText(added)
            return True
        if "\n\n" in text[len(self._source) - 1 :]:  # the unit may be over
            return False
        cursor = QTextCursor(self)
        cursor.movePosition(QTextCursor.MoveOperation.End)
        cursor.insertText(added.replace("\n", " "))
        return True


def _line_offsets(text: str) -> list[int]:
    offsets = [0]
    position = text.find("\n")
    while position >= 0:
        offsets.append(position + 1)
        position = text.find("\n", position + 1)
    return offsets


def _stable_count(units: tuple[Unit, ...], complete_lines: int) -> int:
    """How many leading units can no longer change.

    The last one may still grow. A unit that starts on an unfinished line may yet turn out to
    continue the one before ("***" is a rule, "***bold" goes on with the paragraph).
    """
    settled = [unit for unit in units if unit.line < complete_lines]
    return max(0, len(settled) - 1)


def _is_open_fence(units: tuple[Unit, ...], tail: str) -> bool:
    if not units or units[-1].tokens[0].type != "fence":
        return False
    last_line = tail.rstrip().rsplit("\n", 1)[-1].strip()
    mark = units[-1].tokens[0].markup
    return not (last_line.startswith(mark) and set(last_line) == {mark[0]}) or (
        tail.rstrip().count("\n") == units[-1].line
    )
