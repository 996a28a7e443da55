"""Reads the sensors on a thread of its own and tells whoever listens."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from typing import Protocol

from models.hardware.reading import Reading
from models.hardware.sensors import Sensors
from models.listeners import Listeners, to_the_hook_of_threads

INTERVAL_S = 0.5
HISTORY = 1200  # ten minutes at the usual interval
PATIENCE_S = 3.0  # with a driver that does not answer, before a window closes without it


class Source(Protocol):
    """What a sampler reads; used by its thread alone."""

    def read(self) -> Reading: ...

    def close(self) -> None: ...


class Sampler:
    """Starts with `start`, ends with `close`; subscribers are called on its thread.

    `open_source` runs on that thread too, so that slow drivers never hold up a window. Sensors
    say by themselves what fails; a fault beyond that is told once to `on_bug`, and they go on.
    """

    def __init__(
        self,
        interval_s: float = INTERVAL_S,
        open_source: Callable[[], Source] = Sensors,
        on_bug: Callable[[Exception], object] = to_the_hook_of_threads,
        patience_s: float = PATIENCE_S,
    ) -> None:
        self._patience_s = patience_s
        self._interval_s = interval_s
        self._open_source = open_source
        self._readings: deque[Reading] = deque(maxlen=HISTORY)
        self._subscribers = Listeners[[Reading]](on_bug)
        self._stop = threading.Event()
        self._has_read = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sampler", daemon=True)

    @property
    def readings(self) -> tuple[Reading, ...]:
        """The last readings, oldest first."""
        return tuple(self._readings)

    @property
    def latest(self) -> Reading | None:
        return self._readings[-1] if self._readings else None

    def wait_for_first(self) -> None:
        """Until a reading is there; slow drivers are not waited for."""
        self._has_read.wait(self._patience_s)

    def subscribe(self, callback: Callable[[Reading], None]) -> Callable[[], None]:
        """Call `callback` with every new reading; returns what ends that."""
        return self._subscribers.add(callback)

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        """End the thread; safe to call twice or before `start`. One that a driver holds up is left
        to itself, and nobody hears of it any more."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(self._patience_s)
        self._subscribers.clear()

    def _run(self) -> None:
        source = self._open_source()
        try:
            while not self._stop.is_set():
                self._sample(source)
                self._stop.wait(self._interval_s)
        finally:
            source.close()

    def _sample(self, source: Source) -> None:
        try:
            reading = source.read()
        except Exception as bug:  # noqa: BLE001 - told, and the next reading may be good
            self._subscribers.tell_bug(bug)
            return
        self._readings.append(reading)
        self._has_read.set()
        self._subscribers.tell(reading)
