"""The files that will go along with a message, each removable."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from labs.chat.conversation import Attachment


class AttachmentChips(QWidget):
    """Hidden while there are none."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._attachments: list[Attachment] = []
        self._chips: list[QToolButton] = []
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(6)
        self._row.setAlignment(Qt.AlignmentFlag.AlignLeft)
        self.hide()

    @property
    def attachments(self) -> tuple[Attachment, ...]:
        return tuple(self._attachments)

    def set_attachments(self, attachments: tuple[Attachment, ...]) -> None:
        self._attachments = list(attachments)
        self._show()

    def add(self, attachment: Attachment) -> None:
        self._attachments.append(attachment)
        self._show()

    def remove(self, attachment: Attachment) -> None:
        self._attachments.remove(attachment)
        self._show()

    def _show(self) -> None:
        for chip in self._chips:
            chip.hide()
            chip.deleteLater()
        self._chips = [self._chip(attachment) for attachment in self._attachments]
        self.setVisible(bool(self._chips))
        self.changed.emit()

    def _chip(self, attachment: Attachment) -> QToolButton:
        chip = QToolButton(self)
        chip.setObjectName("attachment-chip")
        name = self.fontMetrics().elidedText(attachment.name, Qt.TextElideMode.ElideMiddle, 220)
        chip.setText(f"{name}  ×")
        chip.setToolTip(f"{attachment.name}, {len(attachment.text):,} characters. Click to remove.")
        chip.setAccessibleName(f"Remove {attachment.name}")
        chip.clicked.connect(lambda: self.remove(attachment))
        self._row.addWidget(chip)
        return chip
