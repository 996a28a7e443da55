"""Models that do not fit into memory together, read one after the other."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from labs.quantization import kept_windows
from labs.quantization.block import WindowBlock
from labs.quantization.comparison import Compared, Comparison
from labs.quantization.kept_windows import KeptWindows
from labs.quantization.session import Wish, run
from labs.quantization.table import ROUNDING_NATS, notes_of
from labs.quantization.texts import bundled_texts
from models.cancel import CancelToken
from models.engine.pool import Pool, Waiting
from models.errors import Cancelled, UserError
from models.hardware.memory import MemoryFree
from models.long_work import result_of
from tests.labs.quantization.test_session import PLENTY, files_of, wish

N_VOCAB = 273  # of the tiny model
SCARCE = MemoryFree(150 << 20, 1 << 40)  # for one tiny model at a time


@pytest.fixture
def block() -> WindowBlock:
    return WindowBlock(3, 1000)


def one_at_a_time(pool: Pool, wanted: Wish, stop_at: Compared | None = None) -> Comparison:
    cancel = CancelToken()
    work = run(wanted, pool, SCARCE, cancel)
    while True:
        try:
            if next(work) == stop_at:
                cancel.cancel()
        except StopIteration as end:
            made: Comparison = end.value
            return made


@pytest.mark.model
def test_one_after_the_other_finds_what_lock_step_finds(family: Path, pool: Pool) -> None:
    together = result_of(run(wish(*files_of(family)), pool, PLENTY, CancelToken()))
    pool.unload_idle(0)
    apart = one_at_a_time(pool, wish(*files_of(family), speed=True))
    assert together.kept_bytes == 0 and apart.kept_bytes == 3 * 31 * 2 * N_VOCAB
    for one, other in zip(together.rows[1:], apart.rows[1:], strict=True):
        assert other.measures.kld.value == pytest.approx(one.measures.kld.value, rel=0.01)
        assert other.measures.perplexity == one.measures.perplexity
        assert other.measures.same_top == one.measures.same_top
    assert all(row.costs.write_speed for row in apart.rows)
    assert any("did not fit into memory together" in note for note in notes_of(apart))
    assert not any(status.memory_bytes for status in pool.status())  # all have left


@pytest.mark.model
def test_only_one_model_is_loaded_at_a_time(family: Path, pool: Pool) -> None:
    most = 0
    for _ in run(wish(*files_of(family)), pool, SCARCE, CancelToken()):
        most = max(most, len(pool.worker_pids()))
    assert most == 1


@pytest.mark.model
def test_a_stop_keeps_the_models_that_have_read_everything(family: Path, pool: Pool) -> None:
    made = one_at_a_time(pool, wish(*files_of(family)), Compared(1, 3, "tiny-Q4_0"))
    assert [row.costs.label for row in made.rows] == ["tiny-F32", "tiny-Q8_0"]
    assert (made.n_windows, made.is_partial, made.is_stopped) == (3, False, True)
    assert "Not read to the end: tiny-Q4_0." in notes_of(made)


@pytest.mark.model
def test_a_stop_while_the_next_model_is_awaited_keeps_the_texts_of_the_tokens(
    family: Path, pool: Pool
) -> None:
    cancel, asked = CancelToken(), wish(*files_of(family))
    last = asked.variants[2]
    with result_of(pool.lease(last.entry.model, last.settings, exclusive=True)):
        work = run(asked, pool, SCARCE, cancel)
        with pytest.raises(StopIteration) as end:
            while True:
                if isinstance(next(work), Waiting):
                    cancel.cancel()
    made: Comparison = end.value.value
    assert made.left_out == ("tiny-Q4_0",) and made.told.pieces


@pytest.mark.model
def test_a_stop_while_the_base_reads_is_a_stop_and_leaves_nothing(
    family: Path, pool: Pool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with pytest.raises(Cancelled):
        one_at_a_time(pool, wish(*files_of(family)), Compared(1, 3, "tiny-F32"))
    assert list(tmp_path.iterdir()) == []


def test_what_is_read_back_is_rounded_and_adds_up_to_one(
    block: WindowBlock, tmp_path: Path
) -> None:
    logits = np.random.default_rng(3).normal(0, 4, (3, 1000)).astype(np.float32)
    logprobs = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
    with block as made, KeptWindows(2, 3, 1000, tmp_path) as kept:
        mapped = np.memmap(made.path, np.float32, "r+", shape=(3, 1000))
        mapped[:] = logprobs
        kept.keep(1, made)
        mapped[:] = 0
        kept.put(1, made)
        assert np.exp(mapped).sum(axis=1) == pytest.approx(1, abs=1e-5)
        assert np.abs(mapped - logprobs).max() < 0.02
        divergence = (np.exp(logprobs) * (logprobs - mapped)).sum(axis=1)
        assert np.abs(divergence).max() < 1e-6  # of the second order only
        assert kept.size_bytes == 2 * 3 * 1000 * 2
    assert list(tmp_path.iterdir()) == []


def test_rows_that_hold_no_number_stay_so(block: WindowBlock, tmp_path: Path) -> None:
    with block as made, KeptWindows(1, 3, 1000, tmp_path) as kept:
        mapped = np.memmap(made.path, np.float32, "r+", shape=(3, 1000))
        mapped[:] = np.log(0.001)
        mapped[1] = np.nan
        kept.keep(0, made)
        kept.put(0, made)
        assert np.isnan(mapped[1]).all() and np.isfinite(mapped[[0, 2]]).all()


def test_more_than_the_cap_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    rows = kept_windows.MOST_BYTES // 2 // 1000 + 1
    with pytest.raises(UserError, match="do not fit into memory together, and keeping"):
        KeptWindows(1, rows, 1000, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_process_has_left_goes_with_the_next_block(tmp_path: Path) -> None:
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    begins = ".assay-window-a"
    names = (f"{begins}.{dead.pid}.partial", f"{begins}.{os.getpid()}.partial", f"{begins}.partial")
    left, living, foreign = (tmp_path / name for name in names)
    for path in (left, living, foreign):
        path.touch()
    with WindowBlock(1, 8, (tmp_path,)):
        assert not left.exists() and living.exists() and foreign.exists()
    assert sorted(tmp_path.iterdir()) == sorted([living, foreign])


@pytest.mark.model
@pytest.mark.slow
def test_the_rounding_that_is_told_is_what_the_starter_shows(
    starter: Path, tmp_path: Path, pool: Pool
) -> None:
    copy = tmp_path / "copy-Q8_0.gguf"
    copy.symlink_to(starter)
    asked = wish(starter, copy)
    asked = Wish(asked.variants, bundled_texts(), 3, 256, with_speed=False)
    found = result_of(run(asked, pool, MemoryFree(500 << 20, 1 << 40), CancelToken()))
    assert found.kept_bytes == 3 * 127 * 2 * 49_152
    assert 0 < abs(found.rows[1].measures.kld.value) < 2 * ROUNDING_NATS
