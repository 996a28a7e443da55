"""Readings of stand-in sensors whose power and energy are known."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from models.engine.phases import Phase, TracedRequest
from models.hardware.reading import UNREAD, Energy, GpuReading, Measured, Reading

GB = 10**9


def made_reading(time_s: float, energy: Mapping[str, Energy] | None = None, **told: Any) -> Reading:
    """A quiet machine of 16 GB at a moment."""
    whole: dict[str, Any] = {
        "cpu_percent": Measured(10.0), "memory_used_bytes": Measured(4.0 * GB),
        "memory_total_bytes": Measured(16.0 * GB), "own_memory_bytes": Measured(0.3 * GB),
        "own_cpu_percent": Measured(1.0), "cpu_temperature_c": Measured(50.0),
        "cpu_power_w": UNREAD, "battery_percent": UNREAD,
    }  # fmt: skip
    return Reading(time=time_s, energy=energy or {}, **(whole | told))


def counted(
    times: Sequence[float], power_w: Callable[[float], float], *, key: str = "cpu",
    name: str = "Processor", resolution_j: float = 0.0, since_s: float = 0.0,
) -> list[Reading]:  # fmt: skip
    """A counter that adds up `power_w` exactly where the power changes at readings only."""
    joules, last, found = 0.0, times[0], []
    for time_s in times:
        watts = power_w(last)
        joules, last = joules + watts * (time_s - last), time_s
        energy = Energy(name, Measured(joules), Measured(watts), resolution_j, since_s)
        found.append(made_reading(time_s, {key: energy}))
    return found


def powered(times: Sequence[float], power_w: Callable[[float], float]) -> list[Reading]:
    """A graphics processor that tells its power and has no counter."""
    found = []
    for time_s in times:
        silent = Measured(reason="It has no counter.")
        gpu = GpuReading(
            "GPU", Measured(50.0), Measured(1.0 * GB), Measured(8.0 * GB),
            Measured(power_w(time_s)), Measured(60.0), energy_domain="gpu 0",
        )  # fmt: skip
        energy = {"gpu 0": Energy("GPU", silent, silent, 0.0, 0.0)}
        found.append(made_reading(time_s, energy, gpus=(gpu,)))
    return found


def ticks(start_s: float, end_s: float, step_s: float = 0.5) -> list[float]:
    return [start_s + step_s * i for i in range(round((end_s - start_s) / step_s) + 1)]


def asked(*phases: Phase, number: int = 1, **more: Any) -> TracedRequest:
    """A finished request with these phases."""
    start, end = phases[0].start_s, phases[-1].end_s
    whole: dict[str, Any] = {
        "number": number, "model": "m", "who": "chat", "kind": "reply", "start_s": start,
        "duration_s": end - start, "phases": phases, "outcome": "done",
        "prompt_tokens": sum(p.read_tokens for p in phases),
        "reply_tokens": sum(p.written_tokens for p in phases),
    }  # fmt: skip
    return TracedRequest(**(whole | more))
