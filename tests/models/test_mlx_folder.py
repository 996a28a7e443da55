"""What the library tells of an MLX folder without MLX: sizes, types, identity, problems."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from models.engine.messages import LoadSettings
from models.fit import cache_bytes
from models.library import mlx_folder
from models.library.entry import ModelEntry
from models.library.library import Library
from models.library.mlx_dimensions import read_dimensions
from models.library.type_mix import type_mix
from models.library.weights import weights_of
from models.long_work import result_of
from tests.servers.mlx_model import random_model, save_weights

LLAMA = {"num_hidden_layers": 4, "hidden_size": 64, "num_attention_heads": 4, "vocab_size": 9}


def listed(tmp_path: Path, model: Path, **options: Any) -> tuple[Library, ModelEntry]:
    library = Library(tmp_path / "index.db", **options)
    (entry,) = library.add(model)
    return library, entry


def quantized(folder: Path) -> Path:
    """8 × 64 weights of 4 bits in groups of 32, and as many of 8 bits in the one that says so."""
    random_model(folder)
    (folder / "model.safetensors").unlink()
    config = json.loads((folder / "config.json").read_text())
    own = {"bits": 8, "group_size": 32}
    config["quantization"] = {"bits": 4, "group_size": 32, "b": own}
    (folder / "config.json").write_text(json.dumps(config))
    scales = np.zeros((8, 2), np.float16)
    for number, (name, words) in enumerate((("a", 8), ("b", 16)), start=1):
        arrays = {f"{name}.weight": np.zeros((8, words), np.uint32), f"{name}.scales": scales,
                  f"{name}.biases": scales, f"{name}.norm": np.ones(3, np.float16)}  # fmt: skip
        save_weights(folder / f"model-{number:05d}-of-00002.safetensors", arrays)
    return folder


def test_a_folder_is_listed_with_its_sizes(tmp_path: Path) -> None:
    _, entry = listed(tmp_path, random_model(tmp_path / "tiny"))
    assert (entry.format, entry.quantization, entry.architecture) == ("mlx", "F32", "llama")
    assert entry.n_params == 102720 and entry.bits_per_weight == 32
    assert entry.has_chat_template and entry.n_ctx_train == 2048
    assert entry.files == (tmp_path / "tiny" / "model.safetensors",)


def test_packed_weights_are_counted_with_their_scales_and_own_bits(tmp_path: Path) -> None:
    _, entry = listed(tmp_path, quantized(tmp_path / "mix"))
    mix = type_mix(weights_of(entry))
    assert entry.quantization == "4-bit mix"
    assert {(s.type, s.n_weights, s.size_bytes) for s in mix.shares} == {
        ("4-bit g32", 512, 256 + 64), ("8-bit g32", 512, 512 + 64), ("F16", 6, 12)}  # fmt: skip
    assert entry.bits_per_weight == pytest.approx(8 * (256 + 512 + 128 + 12) / 1030)


def test_the_hash_of_a_folder_is_that_of_its_weight_files(tmp_path: Path) -> None:
    library, entry = listed(tmp_path, quantized(tmp_path / "mix"))
    assert library.known_sha256(entry) == ""
    value = result_of(library.sha256(entry))
    each = [hashlib.sha256(path.read_bytes()).hexdigest() for path in entry.files]
    assert value == hashlib.sha256("".join(f"{one}\n" for one in each).encode()).hexdigest()
    assert library.known_sha256(entry) == value
    before = library.fingerprint(entry)
    entry.files[1].write_bytes(entry.files[0].read_bytes())
    assert library.known_sha256(entry) == ""
    assert library.fingerprint(entry) != before


def test_the_whole_folder_goes_to_the_bin(tmp_path: Path) -> None:
    gone: list[Path] = []
    model = random_model(tmp_path / "tiny")
    library, entry = listed(tmp_path, model, trash=gone.append)
    library.move_to_bin(entry)
    assert gone == [model]


@pytest.mark.parametrize(
    ("config", "kv_heads", "windows"),
    [
        ({}, (4, 4, 4, 4), (0, 0, 0, 0)),
        ({"num_key_value_heads": 2, "sliding_window": 9}, (2, 2, 2, 2), (0, 0, 0, 0)),
        (
            {"sliding_window": 9, "layer_types": ["sliding_attention", "full_attention"] * 2},
            (4, 4, 4, 4),
            (9, 0, 9, 0),
        ),
        (
            {"model_type": "gemma3_text", "sliding_window": 9, "sliding_window_pattern": 2},
            (4, 4, 4, 4),
            (9, 0, 9, 0),
        ),
        ({"full_attention_interval": 4}, (0, 0, 0, 4), (0, 0, 0, 0)),
        ({"text_config": {"num_key_value_heads": 1}}, (1, 1, 1, 1), (0, 0, 0, 0)),
    ],
)
def test_the_forecast_knows_heads_and_windows(
    config: dict[str, Any], kv_heads: tuple[int, ...], windows: tuple[int, ...]
) -> None:
    sizes = read_dimensions({**LLAMA, **config})
    assert sizes is not None
    assert (sizes.kv_heads, sizes.windows, sizes.key_length) == (kv_heads, windows, 16)


@pytest.mark.parametrize(
    ("kind", "cached"), [("deepseek_v3", (1, 576, 0)), ("deepseek_v2", (16, 192, 128))]
)
def test_latent_attention_is_cached_as_one_vector_or_taken_apart(
    kind: str, cached: tuple[int, int, int]
) -> None:
    latent = {
        "model_type": kind, "num_hidden_layers": 2, "hidden_size": 2048, "num_attention_heads": 16,
        "kv_lora_rank": 512, "qk_rope_head_dim": 64, "qk_nope_head_dim": 128, "v_head_dim": 128,
    }  # fmt: skip
    sizes = read_dimensions(latent)
    assert sizes is not None
    assert (sizes.kv_heads[0], sizes.key_length, sizes.value_length) == cached


def test_the_cache_is_forecast_as_mlx_makes_it(tmp_path: Path) -> None:
    """Steps of 256 cells, for keys and values, in two layers of two heads of 16 values each."""
    _, entry = listed(tmp_path, random_model(tmp_path / "tiny"))
    assert entry.dimensions is not None
    assert cache_bytes(entry.dimensions, LoadSettings(), 300) == 512 * 2 * 2 * 2 * 16 * 2


@pytest.mark.parametrize("config", [{}, {"num_hidden_layers": "4"}, {"hidden_size": -1}])
def test_a_config_without_sizes_gives_a_rough_forecast(config: dict[str, Any]) -> None:
    assert read_dimensions(config) is None


def test_missing_parts_are_counted(tmp_path: Path) -> None:
    model = quantized(tmp_path / "mix")
    (model / "model-00002-of-00002.safetensors").unlink()
    _, entry = listed(tmp_path, model)
    assert not entry.can_run
    if mlx_folder.problem(random_model(tmp_path / "whole")) == "":  # where MLX is installed
        assert entry.problem.startswith("1 of 2 parts")


NAMED = [{"name": "tools", "template": "two"}, {"name": "default", "template": "one"}]


@pytest.mark.parametrize("settings", [{"chat_template": "one"}, {"chat_template": NAMED}])
def test_the_chat_template_is_found_where_it_may_stand(
    tmp_path: Path, settings: dict[str, Any]
) -> None:
    (tmp_path / "tokenizer_config.json").write_text(json.dumps(settings))
    assert mlx_folder.chat_template(tmp_path) == "one"
    (tmp_path / "chat_template.jinja").write_text("own file")
    assert mlx_folder.chat_template(tmp_path) == "own file"
