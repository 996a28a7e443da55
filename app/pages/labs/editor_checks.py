"""What is wrong with the set on the desk, as rows that lead to their place."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from app.pages.labs.editor_work import Looked
from app.widgets.parts import badge, button, clear, set_role, words
from labs.experiments.scenarios.set_checks import Check

FEW_ROWS, MOST_ROWS = 3, 40
LEVEL_WORDS = {"refuse": ("must be mended", "danger"), "warn": ("look at this", "warning")}


class CheckRow(QFrame):
    """A click, Enter or Space goes to the place."""

    chosen = Signal(str)

    def __init__(self, check: Check) -> None:
        super().__init__()
        self.check = check
        text, tone = LEVEL_WORDS[check.level]
        self.setProperty("role", "choice")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(f"{text.capitalize()}, {place_words(check.place)}: {check.sentence}")
        self.setAccessibleDescription(check.hint)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 8, 10, 8)
        column.setSpacing(3)
        column.addWidget(badge(text, tone), 0, Qt.AlignmentFlag.AlignLeft)
        for each, role in ((check.sentence, ""), (check.hint, "small")):
            label = words(each, role)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)
            column.addWidget(label)
        place = words(f"{place_words(check.place)} ›", "small")
        place.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)
        column.addWidget(place)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        if self.rect().contains(event.position().toPoint()):
            self.chosen.emit(self.check.place)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.chosen.emit(self.check.place)
        else:
            super().keyPressEvent(event)


class ChecksPanel(QWidget):
    """`chosen` carries a place such as `items/dose-01`."""

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[CheckRow] = []
        self._looked: Looked | None = None
        self.more = button("", "link")
        self.more.setCheckable(True)
        self.more.toggled.connect(self._show_rows)
        self.summary = words("Checking the set…", "secondary")
        self._column = QVBoxLayout()
        self._column.setSpacing(6)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(8)
        outer.addWidget(words("Checks", "heading"))
        outer.addWidget(self.summary)
        outer.addLayout(self._column)
        outer.addWidget(self.more, 0, Qt.AlignmentFlag.AlignLeft)
        self.more.hide()

    def show_looked(self, looked: Looked) -> None:
        """Rows that are still right stay, and with them the focus."""
        self._looked = looked
        self._show_rows()
        self.summary.setText(summary_of(looked))
        set_role(self.summary, "danger" if looked.refusals else "secondary")

    def _show_rows(self) -> None:
        looked = self._looked
        if looked is None:
            return
        is_open, n = self.more.isChecked(), len(looked.checks)
        shown = looked.checks[: MOST_ROWS if is_open else FEW_ROWS]
        if tuple(row.check for row in self.rows) != shown:
            clear(self._column)
            self.rows = [CheckRow(check) for check in shown]
            for row in self.rows:
                row.chosen.connect(self.chosen)
                self._column.addWidget(row)
        self.more.setVisible(n > FEW_ROWS)
        self.more.setText("Show the first three only" if is_open else f"Show {n - FEW_ROWS} more")
        self.more.setAccessibleName(self.more.text())


def summary_of(looked: Looked) -> str:
    """One sentence on all checks."""
    n, refusals = len(looked.checks), looked.refusals
    if not n:
        return "Nothing was found: the set can be used."
    if refusals:
        rest = f"; {n - refusals} more to look at" if n > refusals else ""
        things = "One thing" if refusals == 1 else f"{refusals} things"
        return f"{things} must be mended before the set can be used{rest}."
    return f"The set can be used; {'one thing' if n == 1 else f'{n} things'} to look at."


_KINDS = {"items": "Item", "questions": "Question", "tones": "Tone", "slots": "Fact",
          "classes": "Answer", "id": "Name in files"}  # fmt: skip


def place_words(place: str) -> str:
    kind, _, name = place.partition("/")
    if kind not in _KINDS:
        return place[:1].upper() + place[1:]
    if kind == "id":
        return _KINDS[kind]
    return f"{_KINDS[kind]} {name}" if name else f"{_KINDS[kind]}s"
