"""How one token looks: its colour, and below the text what the colour alone must not tell."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from app.widgets.colour_map import colour_at, lean_colour
from app.widgets.token_cells import Cell
from app.widgets.tokens import Tokens

ORIGINS = ("system", "template", "history", "user", "assistant", "document")
ORIGIN_WORDS = {
    "system": "System prompt",
    "template": "Chat template",
    "history": "Earlier turns",
    "user": "Your message",
    "assistant": "Begun reply",
    "document": "Attached files",
}
# A pattern below the text tells the origins apart without colour.
ORIGIN_PENS = {
    "system": Qt.PenStyle.SolidLine,
    "template": Qt.PenStyle.DotLine,
    "history": Qt.PenStyle.DashLine,
    "user": Qt.PenStyle.SolidLine,
    "assistant": Qt.PenStyle.DashDotLine,
    "document": Qt.PenStyle.DashDotDotLine,
}
PAD_X, BAR_PX = 3.0, 6.0


def paint_token(painter: QPainter, cell: Cell, box: QRectF, tokens: Tokens) -> None:
    """With the font that `painter` has."""
    colour = _colour(cell, tokens)
    if colour is not None:
        tint = QColor(colour)
        tint.setAlphaF(0.26 if tokens.dark else 0.16)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(tint)
        painter.drawRoundedRect(box, 3, 3)
        _paint_mark(painter, cell, box, colour, tokens)
    faint = cell.control or not cell.text.strip()
    painter.setPen(QColor(tokens.text_secondary if faint else tokens.text))
    text_box = box.adjusted(PAD_X, 0, -PAD_X + 1, -BAR_PX)
    painter.drawText(text_box, Qt.AlignmentFlag.AlignVCenter, cell.shown)


def magnitude_colour(share: float, tokens: Tokens) -> QColor:
    """Strong stands out against the page: dark on light, light on dark."""
    return colour_at(share if tokens.dark else 1.0 - share)


def origin_colour(origin: str, tokens: Tokens) -> QColor:
    index = ORIGINS.index(origin) if origin in ORIGINS else 0
    return QColor(tokens.categories[index])


def _colour(cell: Cell, tokens: Tokens) -> QColor | None:
    if cell.share is not None:
        return magnitude_colour(cell.share, tokens)
    if cell.lean is not None:
        return lean_colour(cell.lean, tokens.text_disabled, dark=tokens.dark)
    if cell.origin:
        return origin_colour(cell.origin, tokens)
    if cell.tone is not None:
        return QColor(tokens.categories[cell.tone])
    return None


def _paint_mark(painter: QPainter, cell: Cell, box: QRectF, colour: QColor, tokens: Tokens) -> None:
    """Below the text: a bar as high as the magnitude, or the line pattern of the origin."""
    if cell.share is not None or cell.lean is not None:
        _paint_bar(painter, cell, box, colour)
    elif cell.tone is not None:
        _paint_kind(painter, cell, box, tokens)
    else:
        style = ORIGIN_PENS.get(cell.origin, Qt.PenStyle.SolidLine)
        _underline(painter, box, QPen(colour, 3.0 if cell.origin == "user" else 1.6, style))


def _paint_bar(painter: QPainter, cell: Cell, box: QRectF, colour: QColor) -> None:
    """Hollow where it leans below 0: colour alone must not tell."""
    lean = cell.share if cell.lean is None else cell.lean
    height = 1.0 + abs(lean or 0.0) * (BAR_PX - 1.0)
    bar = QRectF(box.left(), box.bottom() - height, box.width(), height)
    if lean is not None and lean < 0 and height > 2:
        painter.setPen(QPen(colour, 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(bar.adjusted(0.5, 0.5, -0.5, -0.5))
    else:
        painter.fillRect(bar, colour)


def _paint_kind(painter: QPainter, cell: Cell, box: QRectF, tokens: Tokens) -> None:
    """What is special about a token, told by a line below it and not by colour alone."""
    if not cell.mark and not cell.shares:
        return
    style = Qt.PenStyle.SolidLine if cell.mark else Qt.PenStyle.DotLine
    colour = tokens.accent_text if cell.control else tokens.text_secondary
    _underline(painter, box, QPen(QColor(colour), 3.0 if cell.control else 1.6, style))


def _underline(painter: QPainter, box: QRectF, pen: QPen) -> None:
    painter.setPen(pen)
    y = round(box.bottom() - 2.5)
    painter.drawLine(round(box.left() + 1), y, round(box.right() - 1), y)
