"""How tests look at long work."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any


def watch(work: Generator[Any, None, Any]) -> tuple[list[Any], Any]:
    """Everything it yields, and its result."""
    events = []
    while True:
        try:
            events.append(next(work))
        except StopIteration as end:
            return events, end.value
