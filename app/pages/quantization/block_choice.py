"""Which block: a file, a tensor, a number or one that a seed draws, and the type it is shown as."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QSpinBox, QVBoxLayout, QWidget

from app.context import AppContext
from app.model_choice import make_free_picker
from app.pages.quantization.block_work import drawn_block
from app.widgets.elided_box import ElidedBox
from app.widgets.parts import button, row_of, words
from app.widgets.still import keep_still
from app.widgets.tokens import Tokens
from models.quantize.blocks import TensorRow

LAST_SEED = 2**31 - 1


class BlockChoice(QWidget):
    """`file_chosen` carries what a library resolves, `kind_chosen` the name of a type."""

    file_chosen = Signal(str)
    tensor_chosen = Signal()
    block_chosen = Signal()
    kind_chosen = Signal(str)

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self._rows: Sequence[TensorRow] = ()
        self.picker = make_free_picker(context)
        self.tensor, self.block, self.seed = ElidedBox(16), QSpinBox(), QSpinBox()
        self.kind = QComboBox()
        self.random_button = button("Random block")
        self._n_blocks = words("", "secondary", wrap=False)
        self._lay_out()
        self.picker.chosen.connect(self.file_chosen)
        self.tensor.currentIndexChanged.connect(lambda _at: self.tensor_chosen.emit())
        self.block.valueChanged.connect(lambda _value: self.block_chosen.emit())
        self.kind.currentTextChanged.connect(self.kind_chosen)
        self.random_button.clicked.connect(self.draw)

    @property
    def row(self) -> TensorRow | None:
        at = self.tensor.currentIndex()
        return self._rows[at] if 0 <= at < len(self._rows) else None

    def show_file(self, model: str) -> None:
        """While it is being read, or where it cannot be."""
        self._rows = ()
        self.picker.set_current(model)
        with QSignalBlocker(self.tensor):
            self.tensor.clear()
        self._n_blocks.setText("")
        for field in (self.tensor, self.block, self.random_button, self.kind):
            field.setEnabled(False)

    def show_tensors(self, rows: Sequence[TensorRow], first: int) -> None:
        self._rows = rows
        with QSignalBlocker(self.tensor):
            self.tensor.addItems([_title(row) for row in rows])
            self.tensor.setCurrentIndex(first)
        self.tensor.setEnabled(True)

    def show_tensor(self, row: TensorRow, kinds: Sequence[str], kind: str) -> None:
        """Its first block, and the types that it can become."""
        with QSignalBlocker(self.block), QSignalBlocker(self.kind):
            self.block.setMaximum(max(0, row.n_blocks - 1))
            self.block.setValue(0)
            self.kind.clear()
            self.kind.addItems(list(kinds))
            self.kind.setCurrentText(kind)
        self._n_blocks.setText(f"of {row.n_blocks:,}")
        for field in (self.block, self.random_button, self.kind):
            field.setEnabled(not row.problem)

    def show_kind(self, kind: str) -> None:
        with QSignalBlocker(self.kind):
            self.kind.setCurrentText(kind)

    def draw(self) -> None:
        """The block that the seed draws; the next one has another seed."""
        row = self.row
        if row is not None and row.n_blocks:
            self.block.setValue(drawn_block(self.seed.value(), row.n_blocks))
            self.seed.setValue(self.seed.value() % LAST_SEED + 1)

    def setTokens(self, tokens: Tokens) -> None:
        self.picker.fit(tokens.px(240))
        self.block.setMinimumWidth(tokens.px(96))

    def _lay_out(self) -> None:
        self._name_fields()
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self.picker)
        top.addWidget(self.tensor, 1)
        below = row_of(words("Block", "secondary", wrap=False), self.block, self._n_blocks,
                       self.random_button, words("seed", "secondary", wrap=False), self.seed,
                       words("as", "secondary", wrap=False), self.kind, stretch=-1)  # fmt: skip
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addLayout(top)
        column.addLayout(below)

    def _name_fields(self) -> None:
        self.tensor.setAccessibleName("Tensor")
        self.tensor.setMaxVisibleItems(24)
        self.kind.setAccessibleName("Type")
        self.kind.setMinimumContentsLength(7)
        self.block.setAccessibleName("Block")
        self.block.setGroupSeparatorShown(True)
        self.block.setKeyboardTracking(False)
        self.seed.setAccessibleName("Seed")
        self.seed.setRange(1, LAST_SEED)
        keep_still(self.tensor, self.block, self.seed, self.kind)


def _title(row: TensorRow) -> str:
    shape = f"{row.place.columns:,} × {row.place.rows:,}"
    return f"{row.place.name}   {shape}   {row.type}"
