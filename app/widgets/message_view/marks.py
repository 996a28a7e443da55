"""Where a text occurs in a message as it is shown, and the marks behind it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtGui import QColor, QTextCharFormat, QTextCursor, QTextDocument
from PySide6.QtWidgets import QTextEdit

from app.widgets.message_view.table_shape import CARD_PROPERTY
from app.widgets.tokens import Tokens
from labs.chat.differences import Stretch

MOST_MATCHES = 500  # in one message; the rest of a pasted file is neither counted nor marked
MARK_TEXT = Tokens().text  # dark on yellow, in both themes


def count_in_source(source: str, sought: str) -> int:
    """About how often `sought` will be found; exact where no Markdown stands in between."""
    return min(MOST_MATCHES, source.casefold().count(sought.casefold())) if sought else 0


def find_all(document: QTextDocument, sought: str) -> list[QTextCursor]:
    """Every place in reading order, whatever the case of its letters."""
    found: list[QTextCursor] = []
    cursor = document.find(sought) if sought else QTextCursor()
    while not cursor.isNull() and len(found) < MOST_MATCHES:
        if not _is_label(cursor):
            found.append(cursor)
        cursor = document.find(sought, cursor)
    return found


def selections(
    matches: list[QTextCursor], current: int | None, tokens: Tokens
) -> list[QTextEdit.ExtraSelection]:
    """A yellow ground behind every match; the current one stands out in the accent."""
    made = []
    for number, cursor in enumerate(matches):
        is_current = number == current
        mark = QTextEdit.ExtraSelection()
        mark.cursor = cursor
        shape = QTextCharFormat()
        shape.setBackground(QColor(tokens.accent if is_current else tokens.categories[6]))
        shape.setForeground(QColor(tokens.on_accent if is_current else MARK_TEXT))
        mark.format = shape
        made.append(mark)
    return made


def difference_selections(
    document: QTextDocument, stretches: Sequence[Stretch], tokens: Tokens
) -> list[QTextEdit.ExtraSelection]:
    """A soft ground and a line below every stretch of `document.toPlainText()`."""
    made = []
    for stretch in stretches:
        mark = QTextEdit.ExtraSelection()
        mark.cursor = QTextCursor(document)
        mark.cursor.setPosition(stretch.start)
        mark.cursor.setPosition(stretch.end, QTextCursor.MoveMode.KeepAnchor)
        shape = QTextCharFormat()
        shape.setBackground(QColor(tokens.accent_soft))
        shape.setUnderlineStyle(QTextCharFormat.UnderlineStyle.SingleUnderline)
        shape.setUnderlineColor(QColor(tokens.accent))
        mark.format = shape
        made.append(mark)
    return made


def _is_label(cursor: QTextCursor) -> bool:
    """Whether this is the head line of a code block, which the model did not write."""
    table = cursor.currentTable()
    return table is not None and table.format().property(CARD_PROPERTY) == "head"
