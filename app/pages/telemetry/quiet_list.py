"""What cannot be read on this machine, one reason a line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from app.widgets.parts import words
from app.widgets.tokens import Tokens

NAMES_PX = 260


class QuietList(QWidget):
    """Hidden while everything can be read."""

    def __init__(self) -> None:
        super().__init__()
        self._shown: dict[str, list[str]] = {}
        self._rows = QGridLayout()
        self._rows.setHorizontalSpacing(16)
        self._rows.setVerticalSpacing(6)
        self._rows.setColumnStretch(1, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(4, 0, 4, 0)  # as the charts above
        column.setSpacing(8)
        column.addWidget(words("Cannot be read here", "heading"))
        column.addLayout(self._rows)
        self.hide()

    def setTokens(self, tokens: Tokens) -> None:
        self._rows.setColumnMinimumWidth(0, tokens.px(NAMES_PX))

    def show_reasons(self, titles: Mapping[str, Sequence[str]]) -> None:
        """`titles` are those of the charts that are missing, by their common reason."""
        fresh = {reason: list(names) for reason, names in titles.items()}
        if fresh == self._shown:
            return
        self._shown = fresh
        while item := self._rows.takeAt(0):
            if widget := item.widget():
                widget.hide()
                widget.deleteLater()
        for row, (reason, names) in enumerate(fresh.items()):
            self._rows.addWidget(words(_together(names), "secondary"), row, 0)
            self._rows.addWidget(words(reason, "secondary"), row, 1)
        self.setVisible(bool(fresh))


def _together(names: Sequence[str]) -> str:
    """ "Graphics load, power, memory": a first word that all share is said once."""
    first = names[0].split(" ")[0]
    if len(names) > 1 and all(name.startswith(f"{first} ") for name in names):
        rest = [name.removeprefix(f"{first} ") for name in names]
        return f"{first} {', '.join(rest)}"
    return ", ".join([names[0], *(name[:1].lower() + name[1:] for name in names[1:])])
