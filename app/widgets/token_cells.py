"""What a token strip draws for each token, and where."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from models.engine.messages import Alternative, PromptToken, TokenData

BITS_PER_NAT = 1 / math.log(2)
FULL_SCALE_BITS = {"surprise": 10.0, "entropy": 6.0}
VISIBLE = str.maketrans({" ": "·", "\n": "↵", "\r": "␍", "\t": "⇥"})


@dataclass(frozen=True)
class Cell:
    """`share` (0 to 1) is the magnitude, None where nothing was measured; `origin` a category."""

    text: str
    token_id: int
    share: float | None = None
    origin: str = ""
    control: bool = False
    logprob: float | None = None
    entropy: float | None = None
    alternatives: tuple[Alternative, ...] = ()

    @property
    def shown(self) -> str:
        """The text with its white space made visible; a part of a character is a box."""
        return self.text.translate(VISIBLE) or "▯"

    @property
    def ends_line(self) -> bool:
        return self.text.endswith("\n")


def reply_cells(tokens: Sequence[TokenData], measure: str) -> tuple[Cell, ...]:
    return tuple(
        Cell(
            token.text,
            token.token_id,
            share=magnitude(token, measure),
            logprob=token.logprob,
            entropy=token.entropy,
            alternatives=token.top,
        )
        for token in tokens
    )


def prompt_cells(tokens: Sequence[PromptToken]) -> tuple[Cell, ...]:
    return tuple(
        Cell(token.text, token.token_id, origin=token.origin, control=token.control)
        for token in tokens
    )


def magnitude(token: TokenData, measure: str) -> float | None:
    """Surprise (−log₂ p) or entropy in bits, as a share of full scale."""
    nats = -token.logprob if token.logprob is not None else None
    if measure == "entropy":
        nats = token.entropy
    if nats is None:
        return None
    return min(1.0, max(0.0, nats) * BITS_PER_NAT / FULL_SCALE_BITS[measure])


@dataclass(frozen=True)
class Placed:
    """Left edge, line number and width of every cell; lines are all equally high."""

    lefts: tuple[float, ...]
    lines: tuple[int, ...]
    widths: tuple[float, ...]

    @property
    def line_count(self) -> int:
        return self.lines[-1] + 1 if self.lines else 0

    def on_lines(self, first: int, last: int) -> range:
        """Indices of the cells on lines `first` to `last`."""
        return range(bisect_left(self.lines, first), bisect_right(self.lines, last))

    def hit(self, x: float, line: int) -> int | None:
        for index in self.on_lines(line, line):
            if self.lefts[index] <= x < self.lefts[index] + self.widths[index]:
                return index
        return None

    def nearest(self, index: int, line: int) -> int:
        """The cell on `line` that stands closest above or below cell `index`."""
        candidates = self.on_lines(line, line)
        if not candidates:
            return index
        x = self.lefts[index]
        return min(candidates, key=lambda other: abs(self.lefts[other] - x))


def place(
    cells: Sequence[Cell], width: float, measure_text: Callable[[str], float], gap: float
) -> Placed:
    """Break the cells into lines of at most `width` pixels; a line feed ends its line."""
    known: dict[str, float] = {}
    lefts, lines, widths = [], [], []
    x, line = 0.0, 0
    for cell in cells:
        shown = cell.shown
        if shown not in known:
            known[shown] = measure_text(shown)
        cell_width = min(known[shown], width)
        if x > 0 and x + cell_width > width:
            x, line = 0.0, line + 1
        lefts.append(x)
        lines.append(line)
        widths.append(cell_width)
        x += cell_width + gap
        if cell.ends_line:
            x, line = 0.0, line + 1
    return Placed(tuple(lefts), tuple(lines), tuple(widths))
