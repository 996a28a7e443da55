"""MLX models: a folder with config.json and safetensors files."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CANNOT_RUN = "MLX models cannot be run here yet; a GGUF file of the same model can."
_MAX_JSON_BYTES = 32 << 20


@dataclass(frozen=True)
class MlxFacts:
    """What config.json says; empty strings and zeros where it says nothing."""

    architecture: str
    quantization: str
    n_ctx_train: int
    size_bytes: int


def is_mlx_folder(folder: Path, files: Iterable[Path]) -> bool:
    """config.json beside safetensors that MLX wrote, not every folder of that shape."""
    names = {path.name for path in files}
    weights = sorted(name for name in names if name.endswith(".safetensors"))
    if "config.json" not in names or not weights:
        return False
    config = _json(folder / "config.json")
    if isinstance(config.get("quantization"), dict):
        return True
    return _safetensors_format(folder / weights[0]) == "mlx"


def read_facts(folder: Path) -> MlxFacts:
    """What can be read; a damaged config.json says nothing."""
    config = _json(folder / "config.json")
    n_ctx = config.get("max_position_embeddings")
    return MlxFacts(
        architecture=str(config.get("model_type", "")),
        quantization=_quantization(config.get("quantization")),
        n_ctx_train=n_ctx if isinstance(n_ctx, int) else 0,
        size_bytes=sum(_size(path) for path in sorted(folder.glob("*.safetensors"))),
    )


def _quantization(value: Any) -> str:
    bits = value.get("bits") if isinstance(value, dict) else None
    return f"{bits}-bit" if isinstance(bits, int) else ""


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _json(path: Path) -> dict[str, Any]:
    try:
        if path.stat().st_size > _MAX_JSON_BYTES:
            return {}
        data = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return data if isinstance(data, dict) else {}


def _safetensors_format(path: Path) -> str:
    """The `format` that the writer noted: eight bytes of length, then JSON."""
    try:
        with path.open("rb") as file:
            (length,) = struct.unpack("<Q", file.read(8))
            data = json.loads(file.read(length)) if length <= _MAX_JSON_BYTES else {}
    except (OSError, ValueError, RecursionError, struct.error):
        return ""
    note = data.get("__metadata__") if isinstance(data, dict) else None
    return str(note.get("format", "")) if isinstance(note, dict) else ""
