"""The rows of the table with their forecasts; made again only where something changed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from app.pages.models.columns import ListedModel
from models.fit import Verdict, forecast
from models.hardware.memory import MemoryFree
from models.library.entry import ModelEntry
from models.library.library import Library


class ShownModels:
    """Entries by id in the order of the list, held against one reading of free memory."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._rows: dict[str, ListedModel] = {}
        self.memory: MemoryFree | None = None

    def take(self, entries: Iterable[ModelEntry], memory: MemoryFree | None = None) -> None:
        """Add or replace these entries; the others keep their forecast. What a server runs has a
        tab of its own."""
        self.memory = memory or self.memory
        for entry in entries:
            if not entry.is_served:
                self._rows[entry.id] = ListedModel(entry, self._verdict(entry))

    def take_all(self, entries: Iterable[ModelEntry], memory: MemoryFree | None = None) -> None:
        """These and no others."""
        self._rows = {}
        self.take(entries, memory)

    def rows(self, states: dict[str, str]) -> list[ListedModel]:
        """`states` has the state of the engine by model; models without one are not loaded."""
        return [
            replace(row, state=states[row.entry.model]) if row.entry.model in states else row
            for row in self._rows.values()
        ]

    def _verdict(self, entry: ModelEntry) -> Verdict | None:
        if self.memory is None or entry.problem or not entry.is_local:
            return None
        return forecast(entry, self._library.load_settings(entry), self.memory).verdict
