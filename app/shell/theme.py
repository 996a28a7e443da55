"""The look in one file: light and dark values, and how they reach the widgets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QWidget

from app.shell.style_sheet import style_sheet
from app.widgets.fonts import text_font
from app.widgets.tokens import Tokens

LIGHT = Tokens()
DARK = Tokens(
    dark=True,
    window="#17171A",
    sidebar="#121214",
    surface="#1F1F23",
    sunken="#232328",
    hover="#2A2A30",
    hairline="#2A2A30",
    border="#45454F",
    text="#ECECF0",
    text_secondary="#A4A4B0",
    text_disabled="#6C6C78",
    accent="#5F57E6",
    accent_hover="#6861EA",
    on_accent="#FFFFFF",
    accent_text="#A9A5FF",
    accent_soft="#2A2848",
    selection="#3B3876",
    good="#5BC78C",
    good_soft="#17301F",
    warning="#E2B355",
    warning_soft="#352A12",
    danger="#F28D86",
    danger_soft="#3A1D1C",
)

# Foreground and background names that meet on screen; a test holds each at 4.5 : 1.
TEXT_PAIRS = (
    ("text", "window"), ("text", "sidebar"), ("text", "surface"), ("text", "sunken"),
    ("text", "hover"), ("text", "selection"), ("text", "accent_soft"),
    ("text_secondary", "window"), ("text_secondary", "sidebar"), ("text_secondary", "surface"),
    ("text_secondary", "sunken"), ("text_secondary", "hover"),
    ("on_accent", "accent"), ("on_accent", "accent_hover"),
    ("accent_text", "window"), ("accent_text", "surface"), ("accent_text", "sidebar"),
    ("accent_text", "accent_soft"),
    ("good", "window"), ("good", "surface"), ("good", "sidebar"), ("good", "good_soft"),
    ("warning", "window"), ("warning", "surface"), ("warning", "sidebar"),
    ("warning", "warning_soft"),
    ("danger", "window"), ("danger", "surface"), ("danger", "sidebar"), ("danger", "danger_soft"),
    ("text", "warning_soft"), ("text", "danger_soft"), ("text", "good_soft"),
)  # fmt: skip


SPIN_MARGIN_PX = 9  # its text begins where that of a line edit does


class Theme(QObject):
    """Holds the tokens in force and applies them to the application."""

    changed = Signal(object)

    def __init__(
        self,
        app: QApplication,
        parent: QObject | None = None,
        system_is_dark: Callable[[], bool] | None = None,
    ) -> None:
        super().__init__(parent)
        self._app = app
        self._system_is_dark = system_is_dark or (lambda: is_dark_style(app))
        self._choice, self._percent, self._motion = "system", 100, True
        self.tokens = LIGHT
        app.styleHints().colorSchemeChanged.connect(self.follow_system)

    def use(self, choice: str, text_percent: int, *, motion: bool = True) -> None:
        """Apply a setting: "system", "light" or "dark", a text size in per cent, and motion."""
        self._choice, self._percent, self._motion = choice, text_percent, motion
        self._apply()

    def hand_to(self, root: QWidget) -> None:
        """Give the tokens to `root` and every widget in it that takes them."""
        for widget in (root, *root.findChildren(QWidget)):
            if isinstance(widget, QAbstractSpinBox):
                # A style sheet cannot: Qt leaves the padding of a spin box out.
                widget.lineEdit().setTextMargins(SPIN_MARGIN_PX, 0, 0, 0)
            take = getattr(widget, "setTokens", None)
            if take is not None:
                take(self.tokens)

    def follow_system(self, _scheme: object = None) -> None:
        """The system went light or dark; that matters where the setting says so."""
        if self._choice == "system":
            self._apply()

    def _is_dark(self) -> bool:
        if self._choice != "system":
            return self._choice == "dark"
        return self._system_is_dark()

    def _apply(self) -> None:
        base = DARK if self._is_dark() else LIGHT
        tokens = replace(base, scale=self._percent / 100, motion=self._motion)
        if tokens == self.tokens and self._app.styleSheet():
            return
        self.tokens = tokens
        self._app.setFont(text_font(tokens))
        self._app.setPalette(palette(tokens))
        self._app.setStyleSheet(style_sheet(tokens))
        for window in self._app.topLevelWidgets():
            self.hand_to(window)
        self.changed.emit(tokens)


def is_dark_style(app: QApplication) -> bool:
    """Whether the system wants dark windows, told by the palette that its style would use.

    Not asked as `colorScheme()`: the first look into Qt's namespace of enums takes 15 ms, a tenth
    of what a bare window needs to appear.
    """
    return app.style().standardPalette().window().color().lightness() < 128


def palette(tokens: Tokens) -> QPalette:
    """The colours for everything the style sheet does not name."""
    role = QPalette.ColorRole
    colours = {
        role.Window: tokens.window,
        role.WindowText: tokens.text,
        role.Base: tokens.surface,
        role.AlternateBase: tokens.sunken,
        role.Text: tokens.text,
        role.PlaceholderText: tokens.text_secondary,
        role.Button: tokens.surface,
        role.ButtonText: tokens.text,
        role.Highlight: tokens.selection,
        role.HighlightedText: tokens.text,
        role.ToolTipBase: tokens.surface,
        role.ToolTipText: tokens.text,
        role.Link: tokens.accent_text,
        role.LinkVisited: tokens.accent_text,
        role.Mid: tokens.hairline,
        role.Accent: tokens.accent,
    }
    made = QPalette()
    for which, colour in colours.items():
        made.setColor(which, QColor(colour))
    for which in (role.WindowText, role.Text, role.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, which, QColor(tokens.text_disabled))
    return made


def contrast(first: str, second: str) -> float:
    """Contrast of two colours after WCAG 2.2 (relative luminance), from 1 to 21."""
    light, dark = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
