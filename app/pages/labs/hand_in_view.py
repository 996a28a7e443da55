"""What was handed in: the labs of a class on the left, the one that is read on the right."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from app.context import AppContext
from app.pages.labs.hand_in_reader import HandInReader
from app.widgets.parts import back_button, row_of
from app.widgets.tokens import Tokens
from app.widgets.turns import in_turns
from labs.hand_ins.lab_hand_in import LabHandIn

LIST_PX = 260


class HandInView(QWidget):
    """One lab needs no list."""

    left = Signal()

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self._context = context
        self.labs: tuple[LabHandIn, ...] = ()
        self.reader: HandInReader | None = None
        self.list = QListWidget()
        self.list.setAccessibleName("What was handed in")
        self.list.setWordWrap(True)
        self.list.currentRowChanged.connect(self._choose)
        back = back_button("My runs")
        back.clicked.connect(self.left)
        head = row_of(back, stretch=-1)
        head.setContentsMargins(24, 12, 24, 0)
        self._beside = QHBoxLayout()
        self._beside.setSpacing(0)
        self._beside.addWidget(self.list)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(head)
        column.addLayout(self._beside, 1)

    def show_labs(self, labs: Sequence[LabHandIn]) -> None:
        self.labs = tuple(labs)
        self.list.blockSignals(True)
        self.list.clear()
        for lab in self.labs:
            mark = "\u26a0 " if lab.problems else ""
            self.list.addItem(QListWidgetItem(f"{mark}{lab.title}\n{lab.source}"))
        self.list.blockSignals(False)
        self.list.setVisible(len(self.labs) > 1)
        self.list.setCurrentRow(0)
        self._choose(0)

    def setTokens(self, tokens: Tokens) -> None:
        self.list.setFixedWidth(tokens.px(LIST_PX))

    def _choose(self, row: int) -> None:
        """What was read goes before the next one is made: together they would be felt."""
        if not 0 <= row < len(self.labs):
            return
        old, self.reader = self.reader, None
        if old is None:
            self._make()
            return
        old.hide()
        self._beside.removeWidget(old)
        in_turns(self, old.deleteLater, self._make)

    def _make(self) -> None:
        """The one that is chosen by now."""
        if self.reader is None:
            self.reader = HandInReader(self._context, self.labs[self.list.currentRow()])
            self._beside.addWidget(self.reader, 1)
            self._context.theme.hand_to(self.reader)
