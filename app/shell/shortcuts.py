"""The list of shortcuts, and the shortcuts themselves."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from app.pages.page import Command
from app.shell.popover import Popover

FIXED = (
    ("Enter", "Send the message"),
    ("Shift+Enter", "New line"),
    ("Esc", "Stop the reply, or close what is open"),
)


class Shortcuts(QObject):
    """Keeps the keys of some commands alive on a window."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._shortcuts: list[QShortcut] = []

    def use(self, commands: Sequence[Command]) -> None:
        """Let exactly the keys of these commands work."""
        for shortcut in self._shortcuts:
            shortcut.setEnabled(False)
            shortcut.deleteLater()
        self._shortcuts = []
        taken: set[str] = set()
        for command in commands:
            if command.shortcut and command.shortcut not in taken:
                taken.add(command.shortcut)
                self._add(command)

    def _add(self, command: Command) -> None:
        shortcut = QShortcut(QKeySequence(command.shortcut), self._window)
        # "Ctrl++" needs Shift on many keyboards; the key without it means the same.
        if command.shortcut == "Ctrl++":
            shortcut.setKeys([QKeySequence("Ctrl++"), QKeySequence("Ctrl+=")])
        shortcut.activated.connect(command.run)
        self._shortcuts.append(shortcut)


class ShortcutList(Popover):
    """What can be pressed now."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window, "Shortcuts")
        heading = QLabel("Shortcuts")
        heading.setProperty("role", "heading")
        self._labels: list[QLabel] = []
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(24)
        self._grid.setVerticalSpacing(8)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 16, 24, 20)
        column.setSpacing(16)
        column.addWidget(heading)
        column.addLayout(self._grid)

    def open_with(self, commands: Sequence[Command]) -> None:
        self.close_popover()  # what is added to an open one has no size yet
        for old in self._labels:
            old.setParent(None)
            old.deleteLater()
        self._labels = []
        rows = [(c.shortcut, c.name) for c in commands if c.shortcut] + list(FIXED)
        half = (len(rows) + 1) // 2
        for number, (keys, name) in enumerate(rows):
            self._add(number % half, 2 * (number // half), keys, name)
        self.open_at_top(72)

    def _add(self, row: int, column: int, keys: str, name: str) -> None:
        native = QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)
        label = QLabel(native or keys)
        label.setProperty("role", "badge")
        label.setProperty("tone", "neutral")
        words = QLabel(name)
        self._grid.addWidget(label, row, column, Qt.AlignmentFlag.AlignLeft)
        self._grid.addWidget(words, row, column + 1)
        self._labels += [label, words]
