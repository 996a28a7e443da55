"""A code block: two tables on one card, a head line (language, Copy) and one cell with the code."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QTextBlockFormat, QTextCharFormat, QTextCursor, QTextTable

from app.widgets.message_view.code_colours import coloured_code
from app.widgets.message_view.table_shape import pad
from app.widgets.message_view.text_style import TextStyle

COPY_HREF = "copy:"  # the anchor in the head
HEAD_TOP_PX, BODY_TOP_PX = 7, 2


def fill_head(table: QTextTable, language: str, style: TextStyle) -> None:
    quiet = style.quiet_characters()
    left = table.cellAt(0, 0).firstCursorPosition()
    pad(table, 0, 0, top=HEAD_TOP_PX, bottom=4, side=12)
    left.insertText(language or "text", quiet)
    right = table.cellAt(0, 1).firstCursorPosition()
    pad(table, 0, 1, top=HEAD_TOP_PX, bottom=4, side=12)
    right_block = QTextBlockFormat()
    right_block.setAlignment(Qt.AlignmentFlag.AlignRight)
    right.setBlockFormat(right_block)
    link = QTextCharFormat(quiet)
    link.setAnchor(True)
    link.setAnchorHref(COPY_HREF)
    link.setForeground(QColor(style.accent))
    right.insertText("Copy", link)


def fill_body(table: QTextTable, code: str, language: str, style: TextStyle) -> QTextCursor:
    """The cursor behind the code, where it could grow."""
    pad(table, 0, 0, top=BODY_TOP_PX, bottom=10, side=12)
    cursor = table.cellAt(0, 0).firstCursorPosition()
    block = QTextBlockFormat()
    block.setLineHeight(130.0, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
    plain = style.code_characters(inline=False)
    cursor.setBlockFormat(block)
    for piece, colour in coloured_code(code, language, style.code):
        characters = plain
        if colour:
            characters = QTextCharFormat(plain)
            characters.setForeground(QColor(colour))
        cursor.insertText(piece, characters)
    return cursor
