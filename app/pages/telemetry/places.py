"""What of the Telemetry page can be opened by name."""

from __future__ import annotations

from app.pages.page import Place

LIVE, REQUESTS, LOADS = "live", "requests", "loads"
BENCHMARK, LIMIT = "benchmark", "limit"
PLACES: tuple[Place, ...] = (
    Place("Watch processor, memory and power", LIVE, "The sensors, on the Telemetry page"),
    Place("See what each request took", REQUESTS, "Tokens, speed and energy of every request"),
    Place("Compare loads with their forecast", LOADS, "Memory, on the Telemetry page"),
    Place("Measure how fast a model is", BENCHMARK, "Benchmark, on the Telemetry page"),
    Place("See how fast a model can be", LIMIT, "Speed limit, on the Telemetry page"),
)
