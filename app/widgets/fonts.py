"""The two shipped families as fonts at the sizes of the theme."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtGui import QFont, QFontDatabase

from app.widgets.tokens import Tokens
from assets import FONTS

FRAME_FONTS = ("Inter-Regular.otf", "Inter-Medium.otf", "Inter-SemiBold.otf")
PAGE_FONTS = ("Inter-Italic.otf", "JetBrainsMono-Regular.ttf", "JetBrainsMono-SemiBold.ttf")


def install_fonts(names: Sequence[str] = (*FRAME_FONTS, *PAGE_FONTS)) -> None:
    """Make shipped fonts known, so that every machine shows the same letters."""
    for name in names:
        QFontDatabase.addApplicationFont(str(FONTS / name))


def text_font(tokens: Tokens, px: float = 13, *, weight: int = 400) -> QFont:
    """Inter at `px` (before the text size), with figures of equal width."""
    font = QFont(tokens.text_family)
    font.setPixelSize(tokens.px(px))
    font.setWeight(QFont.Weight(weight))
    font.setFeature(QFont.Tag("tnum"), 1)
    font.setFeature(QFont.Tag("calt"), 0)  # "8x22B" in a file name must not become "8×22B"
    return font


def mono_font(tokens: Tokens, px: float = 12.5) -> QFont:
    """JetBrains Mono without ligatures: a token must look like its characters."""
    font = QFont(tokens.mono_family)
    font.setPixelSize(tokens.px(px))
    font.setStyleHint(QFont.StyleHint.Monospace)
    for feature in ("calt", "liga"):
        font.setFeature(QFont.Tag(feature), 0)
    return font
