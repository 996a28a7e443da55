"""What of the Chat page can be asked for by name, known before the page is there."""

from __future__ import annotations

from app.pages.page import Place

NEW, SEARCH = "new", "search"
PLACES = (
    Place("New chat", NEW, shortcut="Ctrl+N"),
    Place("Search all chats", SEARCH, shortcut="Ctrl+Shift+F"),
)
