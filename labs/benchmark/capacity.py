"""Will it fit, and how fast can it be: the rule of thumb beside the exact sum."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from labs.benchmark.traffic import Traffic
from models.amounts import size_text
from models.engine.messages import LoadSettings
from models.fit import VERDICT_WORDS, Forecast, effective_n_ctx, forecast
from models.hardware.memory import MemoryFree
from models.library.entry import ModelEntry

CONTEXTS = (2048, 8192, 32768)
RULE_FACTOR = 1.2
SCHEMA_VERSION = 2


@dataclass(frozen=True)
class Estimate:
    """One file at one context length. `rule_bytes`: weights × bytes of each × 1.2, None where the
    name tells no bits. `limit_empty` and `limit_full`: tokens a second at most with an empty and a
    full context, None without a memory speed. `measured_bytes`: a load with these settings."""

    name: str
    n_ctx: int
    rule_bytes: int | None
    forecast: Forecast
    limit_empty: float | None
    limit_full: float | None
    measured_bytes: int | None = None
    beyond_trained: bool = False

    @property
    def verdict(self) -> str:
        return VERDICT_WORDS[self.forecast.verdict]

    @property
    def difference(self) -> float | None:
        """How far the measured stands above the forecast, as a part of it, as with every load;
        None without a measured one."""
        if not self.measured_bytes:
            return None
        return self.measured_bytes / self.forecast.total_bytes - 1


def estimates(
    entry: ModelEntry, settings: LoadSettings, traffic: Traffic, memory: MemoryFree,
    bytes_per_s: float | None, peak: Callable[[LoadSettings], int | None],
    contexts: Sequence[int] = CONTEXTS,
) -> tuple[Estimate, ...]:  # fmt: skip
    """A row a context length, and one for that with which the model is loaded. `peak` tells the
    memory of a load with given settings, where there was one."""
    own = effective_n_ctx(settings, entry.n_ctx_train)
    wished = [settings if n_ctx == own else replace(settings, n_ctx=n_ctx)
              for n_ctx in sorted({own, *contexts})]  # fmt: skip
    return tuple(_estimate(entry, each, traffic, memory, bytes_per_s, peak) for each in wished)


def _estimate(
    entry: ModelEntry, settings: LoadSettings, traffic: Traffic, memory: MemoryFree,
    bytes_per_s: float | None, peak: Callable[[LoadSettings], int | None],
) -> Estimate:  # fmt: skip
    n_ctx = effective_n_ctx(settings, entry.n_ctx_train)
    return Estimate(
        entry.name, n_ctx, rule_bytes(entry), forecast(entry, settings, memory),
        traffic.limit(bytes_per_s, 0) if bytes_per_s else None,
        traffic.limit(bytes_per_s, n_ctx) if bytes_per_s else None,
        peak(settings), 0 < entry.n_ctx_train < n_ctx,
    )  # fmt: skip


def free_words(found: Sequence[Estimate]) -> str:
    """What the sums are held against, "" without one."""
    places = dict.fromkeys((each.forecast.device, each.forecast.free_bytes) for each in found)
    told = [
        f"{size_text(free)} {'of memory' if device == 'memory' else f'on {device}'}"
        for device, free in places
    ]
    return f"Free now: {', '.join(told)}." if told else ""


def rule_bytes(entry: ModelEntry) -> int | None:
    """The rule that many texts give. It knows neither the context nor what scales of blocks add."""
    bits = nominal_bits(entry.quantization) or round(entry.bits_per_weight)
    if not bits or not entry.n_params:
        return None
    return round(entry.n_params * bits / 8 * RULE_FACTOR)


def nominal_bits(quantization: str) -> int:
    """What the name says: 4 of "Q4_K_M", 16 of "BF16"; 0 where it says nothing."""
    found = re.match(r"(?:B?F|I?Q|TQ|MXFP|NVFP)?(\d+)", quantization.upper())
    bits = int(found[1]) if found else 0
    return bits if 1 <= bits <= 32 else 0


def document(
    found: Sequence[Estimate], traffics: Sequence[Traffic], bandwidth: dict[str, Any],
    measured: Sequence[dict[str, Any]], notes: Sequence[str],
) -> dict[str, Any]:  # fmt: skip
    """For `capacity_estimate.json`."""
    return {
        "kind": "capacity estimate",
        "schema_version": SCHEMA_VERSION,
        "memory_speed": bandwidth,
        "files": [_traffic(each) for each in traffics],
        "estimates": [_row(each) for each in found],
        "measured": list(measured),
        "notes": list(notes),
    }


def _traffic(traffic: Traffic) -> dict[str, Any]:
    told = asdict(traffic)
    del told["sizes"]
    return {**told, "past_bytes_per_token": traffic.past_bytes(1)}


def _row(estimate: Estimate) -> dict[str, Any]:
    cast = estimate.forecast
    return {
        "name": estimate.name,
        "n_ctx": estimate.n_ctx,
        "rule_of_thumb_bytes": estimate.rule_bytes,
        "exact_bytes": cast.total_bytes,
        "parts": {summand.name: summand.size_bytes for summand in cast.summands},
        "free_bytes": cast.free_bytes,
        "verdict": estimate.verdict,
        "reason": cast.reason,
        "measured_bytes": estimate.measured_bytes,
        "difference": estimate.difference,
        "limit_tokens_per_s_empty": estimate.limit_empty,
        "limit_tokens_per_s_full": estimate.limit_full,
    }
