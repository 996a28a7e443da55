"""Several works that share the time: each goes on until its turn is over."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from contextlib import ExitStack, closing
from dataclasses import dataclass
from typing import Any

from labs.experiments.running.pause import Paused
from models.engine.pool import Waiting

Work = Generator[Any, None, None]


@dataclass(frozen=True)
class TurnOver:
    """Yielded where another may go on; never seen outside."""


def in_turns(works: Iterable[Work]) -> Work:
    """There and back, A B B A A B, so that neither is later than the other on average. One that
    waits gives its turn away, so that two runs that want each other's models both go on."""
    with ExitStack() as stack:
        going = [stack.enter_context(closing(work)) for work in works]
        while going:
            for work in tuple(going):
                is_done = yield from _turn(work)
                if is_done:
                    going.remove(work)
            going.reverse()


def one_by_one(works: Iterable[Work]) -> Work:
    """Each to its end."""
    for work in works:
        yield from in_turns((work,))


def _turn(work: Work) -> Generator[Any, None, bool]:
    """Whether the work is done."""
    for event in work:
        if isinstance(event, TurnOver):
            return False
        yield event
        if isinstance(event, Waiting | Paused):
            return False
    return True
