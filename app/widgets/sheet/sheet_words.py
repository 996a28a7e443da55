"""A paragraph of a sheet: Markdown in the fonts that ship."""

from __future__ import annotations

import re

from PySide6.QtCore import Qt
from PySide6.QtGui import QTextDocument
from PySide6.QtWidgets import QLabel

from app.widgets.tokens import Tokens

_BODY = re.compile(r"<body style=[^>]*>")
_CODE = "font-family:'monospace';"
_GRID, _NO_GRID = 'border="1" style=" border-collapse:collapse;" cellpadding="4"', 'cellpadding="3"'


def sheet_words(text: str) -> QLabel:
    """Qt sets bold in a weight that Inter does not ship with here, and code in a font of the
    system; both become those of the rest of the window, and the size follows the theme."""
    document = QTextDocument()
    document.setMarkdown(text)
    html = _BODY.sub("<body>", document.toHtml()).replace("font-weight:700;", "font-weight:600;")
    html = html.replace(_CODE, f"font-family:'{Tokens().mono_family}';").replace(_GRID, _NO_GRID)
    label = QLabel(html)
    label.setTextFormat(Qt.TextFormat.RichText)
    label.setWordWrap(True)
    label.setMinimumWidth(1)  # a table that is too wide is cut, and the rest is not pushed out
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label
