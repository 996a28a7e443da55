"""Will it fit: the memory a model needs, summed up before it is loaded."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from statistics import median
from typing import Literal, Protocol

from models.amounts import size_text
from models.engine.messages import CACHE_VALUE_BYTES, DEFAULT_N_CTX, LoadSettings
from models.hardware.memory import MemoryFree
from models.library.dimensions import Dimensions

Verdict = Literal["fits", "slow", "wont_fit"]
VERDICT_WORDS: dict[Verdict, str] = {
    "fits": "Fits",
    "slow": "May be slow",
    "wont_fit": "Won’t fit",
}

_MIB = 1 << 20
_ENGINE_BYTES = 96 * _MIB  # the worker process with its libraries, measured
_DEVICE_BYTES = 460 * _MIB  # what a CUDA device takes beside the model (llama.cpp PR 15860)
_MARGIN = 0.95  # the rest is for everything else that grows meanwhile
_CACHE_PAD = 256  # llama.cpp rounds the cache up to this many cells


class HasSizes(Protocol):
    """A list entry or a header."""

    @property
    def size_bytes(self) -> int: ...
    @property
    def dimensions(self) -> Dimensions | None: ...


@dataclass(frozen=True)
class Summand:
    """One part of the sum, with the sentence that says where it comes from."""

    name: str
    size_bytes: int
    explanation: str


@dataclass(frozen=True)
class Forecast:
    """`verdict` with its reason; `free_bytes` is what the sum is held against, `device` where.

    `is_rough` says that the header does not tell the sizes of the attention cache.
    """

    verdict: Verdict
    reason: str
    summands: tuple[Summand, ...]
    free_bytes: int
    device: str
    n_ctx: int
    is_rough: bool = False

    @property
    def total_bytes(self) -> int:
        return sum(summand.size_bytes for summand in self.summands)


def effective_n_ctx(settings: LoadSettings, n_ctx_train: int) -> int:
    """The context that a load opens: 0 means the smaller of 4096 and the trained length."""
    return settings.n_ctx or min(DEFAULT_N_CTX, n_ctx_train or DEFAULT_N_CTX)


def forecast(
    model: HasSizes,
    settings: LoadSettings,
    memory: MemoryFree,
    n_contexts: int = 1,
    beyond_bytes: int = 0,
) -> Forecast:
    """Weights + cache + working memory of `n_contexts` contexts against the memory free now.
    `beyond_bytes`: what loads of this model took more than that, see `beyond_of`."""
    sizes = model.dimensions
    n_ctx = effective_n_ctx(settings, sizes.n_ctx_train if sizes else 0)
    summands = [Summand("Weights", model.size_bytes, "the file itself")]
    if sizes is not None:
        summands += _context_summands(sizes, settings, n_ctx, n_contexts)
    summands.append(Summand("Engine", _ENGINE_BYTES, "the process that runs the model"))
    on_device = bool(memory.devices) and settings.gpu_layers != 0
    if on_device:
        summands.append(Summand("Device", _DEVICE_BYTES, "what the graphics driver keeps"))
    if beyond_bytes > 0:
        summands.append(Summand("Beyond", beyond_bytes, "what its loads here took besides"))
    total = sum(summand.size_bytes for summand in summands)
    if on_device:
        verdict, reason, free, device = _judge_device(total, sizes, settings, memory)
    else:
        verdict, reason, free, device = _judge_memory(total, model.size_bytes, settings, memory)
    return Forecast(verdict, reason, tuple(summands), free, device, n_ctx, sizes is None)


def beyond_of(model: HasSizes, peaks: Mapping[LoadSettings, int], memory: MemoryFree) -> int:
    """The median of what measured loads of a model took beyond their forecast, in bytes; below 0
    where they took less, 0 without one."""
    found = [peak - forecast(model, settings, memory).total_bytes
             for settings, peak in peaks.items()]  # fmt: skip
    return round(median(found)) if found else 0


def fit_together(loads: Iterable[tuple[HasSizes, LoadSettings]], memory: MemoryFree) -> bool:
    """Whether each fits beside those before it."""
    return first_misfit(loads, memory) is None


def first_misfit(
    loads: Iterable[tuple[HasSizes, LoadSettings]], memory: MemoryFree
) -> tuple[int, Forecast] | None:
    """The place of the first that does not fit beside those before it, with its forecast: what
    is free there is what they leave."""
    for place, (model, settings) in enumerate(loads):
        cast = forecast(model, settings, memory)
        if cast.verdict != "fits":
            return place, cast
        memory = _less(memory, cast)
    return None


def _less(memory: MemoryFree, cast: Forecast) -> MemoryFree:
    """What is left once the model is loaded where its forecast puts it."""
    taken = cast.total_bytes
    if not any(device.name == cast.device for device in memory.devices):
        return replace(memory, free_bytes=memory.free_bytes - taken)
    devices = tuple(
        replace(device, free_bytes=device.free_bytes - taken)
        if device.name == cast.device else device for device in memory.devices
    )  # fmt: skip
    return replace(memory, devices=devices)


def cache_bytes(sizes: Dimensions, settings: LoadSettings, n_ctx: int) -> int:
    """Attention cache of one context: Σ over layers of cells × heads × (key + value) bytes.

    Grouped-query attention counts key-value heads only; a layer with a sliding window keeps
    window + batch cells. Rounded up to 256 cells as llama.cpp does.
    """
    key, value = CACHE_VALUE_BYTES[settings.type_k], CACHE_VALUE_BYTES[settings.type_v]
    per_head = sizes.key_length * key + sizes.value_length * value
    full = _padded(n_ctx)
    cells = 0
    for heads, window in zip(sizes.kv_heads, sizes.windows, strict=True):
        kept = min(full, _padded(window + settings.n_batch)) if window else full
        cells += kept * heads
    return int(cells * per_head)


def compute_bytes(sizes: Dimensions, settings: LoadSettings, n_ctx: int) -> int:
    """Working memory of one batch: the largest of output, attention and feed-forward.

    Checked against llama.cpp's own figures for the starter model; within 2 %.
    """
    row = min(settings.n_batch, n_ctx) * 4
    cells = _padded(n_ctx)
    if settings.flash_attention == "off":
        attention = cells * (sizes.n_heads + 1) + 6 * sizes.n_embd
    else:  # no table of scores, but the mask in two precisions
        attention = cells * 3 // 2 + 6 * sizes.n_embd
    output = sizes.n_vocab + 3 * sizes.n_embd
    feed_forward = 3 * sizes.n_ff + 3 * sizes.n_embd
    return row * max(attention, output, feed_forward)


def _context_summands(
    sizes: Dimensions, settings: LoadSettings, n_ctx: int, n_contexts: int
) -> list[Summand]:
    cache = cache_bytes(sizes, settings, n_ctx)
    result = [
        Summand(
            "Attention cache",
            cache * n_contexts,
            f"{n_ctx:,} tokens × {size_text(cache // _padded(n_ctx))}",
        )
    ]
    if sizes.state_bytes:
        result.append(Summand("State", sizes.state_bytes * n_contexts, "layers without attention"))
    work = compute_bytes(sizes, settings, n_ctx)
    result.append(
        Summand("Working memory", work * n_contexts, f"a batch of {settings.n_batch} tokens")
    )
    return result


Judgement = tuple[Verdict, str, int, str]


def _judge_memory(
    total: int, weights: int, settings: LoadSettings, memory: MemoryFree
) -> Judgement:
    free = memory.free_bytes
    if total <= free * _MARGIN:
        return "fits", "There is room for all of it.", free, "memory"
    if total <= memory.total_bytes * _MARGIN:
        return "slow", "It fits only if other programs give memory back.", free, "memory"
    if settings.use_mmap and total - weights <= free * _MARGIN and weights <= 2 * free:
        return "slow", "Weights would be read from the disk again and again.", free, "memory"
    return "wont_fit", "It needs more memory than this machine has.", free, "memory"


def _judge_device(
    total: int, sizes: Dimensions | None, settings: LoadSettings, memory: MemoryFree
) -> Judgement:
    device = max(memory.devices, key=lambda item: item.free_bytes)
    share = _share_on_device(sizes, settings)
    if total * share <= device.free_bytes * _MARGIN:
        if share == 1:
            return "fits", "All of it fits on the graphics device.", device.free_bytes, device.name
        if total * (1 - share) <= memory.free_bytes * _MARGIN:
            reason = "Some layers stay on the processor, as chosen."
            return "slow", reason, device.free_bytes, device.name
    both = device.free_bytes + memory.free_bytes
    if total <= both * _MARGIN:
        reason = "Only part of it fits on the graphics device; choose fewer GPU layers."
        return "slow", reason, both, f"{device.name} and memory"
    return "wont_fit", "It needs more than device and memory have free.", both, device.name


def _share_on_device(sizes: Dimensions | None, settings: LoadSettings) -> float:
    if settings.gpu_layers < 0 or sizes is None:
        return 1.0
    return min(1.0, settings.gpu_layers / (sizes.n_layers + 1))


def _padded(cells: int) -> int:
    return -(-cells // _CACHE_PAD) * _CACHE_PAD
