"""What a chart over time shows."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

LONGEST_GAP_S = 3.0  # between two values that a line may join
BandKind = Literal["prompt", "generation", "mixed"]
BAND_WORDS: dict[BandKind, str] = {
    "prompt": "prompt",
    "generation": "answer",
    "mixed": "both in turns",
}


class Band(NamedTuple):
    """A stretch of time behind the curves, in seconds since the epoch."""

    start_s: float
    end_s: float
    kind: BandKind
    label: str = ""


@dataclass(frozen=True)
class Series:
    """`times` are seconds since the epoch, rising, `values` as many; None where there was none.
    `reason` is why there is none now."""

    name: str
    times: Sequence[float]
    values: Sequence[float | None]
    reason: str = ""

    def at(self, time_s: float) -> float | None:
        """The value nearest to a moment, or None where none is near."""
        place = nearest(self.times, time_s)
        return None if place is None else self.values[place]

    def between(self, start_s: float, end_s: float) -> Sequence[float]:
        """Every value there was from one moment to another."""
        first, last = bisect_left(self.times, start_s), bisect_right(self.times, end_s)
        return [value for value in self.values[first:last] if value is not None]

    def pieces(self, start_s: float, end_s: float, step_s: float) -> Iterator[list[Span]]:
        """Runs without a hole; values that lie within `step_s` of each other are one span. Steps
        are counted from the epoch, so that they stay what they are while the window moves on."""
        place = max(0, bisect_left(self.times, start_s) - 1)
        last = min(len(self.times), bisect_right(self.times, end_s) + 1)
        piece: list[Span] = []
        while place < last:
            edge_s = (int(self.times[place] / step_s) + 1) * step_s
            stop = bisect_left(self.times, edge_s, place + 1, last)
            group = self.values[place:stop]
            if piece and self.times[place] - piece[-1].time_s > LONGEST_GAP_S:
                yield piece
                piece = []
            present = [value for value in group if value is not None]
            if present:
                piece.append(_span(self.times[stop - 1], present))
            if piece and len(present) < len(group):
                yield piece
                piece = []
            place = stop
        if piece:
            yield piece


class Span(NamedTuple):
    """A few values as one, at the time of the last."""

    time_s: float
    low: float
    mean: float
    high: float


def _span(time_s: float, values: list[float]) -> Span:
    if len(values) == 1:
        return Span(time_s, values[0], values[0], values[0])
    return Span(time_s, min(values), sum(values) / len(values), max(values))


def extent_of(series: Sequence[Series], start_s: float, end_s: float) -> tuple[float, float] | None:
    """The least and the most value of all, from one moment to another; None without any."""
    present = [found for one in series if (found := one.between(start_s, end_s))]
    if not present:
        return None
    return min(map(min, present)), max(map(max, present))


@dataclass(frozen=True)
class Rows:
    """Many shares at each moment, such as one a core: `moments` holds a byte each, from 0 to 100.
    All have the same length."""

    name: str
    times: Sequence[float]
    moments: Sequence[bytes]

    @property
    def count(self) -> int:
        return len(self.moments[-1]) if self.moments else 0


def nearest(times: Sequence[float], time_s: float) -> int | None:
    """The place of the moment nearest to `time_s`, if one is near enough to stand for it."""
    place = bisect_left(times, time_s)
    near = [i for i in (place - 1, place) if 0 <= i < len(times)]
    best = min(near, key=lambda i: abs(times[i] - time_s), default=None)
    return best if best is not None and abs(times[best] - time_s) <= LONGEST_GAP_S else None
