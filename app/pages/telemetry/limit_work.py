"""The long work of the Speed limit tab as generators; they know no Qt."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import Any

from app.services import Services
from labs.benchmark import kept
from labs.benchmark.capacity import Estimate, estimates
from labs.benchmark.charts import limit_chart
from labs.benchmark.limit import Limit, limit_of, sentences
from labs.benchmark.memory_speeds import (
    DeviceSpeed,
    KeptBandwidth,
    device_speeds,
    keep_bandwidth,
    kept_bandwidth,
    speed_of,
)
from labs.benchmark.traffic import Traffic, traffic_of
from labs.experiments.charts import LimitChart
from labs.quantization.family import family_of
from models.cancel import CancelToken
from models.engine.phases import TracedRequest
from models.errors import UserError
from models.hardware.bandwidth import Bandwidth, probe
from models.hardware.machine import processor_name
from models.hardware.memory import free_bytes
from models.library.entry import ModelEntry

MOST_FILES = 4
LONGEST = 32768  # tokens on the axis


@dataclass(frozen=True)
class Known:
    """What is known of this machine's memory: measured before, and as makers give it. `device` is
    the maker's figure of a device that is here; `gpus` cannot be measured."""

    kept: KeptBandwidth | None
    speeds: tuple[DeviceSpeed, ...]
    device: DeviceSpeed | None
    gpus: tuple[str, ...]


@dataclass(frozen=True)
class MemorySpeed:
    """`words` say whose it is: "34.3 GB a second, measured here". `middle_half` of its readings,
    where it is measured."""

    bytes_per_s: float
    words: str
    is_measured: bool
    middle_half: tuple[float, float] | None = None

    @property
    def shares(self) -> tuple[float, float]:
        """What shares of it would be multiplied by at the ends of that."""
        low, high = self.middle_half or (self.bytes_per_s, self.bytes_per_s)
        return self.bytes_per_s / high, self.bytes_per_s / low


@dataclass(frozen=True)
class Shown:
    """Everything on show for some files. `chart` and `told` need a memory speed."""

    traffics: tuple[Traffic, ...]
    estimates: tuple[Estimate, ...]
    limits: tuple[Limit, ...] = ()
    chart: LimitChart | None = None
    told: tuple[str, ...] = ()


def look_at_machine(services: Services) -> Generator[str, None, Known]:
    """Raises UserError for a faulty table of the user's own."""
    yield "Looking at this machine's memory"
    processor = processor_name()
    speeds = device_speeds(services.paths.data)
    gpus = tuple(device.name for device in free_bytes().devices)
    named = (speed_of(name, speeds) for name in (*gpus, processor))
    device = next((speed for speed in named if speed), None)
    return Known(kept_bandwidth(services.paths.benchmarks, processor), speeds, device, gpus)


def measure(services: Services, cancel: CancelToken) -> Generator[Any, None, KeptBandwidth]:
    """Ten seconds. Raises UserError, EngineDied, Cancelled."""
    found: Bandwidth = yield from probe(free_bytes(), cancel)
    return keep_bandwidth(services.paths.benchmarks, found, processor_name())


def family(services: Services, model: str) -> Generator[str, None, tuple[str, ...]]:
    """The model and other files of it, at most four. A model without weights here gives ()."""
    yield "Looking for files of the same model"
    library = services.library
    entry = library.refresh(library.resolve(model))
    if not entry.is_local or entry.problem:
        return ()
    others = [library.refresh(each) for each in library.entries() if each.is_local]
    found = family_of(entry, others)[:MOST_FILES]
    return tuple(member.entry.model for member in found)


def work_out(
    services: Services, names: Sequence[str], speed: MemorySpeed | None,
    requests: Sequence[TracedRequest], cancel: CancelToken,
) -> Generator[str, None, Shown]:  # fmt: skip
    """Raises UserError for a model without weights here, or a file that cannot be read."""
    yield "Reading the files"
    entries = [_entry(services, name) for name in dict.fromkeys(names)]
    library, memory = services.library, free_bytes()
    settings = [library.load_settings(entry) for entry in entries]
    traffics = tuple(map(traffic_of, entries, settings))
    cancel.raise_if_cancelled()
    rate = speed.bytes_per_s if speed else None
    found = tuple(
        each
        for entry, own, traffic in zip(entries, settings, traffics, strict=True)
        for each in estimates(
            entry, own, traffic, memory, rate,
            lambda load, entry=entry: library.measured_peak(entry, load),  # type: ignore[misc]
        )
    )  # fmt: skip
    if speed is None:
        return Shown(traffics, found)
    benchmarks = [each.benchmark for each in (yield from kept.listed(services.paths.benchmarks))
                  if each.benchmark]  # fmt: skip
    n_ctx = min(LONGEST, max((entry.n_ctx_train for entry in entries), default=0) or LONGEST)
    limits = tuple(
        limit_of(
            traffic,
            speed.bytes_per_s,
            n_ctx,
            benchmarks,
            requests,
            entry.model,
            _fingerprint(services, entry),
        )
        for entry, traffic in zip(entries, traffics, strict=True)
    )
    told = sentences(limits, is_measured=speed.is_measured, shares=speed.shares)
    return Shown(traffics, found, limits, limit_chart(limits, speed.words, told[0]), told)


def _fingerprint(services: Services, entry: ModelEntry) -> str:
    """ "" for a file that has just gone."""
    try:
        return services.library.fingerprint(entry)
    except UserError:
        return ""


def _entry(services: Services, name: str) -> ModelEntry:
    library = services.library
    entry = library.refresh(library.resolve(name))
    if not entry.is_local:
        raise UserError(
            f"{entry.name} has no weights on this machine, so nothing can be said of its memory.",
            "Choose a GGUF file or an MLX folder.",
        )
    if entry.problem:
        raise UserError(entry.problem)
    return entry
