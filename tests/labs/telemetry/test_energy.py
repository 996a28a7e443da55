"""Joules between two moments and a token, by hand and against scipy."""

from __future__ import annotations

from math import sin

import numpy as np
import pytest
from scipy.integrate import quad, trapezoid
from scipy.stats import t as student

from labs.telemetry.energy import Taken, energy_between, idle_power
from labs.telemetry.per_token import OTHER_REQUEST, energy_of, leading
from labs.telemetry.power import NOTHING, domains_of
from labs.telemetry.trials import mean_of
from models.engine.phases import Phase
from models.hardware.reading import Energy, Measured, Reading
from tests.labs.telemetry.made_readings import asked, counted, made_reading, powered, ticks


def between(readings: list[Reading], start: float, end: float) -> Taken:
    (domain,) = domains_of(readings)
    return energy_between(domain, start, end)


def test_a_counter_tells_the_difference_with_its_resolution_as_error() -> None:
    found = between(counted(ticks(0, 20), lambda _: 30.0, resolution_j=0.5), 4, 10)
    assert found.joules and (found.joules.value, found.joules.error) == (180.0, 0.5)
    assert found.n_readings == 13


def test_a_step_of_power_between_two_readings_is_in_the_error() -> None:
    """10 W until 5.0 and 50 W from then on; asked from 5.2, two fifths into a step of 0.5 s."""
    found = between(counted(ticks(0, 20), lambda at: 10.0 if at < 5 else 50.0), 5.2, 15)
    assert found.joules and found.joules.value == pytest.approx(50 * 9.8)
    # f(1 − f)·d·ΔP with ΔP = 50 − 10 of the step before, and 0 at the other end.
    assert found.joules.error == pytest.approx(0.4 * 0.6 * 0.5 * 40, rel=0.02)


def test_the_error_of_a_phase_that_begins_between_readings_covers_it() -> None:
    """Power rises exactly where the phase begins: what lies on the line is off by f(1 − f)·d·ΔP."""
    times = ticks(0, 20)
    watts = lambda at: 10.0 if at < 5.2 else 50.0  # noqa: E731
    readings = [
        made_reading(at, {"cpu": Energy("CPU", Measured(quad(watts, 0, at, points=[5.2])[0]),
                                        Measured(0.0), 0.0, 0.0)})
        for at in times
    ]  # fmt: skip
    found = between(readings, 5.2, 15)
    assert found.joules is not None
    off = abs(found.joules.value - 50 * 9.8)
    assert off == pytest.approx(0.4 * 0.6 * 0.5 * 40) and off <= found.joules.error * 1.03


@pytest.mark.parametrize("span", [(3.0, 12.0), (3.3, 11.9)])
def test_power_is_added_up_as_scipy_does(span: tuple[float, float]) -> None:
    times = ticks(0, 20)
    found = between(powered(times, lambda at: 40 + 5 * sin(at)), *span)
    inside = [t for t in times if span[0] < t < span[1]]
    at = [span[0], *inside, span[1]]
    watts = np.interp(at, times, [40 + 5 * sin(t) for t in times])
    assert found.joules and found.joules.value == pytest.approx(trapezoid(watts, at))
    exact = quad(lambda t: 40 + 5 * sin(t), *span)[0]
    assert abs(found.joules.value - exact) < found.joules.error
    spread = np.std(watts[1:-1], ddof=1) / np.sqrt(len(inside)) * (span[1] - span[0])
    assert found.joules.error >= spread


@pytest.mark.parametrize(
    ("readings", "reason"),
    [
        (counted([0, 1, 2, 6, 7, 8, 9, 10], lambda _: 9.0), "not read all the time"),
        (counted(ticks(4, 20), lambda _: 9.0), "not read all the time"),
        (counted(ticks(0, 5), lambda _: 9.0) + counted(ticks(5.5, 20), lambda _: 9.0, since_s=5),
         "began anew"),
        (powered([0, 1, 2, 6, 7, 8, 9, 10], lambda _: 9.0), "not read all the time"),
    ],
)  # fmt: skip
def test_what_was_not_read_is_not_guessed(readings: list[Reading], reason: str) -> None:
    assert reason in between(readings, 3, 8).reason


def test_rest_is_the_median_of_quiet_readings_only() -> None:
    (domain,) = domains_of(counted(ticks(0, 40), lambda at: 80.0 if 10 <= at < 20 else 12.0))
    rest = idle_power(domain, 40, [(10, 20)], 60)
    assert rest and rest.value == 12.0 and rest.error == 0.0
    assert idle_power(domain, 4, [(1.0, 3.0)], 60) is None


def test_joules_a_token_of_each_phase_gross_and_without_rest() -> None:
    """10 W of rest, 50 W for 6 s of reading 600 tokens, 30 W for 10 s of writing 100."""

    def watts(at: float) -> float:
        return 50.0 if 60 <= at < 66 else 30.0 if 66 <= at < 76 else 10.0

    request = asked(Phase("prompt", 60, 66, 600, 0), Phase("generation", 66, 76, 0, 100))
    prompt, generation = energy_of(request, [request], counted(ticks(0, 80), watts))
    assert prompt.gross and prompt.gross.value == pytest.approx(50 * 6 / 600)
    assert prompt.net and prompt.net.value == pytest.approx(40 * 6 / 600)
    assert generation.gross and generation.gross.value == pytest.approx(30 * 10 / 100)
    assert generation.net and generation.net.value == pytest.approx(20 * 10 / 100)
    assert (generation.name, generation.method, generation.tokens) == ("Processor", "counter", 100)
    assert generation.idle_w and generation.idle_w.value == 10.0


def test_without_a_quiet_time_only_gross_is_told() -> None:
    request = asked(Phase("generation", 1, 11, 0, 50))
    (found,) = energy_of(request, [], counted(ticks(0, 12), lambda _: 20.0))
    assert found.gross and found.gross.value == pytest.approx(4.0)
    assert found.net is None and "quiet" in found.net_reason


@pytest.mark.parametrize(
    ("phase", "more", "reason"),
    [
        (Phase("generation", 20, 24, 0, 99), {}, "Too short: it took 4.0 s, and 5 s"),
        (Phase("generation", 20, 30, 0, 0), {}, "No token was written"),
        (Phase("prompt", 20, 30, 60, 0), {"outcome": "stopped"}, "It was cut short"),
        (Phase("prompt", 20, 30, 0, 0), {}, "in the cache"),
        (Phase("generation", 20, 30, 0, 9), {"outcome": "running"}, "still running"),
        (Phase("generation", 20, 30, 0, 9), {"clock_moved": True}, "clock was set"),
    ],
)
def test_why_there_are_no_joules_a_token(
    phase: Phase, more: dict[str, object], reason: str
) -> None:
    (found,) = energy_of(asked(phase, **more), [], powered(ticks(0, 40), lambda _: 20.0))
    assert found.gross is None and reason in found.reason


def test_work_at_the_same_time_is_not_shared_out() -> None:
    request = asked(Phase("generation", 20, 30, 0, 9))
    other = asked(Phase("prompt", 29, 35, 9), number=2)
    readings = counted(ticks(0, 40), lambda _: 20.0)
    assert [each.reason for each in energy_of(request, [request, other], readings)] == [
        OTHER_REQUEST
    ]
    assert energy_of(request, [request], readings)[0].reason == ""


def test_a_machine_without_sensors_says_so() -> None:
    request = asked(Phase("generation", 20, 30, 0, 9))
    silent = {"cpu": Energy("Processor", Measured(reason="Locked."), Measured(reason="Locked."),
                            0.0, 0.0)}  # fmt: skip
    for energy, reason in (({}, NOTHING), (silent, "Locked.")):
        (found,) = energy_of(request, [], [made_reading(at, energy) for at in ticks(0, 40)])
        assert found.reason == reason


def test_the_domain_that_rose_most_leads() -> None:
    busy = counted(ticks(0, 40), lambda at: 60.0 if 20 <= at < 30 else 5.0)
    idle = counted(ticks(0, 40), lambda _: 70.0, key="gpu 0", name="GPU")
    both = [made_reading(a.time, {**a.energy, **b.energy}) for a, b in zip(busy, idle, strict=True)]
    found = energy_of(asked(Phase("generation", 20, 30, 0, 10)), [], both)
    best = leading(found, "generation")
    assert best and best.name == "Processor" and best.net and best.net.value == pytest.approx(55)


def test_phases_of_one_kind_are_added_up() -> None:
    """Of rows: 20 W for twice three seconds, and a pause between them that counts for nobody."""
    phases = [Phase("generation", 20, 23, 0, 30), Phase("prompt", 23, 25, 50),
              Phase("generation", 25, 28, 0, 30)]  # fmt: skip
    found = energy_of(asked(*phases), [], counted(ticks(0, 40), lambda _: 20.0))
    generation = leading(found, "generation")
    assert generation and generation.gross and generation.tokens == 60
    assert generation.gross.value == pytest.approx(20 * 6 / 60)


def test_three_trials_have_a_mean_with_the_interval_of_student() -> None:
    values = [2.0, 2.2, 2.4, 2.1]
    found = mean_of(values)
    low, high = student.interval(0.95, 3, loc=np.mean(values), scale=np.std(values, ddof=1) / 2)
    assert (found.low, found.high) == (pytest.approx(low), pytest.approx(high))
    assert found.is_unsteady and "3 trials" in mean_of(values[:2]).reason
