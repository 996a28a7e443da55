"""The sets to choose from: one's own, and those that ship, which are copied and never changed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from app.pages.labs.editor_files import SetRow
from app.widgets.file_dialog import FileDialog
from app.widgets.parts import (
    back_button,
    badge,
    button,
    card,
    clear,
    in_the_middle,
    row_of,
    scrolled,
    words,
)
from app.widgets.tokens import Tokens
from app.widgets.turns import in_turns

MOST_PX = 900


class SetShelf(QWidget):
    """Signals carry the SetRow, or the file, that they are about."""

    left = Signal()
    new_asked = Signal()
    import_asked = Signal(object)
    open_asked = Signal(object)
    copy_asked = Signal(object)
    bin_asked = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.rows: tuple[SetRow, ...] = ()
        self._wanted: tuple[SetRow, ...] = ()
        self.buttons: dict[str, QWidget] = {}
        back = back_button("All labs")
        back.clicked.connect(self.left)
        self.new_button = button("New set", "primary")
        self.new_button.clicked.connect(self.new_asked)
        self.import_button = button("Import a file…")
        self.import_button.clicked.connect(self.ask_import)
        self._own, self._shipped = QVBoxLayout(), QVBoxLayout()
        for column in (self._own, self._shipped):
            column.setSpacing(8)
        inside = self._inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(24, 12, 24, 24)
        column.setSpacing(8)
        column.addLayout(row_of(back, stretch=-1))
        column.addWidget(words("Scenario design", "title"))
        column.addWidget(words(
            "A set is a number of items whose right answers are known, with the question that is "
            "asked of each. Write your own, or begin from one that ships.", "secondary",
        ))  # fmt: skip
        column.addLayout(row_of(self.new_button, self.import_button, stretch=-1))
        column.addSpacing(8)
        column.addWidget(words("My sets", "heading"))
        column.addLayout(self._own)
        column.addSpacing(8)
        column.addWidget(words("Sets that ship", "heading"))
        column.addLayout(self._shipped)
        column.addStretch(1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scrolled(in_the_middle(inside), "Scenario design"))

    def show_rows(self, rows: Sequence[SetRow]) -> None:
        """Card after card, so that the window does not stand still meanwhile."""
        wanted = tuple(rows)
        self._wanted, self.buttons = wanted, {}
        clear(self._own)
        clear(self._shipped)
        if not any(not row.is_shipped for row in wanted):
            self._own.addWidget(words("None yet. What you save stands here.", "secondary"))
        in_turns(self, *(self._adder(row, wanted) for row in wanted),
                 lambda: self._on_shown(wanted))  # fmt: skip

    def setTokens(self, tokens: Tokens) -> None:
        self._inside.setMaximumWidth(tokens.px(MOST_PX))

    def ask_import(self) -> None:
        dialog = FileDialog(self, "Import a set")
        dialog.setFileMode(FileDialog.FileMode.ExistingFile)
        dialog.setNameFilter("Scenario sets (*.yaml *.yml);;All files (*)")
        dialog.fileSelected.connect(lambda name: self.import_asked.emit(Path(name)))
        dialog.open()

    def _adder(self, row: SetRow, wanted: tuple[SetRow, ...]) -> Callable[[], None]:
        def add() -> None:
            if self._wanted is wanted:  # else the shelf was read again meanwhile
                column = self._shipped if row.is_shipped else self._own
                column.addWidget(self._card(row))

        return add

    def _on_shown(self, wanted: tuple[SetRow, ...]) -> None:
        if self._wanted is wanted:
            self.rows = wanted

    def _card(self, row: SetRow) -> QFrame:
        frame, column = card(spacing=4)
        head = row_of(words(row.title, "heading"), stretch=0)
        if row.path is None:
            head.addWidget(badge("not saved yet", "warning"))
        elif row.has_draft:
            head.addWidget(badge("unsaved changes", "warning"))
        column.addLayout(head)
        if row.problem:
            column.addWidget(words(row.problem, "danger"))
        if row.summary:
            column.addWidget(words(row.summary, "secondary"))
        if not row.problem:
            column.addWidget(words(_count(row), "small"))
        column.addSpacing(2)
        column.addLayout(row_of(*self._actions(row), stretch=-1))
        return frame

    def _actions(self, row: SetRow) -> list[QWidget]:
        if row.is_shipped:
            copy = button("Open a copy", name=f"Open a copy of {row.title}")
            copy.clicked.connect(lambda: self.copy_asked.emit(row))
            self.buttons[row.key] = copy
            return [copy]
        opens = button("Open", name=f"Open {row.title}")
        opens.clicked.connect(lambda: self.open_asked.emit(row))
        opens.setEnabled(not row.problem)
        away = button("To the bin", name=f"Move {row.title} to the bin")
        away.clicked.connect(lambda: self.bin_asked.emit(row))
        self.buttons[row.key] = opens
        self.buttons[f"bin {row.key}"] = away
        return [opens, away]


def _count(row: SetRow) -> str:
    n = f"{row.n_items} {'item' if row.n_items == 1 else 'items'}"
    return f"{n}, {row.path.name}" if row.path is not None and not row.is_shipped else n
