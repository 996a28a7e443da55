"""Drawing a line quickly.

A pen that is wider than a pixel, or has a pattern, takes about thirty times as long.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import ceil

from PySide6.QtCore import QLineF, QPointF
from PySide6.QtGui import QColor, QPainter, QPen

WIDTH_PX, PIECE_PX = 1.5, 3.0
PATTERNS = ((1, 1), (3, 4), (1, 2), (6, 8))  # pieces of a line that are drawn, of how many


def stroke(painter: QPainter, line: Sequence[QPointF], colour: QColor, place: int) -> None:
    """A few times with the finest pen, half a pixel of the screen apart. `place` chooses the
    pattern: the first line is solid."""
    on, period = PATTERNS[place % len(PATTERNS)]
    if on == period:
        shown = [QLineF(start, end) for start, end in pairwise(line)]
    else:
        shown = [piece for number, piece in enumerate(_pieces(line)) if number % period < on]
    ratio = painter.device().devicePixelRatioF()
    painter.save()
    painter.setPen(QPen(colour, 0))  # one pixel of the screen
    for _ in range(round(WIDTH_PX * ratio)):
        painter.drawLines(shown)
        painter.translate(0, 0.5 / ratio)
    painter.restore()


def _pieces(line: Sequence[QPointF]) -> Iterator[QLineF]:
    """The line in short pieces, so that a pattern hides no value."""
    for start, end in pairwise(line):
        whole = QLineF(start, end)
        count = max(1, ceil(whole.length() / PIECE_PX))
        marks = [whole.pointAt(number / count) for number in range(count + 1)]
        yield from (QLineF(a, b) for a, b in pairwise(marks))
