"""Requests as bands and as tokens a second, for any chart over time."""

from __future__ import annotations

from collections.abc import Sequence

from app.widgets.time_chart import Band, Series, Unit
from labs.telemetry.on_time_axis import bands_of, paces
from models.engine.phases import TracedRequest

WRITTEN, READ = "Tokens written a second", "Tokens read a second"
TOKENS_A_SECOND = Unit("", least_top=10)
DETAIL = 400  # steps of a chart; what is shorter is narrower than a pixel or two


def request_bands(
    requests: Sequence[TracedRequest], start_s: float, end_s: float
) -> tuple[Band, ...]:
    """The phases of every request between two moments."""
    found = bands_of(requests, start_s, (end_s - start_s) / DETAIL)
    return tuple(Band(*band) for band in found if band.start_s < end_s)


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
