"""Numbers of a chart in words, and where its axis ends."""

from __future__ import annotations

from dataclasses import dataclass
from math import floor, log10

from models.amounts import size_text


@dataclass(frozen=True)
class Unit:
    """`name` stands behind every number; "B" and "B/s" are written as kB, MB, GB.

    The axis begins at 0 and ends at `top`, or where that is None above the largest value, and
    never below `least_top`.
    """

    name: str
    top: float | None = None
    least_top: float = 1.0

    def said(self, value: float) -> str:
        """ "34 %", "7.5 W", "1.13 GB", "20.1 MB/s", "2.60 GHz"."""
        if self.name in ("B", "B/s"):
            return size_text(round(value)) + self.name[1:]
        if self.name == "MHz" and value >= 1000:
            return f"{value / 1000:.2f} GHz"
        digits = 0 if abs(value) >= 20 or value == round(value) else 1
        return f"{value:,.{digits}f} {self.name}".strip()

    def marked(self, value: float) -> str:
        """The same for the axis, as short as can be: "50 %", "500 MB/s", "2.5 GHz"."""
        number, _, unit = self.said(value).partition(" ")
        told = float(number.replace(",", ""))
        short = f"{told:,.0f}" if told >= 1000 else f"{told:.3g}"
        return f"{short} {unit}".strip() if value else "0"

    def top_for(self, largest: float) -> float:
        """The end of the axis: 1, 2 or 5 with zeros behind."""
        if self.top is not None:
            return max(self.top, self.least_top)
        wanted = max(largest, self.least_top)
        step = 10.0 ** floor(log10(wanted))
        return next(step * factor for factor in (1, 2, 5, 10) if step * factor >= wanted * 0.9999)
