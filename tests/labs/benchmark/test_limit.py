"""The speed that memory allows, against published figures and sums worked out by hand."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import prod
from pathlib import Path

import numpy as np
import pytest
from gguf import GGUFWriter

from labs.benchmark.capacity import estimates, free_words, nominal_bits, rule_bytes
from labs.benchmark.limit import limit_of, sentences
from labs.benchmark.memory_speeds import (
    OWN_FILE,
    device_speeds,
    keep_bandwidth,
    kept_bandwidth,
    speed_of,
)
from labs.benchmark.traffic import Traffic, traffic, traffic_of
from models.engine.messages import LoadSettings
from models.engine.phases import TracedRequest
from models.errors import UserError
from models.hardware.bandwidth import Bandwidth, ThreadReading
from models.hardware.memory import MemoryFree
from models.library.dimensions import Dimensions
from models.library.entry import ModelEntry
from models.library.library import Library
from tests.labs.benchmark.conftest import benchmark_of, timed

GB = 10**9
BITS = {"F16": 16.0, "Q8_0": 8.5, "Q4_0": 4.5}
LLAMA_3_8B = Dimensions(32, 4096, 14336, 128256, 32, (8,) * 32, (0,) * 32, 128, 128, 8192)


@dataclass(frozen=True)
class Named:
    """A tensor as a file's table has it."""

    name: str
    shape: tuple[int, ...]
    bits: float
    type: str = ""

    @property
    def n_weights(self) -> int:
        return prod(self.shape)

    @property
    def size_bytes(self) -> int:
        return round(self.n_weights * self.bits / 8)


def llama_2_7b(bits: float) -> list[Named]:
    """The tensors of Llama 2 7B: 6.738 billion weights, the output apart from the embeddings."""
    table = [Named("token_embd.weight", (4096, 32000), bits),
             Named("output.weight", (4096, 32000), bits)]  # fmt: skip
    for n in range(32):
        table += [Named(f"blk.{n}.attn_{x}.weight", (4096, 4096), bits) for x in "qkvo"]
        table += [Named(f"blk.{n}.ffn_{x}.weight", (4096, 11008), bits)
                  for x in ("gate", "up", "down")]  # fmt: skip
    return table


def of_llama_2(kind: str) -> Traffic:
    return traffic(kind, llama_2_7b(BITS[kind]), None, None, LoadSettings(), kind)


@pytest.mark.parametrize(("kind", "published", "measured", "share"), [
    ("F16", 14.8, 12.75, 0.86), ("Q8_0", 27.9, 21.95, 0.79), ("Q4_0", 52.3, 35.5, 0.68),
])  # fmt: skip
def test_the_published_limits_of_llama_2_on_an_m1_pro(
    kind: str, published: float, measured: float, share: float
) -> None:
    """discussion 4167 of llama.cpp, 200 GB/s, which counts the whole file. A token reads one row
    of the embeddings, so the true limit is 2 % higher."""
    found = of_llama_2(kind)
    whole = 200 * GB / (found.read_bytes + found.rows_bytes)
    assert whole == pytest.approx(published, rel=0.02)
    assert measured / whole == pytest.approx(share, abs=0.015)
    assert found.limit(200 * GB, 0) == pytest.approx(whole * 1.0198, rel=0.001)


@pytest.mark.parametrize(("bytes_read", "gb_per_s", "limit"), [
    (42.5, 400, 9.4), (75, 819, 10.9), (75, 1092, 14.6),
])  # fmt: skip
def test_speeds_that_were_promised_and_cannot_be(bytes_read, gb_per_s, limit) -> None:
    """D9: 15 tokens a second of 70B Q4_K_M on an M3 Max, 25 of 70B Q8 on an Ultra."""
    found = Traffic("70B", round(bytes_read * GB)).limit(gb_per_s * GB, 0)
    assert found == pytest.approx(limit, abs=0.05)


def test_the_past_of_llama_3_takes_128_kib_a_token() -> None:
    found = traffic("8B", [], None, LLAMA_3_8B, LoadSettings())
    assert found.past_bytes(1) == 128 * 1024
    assert found.past_bytes(131072) == 17_179_869_184  # 17.2 GB, not the 67 of H31
    small = traffic("8B", [], None, LLAMA_3_8B, LoadSettings(type_k="q8_0", type_v="q8_0"))
    assert small.past_bytes(1024) == 32 * 8 * 2 * 128 * 34 // 32 * 1024


def test_a_window_is_read_and_no_more() -> None:
    sizes = replace(LLAMA_3_8B, windows=(1024, 0) * 16)
    found = traffic("windows", [], None, sizes, LoadSettings())
    assert found.past_bytes(512) == 512 * 128 * 1024
    assert found.past_bytes(8192) == (16 * 1024 + 16 * 8192) * 8 * 256 * 2


def test_embeddings_that_are_the_output_too_are_read() -> None:
    tied = [each for each in llama_2_7b(16) if each.name != "output.weight"]
    found = traffic("tied", tied, None, None, LoadSettings())
    assert (found.rows_bytes, found.read_bytes) == (0, sum(each.size_bytes for each in tied))


def test_of_experts_only_the_asked_ones_are_read_and_shared_ones_always() -> None:
    table = [Named("output.weight", (64, 100), 16), Named("token_embd.weight", (64, 100), 16),
             Named("blk.0.ffn_up_exps.weight", (64, 32, 8), 16),
             Named("blk.0.ffn_up_shexp.weight", (64, 32), 16)]  # fmt: skip
    found = traffic("moe", table, (2, 8), None, LoadSettings())
    assert found.read_bytes == 12800 + 32768 * 2 // 8 + 4096
    assert (found.resting_bytes, found.rows_bytes) == (32768 * 6 // 8, 12800)


def test_experts_are_read_from_a_real_file(tmp_path: Path) -> None:
    writer = GGUFWriter(tmp_path / "moe.gguf", "qwen3moe")
    writer.add_block_count(1)
    writer.add_expert_count(8)
    writer.add_expert_used_count(2)
    writer.add_tensor("token_embd.weight", np.zeros((100, 64), np.float16))
    writer.add_tensor("blk.0.ffn_up_exps.weight", np.zeros((8, 32, 64), np.float16))
    for step in (writer.write_header_to_file, writer.write_kv_data_to_file,
                 writer.write_tensors_to_file, writer.close):  # fmt: skip
        step()
    (entry,) = Library(tmp_path / "index").add(tmp_path / "moe.gguf")
    found = traffic_of(entry, LoadSettings())
    assert found.experts == (2, 8) and found.read_bytes == 12800 + 32768 // 4


@pytest.mark.model
def test_the_starter_reads_all_of_its_file_for_a_token(starter: Path, tmp_path: Path) -> None:
    """Its output is its table of embeddings; what is left are header and padding."""
    library = Library(tmp_path / "index")
    entry = library.refresh(library.add(starter)[0])
    found = traffic_of(entry, LoadSettings())
    assert 0.97 < found.read_bytes / entry.size_bytes < 1 and found.rows_bytes == 0
    assert found.past_bytes(1) == 23_040


# ---- what was measured beside it ----


def reply(depth: int, speed: float, model: str = "/tiny.gguf") -> TracedRequest:
    return TracedRequest(
        1, model, "chat", "reply", 0.0, 9.0, outcome="done", reply_tokens=101,
        prompt_tokens=depth - 50, n_answers=1, generation_s=100 / speed,
    )  # fmt: skip


def test_dots_of_benchmarks_and_of_replies_stand_at_their_depth() -> None:
    made = benchmark_of(timed("write", (50, 60, 70)), timed("write", (80, 80), threads=2),
                        timed("write", (40, 40), depth=4096), written=(30, 32))  # fmt: skip
    replies = [reply(300, 20), reply(320, 22), reply(2000, 15), reply(300, 99, "/other.gguf")]
    found = limit_of(Traffic("tiny", GB), 100 * GB, 8192, [made], replies, "/tiny.gguf")
    told = sorted((dot.depth, dot.speed.median, dot.speed.n, dot.source) for dot in found.dots)
    assert told == [(64, 80, 2, "benchmark"), (310, 21, 2, "chat"), (500, 31, 2, "chat"),
                    (2000, 15, 1, "chat"), (4160, 40, 2, "benchmark")]  # fmt: skip
    assert found.best is not None and found.best.share == pytest.approx(0.8)
    assert found.line[0] == (0, 100) and found.line[-1][0] == 8192


@pytest.mark.parametrize(
    ("path", "known", "fingerprint", "counts"),
    [
        ("/moved.gguf", "abc", "abc", True),  # the same weights under another name
        ("/tiny.gguf", "abc", "xyz", False),  # other weights under the same one
        ("/tiny.gguf", "", "xyz", True),
        ("/moved.gguf", "abc", "", False),
    ],
)
def test_a_benchmark_belongs_to_its_weights_and_to_a_path_only_where_they_are_not_known(
    path: str, known: str, fingerprint: str, counts: bool
) -> None:
    made = benchmark_of(timed("write", (50, 60)))
    made = replace(made, model=replace(made.model, path=path, fingerprint=known))
    found = limit_of(
        Traffic("tiny", GB), GB, 512, [made], (), "/tiny.gguf", fingerprint=fingerprint
    )
    assert bool(found.dots) is counts


def limits(*speeds: tuple[str, int, float]):
    return [
        limit_of(Traffic(name, size), 100 * GB, 4096, [], [reply(500, speed)], "/tiny.gguf")
        for name, size, speed in speeds
    ]


@pytest.mark.parametrize(("speeds", "sentence"), [
    ([("F16", 10 * GB, 9)], "90 % of what memory allows: memory is what holds it up"),
    ([("F16", 10 * GB, 6)], "mostly memory"),
    ([("F16", 10 * GB, 2)], "memory is not what holds it up"),
    ([("F16", 10 * GB, 12)], "More than the limit cannot be"),
    ([("F16", 10 * GB, 9), ("Q4", 5 * GB, 17)], "2.0 times fewer bytes a token than F16"),
    ([("F16", 10 * GB, 9), ("Q4", 5 * GB, 17)], "as fewer bytes promise"),
    ([("F16", 10 * GB, 9), ("Q4", 4 * GB, 13)], "unpacking them costs a part of it"),
    ([("Q2", 3 * GB, 8.0), ("IQ1", 2 * GB, 7.0)], "lost in unpacking its weights"),
])  # fmt: skip
def test_why_a_smaller_file_is_faster_or_not_stands_in_words(speeds, sentence: str) -> None:
    assert sentence in " ".join(sentences(limits(*speeds), is_measured=True))


def test_a_share_of_the_limit_has_the_spread_of_the_memory_speed() -> None:
    """90 % of 100 GB/s are 100 % of 90 and 75 % of 120."""
    told = sentences(limits(("F16", 10 * GB, 9)), is_measured=True, shares=(100 / 120, 100 / 90))
    assert "9.00 tokens a second (one reading) after 500 tokens, 90 % (75 to 100 %) of" in told[0]
    assert told[1].startswith("In brackets")


def test_without_a_dot_it_says_what_is_missing() -> None:
    nothing = limit_of(Traffic("tiny", GB), 100 * GB, 4096)
    assert "Nothing has been measured of tiny yet" in sentences([nothing], is_measured=True)[0]
    assert "is not this machine's own" in sentences([nothing], is_measured=False)[-1]


# ---- will it fit ----


def entry_8b() -> ModelEntry:
    return ModelEntry("8b", "Llama 3 8B", Path("/8b.gguf"), "gguf", 4_912_000_000, "", "Q4_K_M",
                      n_params=8_030_000_000, n_ctx_train=8192, dimensions=LLAMA_3_8B)  # fmt: skip


def test_the_rule_of_thumb_beside_the_exact_sum() -> None:
    """As the lab sheet says: 4.82 GB by the rule, less than the weights alone."""
    found = estimates(
        entry_8b(), LoadSettings(), of_llama_2("Q4_0"), MemoryFree(64 * GB, 64 * GB), 100 * GB,
        lambda settings: {0: 5, 8192: 6}.get(settings.n_ctx, 0) * GB or None,
    )  # fmt: skip
    assert [each.n_ctx for each in found] == [2048, 4096, 8192, 32768]
    assert {each.rule_bytes for each in found} == {round(8.03e9 * 0.5 * 1.2)}
    cache = {s.name: s.size_bytes for s in found[2].forecast.summands}["Attention cache"]
    assert cache == 1 << 30
    forecast = found[2].forecast.total_bytes
    assert free_words(found) == "Free now: 64.0 GB of memory."
    assert found[2].difference == pytest.approx(6 * GB / forecast - 1)  # as under Loads
    assert found[1].measured_bytes == 5 * GB  # as it is loaded
    assert found[0].difference is None and found[3].beyond_trained and found[0].verdict == "Fits"


@pytest.mark.parametrize(("name", "bits"), [
    ("Q4_K_M", 4), ("BF16", 16), ("F32", 32), ("IQ2_XXS", 2), ("MXFP4", 4), ("4-bit g64", 4),
    ("", 0), ("mostly", 0),
])  # fmt: skip
def test_the_rule_takes_the_bits_of_the_name(name: str, bits: int) -> None:
    assert nominal_bits(name) == bits


def test_a_file_that_names_no_bits_is_ruled_by_its_own() -> None:
    entry = replace(entry_8b(), quantization="", bits_per_weight=8.5)
    assert rule_bytes(entry) == round(8.03e9 * 1.2)
    assert rule_bytes(replace(entry, n_params=0)) is None


# ---- how fast memory is ----


@pytest.mark.parametrize(("device", "gb_per_s"), [
    ("NVIDIA GeForce RTX 4090", 1008), ("NVIDIA GeForce RTX 4090 Laptop GPU", None),
    ("Apple M1", 68), ("Apple M1 Pro", 200), ("NVIDIA L40S", 864), ("NVIDIA L4", 300),
    ("AMD EPYC", None),
])  # fmt: skip
def test_the_makers_figure_of_a_device(device: str, gb_per_s: int | None) -> None:
    found = speed_of(device, device_speeds())
    assert (found and found.bytes_per_s / GB) == gb_per_s


def test_a_table_of_ones_own_comes_first_and_a_faulty_one_is_named(tmp_path: Path) -> None:
    own = tmp_path / OWN_FILE
    own.write_text("- {device: Apple M1, gb_per_s: 60, names: [Apple M1]}", "utf-8")
    found = speed_of("Apple M1", device_speeds(tmp_path))
    assert found is not None and found.bytes_per_s == 60 * GB
    own.write_text("- {device: Apple M1}", "utf-8")
    with pytest.raises(UserError, match=r"memory_speeds\.yaml cannot be read"):
        device_speeds(tmp_path)


def test_what_was_measured_is_known_at_the_next_start_on_the_same_processor(tmp_path: Path) -> None:
    found = Bandwidth((ThreadReading(1, (30e9, 31e9)), ThreadReading(2, (34e9, 35e9))), 1 << 30)
    kept = keep_bandwidth(tmp_path, found, "EPYC")
    assert kept_bandwidth(tmp_path, "EPYC") == kept
    assert kept_bandwidth(tmp_path, "Xeon") is None
    (tmp_path / ".bandwidth.json").write_text('{"bandwidth": {"readings": []}}', "utf-8")
    assert kept_bandwidth(tmp_path, "EPYC") is None
