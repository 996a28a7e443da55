"""Version, where the files are, and the reports of what went wrong."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QGridLayout, QLabel, QPushButton, QWidget

from app.crash import CrashLog, describe_machine, read_report
from app.paths import Paths
from app.widgets.report_window import ReportWindow

NOT_SENT = "The report stays on this machine; nothing is sent."


class AboutAssay(QWidget):
    """Everything here can be selected and copied."""

    def __init__(self, paths: Paths, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._reports = CrashLog(paths.crashes)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 12, 0, 12)
        self._grid.setHorizontalSpacing(24)
        self._grid.setVerticalSpacing(12)
        self._grid.setColumnStretch(1, 1)
        self._versions = describe_machine()
        self._add(0, "Version", self._versions.replace("\n", " · "))
        self._add(1, "Files", str(paths.data))
        count = len(self._reports.reports())
        self._add(2, "Crash reports", f"{count} kept" if count else "None")
        self._add_button(0, "Copy", "Copy the versions", self._copy)
        if count:
            self._add_button(2, "Show the newest", "Show the newest report", self._show_report)

    def _add(self, row: int, name: str, words: str) -> None:
        value = QLabel(words)
        value.setWordWrap(True)
        value.setAccessibleName(name)
        value.setProperty("role", "secondary")
        value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._grid.addWidget(QLabel(name), row, 0)
        self._grid.addWidget(value, row, 1)

    def _add_button(self, row: int, text: str, name: str, run: Callable[[], None]) -> None:
        button = QPushButton(text)
        button.setAccessibleName(name)
        button.clicked.connect(run)
        self._grid.addWidget(button, row, 2)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._versions)

    def _show_report(self) -> None:
        newest = self._reports.reports()[0]
        ReportWindow("The newest report", NOT_SENT, read_report(newest), self).show()
