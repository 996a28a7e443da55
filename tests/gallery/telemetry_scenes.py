"""The Telemetry page: this machine as it is, and one with two graphics cards that work hard."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence

from app.pages.telemetry.page import TelemetryPage
from app.widgets.time_chart import Band
from models.hardware.reading import Energy, GpuReading, Measured, Reading
from tests.gallery.scene import Scene
from tests.gallery.stage import Stage


def page(stage: Stage) -> TelemetryPage:
    stage.window.open("telemetry")
    [found] = stage.window.findChildren(TelemetryPage)
    return found


def _this_machine(stage: Stage) -> None:
    live = page(stage).live
    stage.until(lambda: len(live.history()) >= 20)
    live.span.setCurrentIndex(0)
    stage.until(lambda: bool(live.charts))
    stage.settle()


def _two_cards(stage: Stage) -> None:
    live = page(stage).live
    end_s = time.time()
    readings = [_reading(end_s - 600 + place / 2, place) for place in range(1200)]
    live.history = lambda: readings
    live.bands_of = lambda _start, _end: _bands(end_s)
    stage.until(lambda: "gpu_power" in live.charts)
    stage.settle()


def _wave(place: int, low: float, high: float, phase: float = 0.0) -> float:
    """Between two numbers, up while the model works, with some unrest."""
    works = any(start <= place / 2 < end for start, end in ((120, 200), (330, 345), (420, 560)))
    unrest = math.sin(place * 1.7 + phase) * math.sin(place * 0.31 + 2 * phase)
    return low + (high - low) * (0.85 if works else 0.1) + unrest * (high - low) * 0.08


def _reading(time_s: float, place: int) -> Reading:
    cores = tuple(min(100.0, max(0.0, _wave(place, 0, 100, core))) for core in range(12))
    silent = Measured(reason="Only an administrator may read the processor's energy counter here.")
    return Reading(
        time=time_s,
        cpu_percent=Measured(sum(cores) / len(cores)),
        cores_percent=cores,
        load_average=Measured(3.2),
        memory_used_bytes=Measured(_wave(place, 14e9, 22e9)),
        memory_available_bytes=Measured(10e9),
        memory_total_bytes=Measured(34.2e9),
        memory_pressure_percent=Measured(max(0.0, _wave(place, 0, 4) - 2)),
        own_memory_bytes=Measured(1e8),
        own_cpu_percent=Measured(2.0),
        cpu_temperature_c=Measured(_wave(place, 44, 81)),
        cpu_clock_mhz=Measured(_wave(place, 1200, 4600)),
        cpu_power_w=silent,
        battery_percent=Measured(81.0),
        swap_total_bytes=Measured(0.0),
        disk_free_bytes=Measured(412e9),
        disk_read_bytes_s=Measured(max(0.0, _wave(place, 0, 4e8) - 1e8)),
        disk_write_bytes_s=Measured(max(0.0, _wave(place, 0, 3e7, 3))),
        gpus=(_card(place, 0), _card(place, 1)),
        energy={"cpu": Energy("Processor", silent, silent, 6.1e-5, 0.0)},
    )


def _card(place: int, number: int) -> GpuReading:
    """The second card loses its temperature for a minute."""
    is_hidden = number == 1 and 700 < place < 820
    hidden = Measured(reason="The NVIDIA driver does not report it (Unknown Error).")
    return GpuReading(
        name="NVIDIA GeForce RTX 4090",
        load_percent=Measured(min(100.0, _wave(place, 0, 100, number))),
        memory_used_bytes=Measured(_wave(place, 6e9, 19e9, number)),
        memory_total_bytes=Measured(25.7e9),
        power_w=Measured(_wave(place, 30, 390, number)),
        power_limit_w=Measured(450.0),
        temperature_c=hidden if is_hidden else Measured(_wave(place, 38, 74, number)),
        graphics_clock_mhz=Measured(_wave(place, 210, 2700, number)),
        memory_clock_mhz=Measured(10_501.0),
        throttle_reasons=("its power limit",) if number == 0 else (),
        energy_domain=f"gpu {number}",
    )


def _bands(end_s: float) -> Sequence[Band]:
    start_s = end_s - 600
    return (
        Band(start_s + 120, start_s + 132, "prompt", "Summarize the report"),
        Band(start_s + 132, start_s + 200, "generation", "Summarize the report"),
        Band(start_s + 330, start_s + 333, "prompt", "Yes or no?"),
        Band(start_s + 333, start_s + 345, "generation", "Yes or no?"),
        Band(start_s + 420, start_s + 450, "prompt", "Write a story"),
        Band(start_s + 450, start_s + 560, "generation", "Write a story"),
    )


SCENES = (
    Scene("telemetry", "this machine", "", _this_machine),
    Scene("telemetry", "two cards", "", _two_cards),
    Scene("telemetry", "pointed", "", _two_cards, lambda stage: page(stage).live.point_at(260.0)),
)
