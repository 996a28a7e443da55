"""Which files are offered together, how long they will take, and what was found in a sentence."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from labs.quantization.estimate import Estimate, Weights, estimate
from labs.quantization.family import family_of
from labs.quantization.finding import finding_of
from labs.quantization.kept import KeptRow
from labs.quantization.pace import QUANTIZED_MLX, is_slow, slow_sentence
from models.engine.mlx_library import has_processor_only
from tests.engine.tiny_kinds import qwen2
from tests.labs.quantization.conftest import entry_of
from tests.labs.quantization.made import comparison, row


def test_files_of_one_model_are_offered_together(family: Path, tmp_path: Path) -> None:
    entries = [entry_of(family / f"tiny-{name}.gguf") for name in ("Q4_0", "F32", "Q8_0")]
    other = entry_of(qwen2(tmp_path / "other.gguf"))
    broken = replace(entries[2], id="x", problem="It is not complete.")
    found = family_of(entries[0], [*entries, other, broken])
    assert [member.entry.name for member in found] == ["tiny-Q4_0", "tiny-F32", "tiny-Q8_0"]
    assert [round(member.mix.bits_per_weight) for member in found[1:]] == [32, 9]


def test_the_time_is_told_by_what_was_measured_here() -> None:
    gguf, mlx = Weights("gguf", 10**8, 0), Weights(QUANTIZED_MLX, 10**8, 0, is_slow=True)
    kept = KeptRow(Path("a.json"), speeds=(("gguf", 10**8, 100.0), ("gguf", 10**8, 100.0)))
    slow = KeptRow(Path("b.json"), speeds=((QUANTIZED_MLX, 10**8, 0.5),))

    def took(*rows: KeptRow) -> Estimate | None:
        return estimate((gguf, mlx), 20, 512, rows, with_speed=False)

    assert took() is None and took(kept) is None  # a fast file tells nothing of a slow one
    half = took(slow)
    assert half and half.is_rough and half.seconds == pytest.approx(20 * 512 / 0.5, rel=0.1)
    assert took(kept, slow) == Estimate(20 * 512 / 100 + 20 * 512 / 0.5, is_rough=False)


def test_mlx_is_slow_where_it_unpacks_weights_on_the_processor() -> None:
    assert is_slow(QUANTIZED_MLX, gpu_layers=0)
    assert not is_slow("mlx", gpu_layers=0) and not is_slow("gguf", gpu_layers=0)
    assert is_slow(QUANTIZED_MLX, gpu_layers=-1) == has_processor_only()
    assert slow_sentence(["a-4bit"]).startswith("a-4bit has quantized weights")


def test_one_file_is_told_by_its_own_numbers() -> None:
    said = finding_of(comparison(row("hare-Q4_0", 4.5, 100.0, 0.2)))
    assert said.startswith("Q4_0 diverges from F16 by 0.2")
    assert said.endswith("It is 28 % of the size and writes 2.0 × as fast.")
    said = finding_of(comparison(row("hare-Q4_0", 4.5, 53.0, 0.2)))
    assert said.endswith("writes about as fast, within what single readings spread.")


def test_without_speeds_the_closest_and_the_farthest_are_told() -> None:
    made = comparison()
    rows = tuple(replace(r, costs=replace(r.costs, write_speed=None)) for r in made.rows)
    said = finding_of(replace(made, rows=rows))
    assert said.startswith("Q8_0 is closest to the base (0.0")
    assert ". Q4_0 is farthest from the base (0.2" in said


def test_of_several_the_closest_and_the_fastest_are_told() -> None:
    assert finding_of(comparison()).startswith("Q8_0 is closest to the base")
