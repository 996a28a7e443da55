from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from models.cancel import CancelToken
from models.engine.messages import Generate, GenerateMany, LoadSettings, Row
from models.engine.pool import ContextWish, Lease, Pool, Waiting
from models.errors import Cancelled, EngineDied, UserError
from models.long_work import result_of
from tests.engine.asking import chat

SETTINGS = LoadSettings(n_ctx=1024)


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def pool(clock: Clock) -> Iterator[Pool]:
    made = Pool(fits=lambda model, settings, resident: len(resident) < 2, clock=clock)
    yield made
    made.close()


def lease(pool: Pool, model: str = "sim:echo", **options: object) -> Lease:
    return result_of(pool.lease(model, SETTINGS, **options))  # type: ignore[arg-type]


def say(held: Lease, text: str) -> str:
    return result_of(held.engine.generate(Generate("", chat(text)), CancelToken())).text


def models(pool: Pool) -> set[str]:
    return {status.model for status in pool.status()}


def test_a_lease_answers_and_the_model_stays_for_the_next(pool: Pool) -> None:
    with lease(pool) as first:
        assert say(first, "hi") == "hi"
    with lease(pool) as second:
        assert second.engine.info is first.engine.info


def test_each_context_of_a_model_is_its_own(pool: Pool) -> None:
    lab = ContextWish("lab", 512, 4, SETTINGS)
    with lease(pool) as one, lease(pool, context=lab) as other:
        assert one.engine.context.context == "chat"
        assert other.engine.context.context == "lab"
        assert one.engine.info is other.engine.info


def test_a_context_is_opened_anew_where_another_size_is_wished_for(pool: Pool) -> None:
    for n_ctx in (512, 2048, 2048):
        with lease(pool, context=ContextWish("lab", n_ctx, 1, SETTINGS)) as held:
            assert held.engine.context.n_ctx == n_ctx


def test_the_least_recently_used_model_leaves_when_room_is_needed(pool: Pool, clock: Clock) -> None:
    for model in ("sim:echo", "sim:think"):
        clock.now += 1
        lease(pool, model).release()
    lease(pool, "sim:unicode").release()
    assert models(pool) == {"sim:think", "sim:unicode"}


def test_a_model_in_use_never_leaves(pool: Pool) -> None:
    with lease(pool, "sim:echo"):
        for model in ("sim:think", "sim:unicode"):
            lease(pool, model).release()
        assert "sim:echo" in models(pool)
        with pytest.raises(UserError, match="in use"):
            pool.eject("sim:echo")


def test_many_prompts_run_through_a_lease(pool: Pool) -> None:
    rows = (Row(chat("one"), max_tokens=5), Row(chat("two"), max_tokens=5))
    with lease(pool) as held:
        many = held.engine.generate_many(GenerateMany("", rows), CancelToken())
        assert [row.text for row in many] == ["one", "two"]


def test_others_wait_for_an_exclusive_lease_and_are_told_for_whom(pool: Pool) -> None:
    held = lease(pool, exclusive=True, holder="the brittleness run")
    waiting = pool.lease("sim:echo", SETTINGS)
    assert next(waiting) == Waiting("the brittleness run")
    held.release()
    with result_of(waiting) as lent:
        assert say(lent, "at last") == "at last"


def test_waiting_can_be_stopped(pool: Pool) -> None:
    with lease(pool, exclusive=True):
        cancel = CancelToken()
        waiting = pool.lease("sim:echo", SETTINGS, cancel=cancel)
        next(waiting)
        cancel.cancel()
        with pytest.raises(Cancelled):
            result_of(waiting)


def test_other_load_settings_load_the_model_again(pool: Pool) -> None:
    lease(pool).release()
    with result_of(pool.lease("sim:echo", LoadSettings(n_ctx=512))) as lent:
        assert lent.engine.context.n_ctx == 512


def test_a_model_whose_server_has_changed_is_lent_to_nobody_as_it_was(pool: Pool) -> None:
    with lease(pool) as first:
        pool.retire("sim:ech")
        assert say(first, "hi") == "hi"
        assert isinstance(next(pool.lease("sim:echo", SETTINGS)), Waiting)
    with lease(pool) as second:
        assert second.engine.info is not first.engine.info
    pool.retire("sim:ech")
    assert not models(pool)


def test_idle_models_are_unloaded_after_their_time(pool: Pool, clock: Clock) -> None:
    lease(pool).release()
    clock.now = 60
    assert pool.unload_idle(61) == ()
    assert pool.unload_idle(60) == ("sim:echo",)


@pytest.mark.skipif(os.name != "posix", reason="needs signals")
def test_after_a_crash_the_next_lease_starts_afresh(pool: Pool) -> None:
    with lease(pool, "sim:crash") as lent, pytest.raises(EngineDied):
        say(lent, "crash")
    assert pool.status()[0].state == "crashed"
    with lease(pool, "sim:crash") as lent:
        assert say(lent, "fine").endswith("fine")


def test_two_crashes_in_a_minute_bring_advice(pool: Pool) -> None:
    with pytest.raises(EngineDied, match=r"twice within a minute"):
        lease(pool, "sim:crash-load")


def test_a_failed_load_leaves_nothing_resident(pool: Pool) -> None:
    with pytest.raises(UserError):
        lease(pool, "sim:no-such-thing")
    assert pool.status() == ()


def test_every_change_of_state_is_told(pool: Pool) -> None:
    told: list[str] = []
    stop = pool.subscribe(lambda: told.extend(s.state for s in pool.status()))
    lease(pool).release()
    stop()
    assert {"starting", "loading", "ready"} <= set(told)


def test_who_stops_listening_twice_hears_nothing_and_breaks_nothing(pool: Pool) -> None:
    told: list[str] = []
    stop = pool.subscribe(lambda: told.append("changed"))
    stop()
    stop()
    lease(pool).release()
    assert told == []


def test_a_fault_of_a_listener_fails_no_lease(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    bugs: list[object] = []
    monkeypatch.setattr(threading, "excepthook", lambda told: bugs.append(told.exc_type))
    pool.subscribe(lambda: 1 // 0)
    lease(pool).release()
    assert bugs == [ZeroDivisionError]


def test_a_closed_pool_lends_nothing(pool: Pool) -> None:
    pool.close()
    with pytest.raises(UserError, match="closing"):
        lease(pool)


def test_a_stopped_process_is_gone_after_close(pool: Pool) -> None:
    lease(pool).release()
    client = pool._residents["sim:echo"].client
    pid = client.pid
    pool.close()
    with pytest.raises(ProcessLookupError):
        os.kill(pid or 0, signal.SIG_DFL)


def test_nobody_else_waits_while_a_keyring_or_a_server_is_asked() -> None:
    asked: list[str] = []

    def connect(model: str) -> None:
        if model == "sim:able":
            with ThreadPoolExecutor(1) as other:  # as the window while a keyring is locked
                asked.extend(other.submit(made.unload_idle, 0).result(10))
                other.submit(lease, made).result(20).release()
            asked.append("done")

    made = Pool(fits=lambda *_: True, connect=connect)
    lease(made, "sim:able").release()
    assert asked == ["done"] and models(made) == {"sim:able", "sim:echo"}
    made.close()
