"""A strip with a row for each core: its load over time as lightness."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter

from app.widgets.time_chart.series import Rows
from app.widgets.tokens import Tokens

CORE_PX, MOST_ROWS_PX = 7, 70


def rows_height(tokens: Tokens, rows: Rows | None) -> float:
    """Enough for each core, up to a height at which many grow thinner."""
    return min(tokens.px(CORE_PX) * rows.count, tokens.px(MOST_ROWS_PX)) if rows else 0.0


def paint_rows(
    painter: QPainter, tokens: Tokens, rows: Rows, strip: QRectF, first_x: float, last_x: float
) -> None:
    """One small picture with a pixel a moment and core, stretched over the strip; `first_x` and
    `last_x` are the places of the first and the last moment."""
    count, step = len(rows.times), (last_x - first_x) / max(len(rows.times) - 1, 1)
    moments = [m if len(m) == rows.count else bytes(rows.count) for m in rows.moments]
    image = _image(tokens, moments, rows.count)
    painter.save()
    painter.setClipRect(strip)
    left, width = first_x - step, max(last_x - first_x + step, 1.0)
    painter.drawImage(
        QRectF(left, strip.top(), width, strip.height()), image, QRectF(0, 0, count, rows.count)
    )
    painter.restore()


def _image(tokens: Tokens, moments: list[bytes], count: int) -> QImage:
    """A line a core. The lines of a QImage are as long as a multiple of four bytes."""
    together, width = b"".join(moments), -(-len(moments) // 4) * 4
    data = b"".join(together[core::count].ljust(width, b"\0") for core in range(count))
    image = QImage(data, len(moments), count, width, QImage.Format.Format_Indexed8)
    image.setColorTable(_tints(tokens))
    return image.copy()  # it does not keep `data` alive


def _tints(tokens: Tokens) -> list[int]:
    """A colour a percent: a core at rest is as quiet as the ground."""
    rest, busy = QColor(tokens.sunken), QColor(tokens.accent_text)

    def between(start: int, end: int, share: int) -> int:
        return round(start + (end - start) * share / 100)

    return [
        QColor(
            between(rest.red(), busy.red(), share),
            between(rest.green(), busy.green(), share),
            between(rest.blue(), busy.blue(), share),
        ).rgb()
        for share in range(101)
    ]
