"""A dot whose colour and fill tell the state of an engine; words always stand beside it."""

from __future__ import annotations

from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QIcon, QPainter, QPen, QPixmap

from app.widgets.tokens import Tokens

SIZE, RATIO = 10, 3.0


def dot_icon(tokens: Tokens, state: str) -> QIcon:
    """Filled where a model is in memory, a ring where it is not."""
    colour = {
        "ready": tokens.good,
        "busy": tokens.accent_text,
        "starting": tokens.warning,
        "loading": tokens.warning,
        "crashed": tokens.danger,
    }.get(state, tokens.text_secondary)
    pixmap = QPixmap(round(SIZE * RATIO), round(SIZE * RATIO))
    pixmap.setDevicePixelRatio(RATIO)
    pixmap.fill(QColor(0, 0, 0, 0))
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    pen = QPen(QColor(colour))
    pen.setWidthF(1.5)
    painter.setPen(pen)
    if state in ("ready", "busy", "crashed"):
        painter.setBrush(QColor(colour))
    painter.drawEllipse(QPointF(SIZE / 2, SIZE / 2), 3.2, 3.2)
    painter.end()
    return QIcon(pixmap)
