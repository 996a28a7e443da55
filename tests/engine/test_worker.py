"""The worker process, its states and its ends, with simulated models."""

from __future__ import annotations

import itertools
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from models.cancel import CancelToken
from models.engine.answer_wait import Patience
from models.engine.client import EngineClient
from models.engine.messages import Delta, Generate, LoadSettings, Progress
from models.errors import Cancelled, EngineDied, UserError
from models.long_work import result_of
from tests.engine.asking import ask, chat
from tests.long_work import watch

Make = Callable[..., EngineClient]
posix = pytest.mark.skipif(os.name != "posix", reason="needs signals")


def test_a_question_is_answered(client: Make) -> None:
    assert ask(client("sim:echo"), "hello there").text == "hello there"


def test_prompt_progress_comes_before_text(client: Make) -> None:
    events, _ = watch(client("sim:echo").generate(Generate("chat", chat("hi")), CancelToken()))
    assert [type(e) for e in events] == [Progress, Delta]


def test_text_comes_in_few_messages_however_fast_it_grows(client: Make) -> None:
    request = Generate("chat", chat("go"), max_tokens=1000)
    events, outcome = watch(client("sim:long").generate(request, CancelToken()))
    assert outcome.reply_tokens == 1000
    assert sum(isinstance(e, Delta) for e in events) < 200


@pytest.mark.parametrize(
    ("options", "reason"),
    [({"max_tokens": 3}, "length"), ({"stop": ("number 2",)}, "stop"), ({}, "context_full")],
)
def test_the_reason_for_stopping_is_told(client: Make, options: dict, reason: str) -> None:
    assert ask(client("sim:long", n_ctx=128), "go", **options).stop_reason == reason


def test_stop_keeps_what_was_written(client: Make) -> None:
    cancel = CancelToken()
    work = client("sim:slow?delay_ms=5&tokens=100000").generate(
        Generate("chat", chat("go")), cancel
    )
    while not isinstance(next(work), Delta):
        pass
    cancel.cancel()
    outcome = result_of(work)
    assert outcome.stop_reason == "cancelled"
    assert outcome.text
    assert not outcome.killed


def test_stop_is_true_even_when_the_worker_does_not_listen(client: Make) -> None:
    engine = client("sim:silent", patience=Patience(cancel_grace_s=0.2))
    cancel = CancelToken()
    work = engine.generate(Generate("chat", chat("go")), cancel)
    while not isinstance(next(work), Delta):
        pass
    cancel.cancel()
    outcome = result_of(work)
    assert outcome.killed
    assert outcome.text.startswith("I")


def test_a_crash_while_streaming_is_an_error_with_its_log(client: Make) -> None:
    with pytest.raises(EngineDied) as caught:
        ask(client("sim:crash"), "please crash now")
    assert caught.value.kind == "backend_fault"
    assert "simulated fault" in caught.value.log


def test_a_fault_while_loading_is_tried_once_more_with_safe_kernels() -> None:
    states: list[tuple[str, str]] = []
    engine = EngineClient("sim:crash-load", LoadSettings(), lambda *state: states.append(state))
    with pytest.raises(EngineDied):
        result_of(engine.load(CancelToken()))
    engine.close()
    assert ("loading", "with slower, safer kernels after a fault") in states
    assert sum(state == "crashed" for state, _ in states) == 2


@posix
@pytest.mark.parametrize("moment", ["load", "prompt", "stream"])
def test_a_killed_worker_is_told_apart_from_a_fault(moment: str) -> None:
    model = "sim:slow?load_ms=30000" if moment == "load" else "sim:slow?prompt_ms=2"
    engine = EngineClient(model, LoadSettings())
    work = engine.load(CancelToken())
    if moment != "load":
        result_of(work)
        engine.open_context("chat", 2048)
        work = engine.generate(Generate("chat", chat("word " * 600)), CancelToken())
    if moment == "stream":
        while not isinstance(next(work), Delta):
            pass
    else:
        next(work)
    os.kill(engine.pid or 0, signal.SIGKILL)
    with pytest.raises(EngineDied) as caught:
        result_of(work)
    engine.close()
    assert caught.value.kind == "killed"


@posix
def test_a_worker_that_has_been_killed_says_so_to_everyone_who_asks(client: Make) -> None:
    engine = client("sim:echo")
    os.kill(engine.pid or 0, signal.SIGKILL)
    for _ in range(2):
        with pytest.raises(EngineDied, match="ended from outside"):
            engine.tokenize(chat("a"))


@posix
def test_a_worker_that_goes_silent_is_ended_and_named(client: Make) -> None:
    engine = client("sim:slow", patience=Patience(ping_after_s=0.1, silence_limit_s=0.5))
    work = engine.generate(Generate("chat", chat("go")), CancelToken())
    next(work)
    os.kill(engine.pid or 0, signal.SIGSTOP)
    with pytest.raises(EngineDied) as caught:
        result_of(work)
    assert caught.value.kind == "silent"


def test_a_slow_but_healthy_worker_is_left_alone(client: Make) -> None:
    engine = client(
        "sim:slow?delay_ms=400&tokens=2", patience=Patience(ping_after_s=0.1, silence_limit_s=0.3)
    )
    assert ask(engine, "go").reply_tokens == 2


def test_a_computer_that_slept_does_not_take_its_worker_for_silent(client: Make) -> None:
    leaps_s = itertools.count(step=3600)
    engine = client("sim:slow?delay_ms=400&tokens=2", clock=lambda: float(next(leaps_s)))
    assert ask(engine, "go").reply_tokens == 2


def test_garbage_on_stdout_is_no_message_and_no_harm(client: Make) -> None:
    assert ask(client("sim:garbage"), "go").text == "Still here."


def test_loading_can_be_stopped() -> None:
    engine, cancel = EngineClient("sim:echo?load_ms=30000", LoadSettings()), CancelToken()
    work = engine.load(cancel)
    next(work)
    cancel.cancel()
    with pytest.raises(Cancelled):
        result_of(work)
    engine.close()


def test_tokens_are_counted_while_a_reply_streams(client: Make) -> None:
    engine = client("sim:slow")
    work = engine.generate(Generate("chat", chat("go")), CancelToken())
    next(work)
    assert engine.tokenize(chat("three more words"), count_only=True).count > 3
    work.close()


def test_an_alternative_of_a_simulated_token_is_what_its_id_spells(client: Make) -> None:
    engine = client("sim:echo")
    events, _ = watch(engine.generate(Generate("chat", chat("hi"), lens_top=8), CancelToken()))
    tokens = [t for e in events if isinstance(e, Delta) for t in e.tokens]
    assert all(engine.detokenize([a.token_id]) == a.text for t in tokens for a in t.top)


def test_a_truth_for_simulated_subjects_goes_to_no_real_model() -> None:
    engine = EngineClient("some.gguf", LoadSettings())
    part = chat("go")[1].__class__("go", oracle={"truth": "YES"})
    with pytest.raises(UserError, match="simulated"):
        result_of(engine.generate(Generate("chat", (part,)), CancelToken()))


def test_a_prompt_larger_than_the_context_is_refused_with_its_size(client: Make) -> None:
    with pytest.raises(UserError, match=r"context holds 128"):
        ask(client("sim:echo", n_ctx=128), "word " * 500)


@pytest.mark.parametrize("model", ["sim:nothing-like-this", "/no/such/file.gguf"])
def test_a_model_that_is_not_there_is_a_sentence(model: str) -> None:
    engine = EngineClient(model, LoadSettings())
    with pytest.raises(UserError):
        result_of(engine.load(CancelToken()))
    engine.close()


HOSTILE = "raise SystemExit('the wrong module ran')"


def test_a_hostile_folder_cannot_stand_in_for_the_engine(
    client: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "models").mkdir()
    for name in ("models/__init__.py", "json.py"):
        (tmp_path / name).write_text(HOSTILE)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    assert ask(client("sim:echo"), "safe").text == "safe"


PARENT = """
from models.cancel import CancelToken
from models.engine.client import EngineClient
from models.engine.messages import LoadSettings
engine = EngineClient("sim:echo", LoadSettings())
for _ in engine.load(CancelToken()):
    pass
print(engine.pid, flush=True)
input()
"""


@posix
def test_the_death_of_the_parent_ends_the_worker() -> None:
    parent = subprocess.Popen(
        [sys.executable, "-P", "-c", PARENT], stdout=subprocess.PIPE, stdin=subprocess.PIPE
    )
    with parent:
        assert parent.stdout is not None
        worker = psutil.Process(int(parent.stdout.readline()))
        parent.kill()
        gone, _ = psutil.wait_procs([worker], timeout=10)
    assert gone == [worker]


@posix
def test_two_who_wait_for_one_worker_tell_of_one_crash() -> None:
    states: list[str] = []
    engine = EngineClient("sim:slow", LoadSettings(), lambda state, _: states.append(state))
    result_of(engine.load(CancelToken()))
    engine.open_context("chat", 2048)
    works = [engine.generate(Generate("chat", chat("go")), CancelToken()) for _ in range(2)]
    next(works[0])
    with ThreadPoolExecutor() as waiting:
        ends = [waiting.submit(result_of, work) for work in works]
        while states.count("busy") < 2:
            os.sched_yield()
        os.kill(engine.pid or 0, signal.SIGKILL)
    engine.close()
    assert {type(end.exception()) for end in ends} == {EngineDied}
    assert states.count("crashed") == 1
