"""The table of backends and checks, as the README keeps it."""

from __future__ import annotations

from collections.abc import Iterable

import pytest


class Table:
    def __init__(self) -> None:
        self._cells: dict[str, dict[str, str]] = {}

    def note(self, check: str, backend: str, lacking: str) -> None:
        """`lacking` is why a backend could not be put to the check, "" where it passed."""
        self._cells.setdefault(check, {})[backend] = lacking

    @property
    def has_rows(self) -> bool:
        return bool(self._cells)

    def has_all(self, backends: Iterable[str]) -> bool:
        """Whether every check ran with every backend."""
        wanted = set(backends)
        return self.has_rows and all(set(row) == wanted for row in self._cells.values())

    def markdown(self, backends: Iterable[str]) -> str:
        """A row a check in the order they ran: yes, or why not."""
        names = tuple(backends)
        lines = [("check", *names), tuple("---" for _ in range(len(names) + 1))]
        for check, row in self._cells.items():
            words = check.removeprefix("test_").replace("_", " ")
            lines.append((words, *(row.get(name, "failed") or "yes" for name in names)))
        return "\n".join(f"| {' | '.join(line)} |" for line in lines)


TABLE = pytest.StashKey[Table]()
