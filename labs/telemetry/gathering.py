"""Readings as they come, summed up at once: a run may last longer than any list of them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Protocol

from labs.telemetry.summary import EnergyTotal, Extent, Summary
from models.hardware.reading import Energy, GpuReading, Measured, Reading

LONGEST_GAP_S = 5.0  # what lies between two readings further apart is not counted


class Readings(Protocol):
    """Who tells of every new reading, such as the sampler."""

    @property
    def latest(self) -> Reading | None: ...

    def subscribe(self, callback: Callable[[Reading], None]) -> Callable[[], None]: ...


class Watch:
    """Sums up from when it is entered until it is left; may be entered again and goes on then.

    `workers` tells the memory of the processes that run models, `counts` whether the time counts
    now: that of a pause does not.
    """

    def __init__(
        self,
        readings: Readings,
        workers: Callable[[], int] = lambda: 0,
        counts: Callable[[], bool] = lambda: True,
    ) -> None:
        self._readings, self._workers, self._counts = readings, workers, counts
        self._gathered = Gathered()
        self._lock = threading.Lock()
        self._end: Callable[[], None] = lambda: None

    def __enter__(self) -> Watch:
        """The last reading counts, too: what is watched may end before the next."""
        latest = self._readings.latest
        if latest is not None:
            self._take(latest)
        self._end = self._readings.subscribe(self._take)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        self._end()

    def summary(self) -> Summary:
        with self._lock:
            return self._gathered.summary()

    def _take(self, reading: Reading) -> None:
        """On the sampler's thread."""
        if self._counts():
            workers_bytes = self._workers()
            with self._lock:
                self._gathered.add(reading, workers_bytes)
        else:
            with self._lock:
                self._gathered.skip()


class Gathered:
    """Adds up readings, one after the other."""

    def __init__(self) -> None:
        self._extents: dict[str, Extent] = {}
        self._energy: dict[str, EnergyTotal] = {}
        self._last: Reading | None = None
        self._n = 0
        self._took_s = self._battery_s = self._throttled_s = 0.0
        self._swapped = [0.0, 0.0]
        self._swap_reason = self._throttle_reason = ""
        self._causes: dict[str, None] = {}

    def add(self, reading: Reading, workers_bytes: int = 0) -> None:
        last, self._last = self._last, reading
        step_s = 0.0 if last is None else reading.time - last.time
        if not 0 < step_s <= LONGEST_GAP_S:
            last, step_s = None, 0.0
        self._n += 1
        self._took_s += step_s
        self._battery_s += step_s if reading.on_battery else 0.0
        self._add_sensors(reading, workers_bytes)
        self._add_swap(reading, step_s)
        self._add_throttling(reading, step_s)
        for key, energy in reading.energy.items():
            self._add_energy(key, energy, last.energy if last else {}, step_s)

    def skip(self) -> None:
        """Time that does not count lies between the reading before and the next."""
        self._last = None

    def summary(self) -> Summary:
        return Summary(
            self._took_s, self._n, dict(self._extents), dict(self._energy), self._swapped[0],
            self._swapped[1], self._swap_reason, self._battery_s, self._throttled_s,
            tuple(self._causes), self._throttle_reason,
        )  # fmt: skip

    def _add_sensors(self, reading: Reading, workers_bytes: int) -> None:
        self._note("cpu", "Processor", "%", reading.cpu_percent)
        self._note("memory", "Memory in use", "bytes", reading.memory_used_bytes)
        self._note("free", "Memory free", "bytes", reading.memory_available_bytes)
        if workers_bytes:
            measured = Measured(float(workers_bytes))
            self._note("workers", "Memory of the models’ processes", "bytes", measured)
        self._note("temperature", "Temperature of the processor", "°C", reading.cpu_temperature_c)
        for number, gpu in enumerate(reading.gpus):
            self._add_gpu(number, gpu)
        if not reading.gpus:
            silent = Measured(reason=reading.gpu_reason or "No graphics processor was found.")
            self._note("gpu 0", "Graphics processor", "%", silent)
        for key, energy in reading.energy.items():
            self._note(f"power {key}", f"Power of {energy.name}", "W", energy.power_w)

    def _add_gpu(self, number: int, gpu: GpuReading) -> None:
        key = f"gpu {number}"
        self._note(key, gpu.name, "%", gpu.load_percent)
        self._note(f"{key} memory", f"Memory of {gpu.name}", "bytes", gpu.memory_used_bytes)
        self._note(f"{key} temperature", f"Temperature of {gpu.name}", "°C", gpu.temperature_c)

    def _note(self, key: str, title: str, unit: str, measured: Measured) -> None:
        value = measured.value
        if value is None:
            one = Extent(title, unit, reason=measured.reason)
        else:
            one = Extent(title, unit, 1, value, value, value)
        known = self._extents.get(key)
        self._extents[key] = known.plus(one) if known else one

    def _add_swap(self, reading: Reading, step_s: float) -> None:
        rates = (reading.swap_in_bytes_s, reading.swap_out_bytes_s)
        for place, rate in enumerate(rates):
            self._swapped[place] += (rate.value or 0.0) * step_s
        if step_s:
            self._swap_reason = next((rate.reason for rate in rates if rate.value is None), "")

    def _add_throttling(self, reading: Reading, step_s: float) -> None:
        causes = [f"{gpu.name}: {why}" for gpu in reading.gpus for why in gpu.throttle_reasons]
        events = reading.cpu_throttle_events
        if events.value:
            causes.append("heat of the processor")
        self._causes |= dict.fromkeys(causes)
        self._throttled_s += step_s if causes else 0.0
        self._throttle_reason = "" if events.value is not None or reading.gpus else events.reason

    def _add_energy(
        self, key: str, energy: Energy, before: Mapping[str, Energy], step_s: float
    ) -> None:
        now, last = energy.joules.value, before.get(key)
        known = self._energy.get(key, EnergyTotal(energy.name))
        if now is None:
            one = EnergyTotal(energy.name, reason=energy.joules.reason)
        elif last is None or last.joules.value is None or last.since_s != energy.since_s:
            one = EnergyTotal(energy.name)
        else:
            one = EnergyTotal(energy.name, now - last.joules.value, step_s)
        self._energy[key] = known.plus(one)
