"""What a file is really made of: weight types by share, and bits a weight, from its tensors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from models.amounts import share_text

LEAST_SHARE = 0.001


class Tensor(Protocol):
    """A tensor of any format; `size_bytes` is None where its type is unknown."""

    @property
    def type(self) -> str: ...
    @property
    def n_weights(self) -> int: ...
    @property
    def size_bytes(self) -> int | None: ...


@dataclass(frozen=True)
class TypeShare:
    """All tensors of one type; `share` is the part of all weights, 0 to 1."""

    type: str
    n_tensors: int
    n_weights: int
    size_bytes: int
    share: float


@dataclass(frozen=True)
class TypeMix:
    """Shares, largest first. `bits_per_weight` counts scales, 0 without weights."""

    shares: tuple[TypeShare, ...]
    n_weights: int
    size_bytes: int
    bits_per_weight: float


def type_mix(tensors: Sequence[Tensor]) -> TypeMix:
    """The mix of a header, or of all headers of a shard set together."""
    groups: dict[str, list[Tensor]] = {}
    for tensor in tensors:
        groups.setdefault(tensor.type, []).append(tensor)
    total = sum(tensor.n_weights for tensor in tensors)
    shares = sorted(
        (_share(name, group, total) for name, group in groups.items()),
        key=lambda share: share.n_weights,
        reverse=True,
    )
    known = sum(t.n_weights for t in tensors if t.size_bytes is not None)
    size_bytes = sum(share.size_bytes for share in shares)
    bits = size_bytes * 8 / known if known else 0.0
    return TypeMix(tuple(shares), total, size_bytes, bits)


def mix_text(mix: TypeMix) -> str:
    """ "Q4_0 78.9 %, Q8_0 21.0 %": what is less than a thousandth is left out."""
    shown = [share for share in mix.shares if share.share >= LEAST_SHARE]
    return ", ".join(f"{share.type} {share_text(share.share)}" for share in shown)


def _share(name: str, tensors: Sequence[Tensor], total: int) -> TypeShare:
    n_weights = sum(tensor.n_weights for tensor in tensors)
    return TypeShare(
        type=name,
        n_tensors=len(tensors),
        n_weights=n_weights,
        size_bytes=sum(tensor.size_bytes or 0 for tensor in tensors),
        share=n_weights / total if total else 0.0,
    )
