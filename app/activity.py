"""What the engine is doing for the user right now, as the status strip shows it."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal


class Activity(QObject):
    """Pages write here; the strip reads."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.tokens_per_second: float | None = None
        self.context_used: int | None = None
        self.context_size: int | None = None

    def show_speed(self, tokens_per_second: float | None) -> None:
        """The speed of the reply that streams or was last; None while there is none."""
        self.tokens_per_second = tokens_per_second
        self.changed.emit()

    def show_context(self, used: int | None, size: int | None) -> None:
        """Tokens in the context of the open chat, of how many that fit."""
        self.context_used, self.context_size = used, size
        self.changed.emit()
