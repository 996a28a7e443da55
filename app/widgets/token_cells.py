"""What a token strip draws for each token, and where."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from labs.tokens.visible import visible
from models.engine.messages import Alternative, PromptToken, TokenData

BITS_PER_NAT = 1 / math.log(2)
FULL_SCALE_BITS = {"surprise": 10.0, "entropy": 6.0}
PART = 40_000  # cells that are placed in one turn of the window
_ROUNDING = 0.01  # of a pixel: sums of 300,000 widths


@dataclass(frozen=True)
class Cell:
    """`share` (0 to 1) is the magnitude, None where nothing was measured; `lean` (−1 to 1) one with
    a direction instead; `origin` a category.
    `tone` tells neighbours apart by colour where there is nothing else to tell; `label` is shown
    instead of the text. `mark` is a word for what is special about the token, and `shares` says
    that a character is spread over it and a neighbour."""

    text: str
    token_id: int
    share: float | None = None
    lean: float | None = None
    origin: str = ""
    control: bool = False
    logprob: float | None = None
    entropy: float | None = None
    alternatives: tuple[Alternative, ...] = ()
    raw: bytes = b""
    label: str = ""
    tone: int | None = None
    mark: str = ""
    shares: bool = False

    @property
    def shown(self) -> str:
        """The text with its white space made visible; a part of a character is a box."""
        return self.label or visible(self.text) or "▯"

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


class Sizes:
    """How wide each cell is, how wide the widest, and the indices of those that end their line."""

    def __init__(self, widths: list[float], widest: float, breaks: list[int]) -> None:
        self.widths, self.widest, self.breaks = widths, widest, breaks

    def beginning(self, count: int) -> Sizes:
        """Of the first cells alone."""
        return Sizes(
            self.widths[:count], self.widest, self.breaks[: bisect_left(self.breaks, count)]
        )


def sizes_of(cells: Sequence[Cell], measure_text: Callable[[str], float]) -> Sizes:
    known: dict[str, float] = {}
    widths = []
    for cell in cells:
        shown = cell.shown
        if shown not in known:
            known[shown] = measure_text(shown)
        widths.append(known[shown])
    widest = max(known.values(), default=0.0)
    return Sizes(widths, widest, [index for index, cell in enumerate(cells) if cell.ends_line])


class Placed:
    """Cells in lines of at most `width` pixels, all equally high. Only the ends of the cells in
    one endless line and the beginnings of lines are kept: a megabyte of text has 300,000 cells."""

    def __init__(self, sizes: Sizes, width: float, gap: float) -> None:
        for _ in self._steps(sizes, width, gap):
            pass

    @classmethod
    def in_parts(cls, sizes: Sizes, width: float, gap: float) -> Generator[None, None, Placed]:
        """The same a part at a time: of a megabyte of text all at once would be felt."""
        made = cls.__new__(cls)
        yield from made._steps(sizes, width, gap)
        return made

    def _steps(self, sizes: Sizes, width: float, gap: float) -> Iterator[None]:
        is_wide = sizes.widest > width
        self._gap = gap
        self._widths: list[float] = [] if is_wide else sizes.widths
        self._edges: list[float] = []
        self._firsts: list[int] = []
        count, first, forced = len(sizes.widths), 0, 0
        for start in range(0, count, PART):
            part = sizes.widths[start : start + PART]
            if is_wide:
                part = [min(size, width) for size in part]
                self._widths += part
            begin = self._edges[-1] if self._edges else 0.0
            ends = accumulate(map(float(gap).__add__, part), initial=begin)
            self._edges += list(ends)[1:]
            is_last = start + PART >= count
            first, forced = self._break(width, sizes.breaks, first, forced, is_last=is_last)
            yield

    def _break(
        self, width: float, breaks: Sequence[int], first: int, forced: int, *, is_last: bool
    ) -> tuple[int, int]:
        """Lines from `first` on; one that may go on behind the known cells is left for later."""
        edges, count = self._edges, len(self._edges)
        while first < count:
            begin = edges[first - 1] if first else 0.0
            end = bisect_right(edges, begin + width + self._gap + _ROUNDING, first)
            if end == count and not is_last:
                break
            self._firsts.append(first)
            end = max(end, first + 1)
            while forced < len(breaks) and breaks[forced] < first:
                forced += 1
            first = min(end, breaks[forced] + 1) if forced < len(breaks) else end
        return first, forced

    def __len__(self) -> int:
        """How many cells have a place."""
        return len(self._edges)

    @property
    def line_count(self) -> int:
        return len(self._firsts)

    def line(self, index: int) -> int:
        return bisect_right(self._firsts, index) - 1

    def left(self, index: int) -> float:
        return self._begin(index) - self._begin(self._firsts[self.line(index)])

    def width(self, index: int) -> float:
        return self._widths[index]

    def on_lines(self, first: int, last: int) -> range:
        """Indices of the cells on lines `first` to `last`."""
        if not self._firsts or first >= self.line_count or last < 0:
            return range(0)
        after = last + 1
        end = self._firsts[after] if after < self.line_count else len(self._edges)
        return range(self._firsts[max(0, first)], end)

    def hit(self, x: float, line: int) -> int | None:
        for index in self.on_lines(line, line):
            left = self.left(index)
            if left <= x < left + self._widths[index]:
                return index
        return None

    def nearest(self, index: int, line: int) -> int:
        """The cell on `line` that stands closest above or below cell `index`."""
        candidates = self.on_lines(line, line)
        if not candidates:
            return index
        x = self.left(index)
        return min(candidates, key=lambda other: abs(self.left(other) - x))

    def _begin(self, index: int) -> float:
        return self._edges[index - 1] if index else 0.0
