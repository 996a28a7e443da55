"""The long work behind the tab of one block. Knows no Qt."""

from __future__ import annotations

import random
from collections.abc import Generator
from dataclasses import dataclass

from app.services import Services
from models.quantize.blocks import TensorRow, tensors_of

FAVOURITE = "ffn_down.weight"  # its rows are the longest: they divide into large blocks oftenest


@dataclass(frozen=True)
class Opened:
    """A file with its tensors, and the one that is shown first."""

    model: str
    name: str
    tensors: tuple[TensorRow, ...]
    first: int


def open_file(services: Services, model: str) -> Generator[str, None, Opened]:
    """Raises UserError where no block of it can be shown."""
    yield "Reading the tensors"
    entry = services.library.resolve(model)
    rows = tensors_of(services.library.refresh(entry))
    return Opened(model, entry.name, rows, _first(rows))


def _first(rows: tuple[TensorRow, ...]) -> int:
    usable = [place for place, row in enumerate(rows) if not row.problem]
    liked = (place for place in usable if rows[place].place.name.endswith(FAVOURITE))
    return next(liked, usable[0] if usable else 0)


def drawn_block(seed: int, n_blocks: int) -> int:
    """The block that a seed draws of so many."""
    return random.Random(f"block {seed}").randrange(n_blocks)
