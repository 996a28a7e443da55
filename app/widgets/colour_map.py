"""Colour for magnitude: viridis, as a few anchors with straight lines between."""

from __future__ import annotations

from PySide6.QtGui import QColor

# Sampled from matplotlib's map of the same name (CC0), dark to light.
VIRIDIS = ("#440154", "#472d7b", "#3b528b", "#2c728e", "#21918c", "#28ae80", "#5ec962", "#addc30",
           "#fde725")  # fmt: skip


def colour_at(share: float) -> QColor:
    """The colour at `share`, from 0 (dark) to 1 (light)."""
    position = min(max(share, 0.0), 1.0) * (len(VIRIDIS) - 1)
    index = min(int(position), len(VIRIDIS) - 2)
    start, end, part = QColor(VIRIDIS[index]), QColor(VIRIDIS[index + 1]), position - index
    return QColor.fromRgbF(
        start.redF() + (end.redF() - start.redF()) * part,
        start.greenF() + (end.greenF() - start.greenF()) * part,
        start.blueF() + (end.blueF() - start.blueF()) * part,
    )
