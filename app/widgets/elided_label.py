"""One line of text that ends in an ellipsis where room is short, and can be shown whole."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy

TIP_CHARACTERS = 2000


class ElidedLabel(QLabel):
    """`whole` is the text; a hover tells it where the line does not."""

    def __init__(self, whole: str, role: str = "") -> None:
        super().__init__()
        self._is_whole = False
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.setProperty("role", role)
        self.show_text(whole)
        self.show_whole(False)

    def show_text(self, whole: str) -> None:
        self.whole = whole
        self._line = " ".join(whole.split())
        self.setAccessibleName(whole)
        self._fit()

    @property
    def is_cut(self) -> bool:
        return self.text() != self.whole

    def show_whole(self, is_whole: bool) -> None:
        self._is_whole = is_whole
        across = QSizePolicy.Policy.Preferred if is_whole else QSizePolicy.Policy.Ignored
        self.setSizePolicy(across, QSizePolicy.Policy.Preferred)
        self.setWordWrap(is_whole)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._fit()

    def _fit(self) -> None:
        room = self.contentsRect().width()
        short = self.fontMetrics().elidedText(self._line, Qt.TextElideMode.ElideRight, room)
        text = self.whole if self._is_whole else short
        if text != self.text():
            self.setText(text)
        self.setToolTip(_tip(self.whole) if self.is_cut else "")


def _tip(text: str) -> str:
    return text if len(text) <= TIP_CHARACTERS else f"{text[:TIP_CHARACTERS]}…"
