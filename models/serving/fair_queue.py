"""Who is next: clients take turns, and each is served in the order of its own requests."""

from __future__ import annotations

import threading
from collections import OrderedDict, deque
from typing import Generic, TypeVar

Item = TypeVar("Item")


class FairQueue(Generic[Item]):
    """Holds at most `limit` items. Safe from any thread."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._condition = threading.Condition()
        self._waiting: OrderedDict[str, deque[Item]] = OrderedDict()  # the next client first
        self._closed = False

    def __len__(self) -> int:
        with self._condition:
            return self._count()

    @property
    def is_closed(self) -> bool:
        with self._condition:
            return self._closed

    def put(self, client: str, item: Item) -> bool:
        """False where the queue is full or closed."""
        with self._condition:
            if self._closed or self._count() >= self._limit:
                return False
            self._waiting.setdefault(client, deque()).append(item)
            self._condition.notify()
            return True

    def take(self) -> Item | None:
        """Wait for the next item; None once the queue is closed."""
        with self._condition:
            while not self._waiting and not self._closed:
                self._condition.wait()
            if self._closed:
                return None
            client, items = self._waiting.popitem(last=False)
            item = items.popleft()
            if items:
                self._waiting[client] = items  # behind all others
            return item

    def discard(self, item: Item) -> bool:
        """Whether it was still waiting, and now is not."""
        with self._condition:
            for client, items in self._waiting.items():
                if item in items:
                    items.remove(item)
                    if not items:
                        del self._waiting[client]
                    return True
            return False

    def close(self) -> tuple[Item, ...]:
        """Let `take` end; returns what was waiting."""
        with self._condition:
            self._closed = True
            left = tuple(item for items in self._waiting.values() for item in items)
            self._waiting.clear()
            self._condition.notify_all()
            return left

    def _count(self) -> int:
        return sum(map(len, self._waiting.values()))
