"""The application's style sheet, written from the tokens."""

from __future__ import annotations

from app.widgets.tokens import Tokens


def style_sheet(tokens: Tokens) -> str:
    """Style for every kind of control; roles are the dynamic property `role`."""
    return f"QWidget {{ color: {tokens.text}; }}"
