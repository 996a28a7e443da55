"""What of the Models page can be opened by name, known before the page is there."""

from __future__ import annotations

from app.pages.page import Place

SERVERS, GET = "servers", "get"
PLACES = (Place("Servers of models", SERVERS), Place("Get models…", GET, "From the hub"))
