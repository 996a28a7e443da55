"""When requests read and wrote: from events with a clock of the test's own, and from real ones."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from models.cancel import CancelToken
from models.engine.messages import (
    Delta,
    Generate,
    Generated,
    GenerateMany,
    LoadSettings,
    ManyDone,
    ModelInfo,
    NextRead,
    Progress,
    Row,
    RowResult,
    Sampling,
    TokenData,
    TokensTimed,
)
from models.engine.phases import TracedRequest
from models.engine.pool import Pool
from models.engine.tracing import RequestLog
from models.errors import Cancelled, EngineDied, UserError
from models.long_work import result_of
from tests.engine.asking import chat

TOKEN = TokenData(1, "x")


class Clocks:
    """Time of day and steady time; `pass_s` lets both go on."""

    day, steady = 1000.0, 5.0

    def pass_s(self, seconds: float) -> None:
        self.day, self.steady = self.day + seconds, self.steady + seconds


@pytest.fixture
def clocks() -> Clocks:
    return Clocks()


@pytest.fixture
def log(clocks: Clocks) -> RequestLog:
    return RequestLog(lambda: clocks.day, lambda: clocks.steady)


@pytest.fixture
def pool() -> Iterator[Pool]:
    made = Pool()
    yield made
    made.close()


def info(backend: str = "llama.cpp") -> ModelInfo:
    return ModelInfo("m", "m", backend, "", "", 0, 0, 0, 0, "", "", "", "CPU", 0.0, 0)


def reply(**told: Any) -> Generated:
    whole = {"text": "", "stop_reason": "end", "prompt_tokens": 100, "cached_tokens": 20,
             "reply_tokens": 11, "time_to_first_token_s": 2.5, "prompt_s": 2.0,
             "generation_s": 5.0, "seed": 0}  # fmt: skip
    return Generated(**(whole | told))


def play(clocks: Clocks, result: Any, *script: tuple[float, Any]) -> Generator[Any, None, Any]:
    """Each event after its seconds, then the result."""
    for seconds, event in script:
        clocks.pass_s(seconds)
        if event is not None:
            yield event
    return result


def traced(log: RequestLog, events: Generator[Any, None, Any], **about: Any) -> TracedRequest:
    kind, backend = about.get("kind", "reply"), about.get("backend", "llama.cpp")
    result_of(log.follow(events, kind, "chat", info(backend)))
    return log.requests[-1]


def spans(request: TracedRequest) -> list[tuple[str, float, float]]:
    return [(p.kind, round(p.start_s, 6), round(p.end_s, 6)) for p in request.phases]


def test_the_workers_own_durations_place_prompt_and_generation(
    log: RequestLog, clocks: Clocks
) -> None:
    script = ((2.6, Delta("x", (TOKEN,))), (5.0, None))
    found = traced(log, play(clocks, reply(), *script))
    # It ended at 1007.6: five seconds of writing, and the first token 2.5 s after the beginning.
    assert spans(found) == [("prompt", 1000.1, 1002.1), ("generation", 1002.6, 1007.6)]
    assert (found.read_tokens, found.prompt_speed, found.generation_speed) == (80, 40.0, 2.0)
    assert (found.model, found.who, found.outcome) == ("m", "chat", "done")


def test_the_tokens_of_the_prompt_are_read_before_the_first_is_written(
    log: RequestLog, clocks: Clocks
) -> None:
    """Progress comes before each piece: the last piece has none of its own."""
    script = ((0.1, Progress("prompt", 20, 100)), (2.5, Delta("x", (TOKEN,))), (5.0, None))
    found = traced(log, play(clocks, reply(), *script))
    told = [(round(mark.time_s, 1), mark.read, mark.written) for mark in found.marks]
    assert told == [(1000.1, 20, 0), (1002.1, 100, 0), (1002.6, 100, 1), (1007.6, 100, 11)]


def test_a_server_is_drawn_until_its_first_token(log: RequestLog, clocks: Clocks) -> None:
    script = ((3.0, Delta("x")), (4.0, None))
    found = traced(log, play(clocks, reply(), *script), backend="openai")
    assert spans(found) == [("prompt", 1000, 1003), ("generation", 1003, 1007)]
    assert found.basis == "first_token"


def test_a_clock_that_is_set_moves_no_duration_and_is_noted(
    log: RequestLog, clocks: Clocks
) -> None:
    def events() -> Generator[Any, None, Any]:
        yield Delta("x", (TOKEN,))
        clocks.day -= 3600
        clocks.pass_s(7.5)
        return reply()

    found = traced(log, events())
    assert found.duration_s == 7.5 and found.clock_moved
    assert spans(found)[-1] == ("generation", 1002.5, 1007.5)


def test_rows_that_take_long_keep_their_phases_and_short_ones_are_told_together(
    log: RequestLog, clocks: Clocks
) -> None:
    long = RowResult(0, prompt_tokens=50, reply_tokens=9, prompt_s=1.0, generation_s=3.0)
    short = RowResult(1, prompt_tokens=50, cached_tokens=40, reply_tokens=2, prompt_s=0.1,
                      generation_s=0.2)  # fmt: skip
    script = ((4.0, long), (0.3, short), (0.3, short))
    found = traced(log, play(clocks, ManyDone(3), *script), kind="rows")
    assert spans(found) == [
        ("prompt", 1000, 1001), ("generation", 1001, 1004), ("mixed", 1004, 1004.6)
    ]  # fmt: skip
    assert (found.phases[2].read_tokens, found.phases[2].written_tokens) == (20, 4)
    assert (found.prompt_tokens, found.reply_tokens, found.n_answers) == (150, 13, 3)


def test_rows_that_are_written_together_are_not_told_apart(log: RequestLog, clocks: Clocks) -> None:
    row = RowResult(0, prompt_tokens=9, reply_tokens=9, prompt_s=2, generation_s=2, batch_rows=4)
    found = traced(log, play(clocks, ManyDone(2), (4.0, row), (4.0, row)), kind="rows")
    assert spans(found) == [("mixed", 1000, 1008)]


def test_a_run_of_hours_keeps_a_few_thousand_marks_from_its_beginning_to_its_end(
    log: RequestLog, clocks: Clocks
) -> None:
    row = RowResult(0, prompt_tokens=9, reply_tokens=1, prompt_s=0.1, generation_s=0.1)
    hours = traced(log, play(clocks, ManyDone(9), *((0.5, row),) * 20_000), kind="rows")
    marks = hours.marks
    assert 2000 < len(marks) < 5000 and (marks[0].written, marks[-1].written) == (0, 20_000)
    assert max(b.time_s - a.time_s for a, b in pairwise(marks)) <= 5


def test_a_running_request_shows_how_far_it_is(log: RequestLog, clocks: Clocks) -> None:
    told: list[TracedRequest] = []
    log.subscribe(told.append)
    script = ((1.0, Progress("prompt", 60, 100)), (1.0, Delta("x", (TOKEN,))), (2.0, None))
    events = log.follow(play(clocks, reply(), *script), "reply", "chat", info())
    next(events), next(events)
    clocks.pass_s(1.0)
    running = log.requests[-1]
    assert spans(running) == [("prompt", 1000, 1002), ("generation", 1002, 1003)]
    assert [mark[1:] for mark in running.marks] == [(60, 0), (100, 1)]  # all is read by now
    assert running.phases[0].read_tokens == 40  # the other 60 were in the cache
    result_of(events)
    assert [each.outcome for each in told] == ["running", "running", "done"]


def test_a_reply_that_nobody_waits_for_is_noted_as_stopped(log: RequestLog, clocks: Clocks) -> None:
    events = log.follow(
        play(clocks, reply(), (1.0, Delta("x", (TOKEN,))), (1.0, None)), "reply", "chat", info()
    )
    next(events)
    events.close()
    assert log.requests[-1].outcome == "stopped"


@pytest.mark.parametrize(
    ("kind", "asked", "phase"),
    [("window", (512, 0), "prompt"), ("timing", (512, 0), "prompt"),
     ("timing", (0, 128), "generation")],
)  # fmt: skip
@pytest.mark.parametrize(
    ("error", "outcome"), [(UserError("No."), "failed"), (Cancelled(), "stopped")]
)
def test_what_is_cut_short_has_no_tokens_that_nobody_counted(
    log: RequestLog, clocks: Clocks, kind: Any, asked: tuple[int, int], phase: str,
    error: Exception, outcome: str,
) -> None:  # fmt: skip
    def fails() -> None:
        clocks.pass_s(2.0)
        raise error

    with pytest.raises(type(error)):
        log.time(fails, kind, "a comparison", info(), *asked)
    (found,) = log.requests
    assert (found.outcome, found.prompt_tokens, found.reply_tokens) == (outcome, 0, 0)
    assert spans(found) == [(phase, 1000, 1002)] and found.is_cut_short
    assert (found.prompt_speed, found.generation_speed) == (None, None)


def test_a_reply_that_is_stopped_while_it_reads_has_read_what_was_told_on_the_way(
    log: RequestLog, clocks: Clocks
) -> None:
    done = reply(stop_reason="cancelled", prompt_tokens=400, cached_tokens=0, reply_tokens=0,
                 time_to_first_token_s=None, generation_s=0.0)  # fmt: skip
    script = ((0.0, Progress("prompt", 0, 400)), (1.0, Progress("prompt", 60, 400)), (1.0, None))
    found = traced(log, play(clocks, done, *script))
    assert (found.outcome, found.prompt_tokens, found.prompt_speed) == ("stopped", 60, None)
    assert spans(found) == [("prompt", 1000, 1002)] and found.is_cut_short


@pytest.mark.parametrize(("tokens", "kind"), [((512, 0), "prompt"), ((0, 128), "generation")])
def test_a_repetition_of_a_benchmark_is_one_phase_with_the_time_that_was_measured(
    log: RequestLog, clocks: Clocks, tokens: tuple[int, int], kind: str
) -> None:
    def measure() -> TokensTimed:
        clocks.pass_s(5.0)
        assert spans(log.requests[0]) == [(kind, 1000, 1005)]
        return TokensTimed(4.0)

    log.time(measure, "timing", "the benchmark", info(), *tokens)
    (found,) = log.requests
    assert spans(found) == [(kind, 1001, 1005)]
    assert {found.prompt_speed, found.generation_speed} == {None, sum(tokens) / 4.0}


def test_the_reading_behind_a_next_token_is_a_request(log: RequestLog, clocks: Clocks) -> None:
    events = play(clocks, NextRead(40, ()), (2.0, Progress("prompt", 20, 40)))
    found = traced(log, events, kind="next")
    assert (found.kind, found.prompt_speed, spans(found)) == ("next", 20, [("prompt", 1000, 1002)])


def test_a_reply_whose_engine_dies_keeps_what_had_been_written(
    log: RequestLog, clocks: Clocks
) -> None:
    def events() -> Generator[Any, None, Any]:
        clocks.pass_s(1.0)
        yield Delta("x", (TOKEN,))
        clocks.pass_s(2.0)
        yield Delta("y", (TOKEN,) * 4)
        raise EngineDied("killed", "The engine was ended from outside.")

    with pytest.raises(EngineDied):
        traced(log, events())
    (found,) = log.requests
    assert (found.outcome, found.reply_tokens, found.first_token_s) == ("failed", 5, 1.0)
    assert found.generation_speed == 2.0


def test_only_the_last_requests_are_kept(clocks: Clocks) -> None:
    log = RequestLog(lambda: clocks.day, lambda: clocks.steady, kept=3)
    for _ in range(5):
        traced(log, play(clocks, reply()))
    assert [request.number for request in log.requests] == [3, 4, 5]


def test_every_request_of_a_pool_is_noted_with_who_asked(pool: Pool) -> None:
    greedy = Sampling(temperature=0)
    with result_of(pool.lease("sim:echo", LoadSettings(n_ctx=512), holder="chat")) as held:
        result_of(held.engine.generate(Generate("", chat("hi there")), CancelToken()))
        rows = (Row(chat("one"), max_tokens=4), Row(chat("two"), max_tokens=4))
        result_of(held.engine.generate_many(GenerateMany("", rows, sampling=greedy), CancelToken()))
        held.engine.embed([chat("a text")], CancelToken())
    found = pool.requests.requests
    assert [(each.kind, each.who, each.model) for each in found] == [
        (kind, "chat", "sim:echo") for kind in ("reply", "rows", "vectors")
    ]
    assert [phase.kind for phase in found[0].phases] == ["prompt", "generation"]
    assert found[0].reply_tokens > 0 and found[1].reply_tokens > 0
    assert all(not each.is_running and each.prompt_tokens > 0 for each in found)


@pytest.mark.slow
def test_the_starters_phases_follow_each_other_within_the_request(
    pool: Pool, starter: Path
) -> None:
    request = Generate("", chat("Tell me of the sea. " * 20), Sampling(temperature=0), 24)
    with result_of(pool.lease(str(starter), LoadSettings(n_ctx=512), holder="chat")) as held:
        done = result_of(held.engine.generate(request, CancelToken()))
    (found,) = pool.requests.requests
    prompt, generation = found.phases
    assert found.start_s <= prompt.start_s < prompt.end_s <= generation.start_s
    assert generation.end_s == pytest.approx(found.end_s, abs=0.05)
    assert prompt.duration_s == pytest.approx(done.prompt_s, abs=0.01)
    assert generation.duration_s == pytest.approx(done.generation_s, abs=0.01)
    assert found.generation_speed == pytest.approx(done.tokens_per_second)
    assert found.marks[-1].written == done.reply_tokens
