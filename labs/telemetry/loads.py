"""What loads took of the memory against what was forecast, by part."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from models.engine.messages import LoadSettings, ModelInfo
from models.engine.pool import EngineStatus, Pool
from models.fit import Forecast, beyond_of, forecast
from models.hardware.memory import MemoryFree
from models.library.entry import ModelEntry
from models.library.library import Library

ON_DEVICE = "Measured without the memory of the graphics processor."
ROUGH = "The header does not tell the size of the cache."
CONTEXT_PARTS = ("Attention cache", "State", "Working memory")


@dataclass(frozen=True)
class MemoryPart:
    """One part of the sum in bytes; `measured_bytes` is None where it was not told apart."""

    name: str
    forecast_bytes: int
    measured_bytes: int | None = None


@dataclass(frozen=True)
class LoadCost:
    """One load. `at_s` in seconds since the epoch, None for one that is remembered from before.
    `learned_bytes`: the forecast with what other loads of this model took beyond theirs, None
    where there is none."""

    model: str
    name: str
    settings: LoadSettings
    n_ctx: int
    forecast_bytes: int
    measured_bytes: int
    parts: tuple[MemoryPart, ...] = ()
    at_s: float | None = None
    learned_bytes: int | None = None
    note: str = ""

    @property
    def difference(self) -> float:
        """How far the measured stands above the forecast, as a part of the forecast."""
        return self.measured_bytes / max(1, self.forecast_bytes) - 1


class LoadLog:
    """The loads since it was made, and those that the library remembers. `close` ends it."""

    def __init__(
        self,
        pool: Pool,
        library: Library,
        free: Callable[[], MemoryFree],
        wall: Callable[[], float] = time.time,
    ) -> None:
        self._pool, self._library, self._free, self._wall = pool, library, free, wall
        self._lock = threading.Lock()
        self._seen: dict[tuple[object, ...], LoadCost | None] = {}
        self._end = pool.subscribe(self._look)

    def loads(self) -> tuple[LoadCost, ...]:
        """Those of this process, the last first, then the remembered ones. Asks the driver of a
        graphics processor."""
        memory = self._free()
        with self._lock:
            own = [cost for cost in self._seen.values() if cost is not None]
        known = {(cost.model, _memory_settings(cost.settings)) for cost in own}
        remembered = [
            cost for entry in self._library.entries() if entry.is_local
            for cost in self._remembered(entry, memory)
            if (cost.model, _memory_settings(cost.settings)) not in known
        ]  # fmt: skip
        return (*reversed(own), *remembered)

    def close(self) -> None:
        self._end()

    def _look(self) -> None:
        """On whatever thread a model has changed."""
        for status in self._pool.status():
            info = self._pool.info(status.model)
            if status.state != "ready" or status.n_contexts != 1 or not status.settings or not info:
                continue
            key = (status.model, info.load_s, status.settings, status.n_ctx)
            with self._lock:
                if key in self._seen:
                    continue
                self._seen[key] = None  # another thread need not look as well
            cost = self._measured(status, info)
            with self._lock:
                self._seen[key] = cost

    def _measured(self, status: EngineStatus, info: ModelInfo) -> LoadCost | None:
        entry = self._library.find(status.model)
        if entry is None or not entry.is_local or status.settings is None:
            return None
        settings = replace(status.settings, n_ctx=status.n_ctx)
        memory = self._free()
        cast = forecast(entry, settings, memory)
        context_bytes = status.memory_bytes - info.peak_memory_bytes
        cost = self._cost(entry, status.settings, cast, status.memory_bytes, memory)
        return replace(
            cost, at_s=self._wall(), parts=_parts(cast, info.peak_memory_bytes, context_bytes),
            note=" ".join(filter(None, (cost.note, "" if info.device == "CPU" else ON_DEVICE))),
        )  # fmt: skip

    def _remembered(self, entry: ModelEntry, memory: MemoryFree) -> list[LoadCost]:
        return [
            self._cost(entry, settings, forecast(entry, settings, memory), peak, memory)
            for settings, peak in self._library.measured_peaks(entry).items()
        ]

    def _cost(
        self,
        entry: ModelEntry,
        settings: LoadSettings,
        cast: Forecast,
        measured_bytes: int,
        memory: MemoryFree,
    ) -> LoadCost:
        others = {each: peak for each, peak in self._library.measured_peaks(entry).items()
                  if each != _memory_settings(settings)}  # fmt: skip
        learned = None
        if others:
            learned = cast.total_bytes + beyond_of(entry, others, memory)
        return LoadCost(
            entry.model, entry.name, settings, cast.n_ctx, cast.total_bytes, measured_bytes,
            _whole(cast), learned_bytes=learned, note=ROUGH if cast.is_rough else "",
        )  # fmt: skip


def _parts(cast: Forecast, load_bytes: int, context_bytes: int) -> tuple[MemoryPart, ...]:
    """What the worker tells apart: the load with its weights, and the context."""
    context = sum(part.size_bytes for part in cast.summands if part.name in CONTEXT_PARTS)
    return (
        MemoryPart("Weights and engine", cast.total_bytes - context, load_bytes),
        MemoryPart("Context", context, context_bytes),
    )


def _whole(cast: Forecast) -> tuple[MemoryPart, ...]:
    return tuple(MemoryPart(part.name, part.size_bytes) for part in cast.summands)


def _memory_settings(settings: LoadSettings) -> LoadSettings:
    """Those that memory depends on, as the library remembers them."""
    return LoadSettings(
        settings.n_ctx, settings.gpu_layers, settings.type_k, settings.type_v,
        settings.flash_attention, n_batch=settings.n_batch,
    )  # fmt: skip


def mean_difference(costs: Sequence[LoadCost]) -> float | None:
    """Of the absolute differences, as a part of the forecast."""
    found = [abs(cost.difference) for cost in costs]
    return sum(found) / len(found) if found else None
