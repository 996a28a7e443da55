"""Colour for magnitude: viridis and cividis, as a few anchors with straight lines between."""

from __future__ import annotations

from PySide6.QtGui import QColor

# Sampled from matplotlib's maps of the same names (CC0), dark to light.
VIRIDIS = ("#440154", "#472d7b", "#3b528b", "#2c728e", "#21918c", "#28ae80", "#5ec962", "#addc30",
           "#fde725")  # fmt: skip
CIVIDIS = ("#00224e", "#123570", "#3b496c", "#575d6d", "#707173", "#8a8678", "#a59c74", "#c3b369",
           "#e1cc55", "#fee838")  # fmt: skip


def colour_at(share: float, anchors: tuple[str, ...] = VIRIDIS) -> QColor:
    """The colour at `share`, from 0 (first anchor) to 1 (last)."""
    position = min(max(share, 0.0), 1.0) * (len(anchors) - 1)
    index = min(int(position), len(anchors) - 2)
    start, end, part = QColor(anchors[index]), QColor(anchors[index + 1]), position - index
    return QColor.fromRgbF(
        start.redF() + (end.redF() - start.redF()) * part,
        start.greenF() + (end.greenF() - start.greenF()) * part,
        start.blueF() + (end.blueF() - start.blueF()) * part,
    )
