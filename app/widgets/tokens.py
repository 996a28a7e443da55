"""The values of the theme, handed to widgets that paint themselves."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Tokens:
    """Colours are "#rrggbb"; the defaults are the light theme at 100 %.

    A widget that paints takes these through `setTokens(tokens)`; the shell calls it when the
    window is built and whenever theme or text size change.
    """

    dark: bool = False
    scale: float = 1.0  # text size, 0.85 to 2.0
    motion: bool = True  # False: change at once instead of moving

    window: str = "#FBFBFC"  # the page
    sidebar: str = "#F3F3F6"  # navigation and strip
    surface: str = "#FFFFFF"  # cards, inputs, menus
    sunken: str = "#F1F1F5"  # code, wells, the user's message
    hover: str = "#EAEAEF"
    hairline: str = "#E4E4EA"
    border: str = "#C9C9D2"  # outlines of controls
    text: str = "#1B1B20"
    text_secondary: str = "#5C5C68"
    text_disabled: str = "#9797A3"
    accent: str = "#4F46E5"
    accent_hover: str = "#4338CA"
    on_accent: str = "#FFFFFF"
    accent_text: str = "#433BCB"  # links, selected words, on window and on accent_soft
    accent_soft: str = "#ECEBFD"
    selection: str = "#D9D7FB"
    good: str = "#17703F"
    good_soft: str = "#E4F4EA"
    warning: str = "#8A5500"
    warning_soft: str = "#FBF0DA"
    danger: str = "#BA2B2B"
    danger_soft: str = "#FCEAE9"

    # Okabe and Ito, for categories: blue, orange, green, purple, vermilion, sky, yellow.
    categories: tuple[str, ...] = (
        "#0072B2", "#E69F00", "#009E73", "#CC79A7", "#D55E00", "#56B4E9", "#F0E442",
    )  # fmt: skip

    text_family: str = "Inter"
    mono_family: str = "JetBrains Mono"

    def px(self, size: float) -> int:
        """A length that follows the text size, in device-independent pixels."""
        return round(size * self.scale)

    @property
    def text_px(self) -> int:
        return self.px(13)

    @property
    def small_px(self) -> int:
        return self.px(12)

    @property
    def title_px(self) -> int:
        return self.px(20)


RADIUS_CARD = 8
