"""What is shown when it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QToolButton, QVBoxLayout, QWidget


class Fold(QWidget):
    """A title that opens what is below it; what is inside is made when it is first opened."""

    def __init__(self, title: str, make: Callable[[], Sequence[QWidget]] = tuple) -> None:
        super().__init__()
        self._title = title
        self._make: Callable[[], Sequence[QWidget]] | None = make
        self.head = QToolButton()
        self.head.setCheckable(True)
        self.head.setAccessibleName(title)
        self.inside = QWidget()
        self.column = QVBoxLayout(self.inside)
        self.column.setContentsMargins(18, 4, 0, 8)
        self.column.setSpacing(8)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(self.head)
        outer.addWidget(self.inside)
        self.head.toggled.connect(self._show)
        self._show(False)

    def _show(self, is_open: bool) -> None:
        if is_open and self._make is not None:
            parts, self._make = self._make(), None
            for part in parts:
                self.column.addWidget(part)
        self.head.setText(f"{'▾' if is_open else '▸'} {self._title}")
        self.inside.setVisible(is_open)
