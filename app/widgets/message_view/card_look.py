"""What all cards of one view share: the theme and its icons, made once."""

from __future__ import annotations

from PySide6.QtGui import QIcon

from app.widgets.icons import make_icon
from app.widgets.message_view.text_style import TextStyle, style_from_tokens
from app.widgets.tokens import Tokens


class CardLook:
    """Icons are drawn when first asked for; a long chat would otherwise draw thousands."""

    def __init__(self, tokens: Tokens) -> None:
        self.tokens = tokens
        self.style: TextStyle = style_from_tokens(tokens)
        self._icons: dict[str, QIcon] = {}

    def icon(self, name: str) -> QIcon:
        if name not in self._icons:
            size = self.tokens.px(16)
            self._icons[name] = make_icon(
                name,
                self.tokens.text_secondary,
                size,
                on_colour=self.tokens.accent_text,
                disabled=self.tokens.text_disabled,
            )
        return self._icons[name]


def label_sheet(tokens: Tokens) -> str:
    """Style of the small words around a message; the application's sheet knows no messages."""
    return f"""
        QAbstractScrollArea#message-view, QWidget#message-canvas
            {{ background: {tokens.window}; border: 0; }}
        QAbstractScrollArea#message-view {{ border: 1px solid {tokens.window}; }}
        QAbstractScrollArea#message-view[ring="true"]:focus {{ border-color: {tokens.accent}; }}
        QTextBrowser#message-body {{ background: transparent; border: 0; padding: 0; }}
        QLabel#message-name, QLabel#message-files, QLabel#message-status, QLabel#message-summary,
        QLabel#message-version
            {{ color: {tokens.text_secondary}; font-size: {tokens.small_px}px; }}
        QLabel#message-name {{ font-weight: 500; }}
        QLabel#message-mark {{ color: {tokens.warning}; font-size: {tokens.small_px}px; }}
        QLabel#message-error {{ color: {tokens.danger}; }}
        QToolButton#message-action {{ color: {tokens.text_secondary}; background: transparent;
            border: 1px solid transparent; border-radius: 6px; padding: 4px 6px;
            font-size: {tokens.small_px}px; }}
        QToolButton#message-action:hover
            {{ background: {tokens.hover}; color: {tokens.text}; }}
        QToolButton#message-action:focus {{ border-color: {tokens.accent}; }}
    """
