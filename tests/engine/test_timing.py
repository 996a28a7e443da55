"""One repetition of a benchmark in the worker: what is fed, how deep, and how it is stopped."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from models.cancel import CancelToken
from models.engine.client import EngineClient
from models.engine.load_of_others import LoadOfOthers
from models.engine.messages import Generate, LoadSettings, Part, Sampling, TimeTokens
from models.engine.random_tokens import drawn_tokens
from models.errors import Cancelled, UserError
from models.long_work import result_of
from tests.engine.tiny_kinds import llama
from tests.servers.mlx_model import needs_mlx, random_model


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EngineClient]:
    path = llama(tmp_path_factory.mktemp("tiny") / "tiny-F32.gguf")
    with closing(EngineClient(str(path), LoadSettings(n_batch=20))) as engine:
        result_of(engine.load(CancelToken()))
        engine.open_context("bench", 96)
        yield engine


@pytest.mark.model
@pytest.mark.parametrize("request_", [
    TimeTokens("bench", n_read=50),
    TimeTokens("bench", n_written=8),
    TimeTokens("bench", n_read=30, n_written=4, depth=40, threads=2),
    TimeTokens("bench", n_read=30, n_written=4, depth=40, threads=1, seed=3),
])  # fmt: skip
def test_tokens_take_time_at_any_depth(tiny: EngineClient, request_: TimeTokens) -> None:
    told = tiny.time_tokens(request_, CancelToken())
    assert 0 < told.seconds < 10
    assert told.others_cores is None or told.others_cores >= 0


@pytest.mark.model
def test_what_does_not_fit_is_refused(tiny: EngineClient) -> None:
    with pytest.raises(UserError, match="300 tokens are to be measured, and the context holds 256"):
        tiny.time_tokens(TimeTokens("bench", n_read=250, n_written=10, depth=40), CancelToken())


@pytest.mark.model
def test_a_stopped_repetition_tells_nothing_and_the_next_one_works(real: EngineClient) -> None:
    stopped = CancelToken()
    stopped.cancel()
    with pytest.raises(Cancelled):
        real.time_tokens(TimeTokens("chat", n_written=2000), stopped)
    assert real.time_tokens(TimeTokens("chat", n_written=2), CancelToken()).seconds > 0


@pytest.mark.model
def test_a_reply_after_a_benchmark_is_as_before_it(tiny: EngineClient) -> None:
    """What was timed is no part of what the model remembers."""
    ask = Generate("bench", (Part("The hare"),), Sampling(temperature=0), max_tokens=6)
    before = result_of(tiny.generate(ask, CancelToken())).text
    tiny.time_tokens(TimeTokens("bench", n_read=30, depth=20), CancelToken())
    assert result_of(tiny.generate(ask, CancelToken())).text == before


def test_equal_seeds_draw_equal_tokens_of_the_vocabulary() -> None:
    assert drawn_tokens(50, 99, 1) == drawn_tokens(50, 99, 1) != drawn_tokens(50, 99, 2)
    assert {*drawn_tokens(2000, 7, 1)} == set(range(7))


def test_another_process_that_works_is_seen() -> None:
    others = LoadOfOthers()
    spin = "import time\nend = time.process_time() + 0.5\nwhile time.process_time() < end: pass"
    subprocess.run([sys.executable, "-S", "-c", spin], check=True)
    assert (others.cores() or 0) > 0.2


def test_what_was_too_short_for_the_counters_of_the_system_tells_nothing_of_others() -> None:
    others, end = LoadOfOthers(), time.process_time() + 0.05
    while time.process_time() < end:
        pass
    assert others.cores() is None


@needs_mlx
def test_an_mlx_model_is_timed_as_well_and_chats_as_before(tmp_path: Path) -> None:
    folder = random_model(tmp_path / "mlx")
    with closing(EngineClient(str(folder), LoadSettings())) as engine:
        result_of(engine.load(CancelToken()))
        engine.open_context("bench", 160)
        ask = Generate("bench", (Part("The hare"),), Sampling(temperature=0), max_tokens=4)
        before = result_of(engine.generate(ask, CancelToken())).text
        request = TimeTokens("bench", n_read=70, n_written=3, depth=40)
        assert engine.time_tokens(request, CancelToken()).seconds > 0
        assert result_of(engine.generate(ask, CancelToken())).text == before
        with pytest.raises(UserError, match="the context holds 160"):
            engine.time_tokens(TimeTokens("bench", n_read=161), CancelToken())
