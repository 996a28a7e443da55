"""Between predicting and running: from here on nobody can say that they had known it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout

from app.widgets.parts import button, row_of, words


class LockCard(QFrame):
    """Opens once every prediction holds something."""

    locked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self.button = button("Lock them and begin", "primary")
        self.button.clicked.connect(self.locked)
        self.count = words("", "small")
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 12, 10)
        column.addWidget(words(
            "Your predictions are locked as they stand when you begin. The rest of the sheet "
            "opens then.", "secondary",
        ))  # fmt: skip
        column.addLayout(row_of(self.button, stretch=-1))
        column.addWidget(self.count)

    def show_written(self, predictions: Sequence[str]) -> None:
        """What is written in each field so far."""
        open_count = sum(not text.strip() for text in predictions)
        self.button.setEnabled(not open_count)
        self.count.setText(
            f"{len(predictions) - open_count} of {len(predictions)} written. "
            "“I don't know” is an answer, too."
        )
        self.count.setVisible(bool(open_count))
