"""Long work is a generator: it yields progress and returns its result."""

from __future__ import annotations

from collections.abc import Generator
from typing import TypeVar

Result = TypeVar("Result")


def result_of(work: Generator[object, None, Result]) -> Result:
    """Run `work` to its end, its progress unseen."""
    while True:
        try:
            next(work)
        except StopIteration as end:
            result: Result = end.value
            return result
