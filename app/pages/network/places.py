"""What of the Network page can be opened by name, known before the page is there."""

from __future__ import annotations

from app.pages.page import Place

SERVING = "serving"
PLACES = (Place("Serve models to other programs", SERVING, "A server on this machine"),)
