"""At the end of a sheet: what is still open, and the way to hand it in."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout

from app.widgets.parts import button, row_of, words


class HandInCard(QFrame):
    """A sheet can be handed in as it is; what is missing is said before."""

    asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self.open = words("", "secondary")
        self.button = button("Hand in…", name="Hand in the lab")
        self.button.clicked.connect(self.asked)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 12, 10)
        column.addWidget(self.open)
        column.addLayout(row_of(self.button, stretch=-1))

    def show_open(self, n_unanswered: int, n_not_kept: int) -> None:
        self.open.setText(still_open(n_unanswered, n_not_kept))


def still_open(n_unanswered: int, n_not_kept: int) -> str:
    """What a teacher would miss."""
    parts = [
        f"{n} {what if n == 1 else many}"
        for n, what, many in (
            (n_unanswered, "question has no answer", "questions have no answer"),
            (n_not_kept, "file is not kept", "files are not kept"),
        )
        if n
    ]
    if not parts:
        return "Everything is answered and kept. Handing in makes one zip of it."
    return f"{' and '.join(parts)} yet. Handing in makes one zip of what is there."
