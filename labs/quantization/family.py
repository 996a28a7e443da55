"""Which files of a list can be compared with one another: those made from one model."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from labs.quantization.gate import SAME_SIZE
from labs.quantization.pace import is_slow, kind_of
from models.errors import UserError
from models.library.entry import ModelEntry
from models.library.gguf_header import read_header
from models.library.same_model import differing_tensor
from models.library.type_mix import TypeMix, type_mix
from models.library.weights import weights_of
from models.quantize.plan import name_remark

TIED_SHARE = 0.3  # of all weights, that an output held twice may add in a small model


@dataclass(frozen=True)
class Member:
    """A file and what it is really made of; `remark` says where its name tells of another type,
    `is_slow` whether it reads very slowly here."""

    entry: ModelEntry
    mix: TypeMix
    remark: str = ""
    is_slow: bool = False

    @property
    def kind(self) -> str:
        return kind_of(self.entry.format, self.mix)


def member_of(entry: ModelEntry) -> Member:
    """Raises UserError when the file cannot be read."""
    remark = ""
    if entry.format == "gguf":
        remark = name_remark(entry.quantization, [read_header(path) for path in entry.files])
    return Member(entry, type_mix(weights_of(entry)), remark)


def with_pace(member: Member, gpu_layers: int) -> Member:
    """The member with what is known of its speed where so many layers are on a device."""
    return replace(member, is_slow=is_slow(member.kind, gpu_layers))


def family_of(base: ModelEntry, entries: Iterable[ModelEntry]) -> tuple[Member, ...]:
    """The base first, then what nothing speaks against being the same model, most bits first.
    A file that cannot be read is left out; one of the base raises UserError."""
    found = []
    for entry in entries:
        if entry.id != base.id and _may_be(base, entry):
            try:
                if not differing_tensor(base, entry):
                    found.append(member_of(entry))
            except UserError:
                continue
    return (member_of(base), *most_bits_first(found))


def most_bits_first(members: Iterable[Member]) -> list[Member]:
    """The same order, whatever order they come in."""
    return sorted(members, key=lambda member: (-member.mix.bits_per_weight, member.entry.id))


def _may_be(base: ModelEntry, entry: ModelEntry) -> bool:
    if not entry.is_local or entry.problem or entry.architecture != base.architecture:
        return False
    small, large = sorted((base.n_params, entry.n_params))
    is_mixed = base.format != entry.format  # one format may hold a tied output twice
    return small >= (1 - (TIED_SHARE if is_mixed else SAME_SIZE)) * large
