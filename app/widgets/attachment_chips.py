"""The files that will go along with a message, each removable."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QToolButton, QWidget

from labs.chat.conversation import Attachment

GAP_PX = 6
MOST_LINES = 3  # in sight; the others are scrolled to
NAME_PX = 220


class AttachmentChips(QScrollArea):
    """In as many lines as they need. Hidden while there are none."""

    changed = Signal()
    emptied = Signal()  # the last one was removed, and the keyboard needs another place

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._attachments: list[Attachment] = []
        self._chips: list[QToolButton] = []
        self.setAccessibleName("Attached files")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # each chip can be reached
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._inside = QWidget()
        self.setWidget(self._inside)
        for surface in (self._inside, self.viewport()):
            surface.setAutoFillBackground(False)  # the composer paints it
        self.hide()

    @property
    def attachments(self) -> tuple[Attachment, ...]:
        return tuple(self._attachments)

    def set_attachments(self, attachments: tuple[Attachment, ...]) -> None:
        self._attachments = list(attachments)
        for chip in self._chips:
            chip.hide()
            chip.deleteLater()
        self._chips = [self._chip(attachment) for attachment in self._attachments]
        self._show()

    def add(self, attachment: Attachment) -> None:
        self._attachments.append(attachment)
        self._chips.append(self._chip(attachment))
        self._show()
        self.ensureWidgetVisible(self._chips[-1], 0, 0)

    def _remove(self, chip: QToolButton) -> None:
        place = self._chips.index(chip)
        had_focus = chip.hasFocus()
        del self._attachments[place], self._chips[place]
        if had_focus and self._chips:
            self._chips[min(place, len(self._chips) - 1)].setFocus()
        elif had_focus:
            self.emptied.emit()
        chip.hide()
        chip.deleteLater()
        self._show()

    def _show(self) -> None:
        self.setVisible(bool(self._chips))
        self._place()
        self.changed.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def _place(self) -> None:
        """Line by line; a chip that is wider than a line gets one of its own."""
        if not self._chips:
            return
        width = self.viewport().width()
        x = y = 0
        line_px = max(chip.sizeHint().height() for chip in self._chips)
        for chip in self._chips:
            size = chip.sizeHint()
            if x and x + size.width() > width:
                x, y = 0, y + line_px + GAP_PX
            chip.setGeometry(QRect(x, y, size.width(), line_px))
            x += size.width() + GAP_PX
        self._inside.setFixedSize(width, y + line_px)
        self.setFixedHeight(min(y + line_px, MOST_LINES * (line_px + GAP_PX) - GAP_PX))

    def _chip(self, attachment: Attachment) -> QToolButton:
        chip = QToolButton(self._inside)
        chip.setObjectName("attachment-chip")
        plain = " ".join(attachment.name.split())
        name = self.fontMetrics().elidedText(plain, Qt.TextElideMode.ElideMiddle, NAME_PX)
        chip.setText(f"{name}  ×".replace("&", "&&"))
        chip.setToolTip(f"{plain}, {len(attachment.text):,} characters. Click to remove.")
        chip.setAccessibleName(f"Remove {plain}")
        chip.clicked.connect(lambda: self._remove(chip))
        chip.show()
        return chip
