"""The sampler with sensors of the test's own."""

from __future__ import annotations

import threading

import pytest

from models.hardware import sampler as sampler_module
from models.hardware.reading import Measured, Reading
from models.hardware.sampler import Sampler

NONE = Measured(reason="not in this test")


class Counting:
    """Sensors whose clock is the number of the reading."""

    def __init__(self) -> None:
        self.count = 0
        self.closed_on = ""

    def read(self) -> Reading:
        self.count += 1
        return Reading(self.count, *[NONE] * 8)

    def close(self) -> None:
        self.closed_on = threading.current_thread().name


def after(count: int, interval_s: float = 0.0) -> tuple[Sampler, Counting]:
    """A sampler that has read `count` times at least."""
    source, enough = Counting(), threading.Event()
    sampler = Sampler(interval_s, lambda: source)
    sampler.subscribe(lambda reading: enough.set() if reading.time >= count else None)
    sampler.start()
    assert enough.wait(30)
    return sampler, source


def test_subscribers_hear_every_reading_in_order() -> None:
    source, heard, enough = Counting(), [], threading.Event()
    sampler = Sampler(0.0, lambda: source)
    sampler.subscribe(lambda reading: heard.append(reading.time))
    sampler.subscribe(lambda reading: enough.set() if reading.time >= 5 else None)
    sampler.start()
    enough.wait(30)
    sampler.close()
    assert heard == list(range(1, source.count + 1))


def test_history_is_a_ring() -> None:
    sampler, source = after(sampler_module.HISTORY + 10)
    sampler.close()
    assert len(sampler.readings) == sampler_module.HISTORY
    assert sampler.readings[-1].time == source.count


def test_closing_ends_the_wait_at_once_and_closes_the_sensors_on_their_thread() -> None:
    sampler, source = after(1, interval_s=3600)
    sampler.close()
    assert (source.count, source.closed_on) == (1, "sampler")


@pytest.mark.parametrize("times", [0, 1, 2])
def test_closing_is_safe_at_any_time(times: int) -> None:
    sampler, _ = after(1)
    for _ in range(times + 1):
        sampler.close()
    Sampler(0.0, Counting).close()


def test_a_driver_that_does_not_answer_holds_no_window_open() -> None:
    asked, answers, ended = threading.Event(), threading.Event(), threading.Event()

    class Stuck(Counting):
        def read(self) -> Reading:
            asked.set()
            assert answers.wait(30)
            return super().read()

        def close(self) -> None:
            ended.set()

    heard: list[Reading] = []
    sampler = Sampler(0.0, Stuck, patience_s=0.01)
    sampler.subscribe(heard.append)
    sampler.start()
    assert asked.wait(30)
    sampler.close()
    assert not ended.is_set()
    answers.set()
    assert ended.wait(30) and heard == []


def test_who_unsubscribed_hears_nothing_more() -> None:
    sampler, _ = after(1)
    heard: list[Reading] = []
    sampler.subscribe(heard.append)()
    sampler.close()
    assert heard == []


def test_the_real_sensors_are_sampled() -> None:
    enough = threading.Event()
    sampler = Sampler(0.01)
    sampler.subscribe(
        lambda reading: enough.set() if reading.cpu_percent.value is not None else None
    )
    sampler.start()
    assert enough.wait(30)
    sampler.close()


def test_a_fault_in_the_sensors_or_in_who_listens_is_told_once_and_sampling_goes_on() -> None:
    class Faulty(Counting):
        def read(self) -> Reading:
            reading = super().read()
            if self.count % 2:
                raise ValueError("odd")
            return reading

    def listen(reading: Reading) -> None:
        if reading.time >= 6:
            enough.set()
        raise KeyError("listener")

    enough, bugs = threading.Event(), []
    sampler = Sampler(0.0, Faulty, on_bug=lambda bug: bugs.append(type(bug)))
    sampler.subscribe(listen)
    sampler.start()
    assert enough.wait(30)
    sampler.close()
    assert bugs == [ValueError, KeyError]
    assert [reading.time for reading in sampler.readings][:3] == [2, 4, 6]
