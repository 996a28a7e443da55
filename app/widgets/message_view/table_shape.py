"""Tables in a document: their frame and the room in their cells."""

from __future__ import annotations

from PySide6.QtGui import (
    QColor,
    QTextFormat,
    QTextFrameFormat,
    QTextLength,
    QTextTable,
    QTextTableFormat,
)

CARD_PROPERTY = QTextFormat.Property.UserProperty  # tables painted as rounded cards


def table_format(left_px: float, card: str = "") -> QTextTableFormat:
    """`card`: "head" or "body" of a code block, which touch and take the whole width."""
    shape = QTextTableFormat()
    shape.setBorder(0)
    shape.setBorderCollapse(not card)
    shape.setCellPadding(0)
    shape.setCellSpacing(0)
    shape.setTopMargin(0 if card == "body" else 2)
    shape.setBottomMargin(0 if card == "head" else 12)
    shape.setLeftMargin(left_px)
    if card:
        shape.setWidth(QTextLength(QTextLength.Type.PercentageLength, 100))
        shape.setProperty(CARD_PROPERTY, card)
    return shape


def pad(table: QTextTable, row: int, column: int, *, top: int, bottom: int, side: int) -> None:
    cell = table.cellAt(row, column)
    shape = cell.format().toTableCellFormat()
    shape.setTopPadding(top)
    shape.setBottomPadding(bottom)
    shape.setLeftPadding(side)
    shape.setRightPadding(side)
    cell.setFormat(shape)


def underline(table: QTextTable, row: int, column: int, colour: str) -> None:
    cell = table.cellAt(row, column)
    shape = cell.format().toTableCellFormat()
    shape.setBottomBorder(1)
    shape.setBottomBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_Solid)
    shape.setBottomBorderBrush(QColor(colour))
    cell.setFormat(shape)
