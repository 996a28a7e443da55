"""Writes weights as MLX reads them, a shard at a time: never more than one is in memory."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from models.errors import UserError

SHARD_BYTES = 1 << 30


class Writer:
    """`quantizable` are the layers whose weights MLX can pack; `bits` 0 packs none."""

    def __init__(
        self, mx: Any, folder: Path, quantizable: set[str], bits: int, group_size: int, dtype: Any
    ) -> None:
        self._mx = mx
        self._folder = folder
        self._quantizable = quantizable
        self._bits, self._group_size = bits, group_size
        self._dtype = dtype
        self._arrays: dict[str, Any] = {}
        self._map: dict[str, str] = {}
        self._shards: list[Path] = []
        self._size_bytes = 0
        self.total_bytes = 0
        self.n_weights = 0

    def add(self, name: str, values: Any) -> None:
        weight = self._mx.array(values).astype(self._dtype)
        self.n_weights += weight.size
        for key, array in self._packed(name, weight):
            self._mx.eval(array)
            self._arrays[key] = array
            self._size_bytes += array.nbytes
        if self._size_bytes >= SHARD_BYTES:
            self._write()

    def _packed(self, name: str, weight: Any) -> Iterator[tuple[str, Any]]:
        layer, _, part = name.rpartition(".")
        if not self._bits or part != "weight" or layer not in self._quantizable:
            yield name, weight
            return
        packed = self._mx.quantize(weight, group_size=self._group_size, bits=self._bits)
        yield from zip(
            (f"{layer}.{part}" for part in ("weight", "scales", "biases")), packed, strict=True
        )

    def _write(self) -> None:
        path = self._folder / f"shard-{len(self._shards) + 1}.safetensors"
        try:
            self._mx.save_safetensors(str(path), self._arrays, metadata={"format": "mlx"})
        except RuntimeError as error:  # nothing narrower
            raise UserError(
                f"The model could not be written: {str(error).rstrip('.')}.",
                "Free some space, or name another folder.",
            ) from error
        self._map |= dict.fromkeys(self._arrays, path.name)
        self._shards.append(path)
        self.total_bytes += self._size_bytes
        self._arrays, self._size_bytes = {}, 0

    def close(self) -> None:
        """Write the rest and give the shards the names that readers expect."""
        if self._arrays:
            self._write()
        count = len(self._shards)
        names = {}
        for number, path in enumerate(self._shards, start=1):
            whole = f"model-{number:05d}-of-{count:05d}.safetensors"
            names[path.name] = whole if count > 1 else "model.safetensors"
            path.rename(path.with_name(names[path.name]))
        index = {
            "metadata": {"total_size": self.total_bytes, "total_parameters": self.n_weights},
            "weight_map": {key: names[name] for key, name in sorted(self._map.items())},
        }
        path = self._folder / "model.safetensors.index.json"
        path.write_text(json.dumps(index, indent=1), "utf-8")
