"""What of the Telemetry page can be opened by name."""

from __future__ import annotations

from app.pages.page import Place

LIVE = "live"
PLACES: tuple[Place, ...] = (
    Place("Watch processor, memory and power", LIVE, "The sensors, on the Telemetry page"),
)
