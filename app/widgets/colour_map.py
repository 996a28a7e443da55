"""Colour for magnitude: viridis, as a few anchors with straight lines between. For differences:
blue to orange through grey."""

from __future__ import annotations

from PySide6.QtGui import QColor

# Sampled from matplotlib's map of the same name (CC0), dark to light.
VIRIDIS = ("#440154", "#472d7b", "#3b528b", "#2c728e", "#21918c", "#28ae80", "#5ec962", "#addc30",
           "#fde725")  # fmt: skip
LESS, MORE = "#0072B2", "#E69F00"  # of Okabe and Ito
LESS_ON_DARK = "#4FA8E0"


def colour_at(share: float) -> QColor:
    """The colour at `share`, from 0 (dark) to 1 (light)."""
    position = min(max(share, 0.0), 1.0) * (len(VIRIDIS) - 1)
    index = min(int(position), len(VIRIDIS) - 2)
    return _between(QColor(VIRIDIS[index]), QColor(VIRIDIS[index + 1]), position - index)


def lean_colour(lean: float, grey: str, *, dark: bool) -> QColor:
    """From blue at −1 through `grey` to orange at 1."""
    end = MORE if lean > 0 else LESS_ON_DARK if dark else LESS
    return _between(QColor(grey), QColor(end), min(1.0, abs(lean)))


def _between(start: QColor, end: QColor, part: float) -> QColor:
    return QColor.fromRgbF(
        start.redF() + (end.redF() - start.redF()) * part,
        start.greenF() + (end.greenF() - start.greenF()) * part,
        start.blueF() + (end.blueF() - start.blueF()) * part,
    )
