"""What is dropped on the Tokens page: a text, or the file of a tokenizer."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QPoint
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QWidget

from app.pages.tokens.tokenizer_choice import TokenizerChoice


def dropped_file(event: QDragEnterEvent | QDropEvent) -> Path | None:
    """A model that is dropped belongs to the window."""
    paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
    return next((p for p in paths if p.is_file() and p.suffix != ".gguf"), None)


def choice_below(page: QWidget, place: QPoint) -> TokenizerChoice | None:
    """The tokenizer that was dropped on."""
    at = page.childAt(place)
    while at is not None and not isinstance(at, TokenizerChoice):
        at = at.parentWidget()
    return at
