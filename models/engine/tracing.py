"""Notes the times of requests on their way through, in this process and beside their work."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, contextmanager
from typing import TypeVar

from models.engine.messages import ModelInfo
from models.engine.phases import Basis, Kind, TracedRequest
from models.engine.trace import Trace
from models.errors import Cancelled
from models.listeners import Listeners

Event = TypeVar("Event")
Result = TypeVar("Result")
Listener = Callable[[TracedRequest], None]

KEPT = 1000
# What a server's prompt time rests on: Ollama tells it, the OpenAI protocol does not.
_BASIS: dict[str, Basis] = {"ollama": "told", "openai": "first_token"}


class RequestLog:
    """The last thousand requests of this process. `subscribe` tells of each when it begins, when
    its first token comes and when it ends, on the thread that asked."""

    def __init__(
        self,
        wall: Callable[[], float] = time.time,
        steady: Callable[[], float] = time.monotonic,
        kept: int = KEPT,
    ) -> None:
        self._wall, self._steady = wall, steady
        self._lock = threading.Lock()
        self._ended: deque[TracedRequest] = deque(maxlen=kept)
        self._running: dict[int, Trace] = {}
        self._listeners = Listeners[[TracedRequest]]()
        self._count = 0

    @property
    def requests(self) -> tuple[TracedRequest, ...]:
        """In the order they ended, then those that run."""
        with self._lock:
            ended, running = tuple(self._ended), tuple(self._running.values())
        return (*ended, *(trace.so_far() for trace in running))

    @property
    def is_busy(self) -> bool:
        return bool(self._running)

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Returns what ends it."""
        return self._listeners.add(listener)

    def follow(
        self, events: Generator[Event, None, Result], kind: Kind, who: str, info: ModelInfo
    ) -> Generator[Event, None, Result]:
        """The same events and the same result, their times noted on the way."""
        with self._traced(kind, who, info) as trace, closing(events):
            while True:
                try:
                    event = next(events)
                except StopIteration as end:
                    trace.take(end.value)
                    result: Result = end.value
                    return result
                if trace.note(event):
                    self._listeners.tell(trace.so_far())
                yield event

    def time(
        self, ask: Callable[[], Result], kind: Kind, who: str, info: ModelInfo, n_read: int = 0,
        n_written: int = 0,
    ) -> Result:  # fmt: skip
        """As `follow`, for what is answered in one piece and is asked to take so many tokens: how
        many it took where it is cut short, nobody tells."""
        with self._traced(kind, who, info, n_read, n_written) as trace:
            result = ask()
            trace.take(result)
            return result

    @contextmanager
    def _traced(
        self, kind: Kind, who: str, info: ModelInfo, n_read: int = 0, n_written: int = 0
    ) -> Iterator[Trace]:
        trace = self._begin(kind, who, info, n_read, n_written)
        try:
            yield trace
        except (Cancelled, GeneratorExit):
            trace.outcome = "stopped"
            raise
        except BaseException:
            trace.outcome = "failed"
            raise
        finally:
            self._end(trace)

    def _begin(self, kind: Kind, who: str, info: ModelInfo, n_read: int, n_written: int) -> Trace:
        basis = _BASIS.get(info.backend, "measured")
        with self._lock:
            self._count += 1
            number = self._count
            trace = Trace(number, info.model, who, kind, basis, self._wall, self._steady)
            trace.asked_to_read, trace.asked_to_write = n_read, n_written
            self._running[number] = trace
        self._listeners.tell(trace.so_far())
        return trace

    def _end(self, trace: Trace) -> None:
        ended = trace.whole()
        with self._lock:
            del self._running[trace.number]
            self._ended.append(ended)
        self._listeners.tell(ended)
