"""A block as one type beside all the types that it can become, and what is known of its tensor."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QVBoxLayout, QWidget

from app.pages.quantization.block_types import BlockTypes
from app.pages.quantization.block_view import BlockView
from app.widgets.parts import button, row_of, words
from app.widgets.tokens import Tokens
from labs.quantization.one_block import Loss, earlier_type
from models.quantize.blocks import TensorRow

BESIDE_PX = 900  # room for the block and the types side by side
MEASURED = (
    "The whole tensor has {n:,} weights. Errors are relative to the size of the weights, and the "
    "same in decibels: 6 dB more is half the error."
)
BEFORE = " {type} loses almost nothing: these weights have been {type} before, it seems."


class BlockSides(QWidget):
    """Below each other where there is little room."""

    measure_asked = Signal()
    stop_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tokens = Tokens()
        self._row = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._row.setContentsMargins(0, 0, 0, 16)
        self._row.setSpacing(24)

    def fill(self) -> None:
        """Where it stands: Qt styles anew whatever moves to another parent."""
        self.types, self.view = BlockTypes(self), BlockView(self)
        self.measure_button = button("Measure the whole tensor")
        self.stop_button = button("Stop", name="Stop measuring")
        self.measured = words("", "small")
        self._row.addWidget(self.view, 5)
        beside = QVBoxLayout()
        self._row.addLayout(beside, 4)
        beside.setSpacing(8)
        beside.addWidget(self.types)
        beside.addWidget(self.measured)
        beside.addLayout(row_of(self.measure_button, self.stop_button, stretch=-1))
        beside.addStretch(1)
        keeps_room = self.types.sizePolicy()
        keeps_room.setRetainSizeWhenHidden(True)
        self.types.setSizePolicy(keeps_room)
        self.measure_button.clicked.connect(self.measure_asked)
        self.stop_button.clicked.connect(self.stop_asked)
        self.show_measuring(None, {}, is_running=False)

    def show_measuring(
        self, row: TensorRow | None, losses: Mapping[str, Loss], *, is_running: bool
    ) -> None:
        """`losses` of the whole tensor by type, as far as they are known."""
        is_whole = bool(losses) and len(losses) == len(self.types.rows.rows)
        self.stop_button.setVisible(is_running)
        self.measure_button.setVisible(not is_running and not is_whole and row is not None)
        before = earlier_type(losses)
        told = MEASURED.format(n=row.place.n_weights if row else 0)
        self.measured.setText(told + (BEFORE.format(type=before) if before else ""))

    def setTokens(self, tokens: Tokens) -> None:
        self._tokens = tokens
        self._share_room()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share_room()

    def _share_room(self) -> None:
        is_wide = self.width() >= self._tokens.px(BESIDE_PX)
        way = QBoxLayout.Direction.LeftToRight if is_wide else QBoxLayout.Direction.TopToBottom
        self._row.setDirection(way)
