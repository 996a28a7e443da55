"""Benchmarks of a real engine, briefly: what takes turns, what a stop keeps, what is refused."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Generator
from dataclasses import replace
from pathlib import Path

import pytest

from labs.benchmark.bench_seat import round_of
from labs.benchmark.session import EMPTY, NO_GPU, SIMULATED, Loading, Means, Step, run
from labs.benchmark.wish import Subject, Wish
from labs.benchmark.words import heading, notes
from models.cancel import CancelToken
from models.engine.messages import LoadSettings
from models.errors import Cancelled, UserError
from models.hardware.memory import MemoryFree
from models.library.library import Library
from tests.long_work import watch

SMALL = Wish((), n_read=40, n_written=6, repetitions=3)


@pytest.fixture
def other(tiny_file: Path, tmp_path: Path, library: Library) -> Subject:
    """Another file of the same model."""
    copied = Path(shutil.copy(tiny_file, tmp_path / "other-F32.gguf"))
    return Subject(library.refresh(library.add(copied)[0]), LoadSettings())


def simulated(library: Library) -> Subject:
    entry = library.resolve("sim:echo")
    return Subject(entry, library.load_settings(entry))


@pytest.mark.model
def test_reading_and_writing_take_turns_over_the_threads(tiny: Subject, means: Means) -> None:
    wish = replace(SMALL, subjects=(tiny,), threads=(1, 2), depth=20)
    events, (found,) = watch(run(wish, means, CancelToken()))
    named = [(test.name, test.threads, len(test.repetitions)) for test in found.tests]
    assert named == [("pp40 @ d20", 1, 3), ("pp40 @ d20", 2, 3),
                     ("tg6 @ d20", 1, 3), ("tg6 @ d20", 2, 3)]  # fmt: skip
    assert all(each.tokens_per_s > 0 for test in found.tests for each in test.repetitions)
    steps = [event for event in events if isinstance(event, Step)]
    assert [step.detail.split(": ")[1] for step in steps[:4]] == [
        "reading with 2 threads, warming up", "reading with 1 thread, warming up",
        "reading with 1 thread", "reading with 2 threads",
    ]  # fmt: skip
    assert not found.is_partial and found.telemetry is None
    assert steps[-1].done == steps[-1].total


@pytest.mark.model
def test_as_chatted_a_known_text_is_not_read_again(tiny: Subject, means: Means) -> None:
    wish = replace(SMALL, subjects=(tiny,), n_read=0, repetitions=2)
    _, (found,) = watch(run(wish, means, CancelToken()))
    assert found.chatted is not None, found.chatted_reason
    cold, warm = found.chatted.turns[:2]
    assert (cold.is_warm, cold.cached_tokens, warm.is_warm) == (False, 0, True)
    assert warm.cached_tokens > 1000  # this vocabulary has a token for each letter


@pytest.mark.model
def test_a_simulated_model_is_measured_as_chatted_only(library: Library, means: Means) -> None:
    _, (found,) = watch(run(replace(SMALL, subjects=(simulated(library),)), means, CancelToken()))
    assert found.tests == () and found.bare_reason == SIMULATED
    assert found.chatted and len(found.chatted.turns) == 6 and found.chatted.write_speed


def test_empty_replies_are_no_benchmark_and_said_beside_those_of_others(
    library: Library, means: Means
) -> None:
    entry = library.resolve("sim:empty")
    silent = Subject(entry, library.load_settings(entry))
    with pytest.raises(UserError, match="replies were empty"):
        watch(run(replace(SMALL, subjects=(silent,)), means, CancelToken()))
    wish = replace(SMALL, subjects=(silent, simulated(library)))
    _, (echo, empty) = watch(run(wish, means, CancelToken()))
    assert echo.model.name == "sim:echo" and not echo.is_partial and empty.problem == EMPTY


@pytest.mark.model
def test_a_stop_keeps_what_was_measured_and_says_so(tiny: Subject, means: Means) -> None:
    cancel = CancelToken()
    work = run(replace(SMALL, subjects=(tiny,), repetitions=5), means, cancel)
    found = _stopped_after(work, 3, cancel)
    assert found[0].is_partial and found[0].n_done == 2
    assert [test.name for test in found[0].tests] == ["pp40"]


def _stopped_after(work: Generator, n_steps: int, cancel: CancelToken):
    seen = 0
    while True:
        try:
            seen += isinstance(next(work), Step)
        except StopIteration as end:
            return end.value
        if seen > n_steps:
            cancel.cancel()


@pytest.mark.model
def test_a_stop_before_anything_was_measured_is_a_stop(tiny: Subject, means: Means) -> None:
    cancel = CancelToken()
    cancel.cancel()
    with pytest.raises(Cancelled):
        watch(run(replace(SMALL, subjects=(tiny,)), means, cancel))


@pytest.mark.model
def test_a_model_that_is_gone_is_told_and_the_others_are_measured(
    tiny: Subject, other: Subject, means: Means
) -> None:
    other.entry.path.unlink()
    wish = replace(SMALL, subjects=(other, tiny), chatted=False)
    events, (found, gone) = watch(run(wish, means, CancelToken()))
    assert not found.is_partial and not found.problem and found.n_done == 6
    assert gone.model.name == other.entry.name and gone.is_partial and not gone.has_readings
    assert "not there any more" in notes(gone)[0] and heading(gone).startswith("other-F32, ")
    steps = [event for event in events if isinstance(event, Step)]
    assert steps[-1].done == steps[-1].total - 1  # of those that can still be measured


@pytest.mark.model
def test_a_load_in_the_middle_does_not_move_what_is_done_of_the_whole(
    tiny: Subject, other: Subject, means: Means
) -> None:
    alone = replace(means, memory=MemoryFree(1, 1 << 40))  # no two fit: one after the other
    wish = replace(SMALL, subjects=(tiny, other), n_written=0, repetitions=1, chatted=False)
    events, _ = watch(run(wish, alone, CancelToken()))
    told = [(event.done, event.total) for event in events if hasattr(event, "total")]
    assert told == sorted(told) and {total for _, total in told} == {4}
    loads = [event for event in events if isinstance(event, Loading)]
    assert loads[-1].done == 2 and loads[-1].detail.startswith("other-F32: loading, ")


@pytest.mark.model
def test_a_process_that_ends_ends_its_own_model_alone(
    tiny: Subject, other: Subject, means: Means
) -> None:
    wish = replace(SMALL, subjects=(tiny, other), chatted=False)
    work, seen = run(wish, means, CancelToken()), 0
    while seen < 5:  # the warm-up and one reading of each are done
        seen += isinstance(next(work), Step)
    os.kill(means.pool.worker_pids()[other.entry.model], signal.SIGKILL)
    _, (whole, broken) = watch(work)
    assert whole.n_done == 6 and not whole.is_partial
    assert broken.n_done == 1 and broken.is_partial and broken.problem


@pytest.mark.model
def test_a_stop_names_the_models_that_had_no_turn(
    tiny: Subject, other: Subject, means: Means
) -> None:
    cancel = CancelToken()
    small = MemoryFree(1, 1 << 40)  # one after the other, then
    wish = replace(SMALL, subjects=(tiny, other), chatted=False)
    found = _stopped_after(run(wish, replace(means, memory=small), cancel), 8, cancel)
    assert [(each.n_done, each.is_partial) for each in found] == [(6, False), (0, True)]


@pytest.mark.model
def test_a_stop_between_two_questions_is_a_partial_chat(tiny: Subject, means: Means) -> None:
    cancel = CancelToken()
    wish = replace(SMALL, subjects=(tiny,), n_read=0, n_written=2, repetitions=2)
    (found,) = _stopped_after(run(wish, means, cancel), 4, cancel)
    assert found.n_done == 2 and found.chatted is not None and found.is_partial


@pytest.mark.model
def test_layers_cannot_be_moved_where_there_is_no_graphics_processor(
    tiny: Subject, means: Means
) -> None:
    with pytest.raises(UserError, match=NO_GPU):
        watch(run(replace(SMALL, subjects=(tiny,), gpu_layers=(0, -1)), means, CancelToken()))


def test_more_tokens_than_memory_holds_are_refused_before_a_load(
    tiny: Subject, means: Means
) -> None:
    small = replace(means, memory=MemoryFree(1 << 30, 1 << 30))
    wish = replace(SMALL, subjects=(tiny,), depth=1 << 20)
    with pytest.raises(UserError, match=r"1,048,616 tokens needs .* GB of memory") as refused:
        watch(run(wish, small, CancelToken()))
    assert "1.07 GB are free" in refused.value.hint and not means.pool.status()


@pytest.mark.parametrize(("change", "sentence"), [
    ({"n_read": 0, "n_written": 0}, "nothing to measure"),
    ({"n_read": -1}, "no number of tokens to read"),
    ({"repetitions": 0}, "0 repetitions"),
    ({"n_batch": -1}, "no number of tokens read at once"),
    ({"threads": (1, 4096)}, "so 4,096 cannot be measured"),
    ({"threads": (0,)}, "so 0 cannot be measured"),
    ({"threads": (1, 1)}, "can be measured once"),
    ({"gpu_layers": (-2,)}, "−2 is no number of GPU layers"),
    ({"gpu_layers": (1, 1)}, "GPU layers can be measured once"),
])  # fmt: skip
def test_what_cannot_be_measured_is_refused_before_a_load(
    tiny: Subject, means: Means, change: dict[str, object], sentence: str
) -> None:
    with pytest.raises(UserError, match=sentence):
        watch(run(replace(SMALL, subjects=(tiny,), **change), means, CancelToken()))
    assert means.pool.status() == ()


@pytest.mark.parametrize("change", [
    {"threads": (1,)}, {"gpu_layers": (0,)}, {"flash_attention": "on"}, {"depth": 5},
])  # fmt: skip
def test_a_model_without_weights_here_takes_no_settings(
    library: Library, means: Means, change: dict[str, object]
) -> None:
    wish = replace(SMALL, subjects=(simulated(library),), **change)
    with pytest.raises(UserError, match="as chatted only"):
        watch(run(wish, means, CancelToken()))


def test_who_goes_first_changes_every_round() -> None:
    assert [round_of("abc", n)[0] for n in range(4)] == ["a", "b", "c", "a"]
