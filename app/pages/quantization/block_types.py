"""The types a block can become: a row each, and the row that is chosen is the one explained."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from PySide6.QtCore import QItemSelectionModel, QModelIndex, Signal
from PySide6.QtWidgets import QAbstractItemView, QWidget

from app.widgets.data_table import DataTable
from app.widgets.rows_model import Column, FilteredRows, RowRole, RowsModel
from app.widgets.tokens import Tokens
from labs.quantization.one_block import Loss, decibel_text, percent_text


@dataclass(frozen=True)
class TypeRow:
    """`block` and `tensor` are None until they are known."""

    name: str
    bits_per_weight: float
    block: Loss | None = None
    tensor: Loss | None = None


def _text(loss: Loss | None) -> str:
    return f"{percent_text(loss.relative)} · {decibel_text(loss.sqnr_db)}" if loss else ""


def _share(loss: Loss | None) -> float:
    return -1.0 if loss is None or loss.relative is None else loss.relative


WHAT = (
    "Relative error, ‖W − Ŵ‖ / ‖W‖: the size of the errors over the size of the weights. Then the "
    "same in decibels (SQNR), 10·log₁₀(ΣW² / Σ(W − Ŵ)²): 6 dB more is half the error."
)
COLUMNS = (
    Column[TypeRow]("Type", lambda row: row.name),
    Column[TypeRow]("Bits a weight", lambda row: f"{row.bits_per_weight:g}",
                    lambda row: row.bits_per_weight, is_number=True),
    Column[TypeRow]("Error of the block", lambda row: _text(row.block),
                    lambda row: _share(row.block), True, lambda _row: WHAT),
    Column[TypeRow]("Of the whole tensor", lambda row: _text(row.tensor),
                    lambda row: _share(row.tensor), True, lambda _row: WHAT),
)  # fmt: skip


WIDTHS = (72, 96, 140, 140)  # in pixels at 100 %


class BlockTypes(DataTable):
    """`type_chosen` carries a name."""

    type_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        self.rows = RowsModel[TypeRow](COLUMNS)
        super().__init__("Types", FilteredRows(self.rows), parent)
        self.rows.setParent(self)
        self.model().setParent(self)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.selectionModel().currentRowChanged.connect(self._on_row)

    def setTokens(self, tokens: Tokens) -> None:
        """As high as its rows: it stands in what scrolls."""
        super().setTokens(tokens)
        self.set_widths(*map(tokens.px, WIDTHS))
        self.setMinimumWidth(tokens.px(sum(WIDTHS) + 4))
        rows = self.model().rowCount() if self.model() is not None else 0
        self.setFixedHeight(self.horizontalHeader().sizeHint().height() + 4
                            + rows * self.verticalHeader().defaultSectionSize())  # fmt: skip
        self._tokens = tokens

    def show_types(self, bits: Mapping[str, float]) -> None:
        """Rows without numbers yet."""
        if [row.name for row in self.rows.rows] != list(bits):
            self.rows.set_rows([TypeRow(name, each) for name, each in bits.items()])
            self.setTokens(self._tokens)
        else:
            self._change(lambda row: replace(row, block=None, tensor=None))

    def show_block(self, losses: Mapping[str, Loss]) -> None:
        self._change(lambda row: replace(row, block=losses.get(row.name)))

    def show_tensor(self, losses: Mapping[str, Loss]) -> None:
        self._change(lambda row: replace(row, tensor=losses.get(row.name, row.tensor)))

    def choose(self, name: str) -> None:
        for number in range(self.model().rowCount()):
            index = self.model().index(number, 0)
            if index.data(RowRole).name == name:
                flags = QItemSelectionModel.SelectionFlag
                self.selectionModel().setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)

    def _change(self, change: Callable[[TypeRow], TypeRow]) -> None:
        if self.rows.rows:
            self.rows.update_rows([change(row) for row in self.rows.rows])

    def _on_row(self, index: QModelIndex) -> None:
        row = index.data(RowRole)
        if row is not None:
            self.type_chosen.emit(row.name)
