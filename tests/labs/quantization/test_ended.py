"""Comparisons that something else than a stop ends: what all have read is kept, and why is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from labs.quantization.block import WindowBlock
from labs.quantization.comparison import Compared, Comparison
from labs.quantization.document import document_of, record_of
from labs.quantization.kept_windows import KeptWindows
from labs.quantization.session import Wish, run
from labs.quantization.table import notes_of
from models.cancel import CancelToken
from models.engine.pool import Pool
from models.errors import EngineDied, UserError
from models.hardware.memory import MemoryFree
from models.long_work import result_of
from tests.labs.quantization.made import comparison, record
from tests.labs.quantization.test_apart import SCARCE
from tests.labs.quantization.test_session import PLENTY, files_of, wish

KILLED = "The engine was ended from outside"
pytestmark = pytest.mark.model


def ended(
    pool: Pool, wanted: Wish, memory: MemoryFree, at: Compared, do: Callable[[], None]
) -> Comparison:
    """What is returned where this befalls at a step."""
    work = run(wanted, pool, memory, CancelToken())
    while next(work) != at:
        pass
    do()
    return result_of(work)


def kill(pool: Pool, path: Path) -> Callable[[], None]:
    return lambda: psutil.Process(pool.worker_pids()[str(path)]).kill()


@pytest.mark.parametrize("dies", [0, 2])
def test_an_engine_that_dies_in_the_middle_leaves_what_all_have_read(
    family: Path, pool: Pool, dies: int
) -> None:
    files = files_of(family)
    label = files[dies].stem
    at = Compared(1, 3, label)
    made = ended(pool, wish(*files, speed=True), PLENTY, at, kill(pool, files[dies]))
    assert (made.is_partial, made.is_stopped, made.n_windows, made.n_asked) == (True, False, 1, 3)
    assert [row.measures and row.measures.n_windows for row in made.rows] == [None, 1, 1]
    assert made.ended_by.startswith(f"{label}: {KILLED}")
    assert notes_of(made)[0].startswith(f"Partial: ended after 1 of 3 windows. {label}: {KILLED}")
    assert not any(row.costs.write_speed for row in made.rows)
    assert "How fast each writes was not measured: the comparison ended before." in notes_of(made)
    assert all(made.told.piece(token) for token in made.told.windows[0].token_ids)


def test_an_engine_that_holds_base_and_cache_leaves_the_texts_of_the_tokens_too(
    family: Path, pool: Pool
) -> None:
    path = family / "tiny-F32.gguf"
    at = Compared(2, 3, "tiny-F32@f32/f32")
    made = ended(pool, wish(path, f"{path}@f32"), PLENTY, at, kill(pool, path))
    assert made.n_windows == 2 and made.told.pieces


def test_an_engine_that_dies_before_all_have_read_a_window_is_a_failure_with_its_name(
    family: Path, pool: Pool
) -> None:
    files = files_of(family)
    with pytest.raises(EngineDied, match=f"tiny-Q4_0: {KILLED}"):
        ended(pool, wish(*files), PLENTY, Compared(0, 3, "tiny-Q4_0"), kill(pool, files[2]))
    assert all(not status.holder for status in pool.status())


@pytest.mark.parametrize(
    ("dies", "labels", "n_windows", "left_out"),
    [
        (1, ["tiny-F32", "tiny-Q8_0"], 1, ("tiny-Q4_0",)),
        (2, ["tiny-F32", "tiny-Q8_0"], 3, ("tiny-Q4_0",)),
    ],
)
def test_of_models_read_apart_those_before_the_dead_one_stay(
    family: Path, pool: Pool, dies: int, labels: list[str], n_windows: int, left_out: tuple[str]
) -> None:
    files = files_of(family)
    at = Compared(1, 3, files[dies].stem)
    made = ended(pool, wish(*files), SCARCE, at, kill(pool, files[dies]))
    assert [row.costs.label for row in made.rows] == labels
    assert (made.n_windows, made.left_out) == (n_windows, left_out)
    assert made.is_partial == (n_windows < 3) and not made.is_stopped
    assert f"{files[dies].stem}: {KILLED}" in notes_of(made)[0]
    assert "Not read to the end: tiny-Q4_0." in notes_of(made)
    assert made.told.pieces


def test_a_model_that_fails_while_it_writes_takes_nothing_from_those_read_after_it(
    family: Path, pool: Pool
) -> None:
    files = files_of(family)
    at = Compared(3, 3, "")  # the first has read all, and is about to write
    made = ended(pool, wish(*files, speed=True), SCARCE, at, kill(pool, files[0]))
    assert [bool(row.costs.write_speed) for row in made.rows] == [False, True, True]
    assert made.speed_problem.startswith(f"tiny-F32: {KILLED}") and not made.ended_by
    assert [row.measures and row.measures.n_windows for row in made.rows] == [None, 3, 3]
    assert f"Speed is partial: {made.speed_problem}" in notes_of(made)


def test_a_file_that_goes_while_it_is_compared_takes_nothing_away(
    pool: Pool, family: Path, tmp_path: Path
) -> None:
    files = [tmp_path / path.name for path in files_of(family)]
    for path, source in zip(files, files_of(family), strict=True):
        path.write_bytes(source.read_bytes())

    def remove() -> None:
        for path in files:
            path.unlink()

    made = ended(pool, wish(*files), PLENTY, Compared(1, 3, "tiny-Q8_0"), remove)
    assert made.n_windows == 3 and made.rows[1].costs.mix.bits_per_weight > 8
    pool.unload_idle(0)
    for path, source in zip(files, files_of(family), strict=True):
        path.write_bytes(source.read_bytes())
    made = ended(pool, wish(*files), SCARCE, Compared(1, 3, "tiny-Q8_0"), files[2].unlink)
    assert [row.costs.label for row in made.rows] == ["tiny-F32", "tiny-Q8_0"]
    assert made.n_windows == 3 and "tiny-Q4_0" in made.ended_by


def test_what_ended_a_comparison_is_kept_with_it_and_older_ones_have_none() -> None:
    made = replace(record(), comparison=replace(comparison(), ended_by="hare-Q4_0: It fell."))
    document = document_of(made)
    assert record_of(document).comparison.ended_by == "hare-Q4_0: It fell."
    del document["ended_by"]
    assert record_of(document).comparison.ended_by == ""


def test_a_disk_that_fills_up_ends_it_in_a_sentence(small_disk, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    folder = small_disk("size=64k")
    with WindowBlock(31, 900, (tmp_path,)) as block, KeptWindows(1, 31, 900, folder) as kept:
        (folder / "other").write_bytes(b"x" * (64 << 10))
        with pytest.raises(UserError, match=r"cannot be kept in .*: No space left"):
            kept.keep(0, block)


def test_what_cannot_be_read_back_is_told_in_a_sentence(tmp_path: Path) -> None:
    with WindowBlock(3, 100, (tmp_path,)) as block, KeptWindows(2, 3, 100, tmp_path) as kept:
        kept.keep(0, block)
        with pytest.raises(UserError, match="cannot be read back"):
            kept.put(1, block)


def test_a_folder_that_is_not_there_is_told_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="cannot be kept in"):
        KeptWindows(1, 3, 100, tmp_path / "gone")
