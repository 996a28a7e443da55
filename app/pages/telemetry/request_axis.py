"""Requests as bands and as tokens a second, for any chart over time."""

from __future__ import annotations

from collections.abc import Sequence

from app.widgets.time_chart import Band, Series, Unit
from labs.telemetry.on_time_axis import bands_of, paces
from models.engine.phases import TracedRequest

WRITTEN, READ = "Tokens written a second", "Tokens read a second"
TOKENS_A_SECOND = Unit("", least_top=10)


def request_bands(requests: Sequence[TracedRequest], since_s: float) -> tuple[Band, ...]:
    """The phases of every request that reach beyond `since_s`."""
    return tuple(Band(*band) for band in bands_of(requests, since_s))


def token_series(
    requests: Sequence[TracedRequest], times: Sequence[float]
) -> tuple[Series, Series]:
    """Tokens a second between each of `times` (seconds since the epoch, rising) and the one
    before: those written, and those read of prompts, which are ten times as many."""
    found = paces(requests, times)
    moments = [pace.time_s for pace in found]
    return (
        Series(WRITTEN, moments, [pace.written for pace in found]),
        Series(READ, moments, [pace.read for pace in found]),
    )
