"""The dot and word of a fit forecast; shape and word differ, not only the colour."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPen, QPixmap

from app.widgets.tokens import Tokens
from models.fit import VERDICT_WORDS, Verdict

_ICON_PX, _ICON_RATIO = 10, 3


def fit_colour(tokens: Tokens, verdict: Verdict) -> str:
    return {"fits": tokens.good, "slow": tokens.warning, "wont_fit": tokens.danger}[verdict]


def fit_word(verdict: Verdict | None, problem: str = "") -> str:
    if problem:
        return "Problem"
    return VERDICT_WORDS[verdict] if verdict else ""


def fit_icon(tokens: Tokens, verdict: Verdict) -> QIcon:
    pixmap = QPixmap(_ICON_PX * _ICON_RATIO, _ICON_PX * _ICON_RATIO)
    pixmap.setDevicePixelRatio(_ICON_RATIO)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    paint_fit_dot(painter, QPointF(_ICON_PX / 2, _ICON_PX / 2), tokens, verdict)
    painter.end()
    return QIcon(pixmap)


def paint_fit_dot(
    painter: QPainter, centre: QPointF, tokens: Tokens, verdict: Verdict, radius: float = 4
) -> None:
    """Full for fits, half for slow, a ring for won't fit."""
    colour = QColor(fit_colour(tokens, verdict))
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    area = QRectF(centre.x() - radius, centre.y() - radius, 2 * radius, 2 * radius)
    painter.setPen(QPen(colour, 1.4))
    painter.setBrush(colour if verdict == "fits" else Qt.BrushStyle.NoBrush)
    painter.drawEllipse(area)
    if verdict == "slow":
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawPie(area, 180 * 16, 180 * 16)
    painter.restore()
