"""What stays in sight below a page that scrolls: the button that begins, or the work with Stop."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from app.jobs import Job
from app.widgets.parts import hairline, words
from app.widgets.task_row import TaskRow
from app.widgets.tokens import Tokens

COLUMN_PX = 1040


class Foot(QWidget):
    """`said` is a sentence on what will happen; `buttons` stand behind it, the last one begins."""

    def __init__(self, task: str, *buttons: QWidget) -> None:
        super().__init__()
        self._buttons = buttons
        self.setAccessibleName(task)
        self._job: Job | None = None
        self.said = words("", "secondary")
        self.task = TaskRow(task)
        self._idle = QWidget()
        row = QHBoxLayout(self._idle)
        row.setContentsMargins(16, 8, 16, 8)  # as those of the task, which takes its place
        row.setSpacing(8)
        row.addWidget(self.said, 1)
        for each in buttons:
            row.addWidget(each)
        self._inside = QWidget()
        inside = QVBoxLayout(self._inside)
        inside.setContentsMargins(8, 2, 8, 2)
        inside.addWidget(self._idle)
        inside.addWidget(self.task)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(hairline())
        middle = self._middle = QHBoxLayout()
        middle.addStretch(1)
        middle.addWidget(self._inside, 1000)
        middle.addStretch(1)
        column.addLayout(middle)
        self.task.hide()

    def setTokens(self, tokens: Tokens) -> None:
        self._inside.setMaximumWidth(tokens.px(COLUMN_PX))

    def stand_below(self, area: QScrollArea) -> None:
        """As far to the left as its column, which a scroll bar moves."""
        bar = area.verticalScrollBar()

        def follow(_least: int, most: int) -> None:
            self._middle.setContentsMargins(0, 0, bar.sizeHint().width() if most else 0, 0)

        bar.rangeChanged.connect(follow)

    def show_running(self, job: Job) -> None:
        """Follows the job until it ends; then the buttons are back, and the keyboard with them."""
        self.task.show()
        self.task.show_progress(None, "", None, stopping=False)
        self.task.setFocus(Qt.FocusReason.OtherFocusReason)  # before what had it is hidden
        self._idle.hide()
        self._job = job
        job.updated.connect(self._show_progress)
        job.ended.connect(self._show_idle)

    def _show_progress(self) -> None:
        job = self._job
        if job is not None and job.is_running:
            status = job.status
            self.task.show_progress(
                status.fraction, status.detail, status.time_left_s, stopping=job.is_stopping
            )

    def _show_idle(self) -> None:
        had_focus = self.focusWidget() is not None and self.task.isAncestorOf(self.focusWidget())
        self._idle.show()
        if had_focus and self.isVisible():
            usable = [each for each in self._buttons if each.isEnabled() and each.isVisible()]
            (usable[-1] if usable else self).setFocus(Qt.FocusReason.OtherFocusReason)
        self.task.hide()
