"""Every request with what it took, for as long as the window is open."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from labs.telemetry.gathering import Readings
from labs.telemetry.other_programs import OtherPrograms
from labs.telemetry.per_token import PerToken, energy_of
from labs.telemetry.workers import WorkerMemory
from models.engine.phases import TracedRequest
from models.engine.tracing import RequestLog
from models.hardware.reading import Reading

SETTLE_S = 1.0  # readings after a request that its energy waits for
PATIENCE_S = 10.0  # by the steady clock: the time of day may have been set back


class KeptReadings(Readings, Protocol):
    """A sampler: it tells of new readings, and keeps the last."""

    @property
    def readings(self) -> tuple[Reading, ...]: ...


@dataclass(frozen=True)
class Cost:
    """What one request took. `energy` is () until the readings after it have come. `others_cores`:
    how many cores other programs kept busy meanwhile, None where that is not known."""

    request: TracedRequest
    energy: tuple[PerToken, ...] = ()
    peak_bytes: int | None = None
    others_cores: float | None = None


class Journal:
    """Follows requests and readings from when it is made until `close`. `subscribe` tells that
    something has changed, on any thread."""

    def __init__(
        self, log: RequestLog, sampler: KeptReadings, pids: Callable[[], Mapping[str, int]],
        steady: Callable[[], float] = time.monotonic,
    ) -> None:  # fmt: skip
        self._log, self._sampler, self._steady = log, sampler, steady
        self._workers, self._others = WorkerMemory(pids), OtherPrograms(pids)
        self._lock = threading.Lock()
        self._known: dict[int, Cost] = {}
        self._waiting: deque[tuple[TracedRequest, float]] = deque()
        self._listeners: tuple[Callable[[], None], ...] = ()
        self._ends = (log.subscribe(self._on_request), sampler.subscribe(self._on_reading))

    @property
    def costs(self) -> tuple[Cost, ...]:
        """The last thousand requests, those that run included."""
        known = self._known
        return tuple(known.get(each.number, Cost(each)) for each in self._log.requests)

    def subscribe(self, listener: Callable[[], None]) -> Callable[[], None]:
        self._listeners = (*self._listeners, listener)

        def unsubscribe() -> None:
            self._listeners = tuple(each for each in self._listeners if each is not listener)

        return unsubscribe

    def close(self) -> None:
        for end in self._ends:
            end()

    def _on_request(self, request: TracedRequest) -> None:
        if not request.is_running:
            with self._lock:
                self._waiting.append((request, self._steady()))
        self._tell()

    def _on_reading(self, reading: Reading) -> None:
        """On the sampler's thread: a millisecond where a request has just ended."""
        self._workers.note(reading.time)
        self._others.note(reading)
        with self._lock:
            now = self._steady()
            due = [
                (request, since) for request, since in self._waiting
                if reading.time >= request.end_s + SETTLE_S or now - since > PATIENCE_S
            ]  # fmt: skip
            for each in due:
                self._waiting.remove(each)
        if due:
            self._measure([request for request, _ in due])
        if due or self._log.is_busy:
            self._tell()

    def _measure(self, due: Sequence[TracedRequest]) -> None:
        readings, requests = self._sampler.readings, self._log.requests
        found = dict(self._known)
        for request in due:
            span = (request.start_s, request.end_s)
            peak = self._workers.peak(request.model, *span)
            energy = energy_of(request, requests, readings)
            found[request.number] = Cost(request, energy, peak, self._others.between(*span))
        kept = {each.number for each in requests}
        self._known = {number: cost for number, cost in found.items() if number in kept}

    def _tell(self) -> None:
        for listener in self._listeners:
            listener()
