"""What the tests of repeated answers ask."""

from __future__ import annotations

from datetime import UTC, datetime

from labs.experiments.experiment import Request, Size
from labs.repeats.experiment import Options, scenarios

NOW = datetime(2026, 11, 26, tzinfo=UTC)


def request_of(n_items: int, formats: int = 5) -> Request:
    options, size = Options(), Size(n_items, formats)
    return Request(options, size, 1, scenarios(options, size, 1))
