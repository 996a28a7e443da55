"""The statistics clinic: a class of students on a model whose truth is set, and ten cases."""

from __future__ import annotations

from PySide6.QtWidgets import QTabWidget, QVBoxLayout

from app.context import AppContext
from app.pages.labs.bench import BenchView
from app.pages.labs.clinic_cases import ClinicCases
from app.pages.labs.clinic_class import ClinicClass
from app.widgets.parts import back_button, row_of, words


class ClinicView(BenchView):
    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self.students = ClinicClass(context)
        self.cases = ClinicCases(context)
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.setAccessibleName("Statistics clinic")
        self.tabs.addTab(self.students, "A class of students")
        self.tabs.addTab(self.cases, "Ten cases")
        self.tabs.currentChanged.connect(self._on_tab)
        self.students.failed.connect(self.failed)
        self.cases.failed.connect(self.failed)
        back = back_button("All labs")
        back.clicked.connect(self.left)
        head = QVBoxLayout()
        head.setContentsMargins(24, 12, 24, 8)
        head.setSpacing(8)
        head.addLayout(row_of(back, stretch=-1))
        head.addWidget(words("Statistics clinic", "title"))
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addLayout(head)
        outer.addWidget(self.tabs, 1)

    def _on_tab(self) -> None:
        if self.tabs.currentWidget() is self.cases:
            self.cases.begin()
