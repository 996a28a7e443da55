"""A short list of models to begin with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from assets import CURATED_MODELS
from models.engine.messages import LoadSettings
from models.fit import Verdict, forecast
from models.hardware.memory import MemoryFree
from models.library.dimensions import Dimensions


@dataclass(frozen=True)
class CuratedModel:
    """`weights` is their number, `size_bytes` about what the usual choice takes on the disk;
    `measured` is what was found with it, or "not measured"."""

    repo: str
    title: str
    weights: int
    size_bytes: int
    format: Literal["gguf", "mlx"]
    licence: str
    why: str
    measured: str

    @property
    def dimensions(self) -> Dimensions | None:
        """Not known before the repository is looked up."""
        return None

    def verdict(self, memory: MemoryFree) -> Verdict:
        """A rough one, from the size alone."""
        return forecast(self, LoadSettings(), memory).verdict


def curated_models() -> tuple[CuratedModel, ...]:
    """In the order of the list."""
    import yaml

    return tuple(CuratedModel(**entry) for entry in yaml.safe_load(CURATED_MODELS.read_text()))
