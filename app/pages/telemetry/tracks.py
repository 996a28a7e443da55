"""The readings of the last ten minutes as lines, grown by one value at a time."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from app.pages.telemetry.panels import PANELS, Panel
from app.widgets.time_chart import Rows, Series, Unit
from models.hardware.reading import Reading
from models.hardware.sampler import HISTORY

SPARE = 120  # what a line may be too long before its beginning is cut off


@dataclass
class Track:
    """One line, and why it has no value now."""

    times: list[float] = field(default_factory=list)
    values: list[float | None] = field(default_factory=list)
    reason: str = ""
    has_value: bool = False

    def add(self, time_s: float, value: float | None, reason: str) -> None:
        first_later = bisect_left(self.times, time_s)  # the clock was set back: lines rise
        del self.times[first_later:], self.values[first_later:]
        self.times.append(time_s)
        self.values.append(value)
        self.reason = reason
        self.has_value = self.has_value or value is not None
        if len(self.times) > HISTORY + SPARE:
            del self.times[:SPARE], self.values[:SPARE]


@dataclass
class PanelTracks:
    """What one chart shows. A panel no line of which ever had a value is unreadable."""

    panel: Panel
    tracks: dict[str, Track] = field(default_factory=dict)
    unit: Unit = field(init=False)
    note: str = ""

    def __post_init__(self) -> None:
        self.unit = self.panel.unit

    def add(self, reading: Reading) -> None:
        lines = dict(self.panel.lines(reading))
        for name, measured in lines.items():
            track = self.tracks.setdefault(name, Track())
            track.add(reading.time, measured.value, measured.reason)
        for name in self.tracks.keys() - lines.keys():
            reason = next((m.reason for m in lines.values()), "It is gone.")
            self.tracks[name].add(reading.time, None, reason)

    def describe(self, reading: Reading) -> None:
        """Take the axis and the note from the last reading."""
        top = self.panel.top(reading)
        self.unit = replace(self.panel.unit, top=top) if top else self.panel.unit
        self.note = self.panel.note(reading)

    @property
    def is_readable(self) -> bool:
        return any(track.has_value for track in self.tracks.values())

    @property
    def reason(self) -> str:
        return next((t.reason for t in self.tracks.values() if t.reason), "")

    def series(self) -> list[Series]:
        return [
            Series(name or self.panel.title, track.times, track.values, track.reason)
            for name, track in self.tracks.items()
            if track.has_value
        ]


class Tracks:
    """Takes what is new of a history of readings; a load of each core comes with it as bytes."""

    def __init__(self, panels: Sequence[Panel] = PANELS) -> None:
        self.panels = tuple(PanelTracks(panel) for panel in panels)
        self.last: Reading | None = None
        self._core_times: list[float] = []
        self._core_moments: list[bytes] = []

    def take(self, readings: Sequence[Reading], at_most: int = HISTORY) -> int:
        """Add up to `at_most` readings that were not there before; returns how many are left."""
        new = self._new(readings)
        for reading in new[:at_most]:
            self.last = reading
            for panel in self.panels:
                panel.add(reading)
            if reading.cores_percent:
                self._add_cores(reading)
        if self.last is not None:
            for panel in self.panels:
                panel.describe(self.last)
        return max(0, len(new) - at_most)

    def times_since(self, start_s: float) -> Sequence[float]:
        """When there was a reading, rising."""
        times = next((t.times for p in self.panels for t in p.tracks.values()), [])
        return times[bisect_left(times, start_s) :]

    def cores(self) -> Rows | None:
        count = len(self._core_moments[-1]) if self._core_moments else 0
        if count < 2:
            return None
        return Rows(f"{count} cores", self._core_times, self._core_moments)

    def unreadable(self) -> dict[str, list[str]]:
        """Titles by the reason that they share; those without one say nothing worth a line."""
        by_reason: dict[str, list[str]] = {}
        for panel in self.panels:
            if not panel.is_readable and panel.reason:
                by_reason.setdefault(panel.reason, []).append(panel.panel.title)
        return by_reason

    def _new(self, readings: Sequence[Reading]) -> Sequence[Reading]:
        """What stands behind the last one that was taken, by identity: clocks may be set back."""
        for place in range(len(readings) - 1, -1, -1):
            if readings[place] is self.last:
                return readings[place + 1 :]
        return readings

    def _add_cores(self, reading: Reading) -> None:
        first_later = bisect_left(self._core_times, reading.time)
        del self._core_times[first_later:], self._core_moments[first_later:]
        self._core_times.append(reading.time)
        self._core_moments.append(bytes(min(100, round(share)) for share in reading.cores_percent))
        if len(self._core_times) > HISTORY + SPARE:
            del self._core_times[:SPARE], self._core_moments[:SPARE]
