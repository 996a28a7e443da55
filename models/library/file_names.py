"""What a GGUF file name says: a hint for grouping and labels, while the header is the truth."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

_SHARD = re.compile(r"^(?P<base>.+)-(?P<part>\d{5})-of-(?P<total>\d{5})$")
_SIDECARS = ("mtp-", "imatrix")
_QUANTIZATION = re.compile(
    r"(?<![a-z0-9])((?:ud-)?(?:iq\d|q\d|tq\d)(?:_[a-z0-9]+)*|bf16|fp?16|fp?32|mxfp4(?:_moe)?)"
    r"(?![a-z0-9])",
    re.IGNORECASE,
)
_NAMELESS = {"model", "ggml-model"}


@dataclass(frozen=True)
class Shard:
    """Part `part` of `total`, counted from 1, of the set called `base`."""

    base: str
    part: int
    total: int


def shard(path: Path) -> Shard | None:
    """The part that a file name says it is; None for a file that stands alone."""
    match = _SHARD.match(path.stem)
    if match is None or not 0 < int(match["part"]) <= int(match["total"]):
        return None
    return Shard(match["base"], int(match["part"]), int(match["total"]))


def is_model_file(name: str) -> bool:
    return name.lower().endswith(".gguf")


def is_projector(path: Path) -> bool:
    return "mmproj" in path.name.lower()


def is_sidecar(path: Path) -> bool:
    """A file that belongs to a model beside it and is none itself."""
    name = path.name.lower()
    return "mmproj" in name or name.startswith(_SIDECARS)


def quantization(name: str) -> str:
    """The last type that a name mentions, such as "Q4_K_M"; "" where there is none."""
    found = _QUANTIZATION.findall(name)
    return found[-1].upper().replace("FP", "F") if found else ""


def display_name(path: Path) -> str:
    """The name without its ending and shard number; the folder's name for a bare "model"."""
    part = shard(path)
    stem = part.base if part else path.stem
    return path.parent.name if stem.lower() in _NAMELESS and path.parent.name else stem
