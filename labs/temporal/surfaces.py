"""Ways to write a moment: clock times, durations, across midnight, twelve hours, time zones."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

DAY, NOON = 24 * 60, 12 * 60
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

# Minutes since the first midnight, and which of the two facts is being written, 0 or 1.
Writer = Callable[[int, int], str]


@dataclass(frozen=True)
class Surface:
    """`around` draws the minute about which an item lies, given how far the item reaches to both
    sides and its margin; `writer` draws how its moments are written."""

    id: str
    title: str
    around: Callable[[random.Random, int, int], int]
    writer: Callable[[random.Random], Writer]


def _daytime(rng: random.Random, reach: int, margin: int) -> int:
    """Early and late enough that no moment leaves the day, by any of the zones."""
    return rng.randrange(5 * 60 + reach, 20 * 60 - reach, 5)


def _from_now(rng: random.Random, reach: int, margin: int) -> int:
    return reach + rng.randrange(5, 65, 5)


def _across(line: int) -> Callable[[random.Random, int, int], int]:
    """So near to `line` that what lies a margin before and what lies a margin after part there."""
    return lambda rng, reach, margin: line + rng.randint(1 - margin, margin - 1)


def _clock(minute: int) -> str:
    return f"{minute % DAY // 60:02}:{minute % 60:02}"


def _twelve_hours(minute: int, _side: int) -> str:
    hour, rest = divmod(minute % DAY, 60)
    if (hour, rest) == (12, 0):
        return "at 12:00 noon"
    return f"at {(hour + 11) % 12 + 1}:{rest:02} {'a.m.' if hour < 12 else 'p.m.'}"


def _with_day(rng: random.Random) -> Writer:
    first = rng.randrange(len(DAYS))
    return lambda minute, _side: (
        f"at {_clock(minute)} on {DAYS[(first + minute // DAY) % len(DAYS)]}"
    )


def _in_zones(rng: random.Random) -> Writer:
    zones = rng.sample(range(4), 2)
    return lambda minute, side: f"at {_clock(minute + 60 * zones[side])} (UTC+{zones[side]})"


def duration(minutes: int) -> str:
    """Such as “1 hour 5 minutes”."""
    hours, rest = divmod(minutes, 60)
    parts = [_count(hours, "hour")] if hours else []
    return " ".join([*parts, _count(rest, "minute")] if rest or not hours else parts)


def _count(number: int, unit: str) -> str:
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"


SURFACES: tuple[Surface, ...] = (
    Surface("clock", "Clock times", _daytime,
            lambda rng: lambda minute, _side: f"at {_clock(minute)}"),
    Surface("durations", "Durations from now", _from_now,
            lambda rng: lambda minute, _side: f"in {duration(minute)}"),
    Surface("midnight", "Across midnight", _across(DAY), _with_day),
    Surface("twelve-hours", "Twelve-hour clock across noon", _across(NOON),
            lambda rng: _twelve_hours),
    Surface("zones", "Two time zones", _daytime, _in_zones),
)  # fmt: skip
