"""One block as one type: bars, recipe, the weight pointed at, bytes, and all 32 as numbers."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.pages.quantization.block_bytes import BlockBytes
from app.pages.quantization.block_chart import BlockChart
from app.widgets.parts import words
from app.widgets.tokens import Tokens
from labs.quantization.one_block import (
    bits_words,
    block_words,
    decibel_text,
    errors_of,
    loss_of,
    number,
    part_words,
    percent_text,
    recipe,
)
from models.quantize.block_codes import Explained
from models.quantize.blocks import Coded


class BlockView(QWidget):
    """Points at one weight in all its parts."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._values: tuple[float, ...] = ()
        self._coded: Coded | None = None
        self._marked = 0
        self.about = words("", "secondary")
        self.chart, self.bytes = BlockChart(), BlockBytes()
        self.weight, self.recipe = words("", "mono"), words("", "mono")
        self.parts = words("", "small")
        self.chart.pointed.connect(self.point)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        for widget in (self.about, self.chart, self.weight, self.recipe, self.parts,
                       words("In the file", "heading"), self.bytes):  # fmt: skip
            column.addWidget(widget)
        column.addStretch(1)

    def show_block(self, values: tuple[float, ...], coded: Coded) -> None:
        self._values, self._coded = values, coded
        explained = coded.explained
        loss = loss_of(values, coded)
        told = (
            f"{coded.layout.name}: relative error {percent_text(loss.relative)}, SQNR "
            f"{decibel_text(loss.sqnr_db)}, largest error {number(loss.largest)}."
        )
        self.about.setText(f"{block_words(coded.layout)}. {told}")
        self.chart.show_block(values, coded, told)
        self.recipe.setText(recipe(explained))
        self.parts.setText("\n".join(_part_lines(explained)))
        self.bytes.show_block(explained)
        self.point(self._marked)

    def point(self, weight: int) -> None:
        self._marked = weight
        self.chart.mark(weight)
        self.bytes.mark(weight)
        if self._coded is not None:
            self.weight.setText(_weight_words(self._values, self._coded, weight))

    def setTokens(self, tokens: Tokens) -> None:
        self.chart.setFixedHeight(tokens.px(300))
        self.weight.setMinimumHeight(tokens.px(36))  # two lines: what is below stays where it is


def _part_lines(explained: Explained) -> list[str]:
    if len(explained.parts) == 1:
        return [part_words(explained, explained.parts[0]).capitalize()]
    return [f"Weights {part.start} to {part.end - 1}: {part_words(explained, part)}"
            for part in explained.parts]  # fmt: skip


def _weight_words(values: tuple[float, ...], coded: Coded, weight: int) -> str:
    """ "weight 3: 0.0213 → code 11 → 0.0222, error +0.0009; in byte 5, bits 0 to 3"."""
    code, back = coded.explained.codes[weight], coded.decoded[weight]
    error = errors_of(values, coded)[weight]
    level = f" (level {code.level})".replace("-", "−") if code.level != code.stored else ""
    where = " and ".join(_bits_now(coded.explained, weight))
    sign = "+" if error > 0 else ""
    return (
        f"weight {weight}: {number(values[weight])} → code {code.stored}{level} → {number(back)}, "
        f"error {sign}{number(error)}; in {where}"
    )


def _bits_now(explained: Explained, weight: int) -> list[str]:
    """Where the code stands, and the byte with the bits that count in brackets."""
    found = []
    for bits in explained.codes[weight].bits:
        text = f"{explained.data[bits.byte]:08b}"
        end = 8 - bits.first
        start = end - bits.count
        found.append(f"{bits_words(bits)}: {text[:start]}[{text[start:end]}]{text[end:]}")
    return found
