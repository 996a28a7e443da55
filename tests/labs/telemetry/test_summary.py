"""What the machine did, summed up over readings, stretches and pauses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from labs.telemetry.gathering import Gathered, Watch
from labs.telemetry.summary import Summary, as_data, merged, summary_of
from models.hardware.reading import Energy, GpuReading, Measured, Reading
from tests.labs.telemetry.made_readings import GB, counted, made_reading, ticks


class Told:
    """A sampler that is told what to say."""

    def __init__(self) -> None:
        self.listener: Callable[[Reading], None] | None = None

    latest: Reading | None = None

    def subscribe(self, callback: Callable[[Reading], None]) -> Callable[[], None]:
        self.listener = callback
        return lambda: setattr(self, "listener", None)


def gathered(readings: list[Reading], workers_bytes: int = 0) -> Summary:
    found = Gathered()
    for reading in readings:
        found.add(reading, workers_bytes)
    return found.summary()


def test_mean_most_and_least_of_every_sensor() -> None:
    percents = (10.0, 20.0, 90.0)
    readings = [
        made_reading(at, cpu_percent=Measured(value), memory_available_bytes=Measured(value * GB))
        for at, value in zip(ticks(0, 1), percents, strict=True)
    ]
    found = gathered(readings, workers_bytes=7)
    assert (found.took_s, found.n_readings) == (1.0, 3)
    cpu, free = found.extents["cpu"], found.extents["free"]
    assert (cpu.mean, cpu.most, cpu.n) == (40.0, 90.0, 3)
    assert free.least == 10.0 * GB and found.extents["workers"].most == 7


def test_energy_is_counted_where_the_counter_went_on() -> None:
    readings = counted(ticks(0, 10), lambda _: 25.0)
    anew = counted(ticks(10.5, 20), lambda _: 25.0, since_s=10.5)
    found = gathered(readings + anew).energy["cpu"]
    assert (found.joules, found.counted_s) == (25.0 * 19.5, 19.5)


def test_what_cannot_be_read_keeps_its_reason() -> None:
    silent = Energy("Processor", Measured(reason="Locked."), Measured(reason="Locked."), 0.0, 0.0)
    found = gathered([made_reading(at, {"cpu": silent}, gpu_reason="No driver.") for at in (0, 1)])
    assert found.energy["cpu"].reason == found.extents["power cpu"].reason == "Locked."
    assert found.extents["gpu 0"].reason == "No driver."


def test_swapping_battery_and_throttling_are_added_up_over_time() -> None:
    gpu = GpuReading("G", *[Measured(1.0)] * 5, throttle_reasons=("heat",))
    readings = [
        made_reading(0.0),
        made_reading(1.0, on_battery=True, swap_in_bytes_s=Measured(3.0 * GB),
                     swap_out_bytes_s=Measured(1.0 * GB)),
        made_reading(3.0, gpus=(gpu,), cpu_throttle_events=Measured(2.0)),
    ]  # fmt: skip
    found = gathered(readings)
    assert (found.swapped_in_bytes, found.swapped_out_bytes) == (3 * GB, 1 * GB)
    assert (found.on_battery_s, found.throttled_s) == (1.0, 2.0)
    assert found.throttle_causes == ("G: heat", "heat of the processor")


def test_time_that_nobody_watched_is_not_counted() -> None:
    found = gathered([made_reading(at) for at in (0.0, 1.0, 3600.0, 3601.0)])
    assert (found.took_s, found.n_readings) == (2.0, 4)


def test_a_pause_is_left_out_and_what_comes_after_is_added() -> None:
    told, counts = Told(), [True]
    watch = Watch(told, lambda: 5, lambda: counts[0])
    for starts in (0.0, 10.0):
        with watch:
            assert told.listener is not None
            for at in (0.0, 0.5, 1.0):
                counts[0] = at != 0.5
                told.listener(made_reading(starts + at))
    assert told.listener is None
    assert (watch.summary().n_readings, watch.summary().took_s) == (4, 0.0)


def test_what_ends_before_the_next_reading_has_the_last_one() -> None:
    told = Told()
    told.latest = made_reading(3.0)
    with Watch(told) as watch:
        pass
    assert watch.summary().n_readings == 1


def test_two_stretches_of_a_run_become_one() -> None:
    one = gathered([made_reading(at, cpu_percent=Measured(10.0)) for at in ticks(0, 1)])
    two = gathered([made_reading(at, cpu_percent=Measured(40.0)) for at in ticks(9, 9.5)])
    both = merged([one, replace(two, on_battery_s=0.5), Summary()])
    assert (both.n_readings, both.took_s, both.on_battery_s) == (5, 1.5, 0.5)
    assert both.extents["cpu"].mean == pytest.approx((3 * 10 + 2 * 40) / 5)


def test_a_summary_survives_its_file_and_a_damaged_one_is_none() -> None:
    found = gathered(counted(ticks(0, 3), lambda _: 5.0))
    assert summary_of(as_data(found)) == found
    assert summary_of({"schema_version": 1, "extents": {"cpu": 7}}) is None
    assert summary_of({"schema_version": 2}) is None and summary_of(None) is None
