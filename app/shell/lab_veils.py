"""What a lab asks to predict is covered on its page until the predictions are locked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.widgets.sheet.veil import Veil

if TYPE_CHECKING:
    from app.shell.window import MainWindow
    from labs.lab_book.guided import GuidedLab


class LabVeils(QObject):
    """At most those of one lab at a time."""

    sheet_asked = Signal()
    shown_anyway = Signal()

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._lab: GuidedLab | None = None
        self.veils: list[Veil] = []

    def cover(self, lab: GuidedLab | None) -> None:
        """Cover the parts of this lab's page, or nothing."""
        if lab is self._lab:
            return
        self._lab = lab
        for veil in self.veils:
            veil.lift()
        self.veils = []
        if lab is not None:
            page = self._window.page(lab.page)
            parts = (page.part(target) for target in lab.covers)
            self.veils = [Veil(part, lab.title) for part in parts if part is not None]
        for veil in self.veils:
            veil.sheet_asked.connect(self.sheet_asked)
            veil.shown_anyway.connect(self.shown_anyway)
            self._window.context.theme.hand_to(veil)
