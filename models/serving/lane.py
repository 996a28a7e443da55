"""One thread that works requests off, one at a time, and the bridge from it to the event loop."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from models.cancel import CancelToken
from models.errors import Cancelled
from models.serving.failures import BUSY, ApiError
from models.serving.fair_queue import FairQueue

Work = Callable[[CancelToken], Generator[Any, None, Any]]
LONGEST_RETRY_S = 60


@dataclass(frozen=True)
class Done:
    """The last event of a request: what its work returned."""

    value: Any


@dataclass(frozen=True)
class _Raised:
    error: Exception


class Ticket:
    """One request on its way. Made and read on the event loop, worked off in a lane."""

    def __init__(self, work: Work) -> None:
        self.cancel = CancelToken()
        self._work = work
        self._loop = asyncio.get_running_loop()
        self._events: asyncio.Queue[Any] = asyncio.Queue()
        self._watcher: asyncio.Task[None] | None = None

    async def next(self) -> Any:
        """The next event, `Done` last of all; raises what the work raised."""
        event = await self._events.get()
        if isinstance(event, _Raised):
            raise event.error
        return event

    async def result(self) -> Any:
        """What the work returns, its events unseen."""
        while not isinstance(event := await self.next(), Done):
            pass
        return event.value

    def watch(self, is_gone: Any, on_gone: Callable[[Ticket], None]) -> None:
        """Call `on_gone` as soon as the coroutine `is_gone` ends."""

        async def wait() -> None:
            await is_gone
            on_gone(self)

        self._watcher = self._loop.create_task(wait())

    def run(self) -> None:
        """In the lane: work to the end, whatever it is."""
        try:
            with closing(self._work(self.cancel)) as events:
                self._follow(events)
        except Exception as error:  # noqa: BLE001 - raised again where the request waits
            self.put(_Raised(error))

    def _follow(self, events: Generator[Any, None, Any]) -> None:
        while True:
            self.cancel.raise_if_cancelled()
            try:
                event = next(events)
            except StopIteration as end:
                self.put(Done(end.value))
                return
            self.put(event)

    def give_up(self) -> None:
        """It was never begun."""
        self.put(_Raised(Cancelled()))

    def put(self, event: Any) -> None:
        self._loop.call_soon_threadsafe(self._events.put_nowait, event)


class Lane:
    """`on_change` is called on any thread when a request comes, begins or ends."""

    def __init__(self, name: str, limit: int, on_change: Callable[[], None]) -> None:
        self._queue: FairQueue[Ticket] = FairQueue(limit)
        self._on_change = on_change
        self._running: Ticket | None = None
        self._usual_s = 1.0
        self.served = 0
        self._thread = threading.Thread(target=self._run, name=f"serving {name}", daemon=True)
        self._thread.start()

    @property
    def waiting(self) -> int:
        return len(self._queue)

    @property
    def is_busy(self) -> bool:
        return self._running is not None

    def submit(self, client: str, work: Work) -> Ticket:
        """On the event loop. Raises ApiError where too many wait already."""
        ticket = Ticket(work)
        if not self._queue.put(client, ticket):
            wait_s = min(LONGEST_RETRY_S, max(1, round(self._usual_s * (self.waiting + 1))))
            raise ApiError(
                BUSY, f"{self.waiting} requests are waiting already. Try again in {wait_s} s.",
                code="queue_full", retry_after_s=wait_s,
            )  # fmt: skip
        self._on_change()
        return ticket

    def drop(self, ticket: Ticket) -> None:
        """Nobody wants it any more: stop it, or take it out of the queue."""
        ticket.cancel.cancel()
        if self._queue.discard(ticket):
            ticket.give_up()
            self._on_change()

    def close(self) -> None:
        """Stop what runs and what waits, and end the thread."""
        for ticket in self._queue.close():
            ticket.give_up()
        if running := self._running:
            running.cancel.cancel()
        self._thread.join()

    def _run(self) -> None:
        while (ticket := self._queue.take()) is not None:
            started = time.monotonic()
            self._running = ticket
            if self._queue.is_closed:  # `close` may have looked before it ran
                ticket.cancel.cancel()
            self._on_change()
            ticket.run()
            self._running = None
            self._usual_s += ((time.monotonic() - started) - self._usual_s) / 4
            self.served += 1
            self._on_change()
