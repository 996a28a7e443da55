"""What of the Quantization page can be opened by name."""

from __future__ import annotations

from app.pages.page import Place

PLACES: tuple[Place, ...] = ()
