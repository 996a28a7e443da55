"""Bands and tokens a second, and the journal that follows both requests and readings."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from labs.telemetry.journal import PATIENCE_S, Journal
from labs.telemetry.on_time_axis import bands_of, paces
from labs.telemetry.other_programs import OtherPrograms
from models.cancel import CancelToken
from models.engine.messages import Generate, LoadSettings
from models.engine.phases import Mark, Phase
from models.engine.pool import Pool
from models.hardware.reading import Measured, Reading
from models.long_work import result_of
from tests.engine.asking import chat
from tests.labs.telemetry.made_readings import asked, counted, ticks


class Kept:
    """A sampler whose readings the test writes."""

    def __init__(self) -> None:
        self.readings: tuple[Reading, ...] = ()
        self._listeners: list[Callable[[Reading], None]] = []

    def subscribe(self, callback: Callable[[Reading], None]) -> Callable[[], None]:
        self._listeners.append(callback)
        return lambda: self._listeners.remove(callback)

    def say(self, reading: Reading) -> None:
        self.readings = (*self.readings, reading)
        for listener in self._listeners:
            listener(reading)


@pytest.fixture
def pool() -> Iterator[Pool]:
    made = Pool()
    yield made
    made.close()


def test_every_phase_is_a_band_that_says_who_and_how_much() -> None:
    request = asked(Phase("prompt", 1, 2, 80), Phase("generation", 2, 9, 0, 1200))
    prompt, generation = bands_of([request])
    assert prompt == (1, 2, "prompt", "Chat · Reading the prompt · 80 read tokens")
    assert generation.label == "Chat · Writing the answer · 1,200 written tokens"
    assert bands_of([request], since_s=2) == (generation,)


def test_phases_too_short_to_be_seen_apart_are_one_band_of_their_kind() -> None:
    short = [asked(Phase("prompt", at, at + 0.1, 9), Phase("generation", at + 0.1, at + 0.3, 0, 5))
             for at in (1, 1.5, 2, 9)]  # fmt: skip
    found = [band[:3] for band in bands_of(short, step_s=2)]
    assert found == [(1, 2.1, "prompt"), (1.1, 2.3, "generation"),
                     (9, 9.1, "prompt"), (9.1, 9.3, "generation")]  # fmt: skip
    assert "3 in a row" in bands_of(short, step_s=2)[0].label
    assert len(bands_of(short)) == 8


def test_a_servers_prompt_is_labelled_for_what_it_is() -> None:
    (band,) = bands_of([asked(Phase("prompt", 1, 2, 80), basis="first_token")])
    assert "Until the server’s first token" in band.label


def test_tokens_a_second_follow_the_marks() -> None:
    marks = (Mark(0, 20, 0), Mark(1, 120, 0), Mark(2, 120, 10), Mark(4, 120, 50))
    request = asked(Phase("prompt", 0, 1, 100), Phase("generation", 1, 4, 0, 50), marks=marks)
    found = paces([request], [0, 0.5, 1, 2, 3, 4, 5])
    assert [(p.read, p.written) for p in found] == [
        (100, 0), (100, 0), (0, 10), (0, 20), (0, 20), (0, 0)
    ]  # fmt: skip


def test_tokens_of_a_server_are_spread_over_its_phases_and_requests_add_up() -> None:
    request = asked(Phase("generation", 0, 4, 0, 80), basis="told")
    found = paces([request, request], [0, 1, 3, 6])
    assert [p.written for p in found] == pytest.approx([40, 40, 2 * 20 / 3])


def test_what_was_read_before_the_first_moment_is_left_out() -> None:
    marks = tuple(Mark(float(at), 10 * at, 0) for at in range(11))
    request = asked(Phase("prompt", 0, 10, 100), marks=marks)
    assert [p.read for p in paces([request], [8.5, 9.5, 10.5])] == [10, 5]


def test_the_journal_measures_a_request_when_the_readings_after_it_have_come(pool: Pool) -> None:
    sampler = Kept()
    journal = Journal(pool.requests, sampler, lambda: {"sim:echo": os.getpid()})
    with result_of(pool.lease("sim:echo", LoadSettings(n_ctx=512), holder="chat")) as held:
        result_of(held.engine.generate(Generate("", chat("hello")), CancelToken()))
    (waiting,) = journal.costs
    assert waiting.energy == () and waiting.request.who == "chat"
    start = waiting.request.start_s
    for reading in counted(ticks(start - 10, start + 3, 0.1), lambda _: 20.0):
        sampler.say(reading)
    (cost,) = journal.costs
    assert {each.kind for each in cost.energy} == {"prompt", "generation"}
    assert all("Too short" in each.reason for each in cost.energy if each.tokens)
    assert cost.peak_bytes is None or cost.peak_bytes > 10**6
    journal.close()


def test_energy_is_settled_although_the_clock_was_set_back_meanwhile(pool: Pool) -> None:
    sampler, now = Kept(), [0.0]
    journal = Journal(pool.requests, sampler, dict, lambda: now[0])
    with result_of(pool.lease("sim:echo", LoadSettings(n_ctx=512), holder="chat")) as held:
        result_of(held.engine.generate(Generate("", chat("hi")), CancelToken()))
    ended = journal.costs[0].request.end_s
    for now[0] in (1.0, PATIENCE_S + 1):
        assert journal.costs[0].energy == ()
        for reading in counted([ended - 3600 + now[0]], lambda _: 1.0):
            sampler.say(reading)
    assert {each.joules for each in journal.costs[0].energy} == {None}
    journal.close()


def test_other_programs_are_the_whole_machine_without_assay_and_its_models() -> None:
    others = OtherPrograms(lambda: {"model": os.getpid()})
    quiet = counted([10.0, 10.5, 11.0], lambda _: 1.0)
    for reading in quiet:
        others.note(replace(reading, cpu_percent=Measured(75.0), own_cpu_percent=Measured(50.0),
                            cores_percent=(75.0, 75.0)))  # fmt: skip
    # 1.5 cores in all, half a one in the window, and next to nothing in this process meanwhile.
    found = others.between(10.0, 11.0)
    assert found is not None and 0.5 < found <= 1.0
    assert others.between(20.0, 21.0) is None


def test_the_journal_tells_of_requests_and_of_their_cost(pool: Pool) -> None:
    sampler, told = Kept(), []
    journal = Journal(pool.requests, sampler, dict)
    end = journal.subscribe(lambda: told.append(len(journal.costs)))
    with result_of(pool.lease("sim:echo", LoadSettings(n_ctx=512), holder="chat")) as held:
        result_of(held.engine.generate(Generate("", chat("hi")), CancelToken()))
    before = len(told)
    ended = journal.costs[0].request.end_s
    for reading in counted([ended, ended + 2], lambda _: 1.0):
        sampler.say(reading)
    assert (before, len(told)) == (3, 4)
    end()
    journal.close()


def test_a_running_request_is_told_of_with_every_reading(pool: Pool) -> None:
    sampler, told = Kept(), []
    journal = Journal(pool.requests, sampler, dict)
    with result_of(pool.lease("sim:echo", LoadSettings(n_ctx=512), holder="chat")) as held:
        going = held.engine.generate(Generate("", chat("two words")), CancelToken())
        next(going)
        journal.subscribe(lambda: told.append(journal.costs[0].request.outcome))
        for reading in counted([1.0, 2.0], lambda _: 1.0):
            sampler.say(reading)
        assert told == ["running", "running"]
        result_of(going)
    journal.close()
