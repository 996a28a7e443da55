"""Making quantizations: whole files only, real sizes told before, and refusals in sentences."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from models.cancel import CancelToken
from models.errors import Cancelled, EngineDied, UserError
from models.library.gguf_header import read_header
from models.library.library import Library
from models.library.type_mix import type_mix
from models.long_work import result_of
from models.quantize.native import failure_of
from models.quantize.plan import Plan, name_remark
from models.quantize.quantize import Made, Wish, plan_all, quantize
from tests.engine.tiny_kinds import llama

pytestmark = pytest.mark.model


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Rows of 64 and 96 weights, all F32."""
    return llama(tmp_path_factory.mktemp("tiny") / "tiny-F32.gguf")


def wish(source: Path, target: Path, quantization: str = "Q8_0", allow: bool = False) -> Wish:
    (entry,) = Library(source.parent / "index").add(source)
    return Wish(entry, target, quantization, allow)


def make(source: Path, target: Path, quantization: str = "Q8_0", allow: bool = False) -> Made:
    return result_of(quantize(wish(source, target, quantization, allow), CancelToken()))


def plan(source: Path, folder: Path, quantization: str) -> Plan:
    entry = wish(source, folder / "unused").entry
    (told,) = plan_all(entry, CancelToken(), [quantization])
    return told


@pytest.mark.parametrize("quantization", ["F16", "Q8_0", "Q4_0", "Q5_K_M"])
def test_a_file_becomes_what_was_told_before(tiny: Path, tmp_path: Path, quantization: str) -> None:
    told = plan(tiny, tmp_path, quantization)
    made = make(tiny, tmp_path / "made.gguf", quantization)
    assert type_mix(read_header(made.path).tensors) == told.mix == made.plan.mix
    assert made.size_bytes == made.path.stat().st_size == pytest.approx(told.size_bytes, abs=1024)
    assert [name for name in os.listdir(tmp_path) if "partial" in name] == []


def test_progress_counts_every_tensor(tiny: Path, tmp_path: Path) -> None:
    steps = list(quantize(wish(tiny, tmp_path / "made.gguf"), CancelToken()))
    n_tensors = len(read_header(tiny).tensors)
    assert [(step.done, step.total) for step in steps] == [
        (n, n_tensors) for n in range(1, n_tensors + 1)
    ]


def test_a_type_whose_blocks_do_not_fit_is_named_so(tiny: Path, tmp_path: Path) -> None:
    told = plan(tiny, tmp_path, "Q4_K_M")
    assert told.substituted > 0.9 and told.is_substituted
    assert "Q4_K_M in name only" in told.remark
    assert "Q4_K" not in {share.type for share in told.mix.shares}


def test_a_finished_file_in_name_only_is_found_as_well(tiny: Path, tmp_path: Path) -> None:
    bad, good = (
        [read_header(make(tiny, tmp_path / f"{name}.gguf", name).path)]
        for name in ("Q4_K_M", "Q8_0")
    )
    assert name_remark("Q4_K_M", bad).startswith("Q4_K_M in name only: 100 %")
    assert name_remark("as its header says", bad) == name_remark("Q4_K_M", bad)
    assert name_remark("Q8_0", good) == name_remark("", good) == ""


def test_a_type_that_fits_has_no_remark(tiny: Path, tmp_path: Path) -> None:
    told = plan(tiny, tmp_path, "Q8_0")
    assert (told.substituted, told.is_substituted, told.remark) == (0, False, "")


def test_a_type_that_no_weight_gets_is_one_in_name_only(tiny: Path, tmp_path: Path) -> None:
    told = plan(tiny, tmp_path, "MXFP4")
    assert told.substituted == 0 and told.is_substituted
    assert told.remark == "MXFP4 in name only: no weight gets that type."


def test_a_quantized_source_needs_to_be_asked_for(tiny: Path, tmp_path: Path) -> None:
    first = make(tiny, tmp_path / "first.gguf", "Q8_0").path
    with pytest.raises(UserError, match=r"quantized already \(Q8_0\).*stays lost"):
        make(first, tmp_path / "second.gguf", "Q4_0")
    again = make(first, tmp_path / "second.gguf", "Q4_0", allow=True)
    assert again.was_lossy and again.path.is_file()


@pytest.mark.parametrize(
    ("target", "quantization", "words"),
    [
        ("made.gguf", "Q9_9", "not a type"),
        ("tiny.gguf", "Q8_0", "its own target"),
        ("there.gguf", "Q8_0", "exists already"),
        ("none/made.gguf", "Q8_0", "no folder"),
        (".", "Q8_0", "is a folder"),
        (f"{'x' * 240}.gguf", "Q8_0", "name too long"),
        ("there.gguf/made.gguf", "Q8_0", "Not a directory"),
    ],
)
def test_what_cannot_be_done_is_refused_early(
    tiny: Path, tmp_path: Path, target: str, quantization: str, words: str
) -> None:
    source = tmp_path / "tiny.gguf"
    source.write_bytes(tiny.read_bytes())
    (tmp_path / "there.gguf").touch()
    with pytest.raises(UserError, match=words):
        result_of(quantize(wish(source, tmp_path / target, quantization), CancelToken()))
    assert source.read_bytes() == tiny.read_bytes()


def test_a_disk_without_room_is_refused_with_the_numbers(
    tiny: Path, small_disk: Callable[[str], Path], tmp_path: Path
) -> None:
    (entry,) = Library(tmp_path / "index").add(tiny)
    target = small_disk("size=64k") / "made.gguf"
    with pytest.raises(UserError, match="kB are free in"):
        result_of(quantize(Wish(entry, target, "Q8_0"), CancelToken()))


def test_a_disk_that_filled_up_meanwhile_is_said(
    small_disk: Callable[[str], Path], tmp_path: Path
) -> None:
    source, problem = tmp_path / "tiny.gguf", "basic_ios::clear: iostream error"
    full = failure_of(source, small_disk("size=64k") / ".made.gguf.1.partial", problem)
    assert "The disk is full" in str(full)
    assert "iostream" in str(failure_of(source, tmp_path / ".made.gguf.1.partial", problem))


def test_a_stop_leaves_nothing_behind(tiny: Path, tmp_path: Path) -> None:
    cancel = CancelToken()
    work = quantize(wish(tiny, tmp_path / "made.gguf"), cancel)
    next(work)
    cancel.cancel()
    with pytest.raises(Cancelled):
        result_of(work)
    assert [name for name in os.listdir(tmp_path) if "made" in name] == []


def test_a_work_that_is_dropped_leaves_nothing_behind(tiny: Path, tmp_path: Path) -> None:
    work = quantize(wish(tiny, tmp_path / "made.gguf"), CancelToken())
    next(work)
    work.close()
    assert [name for name in os.listdir(tmp_path) if "made" in name] == []


def test_a_kind_that_the_engine_does_not_know_is_a_sentence(tiny: Path, tmp_path: Path) -> None:
    source = tmp_path / "tiny.gguf"
    source.write_bytes(tiny.read_bytes().replace(b"llama", b"lxama"))
    with pytest.raises(UserError, match="lxama"):
        make(source, tmp_path / "made.gguf")
    assert not (tmp_path / "made.gguf").exists()


def test_a_file_that_was_cut_is_refused(tiny: Path, tmp_path: Path) -> None:
    source = tmp_path / "tiny.gguf"
    source.write_bytes(tiny.read_bytes()[:-1000])
    with pytest.raises(UserError):
        make(source, tmp_path / "made.gguf")
    assert not (tmp_path / "made.gguf").exists()


@pytest.mark.slow
def test_a_process_that_is_killed_leaves_nothing_behind(starter: Path, tmp_path: Path) -> None:
    (entry,) = Library(tmp_path / "index").add(starter)
    work = quantize(Wish(entry, tmp_path / "made.gguf", "Q4_K_M", True), CancelToken())
    next(work)
    children = psutil.Process().children()
    (child,) = (c for c in children if "models.quantize.child" in c.cmdline())
    child.kill()
    with pytest.raises(EngineDied):
        result_of(work)
    assert [name for name in os.listdir(tmp_path) if "made" in name] == []
