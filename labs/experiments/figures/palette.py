"""Colours and letters of figures: the app's look, light for paper, dark for the dark theme."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from matplotlib.font_manager import FontProperties

from assets import FONTS

TEXT_PT, SMALL_PT, TITLE_PT = 9.0, 8.0, 10.5


@dataclass(frozen=True)
class Palette:
    """Colours are "#rrggbb"."""

    surface: str = "#FFFFFF"
    text: str = "#1B1B20"
    quiet: str = "#5C5C68"
    line: str = "#C9C9D2"
    grid: str = "#ECECF1"
    band: str = "#DEDEE6"
    accent: str = "#4F46E5"
    warning: str = "#8A5500"
    neutral: tuple[str, ...] = ("#D3D3DB", "#B4B4BF", "#94949F")  # no answer, cut off, failed


LIGHT = Palette()
DARK = Palette(
    surface="#1F1F23", text="#ECECF0", quiet="#A4A4B0", line="#45454F", grid="#2C2C32",
    band="#3A3A43", accent="#A9A5FF", warning="#E2B355", neutral=("#5A5A66", "#74747F", "#8F8F9B"),
)  # fmt: skip

# Okabe and Ito 2008, told apart with any colour vision: blue, orange, green, purple, vermilion,
# sky, yellow.
CATEGORIES = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#D55E00", "#56B4E9", "#F0E442")
HATCHES = ("", "///", "--", "\\\\\\", "xx", "++", "||")
MARKERS = ("o", "s", "^", "D", "v", "P", "X")
DASHES = ("-", (0, (5, 2)), (0, (1, 1.5)), (0, (6, 2, 1, 2)), (0, (3, 1)), (0, (8, 2)), (0, (2, 4)))


def ink_on(colour: str) -> str:
    """Black or white, whichever is easier to read on "#rrggbb" (WCAG 2 relative luminance)."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return "#FFFFFF" if luminance < 0.18 else "#1B1B20"


@cache
def font(size_pt: float = TEXT_PT, *, bold: bool = False, mono: bool = False) -> FontProperties:
    """The shipped letters, by file: what is installed on a machine changes no figure."""
    family = "JetBrainsMono" if mono else "Inter"
    weight = "SemiBold" if bold else "Regular"
    return FontProperties(
        fname=str(FONTS / f"{family}-{weight}.{'ttf' if mono else 'otf'}"), size=size_pt
    )
