"""How many of a model's weights are written, on a terminal."""

from __future__ import annotations

import sys
from collections.abc import Generator
from typing import Protocol, TypeVar


class Step(Protocol):
    """`done` of `total` weights."""

    @property
    def done(self) -> int: ...
    @property
    def total(self) -> int: ...


S = TypeVar("S", bound=Step)
T = TypeVar("T")


def shown(steps: Generator[S, None, T]) -> Generator[S, None, T]:
    """The same work, each step told on a terminal."""
    is_terminal = sys.stderr.isatty()
    try:
        while True:
            step = next(steps)
            if is_terminal:
                print(f"\rWeights {step.done:,} of {step.total:,} ", end="", file=sys.stderr)
            yield step
    except StopIteration as end:
        result: T = end.value
        return result
    finally:
        steps.close()
        if is_terminal:
            print("\r\x1b[K", end="", file=sys.stderr)
