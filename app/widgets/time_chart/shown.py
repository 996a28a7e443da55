"""What one chart shows at one moment, and its words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.widgets.durations import duration
from app.widgets.time_chart.series import Band, Rows, Series
from app.widgets.time_chart.units import Unit


@dataclass(frozen=True)
class Shown:
    """A window of time, from `start_s` to `end_s`; `is_live` where it ends now. `age_s` is how long
    before its end the pointer stands, None without one."""

    title: str
    unit: Unit
    series: tuple[Series, ...] = ()
    bands: Sequence[Band] = ()
    rows: Rows | None = None
    start_s: float = 0.0
    end_s: float = 1.0
    is_live: bool = True
    age_s: float | None = None
    note: str = ""
    extent: tuple[float, float] | None = None  # least and most within the window

    @property
    def moment_s(self) -> float:
        """The moment whose values are told."""
        return self.end_s if self.age_s is None else self.end_s - self.age_s

    @property
    def top(self) -> float:
        return self.unit.top_for(self.extent[1] if self.extent else 0.0)

    def told(self, series: Series) -> str:
        """The value at the moment, with its name where there are several."""
        value = series.at(self.moment_s)
        if value is not None:
            return self.unit.said(value)
        return "not readable" if self.age_s is None and series.reason else "no value"

    @property
    def range_words(self) -> str:
        """ "2 % to 97 %" or "steady" over the window, or the moment that is pointed at."""
        if self.age_s is not None:
            return clock(self.moment_s)
        if self.extent is None:
            return ""
        low, high = map(self.unit.said, self.extent)
        return f"{low} to {high}" if low != high else "steady"

    @property
    def sentence(self) -> str:
        """For a screen reader: what it is now, and between what it was."""
        now = ", ".join(
            f"{one.name} {self.told(one)}" if len(self.series) > 1 else self.told(one)
            for one in self.series
        )
        when = "now" if self.is_live and self.age_s is None else f"at {clock(self.moment_s)}"
        if self.extent is None:
            return f"{self.title}: {now} {when}."
        low, high = map(self.unit.said, self.extent)
        span = duration(self.end_s - self.start_s)
        return f"{self.title}: {now} {when}, between {low} and {high} within {span}."

    def time_words(self, share: float) -> str:
        """The label of the time axis at a share of its length."""
        if not self.is_live:
            return clock(self.start_s + share * (self.end_s - self.start_s))
        back = (1 - share) * (self.end_s - self.start_s)
        return "now" if back < 1 else f"−{duration(back)}"

    def band_at_moment(self) -> Band | None:
        inside = (b for b in self.bands if b.start_s <= self.moment_s <= b.end_s)
        return next(inside, None) if self.age_s is not None else None


def clock(time_s: float) -> str:
    return datetime.fromtimestamp(time_s).strftime("%H:%M:%S")
