"""The fit forecast against hand-computed figures and llama.cpp's own."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from models.engine.messages import LoadSettings
from models.fit import cache_bytes, compute_bytes, fit_together, forecast
from models.hardware.memory import DeviceMemory, MemoryFree
from models.library.dimensions import Dimensions, read_dimensions
from models.library.entry import ModelEntry
from models.library.gguf_header import read_header

MIB, GIB = 1 << 20, 1 << 30


def metadata(architecture: str, **values: object) -> dict[str, object]:
    return {
        "general.architecture": architecture,
        **{f"{architecture}.{key.replace('__', '.')}": value for key, value in values.items()},
    }


def sizes(architecture: str, **values: object) -> Dimensions:
    found = read_dimensions(metadata(architecture, **values))
    assert found is not None
    return found


LLAMA_3_8B = sizes(
    "llama",
    block_count=32,
    embedding_length=4096,
    feed_forward_length=14336,
    context_length=8192,
    vocab_size=128256,
    attention__head_count=32,
    attention__head_count_kv=8,
)
GEMMA_3 = sizes(
    "gemma3",
    block_count=18,
    embedding_length=640,
    attention__head_count=4,
    attention__head_count_kv=1,
    attention__key_length=256,
    attention__value_length=256,
    attention__sliding_window=512,
)

QWEN_3_NEXT = sizes(
    "qwen3next",
    block_count=48,
    embedding_length=2048,
    attention__head_count=16,
    attention__head_count_kv=2,
    attention__key_length=256,
    attention__value_length=256,
    full_attention_interval=4,
    ssm__inner_size=4096,
    ssm__state_size=128,
    ssm__conv_kernel=4,
    ssm__group_count=16,
)


def entry(size_bytes: int, dimensions: Dimensions | None = LLAMA_3_8B) -> ModelEntry:
    return ModelEntry("x", "x", Path("x"), "gguf", size_bytes, "Jan", dimensions=dimensions)


@pytest.mark.parametrize(
    ("cache_type", "bytes_a_token"), [("f16", 128 * 1024), ("q8_0", 68 * 1024), ("q4_0", 36 * 1024)]
)
def test_llama_3_8b_takes_128_kib_a_token_in_f16(cache_type: str, bytes_a_token: int) -> None:
    settings = LoadSettings(type_k=cache_type, type_v=cache_type)  # type: ignore[arg-type]
    assert cache_bytes(LLAMA_3_8B, settings, 8192) == 8192 * bytes_a_token


@pytest.mark.parametrize(("n_ctx", "cache_mib"), [(4096, 12 + 15), (16384, 48 + 15)])
def test_layers_with_a_window_keep_only_window_and_batch(n_ctx: int, cache_mib: int) -> None:
    """llama.cpp's own figures for Gemma 3 270M: every sixth layer of 18 sees all."""
    assert cache_bytes(GEMMA_3, LoadSettings(), n_ctx) == cache_mib * MIB


def test_layers_without_attention_keep_no_cache_but_a_state() -> None:
    assert cache_bytes(QWEN_3_NEXT, LoadSettings(), 4096) == 12 * 4096 * 2 * 2 * 256 * 2
    assert QWEN_3_NEXT.state_bytes == 36 * (3 * (4096 + 2 * 16 * 128) + 4096 * 128) * 4


def test_a_latent_attention_cache_holds_one_vector_a_token() -> None:
    """As DeepSeek V3's header has it: 512 values and 64 turned ones, which 128 heads share."""
    deepseek = sizes(
        "deepseek2",
        block_count=61,
        embedding_length=7168,
        attention__head_count=128,
        attention__head_count_kv=1,
        attention__key_length=576,
        attention__value_length=512,
        attention__key_length_mla=192,
        attention__value_length_mla=128,
    )
    assert cache_bytes(deepseek, LoadSettings(), 1024) == 1024 * 61 * 576 * 2


def test_heads_may_differ_from_layer_to_layer() -> None:
    mixed = sizes(
        "openelm",
        block_count=3,
        embedding_length=64,
        attention__head_count=(4, 4, 8),
        attention__head_count_kv=(1, 0, 2),
        attention__key_length=16,
        attention__value_length=16,
    )
    assert cache_bytes(mixed, LoadSettings(), 256) == 256 * 3 * 32 * 2


@pytest.mark.model
@pytest.mark.parametrize(
    ("n_ctx", "flash", "cache_mib", "compute_mib"),
    [(2048, "off", 45.0, 99.38), (8192, "off", 180.0, 166.38), (8192, "on", 180.0, 98.25)],
)
def test_the_starter_needs_what_llama_cpp_reports(
    starter: Path, n_ctx: int, flash: str, cache_mib: float, compute_mib: float
) -> None:
    dimensions = read_header(starter).dimensions
    assert dimensions is not None
    settings = LoadSettings(flash_attention=flash)  # type: ignore[arg-type]
    assert cache_bytes(dimensions, settings, n_ctx) == cache_mib * MIB
    assert compute_bytes(dimensions, settings, n_ctx) == pytest.approx(compute_mib * MIB, rel=0.02)


@pytest.mark.parametrize(
    ("free_gib", "total_gib", "verdict"),
    [(16, 32, "fits"), (4, 16, "slow"), (4, 5, "slow"), (1, 4, "wont_fit")],
)
def test_the_verdict_follows_free_and_installed_memory(
    free_gib: int, total_gib: int, verdict: str
) -> None:
    memory = MemoryFree(free_gib * GIB, total_gib * GIB)
    assert forecast(entry(5 * GIB), LoadSettings(), memory).verdict == verdict


@pytest.mark.parametrize(
    ("device_gib", "gpu_layers", "verdict"),
    [(8, -1, "fits"), (4, -1, "slow"), (4, 10, "slow"), (4, 0, "fits")],
)
def test_a_graphics_device_is_held_against_its_own_memory(
    device_gib: int, gpu_layers: int, verdict: str
) -> None:
    device = DeviceMemory("GPU", device_gib * GIB, device_gib * GIB)
    memory = MemoryFree(16 * GIB, 32 * GIB, (device,))
    settings = LoadSettings(gpu_layers=gpu_layers)
    assert forecast(entry(5 * GIB), settings, memory).verdict == verdict


@pytest.mark.parametrize(
    ("n_models", "device_gib", "fits"),
    [(0, 0, True), (2, 0, True), (3, 0, False), (1, 8, True), (2, 8, False), (2, 20, True)],
)
def test_models_that_fit_alone_may_not_fit_together(
    n_models: int, device_gib: int, fits: bool
) -> None:
    devices = (DeviceMemory("GPU", device_gib * GIB, device_gib * GIB),) if device_gib else ()
    memory = MemoryFree(16 * GIB, 32 * GIB, devices)
    assert fit_together([(entry(5 * GIB), LoadSettings())] * n_models, memory) == fits


def test_the_sum_is_shown_and_moves_with_the_context() -> None:
    memory = MemoryFree(16 * GIB, 32 * GIB)
    small = forecast(entry(5 * GIB), LoadSettings(n_ctx=2048), memory)
    large = forecast(entry(5 * GIB), LoadSettings(n_ctx=8192), memory)
    assert [s.name for s in small.summands] == [
        "Weights", "Attention cache", "Working memory", "Engine",
    ]  # fmt: skip
    assert large.total_bytes - small.total_bytes == 6144 * 128 * 1024


def test_two_contexts_take_two_caches() -> None:
    memory = MemoryFree(16 * GIB, 32 * GIB)
    one, two = (forecast(entry(GIB), LoadSettings(), memory, n) for n in (1, 2))
    assert two.summands[1].size_bytes == 2 * one.summands[1].size_bytes


def test_a_context_of_zero_means_4096_or_the_trained_length() -> None:
    memory = MemoryFree(16 * GIB, 32 * GIB)
    assert forecast(entry(GIB), LoadSettings(), memory).n_ctx == 4096
    short = replace(LLAMA_3_8B, n_ctx_train=2048)
    assert forecast(entry(GIB, short), LoadSettings(), memory).n_ctx == 2048


def test_without_sizes_the_forecast_says_that_it_is_rough() -> None:
    rough = forecast(entry(GIB, None), LoadSettings(), MemoryFree(16 * GIB, 32 * GIB))
    assert rough.is_rough
    assert rough.verdict == "fits"


@pytest.mark.parametrize(
    "broken",
    [
        {},
        metadata("llama"),
        metadata("llama", block_count=1 << 31, embedding_length=4),
        metadata("llama", block_count=True, embedding_length="wide"),
    ],
)
def test_a_header_without_sensible_sizes_gives_none(broken: dict[str, object]) -> None:
    assert read_dimensions(broken) is None
