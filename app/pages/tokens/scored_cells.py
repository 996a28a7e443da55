"""Tokens coloured by what a model made of them, and what the colours mean."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, overload

from app.widgets.cut_cells import CutCells
from app.widgets.token_cells import Cell
from labs.tokens.surprise import Surprise, entropy_bits, surprise_bits
from labs.tokens.surprise_difference import Difference
from labs.tokens.visible import visible
from models.engine.messages import TokenData

Measure = Literal["surprise", "entropy", "excess", "rank"]
FULL_BITS, FULL_EXCESS_BITS, FULL_DIFFERENCE_BITS, FULL_RANK = 10.0, 6.0, 3.0, 10_000


@dataclass(frozen=True)
class Scale:
    """What the ends of the colours stand for. `middle` is "" where they run one way only."""

    low: str
    high: str
    meaning: str
    middle: str = ""


SCALES: dict[Measure, Scale] = {
    "surprise": Scale("0", f"{FULL_BITS:.0f}+ bits", "how unlikely the model found each token"),
    "entropy": Scale("0", f"{FULL_BITS:.0f}+ bits", "how undecided it was before each token"),
    "excess": Scale(
        f"−{FULL_EXCESS_BITS:.0f}", f"+{FULL_EXCESS_BITS:.0f} bits",
        "orange: wrong, not hard; blue: easier than expected", "0",
    ),
    "rank": Scale("1st", f"{FULL_RANK:,}th", "the place of each token among all it thought of"),
}  # fmt: skip
TITLES: dict[Measure, str] = {
    "surprise": "Surprise", "entropy": "Entropy", "excess": "Surprise − entropy", "rank": "Rank",
}  # fmt: skip
DIFFERENCE = Scale(
    f"−{FULL_DIFFERENCE_BITS:.0f}", f"+{FULL_DIFFERENCE_BITS:.0f} bits",
    "orange: the second is more surprised; blue: the first", "0",
)  # fmt: skip


class ScoredCells(CutCells):
    """The tokens of a reading, with white space marked. What has no value has no colour."""

    def __init__(self, surprise: Surprise, measure: Measure) -> None:
        super().__init__(surprise.cut)
        self.show(surprise, measure)

    def show(self, surprise: Surprise, measure: Measure) -> None:
        """Other values for the same tokens: they need no new places."""
        self._tokens, self._measure = surprise.tokens, measure

    @overload
    def __getitem__(self, index: int) -> Cell: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Cell]: ...
    def __getitem__(self, index: int | slice) -> Cell | Sequence[Cell]:
        if isinstance(index, slice):
            return super().__getitem__(index)
        cell = replace(super().__getitem__(index), tone=None)
        if index >= len(self._tokens):
            return cell
        share, lean = value_of(self._tokens[index], self._measure)
        return replace(cell, share=share, lean=lean)


def value_of(token: TokenData, measure: Measure) -> tuple[float | None, float | None]:
    """Share and lean of a cell, see Cell."""
    surprise, entropy = surprise_bits(token), entropy_bits(token)
    if surprise is None or entropy is None:
        return None, None
    if measure == "excess":
        return None, _lean((surprise - entropy) / FULL_EXCESS_BITS)
    if measure == "rank":
        return min(1.0, math.log(token.rank or 1) / math.log(FULL_RANK)), None
    return min(1.0, (surprise if measure == "surprise" else entropy) / FULL_BITS), None


def difference_cells(difference: Difference, text: bytes) -> tuple[Cell, ...]:
    """A cell for each common stretch of the text."""
    return tuple(
        _cell(text[span.start : span.end].decode("utf-8", "replace"), span.difference)
        for span in difference.spans
    )


def _cell(text: str, bits: float | None) -> Cell:
    lean = None if bits is None else _lean(bits / FULL_DIFFERENCE_BITS)
    return Cell(text, -1, lean=lean, label=visible(text))


def _lean(share: float) -> float:
    return max(-1.0, min(1.0, share))
