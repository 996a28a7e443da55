"""What every sensor says, and why some say nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from app.shell.popover import Popover
from app.shell.readings import Meter, meters_of, own_meters_of
from app.widgets.parts import button
from app.widgets.tokens import Tokens

if TYPE_CHECKING:
    from models.hardware.reading import Reading

WIDTH = 360


class MachinePopover(Popover):
    """A row for each sensor, brought up to date while it is open, and the way to their history."""

    page_wanted = Signal()

    def __init__(self, window: QWidget) -> None:
        super().__init__(window, "This machine")
        heading = QLabel("This machine")
        heading.setProperty("role", "heading")
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(8)
        self._grid.setColumnStretch(1, 1)
        self._values: dict[str, QLabel] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 16)
        column.setSpacing(12)
        column.addWidget(heading)
        column.addLayout(self._grid)
        self.page_button = button("Open Telemetry", "link")
        self.page_button.clicked.connect(self._go_to_page)
        column.addWidget(self.page_button, 0, Qt.AlignmentFlag.AlignLeft)
        self.setTokens(Tokens())

    def setTokens(self, tokens: Tokens) -> None:
        self.setFixedWidth(tokens.px(WIDTH))

    def show_reading(self, reading: Reading) -> None:
        for meter in (*meters_of(reading), *own_meters_of(reading)):
            self._show(meter)

    def _go_to_page(self) -> None:
        self.close_popover()
        self.page_wanted.emit()

    def _show(self, meter: Meter) -> None:
        if meter.id not in self._values:
            self._add(meter)
        value = self._values[meter.id]
        value.setText(meter.words if meter.is_readable else meter.reason)
        value.setEnabled(True)

    def _add(self, meter: Meter) -> None:
        row = self._grid.rowCount()
        name = QLabel(meter.name)
        name.setProperty("role", "secondary")
        value = QLabel()
        value.setAccessibleName(meter.name)
        value.setWordWrap(True)
        if not meter.is_readable:
            value.setProperty("role", "small")
        self._grid.addWidget(name, row, 0)
        self._grid.addWidget(value, row, 1)
        self._values[meter.id] = value
