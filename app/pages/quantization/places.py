"""What of the Quantization page can be opened by name."""

from __future__ import annotations

from app.pages.page import Place

BLOCK = "block"

PLACES: tuple[Place, ...] = (Place("One block of weights", BLOCK, "32 weights become codes"),)
